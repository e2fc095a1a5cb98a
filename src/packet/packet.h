/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PACKET_H
#define SERIALTUN_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct siphash_key;

/* The longest packet in bytes: the maximum of IPv4's total length (RFC 791). */
#define PACKET_MAX 65535

/**
 * enum packet_verdict - the kind of a packet, or the reason why it is bad
 * @PACKET_IPV4:         an IPv4 packet
 * @PACKET_IPV6:         an IPv6 packet
 * @PACKET_OTHER:        another payload in a good frame (ethernet_check())
 * @PACKET_BAD_VERSION:  the version is neither 4 nor 6
 * @PACKET_BAD_HEADER:   the header exceeds the packet, or its length field is
 *                       below the minimum
 * @PACKET_BAD_LENGTH:   the length differs from the header's length field
 * @PACKET_BAD_CHECKSUM: the IPv4 header checksum is wrong
 */
enum packet_verdict {
	PACKET_IPV4,
	PACKET_IPV6,
	PACKET_OTHER,
	PACKET_BAD_VERSION,
	PACKET_BAD_HEADER,
	PACKET_BAD_LENGTH,
	PACKET_BAD_CHECKSUM,
};

/**
 * packet_is_good() - does this verdict mean a good packet?
 * @verdict: the verdict
 *
 * Return: true for a kind of packet, false for a reason why one is bad
 */
static inline bool packet_is_good(enum packet_verdict verdict)
{
	return verdict <= PACKET_OTHER;
}

enum packet_verdict packet_check(const uint8_t *packet, size_t len);
bool packet_is_vj(const uint8_t *frame, size_t len);
bool packet_is_router_advert(const uint8_t *packet, size_t len);
uint8_t packet_bad_sum(const uint8_t *packet);
uint32_t packet_flow(const uint8_t *packet, size_t len,
		     const struct siphash_key *key);
bool packet_is_ecn_capable(const uint8_t *packet, size_t len);
void packet_mark_ce(uint8_t *packet);

#endif
