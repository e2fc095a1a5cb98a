/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The IPv4 networks that this host uses: the addresses of its interfaces, the
 * networks behind them, and the destinations of its routes.
 *
 * A route with a prefix shorter than 8 leads everywhere and not to a network: a
 * default route, or the two routes with a prefix of 1 that VPNs set.
 */
#include "interface/in_use.h"
#include "interface/addr.h"
#include "interface/rtnl_read.h"

#include <sys/socket.h>

#define ROUTE_PREFIX_LEN_MIN 8

struct walk {
	int own;
	in_use_visit *visit;
	void *data;
};

static void see_addr(const struct rtnl_addr *addr, void *data)
{
	const struct walk *walk = data;
	struct addr host = addr->local;

	if (addr->index == walk->own)
		return;
	/* With a peer, the prefix belongs to the peer's address. */
	host.prefix_len = addr_bits(host.family);
	walk->visit(&host, addr->index, walk->data);
	walk->visit(&addr->reached, addr->index, walk->data);
}

static void see_route(const struct rtnl_route *route, void *data)
{
	const struct walk *walk = data;

	if (route->index != walk->own &&
	    route->dest.prefix_len >= ROUTE_PREFIX_LEN_MIN)
		walk->visit(&route->dest, route->index, walk->data);
}

/**
 * in_use_each() - visit each network that this host uses
 * @rtnl:  a handle
 * @own:   index of an interface whose networks do not count
 * @visit: called with a network and the index of its interface; 0: none, as for
 *         an unreachable route. It may visit a network more than once
 * @data:  passed on to @visit
 *
 * Return: 0, or -errno: then some networks were not visited
 */
int in_use_each(struct rtnl *rtnl, int own, in_use_visit *visit, void *data)
{
	struct walk walk = {.own = own, .visit = visit, .data = data};
	int err = rtnl_addr_each(rtnl, AF_INET, see_addr, &walk);

	return err ? err : rtnl_route_each(rtnl, AF_INET, see_route, &walk);
}
