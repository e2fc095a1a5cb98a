/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Frames of Ethernet, as a TAP interface has them: two addresses, maybe tags
 * of VLANs, a type, and what that type says. There is no checksum at the end,
 * so what a line has damaged is found as it is for IP packets: by comparing
 * what headers say with what is there. IPv4 and IPv6 are looked into, since
 * they can be wrong in themselves; of anything else, ARP included, only the
 * header of Ethernet is known.
 *
 * The queue treats the IP packet in a frame as it would treat the packet alone
 * (packet.c): ethernet_find_ip() says where it is.
 */
#include "packet/ethernet.h"
#include "packet/header.h"
#include "packet/siphash.h"

#include <linux/if_ether.h>

/* Bytes from the beginning of a frame. */
#define HEADER_SOURCE 6
#define HEADER_TYPE   12

#define TAG_LEN 4

/* What the header of IEEE 802.2 behind a length is at least. */
#define LLC_LEN_MIN 3

/**
 * struct payload - what a frame carries
 * @type: EtherType behind all tags; below ETH_P_802_3_MIN it is a length
 * @at:   where it begins
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
 * ethernet_parse_mac() - read an address
 * @mac:  filled in on success
 * @text: six bytes in hexadecimal, two digits each, with colons in between
 *
 * Return: true if it is an address
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
 * ethernet_is_station() - can this be the address of one interface?
 * @mac: the address
 *
 * Return: true if it is neither that of a group (IEEE 802, section 8.2: the
 * lowest bit of the first byte) nor zero
 */
bool ethernet_is_station(const uint8_t mac[ETHERNET_MAC_LEN])
{
	return !(mac[0] & 1) && (header_get32(mac) || header_get16(mac + 4));
}

/* Walk the tags (IEEE 802.1Q, section 9). Return: false if they are cut off. */
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
 * Padding may follow, because the shortest frame on a wire has 60 bytes. What
 * is there beside that must be the packet that the type says.
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
 * A frame whose type we do not know may be an IP packet without any frame: two
 * bytes of its sender's address are where the type would be. Only IPv4 can be
 * told from a frame with certainty, by its checksum; of IPv6, link-local
 * senders have a length there that is none.
 */
static enum packet_verdict check_other(const uint8_t *frame, size_t len)
{
	return packet_check(frame, len) == PACKET_IPV4 ? PACKET_BAD_HEADER
						       : PACKET_OTHER;
}

/**
 * ethernet_check() - look at what came from the line before the kernel does
 * @frame: the bytes of one frame
 * @len:   how many
 *
 * Checked are the header and its tags, the sender's address, which must be one
 * station's, the length if there is one in place of a type (IEEE 802.3, section
 * 3.2.6), and IPv4 and IPv6 as packet_check() does, but for padding behind
 * them.
 *
 * Return: PACKET_IPV4, PACKET_IPV6 or PACKET_OTHER, by what a good frame
 * carries; else what is wrong
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
 * @len:   how many
 *
 * Return: where it begins, with padding behind it if there is any; @len if the
 * frame carries none
 */
size_t ethernet_find_ip(const uint8_t *frame, size_t len)
{
	struct payload payload;

	if (!find_payload(frame, len, &payload) || !is_ip(&payload))
		return len;
	return payload.at;
}

/**
 * ethernet_flow() - which flow is this frame of?
 * @frame: bytes that should be a frame
 * @len:   how many
 * @key:   a secret, so that nobody can choose flows that meet
 *
 * What is not IP has a flow for each type, so that ARP, without which nothing
 * else would go, never waits behind what somebody sends much of.
 *
 * Return: the hash of the flow: packet_flow()'s if there is an IP packet
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
