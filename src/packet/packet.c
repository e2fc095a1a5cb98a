/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What can be told of a packet by looking at it: is it one, which flow is it
 * of, may it be marked. SLIP has no checksum, and a TUN interface takes
 * whatever begins with a 4 or a 6 in its first four bits, so a damaged frame
 * is found here or nowhere. Everything that a header says of itself is
 * compared with what is there.
 */
#include "packet/packet.h"
#include "packet/checksum.h"
#include "packet/header.h"
#include "packet/siphash.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <string.h>

#define IPV4_HEADER_MAX	  60
#define IPV6_FRAGMENT_LEN 8

static enum packet_verdict check_ipv4(const uint8_t *packet, size_t len)
{
	size_t header_len = (size_t)(packet[0] & 0x0F) * 4;

	if (header_len < HEADER_IPV4_MIN || header_len > len)
		return PACKET_BAD_HEADER;
	if (header_get16(packet + HEADER_IPV4_LEN) != len)
		return PACKET_BAD_LENGTH;
	if (checksum_sum(packet, header_len) != 0xFFFF)
		return PACKET_BAD_CHECKSUM;
	return PACKET_IPV4;
}

static enum packet_verdict check_ipv6(const uint8_t *packet, size_t len)
{
	if (len < HEADER_IPV6_ALL)
		return PACKET_BAD_HEADER;
	/* Jumbograms (RFC 2675) are longer than any frame. */
	if ((size_t)HEADER_IPV6_ALL + header_get16(packet + HEADER_IPV6_LEN) !=
	    len)
		return PACKET_BAD_LENGTH;
	return PACKET_IPV6;
}

/**
 * packet_check() - look at what came from the line before the kernel does
 * @packet: the bytes of one frame
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
 * packet_is_vj() - is this what header compression makes of a TCP packet?
 * @frame: the bytes of one frame
 * @len:   how many
 *
 * Told is the kind that has the whole header in it, but for the version, which
 * is 7, and the protocol, which is a number for the connection: "uncompressed
 * TCP" (RFC 1144, section 3.2.2). The rest of a connection cannot be told from
 * noise.
 *
 * Return: true if with the version 4 and the protocol TCP it is a good packet
 */
bool packet_is_vj(const uint8_t *frame, size_t len)
{
	uint8_t header[IPV4_HEADER_MAX];
	size_t header_len;

	if (len < HEADER_IPV4_MIN || frame[0] >> 4 != 7)
		return false;
	header_len = (size_t)(frame[0] & 0x0F) * 4;
	if (header_len < HEADER_IPV4_MIN || header_len > len ||
	    header_get16(frame + HEADER_IPV4_LEN) != len)
		return false;
	memcpy(header, frame, header_len);
	header[0] = (uint8_t)(0x40 | (frame[0] & 0x0F));
	header[HEADER_IPV4_PROTOCOL] = IPPROTO_TCP;
	return checksum_sum(header, header_len) == 0xFFFF;
}

/* What a packet carries: the header behind those of IP. */
struct upper_layer {
	uint8_t protocol;
	bool fragment; /* only a part of it is in this packet */
	bool first;    /* the part with the header */
	size_t at;     /* where the header begins; maybe behind the end */
};

static struct upper_layer find_upper_ipv4(const uint8_t *packet)
{
	size_t fragment = header_get16(packet + HEADER_IPV4_FRAGMENT);

	return (struct upper_layer){
		.protocol = packet[HEADER_IPV4_PROTOCOL],
		/* More fragments, or an offset (RFC 791, section 3.1). */
		.fragment = fragment & 0x3FFF,
		.first = !(fragment & 0x1FFF),
		.at = (size_t)(packet[0] & 0x0F) * 4,
	};
}

/*
 * Extension headers are walked as a receiver does (RFC 8200, section 4). If
 * the chain leaves the packet, the protocol is the last one that was named.
 */
static struct upper_layer find_upper_ipv6(const uint8_t *packet, size_t len)
{
	struct upper_layer upper = {.protocol = packet[HEADER_IPV6_NEXT],
				    .first = true,
				    .at = HEADER_IPV6_ALL};
	const uint8_t *header;

