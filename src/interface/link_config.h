/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The user's options for the interface.
 */
#ifndef SERIALTUN_LINK_CONFIG_H
#define SERIALTUN_LINK_CONFIG_H

#include "interface/addr.h"
#include "packet/ethernet.h"

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINK_ADDRS_MAX	32
#define LINK_ROUTES_MAX 64

/**
 * struct link_config - the user's options for the interface
 * @interface: its name; "": the kernel's next tun%d or tap%d
 * @addrs:     addresses of this end, @addr_count of them
 * @peer:      the peer's address, if @peer_of is not NULL
 * @peer_of:   the one of @addrs that @peer belongs to, or NULL
 * @routes:    destinations through the link, @route_count of them
 * @metric:    priority of the routes and prefixes, if @metric_given
 * @mac:       the interface's Ethernet address, if @mac_given
 * @bridge:    the bridge to join, or NULL
 * @mtu:       bytes; 0: the default for the line
 * @ipv6:      IPv6 is wanted
 */
struct link_config {
	char interface[IFNAMSIZ];
	struct addr addrs[LINK_ADDRS_MAX];
	size_t addr_count;
	struct addr peer;
	const struct addr *peer_of;
	struct addr routes[LINK_ROUTES_MAX];
	size_t route_count;
	uint32_t metric;
	bool metric_given;
	uint8_t mac[ETHERNET_MAC_LEN];
	bool mac_given;
	const char *bridge;
	uint32_t mtu;
	bool ipv6;
};

#endif
