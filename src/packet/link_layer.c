/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two link layers, IP and Ethernet.
 */
#include "packet/link_layer.h"
#include "packet/ethernet.h"

static size_t ip_find_ip(const uint8_t *packet, size_t len)
{
	(void)packet;
	(void)len;
	return 0;
}

static const struct link_layer ip = {
	.guess = GUESS_IP,
	.check = packet_check,
	.find_ip = ip_find_ip,
	.flow = packet_flow,
};

static const struct link_layer ethernet = {
	.header_max = ETHERNET_TAGGED_LEN,
	.guess = GUESS_ETHERNET,
	.check = ethernet_check,
	.find_ip = ethernet_find_ip,
	.flow = ethernet_flow,
};

/**
 * link_layer_of() - return the link layer of an interface
 * @tap: the interface is a TAP, not a TUN
 *
 * Return: the link layer
 */
const struct link_layer *link_layer_of(bool tap)
{
	return tap ? &ethernet : &ip;
}