	/* The shortest extension header is as long as a fragment header. */
	while (upper.at + IPV6_FRAGMENT_LEN <= len) {
		header = packet + upper.at;
		switch (upper.protocol) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
			upper.at += ((size_t)header[1] + 1) * 8;
			break;
		case IPPROTO_AH: /* RFC 4302, section 2.2: counted in fours */
			upper.at += ((size_t)header[1] + 2) * 4;
			break;
		case IPPROTO_FRAGMENT:
			upper.fragment = header_get16(header + 2) & 0xFFF9;
			upper.first = !(header_get16(header + 2) >> 3);
			upper.at += IPV6_FRAGMENT_LEN;
			break;
		default:
			return upper;
		}
		upper.protocol = header[0];
		if (!upper.first)
			break;
	}
	return upper;
}

/**
 * packet_is_router_advert() - is this an IPv6 Router Advertisement?
 * @packet: a packet that packet_check() calls PACKET_IPV6
 * @len:    its length in bytes
 *
 * A fragment counts by its own header chain: a receiver that follows
 * RFC 6980 takes no Router Advertisement in fragments anyway.
 *
 * Return: true if it is ICMPv6 of type 134 (RFC 4861, section 4.2)
 */
bool packet_is_router_advert(const uint8_t *packet, size_t len)
{
	struct upper_layer upper = find_upper_ipv6(packet, len);

	return upper.first && upper.protocol == IPPROTO_ICMPV6 &&
	       upper.at < len && packet[upper.at] == ND_ROUTER_ADVERT;
}

/*
 * The sum of a header and what it carries, 0xFFFF if the checksum in it is
 * right; @pseudo: with the addresses, the length and the protocol (RFC 9293,
 * section 3.1; RFC 8200, section 8.1)
 */
static uint16_t sum_upper(const uint8_t *packet, size_t at, size_t len,
			  uint8_t protocol, bool pseudo)
{
	size_t from = packet[0] >> 4 == 4 ? HEADER_IPV4_FROM : HEADER_IPV6_FROM;
	size_t addresses = packet[0] >> 4 == 4 ? 8 : 32;
	uint32_t sum = checksum_sum(packet + at, len);

	if (pseudo)
		sum += (uint32_t)checksum_sum(packet + from, addresses) +
		       (uint32_t)len + protocol;
	return checksum_fold(sum);
}

/* What of @len bytes a datagram of UDP has; 0: it has no checksum. */
static size_t udp_len(const uint8_t *udp, size_t len)
{
	size_t own = len < HEADER_UDP_LEN ? 0 : header_get16(udp + 4);

	return own >= HEADER_UDP_LEN && own <= len &&
			       header_get16(udp + HEADER_UDP_SUM)
		       ? own
		       : 0;
}

/**
 * packet_bad_sum() - is there a wrong checksum behind the IP header?
 * @packet: a packet that packet_check() calls good
 *
 * Looked at are TCP, UDP and ICMP, in whole packets that have nothing in
 * between: options and extension headers may change what is summed.
 *
 * Return: the protocol whose checksum is wrong; 0 if none is, or none is known
 */
uint8_t packet_bad_sum(const uint8_t *packet)
{
	const bool is_ipv4 = packet[0] >> 4 == 4;
	size_t at = is_ipv4 ? HEADER_IPV4_MIN : HEADER_IPV6_ALL;
	uint8_t protocol =
		packet[is_ipv4 ? HEADER_IPV4_PROTOCOL : HEADER_IPV6_NEXT];
	size_t len = is_ipv4 ? header_get16(packet + HEADER_IPV4_LEN) - at
			     : header_get16(packet + HEADER_IPV6_LEN);

	if (is_ipv4 && (packet[0] != 0x45 ||
			header_get16(packet + HEADER_IPV4_FRAGMENT) & 0x3FFF))
		return 0;
	switch (protocol) {
	case IPPROTO_TCP:
		if (len < HEADER_TCP_MIN)
			return 0;
		break;
	case IPPROTO_UDP:
		len = udp_len(packet + at, len);
		if (!len)
			return 0;
		break;
	case IPPROTO_ICMP:
		if (!is_ipv4 || len < HEADER_ICMP_MIN)
			return 0;
		break;
	case IPPROTO_ICMPV6:
		if (is_ipv4 || len < HEADER_ICMP_MIN)
			return 0;
		break;
	default:
		return 0;
	}
	return sum_upper(packet, at, len, protocol, protocol != IPPROTO_ICMP) ==
			       0xFFFF
		       ? 0
		       : protocol;
}

