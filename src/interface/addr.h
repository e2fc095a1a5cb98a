/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_ADDR_H
#define SERIALTUN_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest text is an IPv6 address with an IPv4 tail and "/128". */
#define ADDR_TEXT_MAX 52

/**
 * struct addr - an IPv4 or IPv6 address with its prefix length
 * @family:     AF_INET or AF_INET6
 * @prefix_len: bits of the network, 0 to addr_bits()
 * @bytes:      the address in network byte order; IPv4 uses the first four
 */
struct addr {
	int family;
	unsigned int prefix_len;
	uint8_t bytes[16];
};

/**
 * enum addr_error - result of addr_parse()
 * @ADDR_OK:         no error
 * @ADDR_MALFORMED:  not an IPv4 or IPv6 address
 * @ADDR_PREFIX_LEN: the text behind the slash is neither a prefix length of
 *                   the family nor an IPv4 netmask
 */
enum addr_error {
	ADDR_OK,
	ADDR_MALFORMED,
	ADDR_PREFIX_LEN,
};

enum addr_error addr_parse(struct addr *addr, const char *text);
const char *addr_format(const struct addr *addr, char text[ADDR_TEXT_MAX]);
const char *addr_format_host(const struct addr *addr, char text[ADDR_TEXT_MAX]);
unsigned int addr_bits(int family);
bool addr_is_host(const struct addr *addr);
bool addr_is_loopback(const struct addr *addr);
bool addr_is_link_local(const struct addr *addr);
bool addr_is_private(const struct addr *addr);
bool addr_same_host(const struct addr *a, const struct addr *b);
bool addr_is_network(const struct addr *addr);
bool addr_is_broadcast(const struct addr *addr);
struct addr addr_network(const struct addr *addr);
bool addr_neighbour(const struct addr *own, const struct addr *taken,
		    size_t taken_count, struct addr *other);

#endif
