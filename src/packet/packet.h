/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PACKET_H
#define SERIALTUN_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct siphash_key;

/* Bytes of the longest packet: what IPv4's total length can say (RFC 791). */
#define PACKET_MAX 65535

/**
 * enum packet_verdict - what is this, and if it is no good, why not
 * @PACKET_IPV4:         an IPv4 packet
 * @PACKET_IPV6:         an IPv6 packet
 * @PACKET_OTHER:        something else, in a good frame (ethernet_check())
 * @PACKET_BAD_VERSION:  the version is neither 4 nor 6
 * @PACKET_BAD_HEADER:   the header does not fit in, or says it is shorter
 *                       than a header can be
 * @PACKET_BAD_LENGTH:   its length is not what its header says
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
 * packet_is_good() - does a verdict let a packet pass?
 * @verdict: the verdict
 *
 * Return: true if it says what the packet is, false if what is wrong with it
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
