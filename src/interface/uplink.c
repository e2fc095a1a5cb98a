/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finds this host's way to the internet: the interface of the default route,
 * its routers, and the networks that are on it.
 *
 * The kernel chooses the interface, because a VPN may have its default route
 * in another table or in two halves.
 */
#include "interface/uplink.h"
#include "interface/conflict.h"
#include "interface/rtnl_read.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

/* Routes with a shorter prefix lead to the internet, not to a network. */
#define NETWORK_PREFIX_MIN 8

/*
 * An address that is on the internet and in no private network: a root name
 * server (a.root-servers.net). No packet goes there.
 */
static const struct addr on_internet = {
	.family = AF_INET,
	.prefix_len = 32,
	.bytes = {198, 41, 0, 4},
};

/* A walk over the addresses and routes of the uplink. */
struct walk {
	struct uplink *uplink;
	bool overflow;
};

static void add_network(struct walk *walk, const struct addr *network)
{
	struct uplink *uplink = walk->uplink;

	if (uplink->network_count == UPLINK_NETWORKS_MAX)
		walk->overflow = true;
	else
		uplink->networks[uplink->network_count++] =
			addr_network(network);
}

static void see_addr(const struct rtnl_addr *addr, void *data)
{
	struct walk *walk = data;

	if (addr->index == walk->uplink->index)
		add_network(walk, &addr->reached);
}

static void see_gateway(struct walk *walk, const struct addr *via)
{
	struct uplink *uplink = walk->uplink;
	size_t i;

	for (i = 0; i < uplink->gateway_count; i++)
		if (addr_same_host(&uplink->gateways[i], via))
			return;
	if (uplink->gateway_count < UPLINK_GATEWAYS_MAX)
		uplink->gateways[uplink->gateway_count++] = *via;
}

static void see_route(const struct rtnl_route *route, void *data)
{
	struct walk *walk = data;
	const bool leads_out = conflict_overlaps(&route->dest, &on_internet);

	if (route->index != walk->uplink->index)
		return;
	if (route->dest.prefix_len >= NETWORK_PREFIX_MIN && !route->has_via)
		add_network(walk, &route->dest);
	if (route->dest.prefix_len < NETWORK_PREFIX_MIN && leads_out &&
	    route->has_via)
		see_gateway(walk, &route->via);
}

/**
 * uplink_find() - find this host's way to the internet
 * @uplink: filled in on success
 * @rtnl:   a handle
 *
 * Return: 0; -ENETUNREACH: there is no default route; -E2BIG: too many networks
 * are on the interface; or another -errno
 */
int uplink_find(struct uplink *uplink, struct rtnl *rtnl)
{
	struct uplink found = {0};
	struct walk walk = {.uplink = &found};
	struct rtnl_link link;
	int err = rtnl_route_find(rtnl, &on_internet, &found.index);

	/* The answer of a route of the type blackhole, or prohibit. */
	if (err == -EINVAL || err == -EACCES)
		err = -ENETUNREACH;
	if (!err)
		err = rtnl_link_get(rtnl, found.index, &link);
	if (!err)
		err = rtnl_addr_each(rtnl, AF_INET, see_addr, &walk);
	if (!err)
		err = rtnl_route_each(rtnl, AF_INET, see_route, &walk);
	if (!err && walk.overflow && !found.gateway_count)
		err = -E2BIG;
	if (err)
		return err;
	snprintf(found.name, sizeof(found.name), "%s", link.name);
	name_servers_read(&found.name_servers);
	*uplink = found;
	return 0;
}

/* A search for a default route of another interface. */
struct search {
	int own;
	bool found;
};

static void see_default(const struct rtnl_route *route, void *data)
{
	struct search *search = data;

	search->found |= route->index != search->own &&
			 route->dest.prefix_len < NETWORK_PREFIX_MIN;
}

/**
 * uplink_has_default_route() - has this host a default route?
 * @rtnl: a handle
 * @own:  index of the link's interface, whose routes do not count
 *
 * Half of a default route counts, too.
 *
 * Return: true if it has, or if the kernel refused to tell
 */
bool uplink_has_default_route(struct rtnl *rtnl, int own)
{
	struct search search = {.own = own};

	return rtnl_route_each(rtnl, AF_INET, see_default, &search) ||
	       search.found;
}
