/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_UPLINK_H
#define SERIALTUN_UPLINK_H

#include "interface/addr.h"
#include "interface/name_servers.h"

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#define UPLINK_GATEWAYS_MAX 4
#define UPLINK_NETWORKS_MAX 32

struct rtnl;

/**
 * struct uplink - this host's way to the internet
 * @index:         its interface
 * @name:          name of the interface
 * @gateways:      routers of the default routes through it
 * @gateway_count: number of them; 0: it leads to one host, such as a modem
 * @networks:      networks that are on the interface, without a router
 * @network_count: number of them
 * @name_servers:  name servers of this host
 */
struct uplink {
	int index;
	char name[IFNAMSIZ];
	struct addr gateways[UPLINK_GATEWAYS_MAX];
	size_t gateway_count;
	struct addr networks[UPLINK_NETWORKS_MAX];
	size_t network_count;
	struct name_servers name_servers;
};

int uplink_find(struct uplink *uplink, struct rtnl *rtnl);
bool uplink_has_default_route(struct rtnl *rtnl, int own);

#endif
