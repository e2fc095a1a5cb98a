/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_AGREE_H
#define SERIALTUN_AGREE_H

#include "interface/addr.h"
#include "pair/field.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest text, and a '\0'. */
#define AGREE_TEXT_MAX (FIELD_TEXT_MAX + 1)

#define AGREE_FREE_MAX	 8
#define AGREE_SPEEDS_MAX 16

/* A network of the second pool, 172.31.N.0/30; others are 10.10.N.0/30. */
#define AGREE_SECOND_POOL 0x100

/**
 * struct agree - what one end says of its host
 * @mtu:         of its interface; 0: not said
 * @addr:        the IPv4 address that its user gave it; family 0: none
 * @peer:        and of the other end; family 0: none
 * @took:        the address that it has taken from a pairing; family 0: none
 * @takes:       it takes an address from the pairing, if it was given none
 * @free:        networks of the pools that overlap nothing at its host, the
 *               first choice first
 * @free_count:  how many
 * @speeds:      that its port can be set to
 * @speed_count: how many
 * @name:        its name, "" if not said
 * @release:     its release of serialtun, "" if not said
 */
struct agree {
	unsigned int mtu;
	struct addr addr;
	struct addr peer;
	struct addr took;
	bool takes;
	uint16_t free[AGREE_FREE_MAX];
	size_t free_count;
	uint32_t speeds[AGREE_SPEEDS_MAX];
	size_t speed_count;
	char name[FIELD_STRING_MAX];
	char release[FIELD_STRING_MAX];
};

/**
 * enum agree_problem - what does not fit
 * @AGREE_SAME_ADDR: both ends have the same address
 * @AGREE_APART:     an address is not in the network of the other
 * @AGREE_NOT_PEER:  an address is not the one that --peer names at the other
 *                   end
 * @AGREE_REFUSED:   the other end's address is none that is taken from a
 *                   stranger: private (RFC 1918), and a prefix of 24 or more
 * @AGREE_NO_POOL:   no network is free at both ends
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
 * struct agree_result - what follows from what both ends said
 * @take:     the address that this end is to have; family 0: none
 * @there:    the address of the other end; family 0: not known
 * @problems: of enum agree_problem
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
