/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recognise packets of the connection that carries the line. They must not be
 * routed into the tunnel: each would produce the next one. One ping would cause
 * a packet storm (451 061 packets in 1.5 s) or, over TCP, a deadlock.
 *
 * A line that waits for its peer has no connection yet. Only its SYN-ACKs can
 * be sent then.
 *
 * Pure.
 */
#include "packet/transport.h"
#include "packet/header.h"

#include <netinet/in.h>
#include <string.h>

/* RFC 8200, section 4.5 */
#define IPV6_FRAGMENT_LEN    8
#define IPV6_FRAGMENT_OFFSET 2

/* TCP and UDP both begin with the two ports. */
static bool has_ports(const struct transport *transport, const uint8_t *packet,
		      size_t len, size_t at)
{
	return at + 4 <= len &&
	       header_get16(packet + at) == transport->from_port &&
	       header_get16(packet + at + 2) == transport->to_port;
}

/* Only the first fragment has the ports. */
static bool ipv4_has_sent(const struct transport *transport,
			  const uint8_t *packet, size_t len)
{
	if (len < HEADER_IPV4_MIN ||
	    packet[HEADER_IPV4_PROTOCOL] != transport->protocol ||
	    memcmp(packet + HEADER_IPV4_FROM + 4, transport->to, 4) != 0)
		return false;
	if (header_get16(packet + HEADER_IPV4_FRAGMENT) & 0x1FFF)
		return true;
	return has_ports(transport, packet, len,
			 (size_t)(packet[0] & 0x0F) * 4);
}

static bool ipv6_has_sent(const struct transport *transport,
			  const uint8_t *packet, size_t len)
{
	size_t at = HEADER_IPV6_ALL;
	uint8_t next;

	if (len < at + IPV6_FRAGMENT_LEN ||
	    memcmp(packet + HEADER_IPV6_FROM + 16, transport->to, 16) != 0)
		return false;
	next = packet[HEADER_IPV6_NEXT];
	if (next == IPPROTO_FRAGMENT) {
		next = packet[at];
		if (next == transport->protocol &&
		    header_get16(packet + at + IPV6_FRAGMENT_OFFSET) & 0xFFF8)
			return true;
		at += IPV6_FRAGMENT_LEN;
	}
	return next == transport->protocol &&
	       has_ports(transport, packet, len, at);
}

/**
 * transport_has_answered() - does a packet accept a connection to the line?
 * @port:   the port at which the line waits for its peer; 0: it does not
 * @packet: an IP packet from the interface
 * @len:    its length in bytes
 *
 * The source address is not compared: a line that listens on all addresses of
 * this host does not know it.
 *
 * Return: true for a SYN-ACK (RFC 9293, section 3.5) of @port
 */
bool transport_has_answered(uint16_t port, const uint8_t *packet, size_t len)
{
	const bool is_ipv4 = len >= HEADER_IPV4_MIN && packet[0] >> 4 == 4;
	const bool is_ipv6 = len >= HEADER_IPV6_ALL && packet[0] >> 4 == 6;
	const uint8_t flags = HEADER_FLAG_SYN | HEADER_FLAG_ACK;
	size_t at;

	if (!port || (!is_ipv4 && !is_ipv6))
		return false;
	at = is_ipv4 ? (size_t)(packet[0] & 0x0F) * 4 : HEADER_IPV6_ALL;
	return packet[is_ipv4 ? HEADER_IPV4_PROTOCOL : HEADER_IPV6_NEXT] ==
		       IPPROTO_TCP &&
	       at + HEADER_TCP_MIN <= len &&
	       header_get16(packet + at) == port &&
	       (packet[at + HEADER_TCP_FLAGS] & flags) == flags;
}

/**
 * transport_has_sent() - does a packet belong to the line's own connection?
 * @transport: the connection
 * @packet:    an IP packet from the interface
 * @len:       its length in bytes
 *
 * Return: true if the line's socket has sent the packet
 */
bool transport_has_sent(const struct transport *transport,
			const uint8_t *packet, size_t len)
{
	if (!transport->version || !len || packet[0] >> 4 != transport->version)
		return false;
	return transport->version == 4 ? ipv4_has_sent(transport, packet, len)
				       : ipv6_has_sent(transport, packet, len);
}
