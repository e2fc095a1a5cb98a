/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inspect a packet: is it valid, to which flow does it belong, may it be
 * marked? SLIP has no checksum, and a TUN interface accepts any bytes that
 * begin with a 4 or a 6 in the first four bits. Nothing behind packet_check()
 * would drop a damaged frame, so packet_check() compares the header with the
 * frame.
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
	/*
	 * The length does not count the header, so there are longer packets,
	 * for which nobody has room. Jumbograms (RFC 2675) are longer than any
	 * frame.
	 */
	if (len > PACKET_MAX ||
	    (size_t)HEADER_IPV6_ALL + header_get16(packet + HEADER_IPV6_LEN) !=
		    len)
		return PACKET_BAD_LENGTH;
	return PACKET_IPV6;
}

/**
 * packet_check() - validate a packet from the line
 * @packet: the bytes of one frame
 * @len:    their number
 *
 * The function checks the version, the header's length, the total length
 * against @len (RFC 791, section 3.1; RFC 8200, section 3) and IPv4's header
 * checksum. IPv6 has none.
 *
 * Return: PACKET_IPV4 or PACKET_IPV6 for a good packet, else the reason why the
 * packet is bad
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
 * packet_is_vj() - is this a TCP packet of Van Jacobson header compression?
 * @frame: the bytes of one frame
 * @len:   their number
 *
 * The function recognises the type "uncompressed TCP" (RFC 1144, section
 * 3.2.2), which has the whole header, but 7 as the version and a connection
 * number as the protocol. The other types look like noise.
 *
 * Return: true if the packet would be good with version 4 and protocol TCP
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

/* The upper layer: the header behind those of IP. */
struct upper_layer {
	uint8_t protocol;
	bool fragment; /* the packet is a fragment */
	bool first;    /* it has the upper layer's header */
	size_t at;     /* offset of that header; may exceed the packet */
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
 * Walk the extension headers as a receiver does (RFC 8200, section 4). If the
 * chain leaves the packet, the protocol is the last one named.
 */
static struct upper_layer find_upper_ipv6(const uint8_t *packet, size_t len)
{
	struct upper_layer upper = {.protocol = packet[HEADER_IPV6_NEXT],
				    .first = true,
				    .at = HEADER_IPV6_ALL};
	const uint8_t *header;

	/* No extension header is shorter than a fragment header. */
	while (upper.at + IPV6_FRAGMENT_LEN <= len) {
		header = packet + upper.at;
		switch (upper.protocol) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
			upper.at += ((size_t)header[1] + 1) * 8;
			break;
		case IPPROTO_AH: /* RFC 4302, section 2.2: in units of four
				    bytes */
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
 * Only the first fragment of a packet has the header to match. RFC 6980 tells
 * receivers to ignore fragmented Router Advertisements anyway.
 *
 * Return: true for ICMPv6 of type 134 (RFC 4861, section 4.2)
 */
bool packet_is_router_advert(const uint8_t *packet, size_t len)
{
	struct upper_layer upper = find_upper_ipv6(packet, len);

	return upper.first && upper.protocol == IPPROTO_ICMPV6 &&
	       upper.at < len && packet[upper.at] == ND_ROUTER_ADVERT;
}

/*
 * Sum a header and its payload; @pseudo: and the pseudo-header (RFC 9293,
 * section 3.1; RFC 8200, section 8.1). Return: 0xFFFF if the checksum is right.
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

/*
 * Return: bytes of a UDP datagram within @len; 0 if invalid or without
 * checksum.
 */
static size_t udp_len(const uint8_t *udp, size_t len)
{
	size_t own = len < HEADER_UDP_LEN ? 0 : header_get16(udp + 4);

	return own >= HEADER_UDP_LEN && own <= len &&
			       header_get16(udp + HEADER_UDP_SUM)
		       ? own
		       : 0;
}

/**
 * packet_bad_sum() - is a checksum behind the IP header wrong?
 * @packet: a packet that packet_check() calls good
 *
 * The function checks TCP, UDP and ICMP in unfragmented packets without IP
 * options or extension headers, because those may change the summed bytes.
 *
 * Return: the protocol whose checksum is wrong; 0 if none is wrong or checked
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

/* Return: the ports, or an ICMP echo's identifier; 0 if there are none. */
static uint32_t flow_ports(const uint8_t *packet, size_t len,
			   const struct upper_layer *upper)
{
	const uint8_t *header = packet + upper->at;

	/* Later fragments have no ports, so fragments share a flow. */
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
 * packet_flow() - hash the flow of a packet
 * @packet: bytes that should be an IP packet
 * @len:    their number
 * @key:    a secret, so that nobody can choose flows that collide
 *
 * The packets of a flow have equal addresses, protocol and ports (RFC 8290,
 * section 4.1). The identifier of an ICMP echo replaces the ports.
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

/* The bit position of the ECN field in the second byte (RFC 3168). */
static unsigned int ecn_shift(const uint8_t *packet)
{
	return packet[0] >> 4 == 6 ? 4 : 0;
}

/**
 * packet_is_ecn_capable() - may this packet be marked instead of dropped?
 * @packet: bytes that should be an IP packet
 * @len:    their number
 *
 * Return: true if the ECN field is ECT or already CE (RFC 3168, section 5)
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
 * @packet: a packet for which packet_is_ecn_capable() is true
 *
 * The function updates IPv4's header checksum incrementally (RFC 1624), so that
 * a wrong checksum stays wrong.
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
