/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is this an IP packet? SLIP has no checksum, and a TUN interface takes
 * whatever begins with a 4 or a 6 in its first four bits, so a damaged frame
 * is found here or nowhere. Everything that a header says of itself is
 * compared with what is there.
 */
#include "packet.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <string.h>

#define IPV4_HEADER_MIN	  20
#define IPV6_HEADER_LEN	  40
#define IPV6_FRAGMENT_LEN 8

static size_t read_be16(const uint8_t *p)
{
	return (size_t)p[0] << 8 | p[1];
}

/* RFC 1071: the sum over a header, its checksum included, is all ones. */
static bool checksum_holds(const uint8_t *header, size_t len)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < len; i += 2)
		sum += (uint32_t)read_be16(header + i);
	while (sum >> 16)
		sum = (sum & 0xFFFF) + (sum >> 16);
	return sum == 0xFFFF;
}

static enum packet_verdict check_ipv4(const uint8_t *packet, size_t len)
{
	size_t header_len = (size_t)(packet[0] & 0x0F) * 4;

	if (header_len < IPV4_HEADER_MIN || header_len > len)
		return PACKET_BAD_HEADER;
	if (read_be16(packet + 2) != len)
		return PACKET_BAD_LENGTH;
	if (!checksum_holds(packet, header_len))
		return PACKET_BAD_CHECKSUM;
	return PACKET_IPV4;
}

static enum packet_verdict check_ipv6(const uint8_t *packet, size_t len)
{
	if (len < IPV6_HEADER_LEN)
		return PACKET_BAD_HEADER;
	/* Jumbograms (RFC 2675) are longer than any frame. */
	if (IPV6_HEADER_LEN + read_be16(packet + 4) != len)
		return PACKET_BAD_LENGTH;
	return PACKET_IPV6;
}

/**
 * packet_check() - look at what came from the line before the kernel does
 * @packet: the octets of one frame
 * @len:    how many
 *
 * Checked are the version, the header's length, the total length against
 * @len (RFC 791, section 3.1; RFC 8200, section 3) and IPv4's header
 * checksum. IPv6 has none.
 *
 * Return: PACKET_IPV4 or PACKET_IPV6 for a good packet, else what is wrong
 */
enum packet_verdict packet_check(const uint8_t *packet, size_t len)
{
	if (!len)
		return PACKET_BAD_HEADER;
	switch (packet[0] >> 4) {
	case 4:
		return check_ipv4(packet, len);
	case 6:
		return check_ipv6(packet, len);
	default:
		return PACKET_BAD_VERSION;
	}
}

/**
 * packet_is_router_advert() - is this an IPv6 Router Advertisement?
 * @packet: a packet that packet_check() calls PACKET_IPV6
 * @len:    its length in octets
 *
 * Extension headers are walked as a receiver does (RFC 8200, section 4).
 * A fragment counts by its own header chain: a receiver that follows
 * RFC 6980 takes no Router Advertisement in fragments anyway.
 *
 * Return: true if it is ICMPv6 of type 134 (RFC 4861, section 4.2)
 */
bool packet_is_router_advert(const uint8_t *packet, size_t len)
{
	uint8_t next = packet[6];
	size_t at = IPV6_HEADER_LEN;

	/* The shortest extension header is as long as a fragment header. */
	while (at + IPV6_FRAGMENT_LEN <= len) {
		switch (next) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
			next = packet[at];
			at += ((size_t)packet[at + 1] + 1) * 8;
			break;
		case IPPROTO_AH: /* RFC 4302, section 2.2: counted in fours */
			next = packet[at];
			at += ((size_t)packet[at + 1] + 2) * 4;
			break;
		case IPPROTO_FRAGMENT:
			if (read_be16(packet + at + 2) >> 3)
				return false;
			next = packet[at];
			at += IPV6_FRAGMENT_LEN;
			break;
		case IPPROTO_ICMPV6:
			return packet[at] == ND_ROUTER_ADVERT;
		default:
			return false;
		}
	}
	return false;
}
