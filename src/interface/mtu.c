/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which MTU suits the line.
 *
 * Pure: the speed and what the line has to carry decide.
 */
#include "interface/mtu.h"

#include <stddef.h>

/**
 * mtu_packet_ms() - how long a packet keeps the wire busy
 * @rate: bytes per second; 0: unknown
 * @mtu:  its length in bytes; on the line there are two ENDs more
 *
 * Return: milliseconds, rounded; 0 if the speed is not known
 */
uint32_t mtu_packet_ms(uint32_t rate, uint32_t mtu)
{
	uint64_t bytes = (uint64_t)mtu + 2;

	return rate ? (uint32_t)((bytes * 1000 + rate / 2) / rate) : 0;
}

/**
 * mtu_choose() - the MTU that suits a wire
 * @rate: bytes per second; 0: unknown
 * @ipv6: it has to carry IPv6
 *
 * A packet on the wire cannot be overtaken, so on a slow one it should be
 * short: 1006 is SLIP's own (RFC 1055), 576 what every host takes (RFC 1122),
 * 296 what RFC 1144 advises (section 5.2), and 1280 the least of IPv6 (RFC
 * 8200, section 5).
 *
 * Return: the largest of 1500, 1006 and 576 that takes MTU_PACKET_MS_MAX at
 * the most, else 296; with IPv6 1500 or 1280
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
