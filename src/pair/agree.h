/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_AGREE_H
#define SERIALTUN_AGREE_H

#include "interface/addr.h"
#include "interface/name_servers.h"
#include "pair/field.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest text, and a '\0'. */
#define AGREE_TEXT_MAX (FIELD_TEXT_MAX + 1)

#define AGREE_FREE_MAX	 8
#define AGREE_SPEEDS_MAX 16

/* Flag of a network of the second pool, 172.31.N.0/30; the first pool is
 * 10.10.N.0/30. */
#define AGREE_SECOND_POOL 0x100

/**
 * struct agree - the description of one end's host
 * @mtu:         MTU of its interface; 0: not in the text
 * @addr:        IPv4 address that the user gave to this end; family 0: none
 * @peer:        IPv4 address that the user gave to the other end; family 0:
 *               none
 * @took:        address that this end took from a pairing; family 0: none
 * @takes:       this end takes an address from the pairing if the user gave it
 *               none
 * @shares:      this end leads to the internet: the other end may use it as its
 *               default route
 * @name_servers: name servers that the other end can reach through this one
 * @free:        networks of the pools that overlap nothing at this host, in the
 *               order of preference
 * @free_count:  number of them
 * @speeds:      speeds that the port supports
 * @speed_count: number of them
 * @run:         number of the present opening of its port; 0: not in the text
 * @name:        name of the host; "": not in the text
 * @release:     release of serialtun; "": not in the text
 */
struct agree {
	unsigned int mtu;
	struct addr addr;
	struct addr peer;
	struct addr took;
	bool takes;
	bool shares;
	struct name_servers name_servers;
	uint16_t free[AGREE_FREE_MAX];
	size_t free_count;
	uint32_t speeds[AGREE_SPEEDS_MAX];
	size_t speed_count;
	uint32_t run;
	char name[FIELD_STRING_MAX];
	char release[FIELD_STRING_MAX];
};

/**
 * enum agree_problem - what the user has to change
 * @AGREE_SAME_ADDR: both ends have the same address
 * @AGREE_APART:     the address of one end is not in the other's network
 * @AGREE_NOT_PEER:  the address of one end is not the --peer of the other
 * @AGREE_REFUSED:   this end takes only private addresses (RFC 1918) with a
 *                   prefix length of 24 or more from a stranger, and the
 *                   offered one is none
 * @AGREE_NO_POOL:   no network is free at both hosts
 * @AGREE_MTU:       the MTUs differ
 */
enum agree_problem {
	AGREE_SAME_ADDR = 1 << 0,
	AGREE_APART = 1 << 1,
	AGREE_NOT_PEER = 1 << 2,
	AGREE_REFUSED = 1 << 3,
	AGREE_NO_POOL = 1 << 4,
	AGREE_MTU = 1 << 5,
};

/**
 * struct agree_result - the result of agree_decide()
 * @take:     address that this end takes; family 0: none
 * @there:    address of the other end; family 0: not known
 * @problems: bits of enum agree_problem
 */
struct agree_result {
	struct addr take;
	struct addr there;
	unsigned int problems;
};

size_t agree_write(char text[AGREE_TEXT_MAX], const struct agree *agree);
bool agree_read(const uint8_t *bytes, size_t len, struct agree *agree);
void agree_set_name(char to[FIELD_STRING_MAX], const char *name);
struct addr agree_pool_addr(unsigned int number, unsigned int host);
void agree_decide(const struct agree *own, const struct agree *other,
		  bool own_id_is_higher, struct agree_result *result);

#endif
