/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checksums that can be computed again need no bytes on the line. sums_flip()
 * replaces each by its difference to the right value, which is 0 in nearly all
 * packets, so that a compressor finds a long run of known bytes in the header.
 * The receiver calls the same function, and gets the packet back bit for bit,
 * also if a checksum was wrong.
 */
#include "packet/sums.h"
#include "packet/checksum.h"
#include "packet/header.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

/**
 * struct upper - what the IP header says of the header behind it
 * @header:    that header
 * @len:       bytes from there to the end of the packet
 * @addresses: the two addresses of the IP header
 * @addresses_len: their length
 * @protocol:  the protocol
 */
struct upper {
	uint8_t *header;
	size_t len;
	const uint8_t *addresses;
	size_t addresses_len;
	uint8_t protocol;
};

/* Replace a checksum by its difference to @sum of all other bytes. */
static void flip(uint8_t *at, uint16_t sum)
{
	at[0] ^= (uint8_t)(sum >> 8);
	at[1] ^= (uint8_t)sum;
}

/* Sum the bytes of a header and its payload, without the checksum in them. */
static uint16_t sum_without(uint8_t *bytes, size_t len, size_t sum_at)
{
	uint8_t kept[2];
	uint16_t sum;

	memcpy(kept, bytes + sum_at, sizeof(kept));
	memset(bytes + sum_at, 0, sizeof(kept));
	sum = checksum_sum(bytes, len);
	memcpy(bytes + sum_at, kept, sizeof(kept));
	return sum;
}

static void flip_upper(const struct upper *upper)
{
	const bool has_pseudo = upper->protocol != IPPROTO_ICMP;
	size_t sum_at;
	size_t min;
	uint32_t sum;
	uint16_t right;

	switch (upper->protocol) {
	case IPPROTO_TCP:
		sum_at = HEADER_TCP_SUM;
		min = HEADER_TCP_MIN;
		break;
	case IPPROTO_UDP:
		sum_at = HEADER_UDP_SUM;
		min = HEADER_UDP_LEN;
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		sum_at = 2;
		min = HEADER_ICMP_MIN;
		break;
	default:
		return;
	}
	if (upper->len < min)
		return;
	sum = sum_without(upper->header, upper->len, sum_at);
	if (has_pseudo)
		sum += (uint32_t)checksum_sum(upper->addresses,
					      upper->addresses_len) +
		       (uint32_t)upper->len + upper->protocol;
	right = (uint16_t)~checksum_fold(sum);
	/* A UDP checksum of 0 means that there is none (RFC 768). */
	if (upper->protocol == IPPROTO_UDP && !right)
		right = UINT16_MAX;
	flip(upper->header + sum_at, right);
}

static void flip_ipv4(uint8_t *ip, size_t len)
{
	const struct upper upper = {
		.header = ip + HEADER_IPV4_MIN,
		.len = len - HEADER_IPV4_MIN,
		.addresses = ip + HEADER_IPV4_FROM,
		.addresses_len = 8,
		.protocol = ip[HEADER_IPV4_PROTOCOL],
	};

	flip(ip + HEADER_IPV4_SUM,
	     (uint16_t)~sum_without(ip, HEADER_IPV4_MIN, HEADER_IPV4_SUM));
	/* A fragment has not all bytes that its checksum is about. */
	if (!(header_get16(ip + HEADER_IPV4_FRAGMENT) & 0x3FFF))
		flip_upper(&upper);
}

/**
 * sums_flip() - replace checksums by their differences to the right ones
 * @ip:  a packet with any bytes
 * @len: its length
 *
 * Applied twice, the function changes nothing. It leaves alone packets with
 * other lengths than their headers say, with IP options or with extension
 * headers. In an IPv4 packet it replaces the checksum of the header too.
 */
void sums_flip(uint8_t *ip, size_t len)
{
	if (len >= HEADER_IPV4_MIN && ip[0] == 0x45 &&
	    header_get16(ip + HEADER_IPV4_LEN) == len) {
		flip_ipv4(ip, len);
	} else if (len >= HEADER_IPV6_ALL && ip[0] >> 4 == 6 &&
		   header_get16(ip + HEADER_IPV6_LEN) ==
			   len - HEADER_IPV6_ALL) {
		flip_upper(&(struct upper){
			.header = ip + HEADER_IPV6_ALL,
			.len = len - HEADER_IPV6_ALL,
			.addresses = ip + HEADER_IPV6_FROM,
			.addresses_len = 32,
			.protocol = ip[HEADER_IPV6_NEXT],
		});
	}
}
