/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The headers of a packet, as both ends of compression remember them (vj).
 *
 * Pure.
 */
#include "packet/vj_header.h"

#include <netinet/in.h>
#include <string.h>

/* More fragments, or an offset (RFC 791, section 3.1). */
#define VJ_HEADER_FRAGMENT 0x3FFF

/**
 * vj_header_read() - take the headers of a packet
 * @header: filled in
 * @packet: an IP packet
 * @len:    its length
 *
 * Return: false if it is no whole TCP/IPv4 packet, or a fragment
 */
bool vj_header_read(struct vj_header *header, const uint8_t *packet, size_t len)
{
	size_t ip_len;
	size_t all;

	if (len < HEADER_IPV4_MIN || packet[0] >> 4 != 4 ||
	    packet[HEADER_IPV4_PROTOCOL] != IPPROTO_TCP ||
	    header_get16(packet + HEADER_IPV4_LEN) != len ||
	    header_get16(packet + HEADER_IPV4_FRAGMENT) & VJ_HEADER_FRAGMENT)
		return false;
	ip_len = (size_t)(packet[0] & 0x0F) * 4;
	if (ip_len < HEADER_IPV4_MIN || len < ip_len + HEADER_TCP_MIN)
		return false;
	all = ip_len + (size_t)(packet[ip_len + HEADER_TCP_OFFSET] >> 4) * 4;
	if (all < ip_len + HEADER_TCP_MIN || len < all)
		return false;
	memcpy(header->bytes, packet, all);
	header->ip_len = (uint8_t)ip_len;
	header->len = (uint8_t)all;
	header->data_len = (uint16_t)(len - all);
	return true;
}

/**
 * vj_header_is_compressible() - may this packet travel compressed?
 * @header: its headers
 *
 * Return: false for a packet that opens or closes a connection
 */
bool vj_header_is_compressible(const struct vj_header *header)
{
	return (vj_header_tcp(header)[HEADER_TCP_FLAGS] &
		(HEADER_FLAG_ACK | HEADER_FLAG_SYN | HEADER_FLAG_FIN |
		 HEADER_FLAG_RST)) == HEADER_FLAG_ACK;
}

/**
 * vj_header_is_same() - are these headers of one connection?
 * @a: the headers, or none
 * @b: other headers
 *
 * Return: true if addresses and ports are the same
 */
bool vj_header_is_same(const struct vj_header *a, const struct vj_header *b)
{
	return a->len &&
	       !memcmp(a->bytes + HEADER_IPV4_FROM, b->bytes + HEADER_IPV4_FROM,
		       8) &&
	       !memcmp(vj_header_tcp(a), vj_header_tcp(b), 4);
}
