/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Choose the MTU for a line. Pure.
 */
#include "interface/mtu.h"

#include <stddef.h>

/**
 * mtu_packet_ms() - time that a packet occupies the wire
 * @rate: bytes per second; 0: unknown
 * @mtu:  length of the packet in bytes; the line adds two ENDs
 *
 * Return: milliseconds, rounded; 0 if the speed is unknown
 */
uint32_t mtu_packet_ms(uint32_t rate, uint32_t mtu)
{
	uint64_t bytes = (uint64_t)mtu + 2;

	return rate ? (uint32_t)((bytes * 1000 + rate / 2) / rate) : 0;
}

/**
 * mtu_choose() - choose the MTU for a line
 * @rate: bytes per second; 0: unknown
 * @ipv6: the link must carry IPv6
 *
 * Nothing can overtake a packet on the wire, so packets on a slow line should
 * be short. 1006 is the MTU of SLIP (RFC 1055); every host accepts 576 (RFC
 * 1122); RFC 1144, section 5.2, advises 296; IPv6 needs 1280 (RFC 8200, section
 * 5).
 *
 * Return: the largest of 1500, 1006 and 576 that takes at most
 * MTU_PACKET_MS_MAX, else 296; with IPv6, 1500 or 1280
 */
uint32_t mtu_choose(uint32_t rate, bool ipv6)
{
	static const uint32_t mtus[] = {1500, 1006, 576};
	uint32_t mtu = 296;
	size_t i;

	for (i = sizeof(mtus) / sizeof(*mtus); i > 0; i--)
		if (mtu_packet_ms(rate, mtus[i - 1]) <= MTU_PACKET_MS_MAX)
			mtu = mtus[i - 1];
	return ipv6 && mtu < MTU_IPV6_MIN ? MTU_IPV6_MIN : mtu;
}
