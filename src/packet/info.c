/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packet information: a TUN interface that was opened without IFF_NO_PI puts
 * flags, 0, and the EtherType in front of each packet (struct tun_pi, tun.c). A
 * program that does not take them off sends them along.
 *
 * Pure.
 */
#include "packet/info.h"
#include "packet/header.h"

#define INFO_IPV4 0x0800
#define INFO_IPV6 0x86DD

/**
 * info_is_first() - does a frame begin with packet information?
 * @frame: the frame
 * @len:   length of the frame in bytes
 *
 * Return: true if the information fits the version of the packet behind it
 */
bool info_is_first(const uint8_t *frame, size_t len)
{
	uint16_t protocol;

	if (len <= INFO_LEN || frame[0] || frame[1])
		return false;
	protocol = header_get16(frame + 2);
	return (protocol == INFO_IPV4 && frame[INFO_LEN] >> 4 == 4) ||
	       (protocol == INFO_IPV6 && frame[INFO_LEN] >> 4 == 6);
}

/**
 * info_put() - write the packet information of a packet
 * @out:    buffer for the information
 * @packet: the packet, IPv4 or IPv6
 */
void info_put(uint8_t out[INFO_LEN], const uint8_t *packet)
{
	header_set16(out, 0);
	header_set16(out + 2, packet[0] >> 4 == 6 ? INFO_IPV6 : INFO_IPV4);
}
