/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ethernet frames as a TAP interface delivers them: two addresses, optional
 * VLAN tags, a type and a payload. They carry no frame check sequence.
 * ethernet_check() therefore finds damage as packet_check() does, by comparing
 * the header fields with the frame. It checks the payload of IPv4 and IPv6; for
 * any other type, ARP included, it checks the Ethernet header only.
 *
 * The queue treats the IP packet in a frame like a bare IP packet (packet.c).
 * ethernet_find_ip() returns its offset.
 */
#include "packet/ethernet.h"
#include "packet/header.h"
#include "packet/siphash.h"

#include <linux/if_ether.h>

/* Offsets in a frame. */
#define HEADER_SOURCE 6
#define HEADER_TYPE   12

#define TAG_LEN 4

/* The shortest IEEE 802.2 header, in bytes. */
#define LLC_LEN_MIN 3

/**
 * struct payload - the payload of a frame
 * @type: EtherType behind all tags; below ETH_P_802_3_MIN it is a length
 * @at:   offset of the payload
 */
struct payload {
	uint16_t type;
	size_t at;
};

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit |= 'a' - 'A';
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/**
 * ethernet_parse_mac() - parse a MAC address
 * @mac:  filled in on success
 * @text: six bytes in hexadecimal, two digits each, separated by colons
 *
 * Return: true if @text is an address
 */
bool ethernet_parse_mac(uint8_t mac[ETHERNET_MAC_LEN], const char *text)
{
	uint8_t bytes[ETHERNET_MAC_LEN];
	int high, low;
	size_t i;

	for (i = 0; i < ETHERNET_MAC_LEN; i++, text += 3) {
		high = hex_digit(text[0]);
		low = high < 0 ? -1 : hex_digit(text[1]);
		if (low < 0 || text[2] != (i + 1 < ETHERNET_MAC_LEN ? ':' : 0))
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	for (i = 0; i < ETHERNET_MAC_LEN; i++)
		mac[i] = bytes[i];
	return true;
}

/**
 * ethernet_is_station() - can one interface have this address?
 * @mac: the address
 *
 * Return: true unless the address is zero or a group address (IEEE 802, section
 * 8.2: the lowest bit of the first byte)
 */
bool ethernet_is_station(const uint8_t mac[ETHERNET_MAC_LEN])
{
	return !(mac[0] & 1) && (header_get32(mac) || header_get16(mac + 4));
}

/*
 * Skip the VLAN tags (IEEE 802.1Q, section 9). Return: false if one is cut off.
 */
static bool find_payload(const uint8_t *frame, size_t len,
			 struct payload *payload)
{
	size_t at = ETHERNET_HEADER_LEN;
	uint16_t type;

	if (len < at)
		return false;
	type = header_get16(frame + HEADER_TYPE);
	while (type == ETH_P_8021Q || type == ETH_P_8021AD) {
		if (len - at < TAG_LEN)
			return false;
		type = header_get16(frame + at + 2);
		at += TAG_LEN;
	}
	*payload = (struct payload){.type = type, .at = at};
	return true;
}

static bool is_ip(const struct payload *payload)
{
	return payload->type == ETH_P_IP || payload->type == ETH_P_IPV6;
}

/*
 * Padding may follow the packet, because Ethernet pads short frames to 60
 * bytes. The packet in front of the padding must be of the type that the frame
 * names.
 */
static enum packet_verdict check_ip(const uint8_t *packet, size_t len,
				    enum packet_verdict wanted)
{
	const bool ipv4 = wanted == PACKET_IPV4;
	size_t packet_len;

	if (len < (ipv4 ? HEADER_IPV4_MIN : HEADER_IPV6_ALL))
		return PACKET_BAD_HEADER;
	if (packet[0] >> 4 != (ipv4 ? 4 : 6))
		return PACKET_BAD_VERSION;
	packet_len = ipv4 ? header_get16(packet + HEADER_IPV4_LEN)
			  : (size_t)HEADER_IPV6_ALL +
				     header_get16(packet + HEADER_IPV6_LEN);
	if (packet_len > len)
		return PACKET_BAD_LENGTH;
	return packet_check(packet, packet_len);
}

/*
 * A frame of unknown type may be a bare IP packet, with two bytes of its source
 * address at the offset of the type. The header checksum identifies IPv4 with
 * certainty. A link-local IPv6 source address yields an invalid 802.3 length,
 * so ethernet_check() rejects that packet anyway.
 */
static enum packet_verdict check_other(const uint8_t *frame, size_t len)
{
	return packet_check(frame, len) == PACKET_IPV4 ? PACKET_BAD_HEADER
						       : PACKET_OTHER;
}

/**
 * ethernet_check() - validate a frame from the line
 * @frame: the bytes of one frame
 * @len:   their number
 *
 * The function checks the header and its tags, the source address, which must
 * be that of one station, and the length if the frame has one instead of a type
 * (IEEE 802.3, section 3.2.6). It checks IPv4 and IPv6 as packet_check() does,
 * but allows padding behind them.
 *
 * Return: PACKET_IPV4, PACKET_IPV6 or PACKET_OTHER for a good frame, by its
 * payload; else the reason why the frame is bad
 */
enum packet_verdict ethernet_check(const uint8_t *frame, size_t len)
{
	struct payload payload;

	if (!find_payload(frame, len, &payload) ||
	    !ethernet_is_station(frame + HEADER_SOURCE))
		return PACKET_BAD_HEADER;
	len -= payload.at;
	if (payload.type < ETH_P_802_3_MIN)
		return payload.type >= LLC_LEN_MIN && payload.type <= len
			       ? PACKET_OTHER
			       : PACKET_BAD_LENGTH;
	switch (payload.type) {
	case ETH_P_IP:
		return check_ip(frame + payload.at, len, PACKET_IPV4);
	case ETH_P_IPV6:
		return check_ip(frame + payload.at, len, PACKET_IPV6);
	case ETH_P_ARP:
		return PACKET_OTHER;
	default:
		return check_other(frame, len + payload.at);
	}
}

/**
 * ethernet_find_ip() - find the IP packet in a frame
 * @frame: bytes that should be a frame
 * @len:   their number
 *
 * Return: the offset of the packet, which padding may follow; @len if the frame
 * carries no IP packet
 */
size_t ethernet_find_ip(const uint8_t *frame, size_t len)
{
	struct payload payload;

	if (!find_payload(frame, len, &payload) || !is_ip(&payload))
		return len;
	return payload.at;
}

/**
 * ethernet_flow() - hash the flow of a frame
 * @frame: bytes that should be a frame
 * @len:   their number
 * @key:   a secret, so that nobody can choose flows that collide
 *
 * Frames without IP form one flow per type. ARP, on which all IP traffic
 * depends, thus never waits behind bulk traffic.
 *
 * Return: the hash of the flow; packet_flow()'s if the frame carries IP
 */
uint32_t ethernet_flow(const uint8_t *frame, size_t len,
		       const struct siphash_key *key)
{
	struct payload payload;
	uint64_t word;

	if (!find_payload(frame, len, &payload))
		return 0;
	if (is_ip(&payload))
		return packet_flow(frame + payload.at, len - payload.at, key);
	word = payload.type < ETH_P_802_3_MIN ? 0 : payload.type;
	return (uint32_t)siphash(key, &word, 1);
}