/* What tells apart the flows of two hosts: ports, or an echo's identifier. */
static uint32_t flow_ports(const uint8_t *packet, size_t len,
			   const struct upper_layer *upper)
{
	const uint8_t *header = packet + upper->at;

	/* Of the other fragments nobody knows, so all go together. */
	if (upper->fragment || upper->at + 8 > len)
		return 0;
	switch (upper->protocol) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_DCCP:
	case IPPROTO_SCTP:
		return header_get32(header);
	case IPPROTO_ICMP: /* RFC 792: echo reply, echo */
		if (header[0] == 0 || header[0] == 8)
			return header_get16(header + 4);
		return 0;
	case IPPROTO_ICMPV6: /* RFC 4443, section 4 */
		if (header[0] == ICMP6_ECHO_REQUEST ||
		    header[0] == ICMP6_ECHO_REPLY)
			return header_get16(header + 4);
		return 0;
	default:
		return 0;
	}
}

/**
 * packet_flow() - which flow is this packet of?
 * @packet: bytes that should be an IP packet
 * @len:    how many
 * @key:    a secret, so that nobody can choose flows that meet
 *
 * A flow is what has the same addresses, protocol and ports (RFC 8290,
 * section 4.1); of an ICMP echo, the identifier stands for the ports.
 *
 * Return: the hash of the flow
 */
uint32_t packet_flow(const uint8_t *packet, size_t len,
		     const struct siphash_key *key)
{
	uint64_t words[5] = {0};
	struct upper_layer upper;
	size_t count = 0;

	if (len >= HEADER_IPV4_MIN && packet[0] >> 4 == 4) {
		upper = find_upper_ipv4(packet);
		memcpy(words, packet + 12, 8);
		count = 2;
	} else if (len >= HEADER_IPV6_ALL && packet[0] >> 4 == 6) {
		upper = find_upper_ipv6(packet, len);
		memcpy(words, packet + 8, 32);
		count = 5;
	} else {
		return 0;
	}
	words[count - 1] = (uint64_t)upper.protocol << 32 |
			   flow_ports(packet, len, &upper);
	return (uint32_t)siphash(key, words, count);
}

/* Where the two bits of ECN are, as a shift in the second byte (RFC 3168). */
static unsigned int ecn_shift(const uint8_t *packet)
{
	return packet[0] >> 4 == 6 ? 4 : 0;
}

/**
 * packet_is_ecn_capable() - may this packet be marked instead of dropped?
 * @packet: bytes that should be an IP packet
 * @len:    how many
 *
 * Return: true if its ECN field says so (RFC 3168, section 5), or if it bears
 * the mark already
 */
bool packet_is_ecn_capable(const uint8_t *packet, size_t len)
{
	size_t version = len ? packet[0] >> 4 : 0;

	if ((version != 4 || len < HEADER_IPV4_MIN) &&
	    (version != 6 || len < HEADER_IPV6_ALL))
		return false;
	return packet[1] >> ecn_shift(packet) & 3;
}

/**
 * packet_mark_ce() - mark a packet "congestion experienced"
 * @packet: a packet that packet_is_ecn_capable() says yes to
 *
 * IPv4's header checksum is brought up to date as RFC 1624 has it, so that
 * one that was wrong stays wrong.
 */
void packet_mark_ce(uint8_t *packet)
{
	uint16_t before = header_get16(packet);
	uint8_t *sum = packet + HEADER_IPV4_SUM;

	packet[1] |= (uint8_t)(3 << ecn_shift(packet));
	if (packet[0] >> 4 != 4)
		return;
	/* Equation 3: HC' = ~(~HC + ~m + m') */
	header_set16(sum, (uint16_t)~checksum_fold(
				  (uint32_t)(uint16_t)~header_get16(sum) +
				  (uint16_t)~before + header_get16(packet)));
}
