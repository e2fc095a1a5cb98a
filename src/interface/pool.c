/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Find the networks in a pool of small networks that this host does not use.
 *
 * A network is taken if it overlaps the network of an address on another
 * interface, or the destination of a route. Routes with a very short prefix do
 * not count, because they lead to no single network: they are default routes,
 * or the two /1 routes that VPNs set in place of one.
 */
#include "interface/pool.h"
#include "interface/addr.h"
#include "interface/conflict.h"
#include "interface/rtnl_read.h"

#include <string.h>
#include <sys/socket.h>

/* The networks of 10.10.0.0/16 are 10.10.N.0/30. */
#define POOL_PREFIX_LEN	   16
#define NETWORK_PREFIX_LEN 30

#define ROUTE_PREFIX_LEN_MIN 8

struct pool {
	struct addr all;
	int own;
	bool *taken;
};

static void mark(const struct pool *pool, int index, const struct addr *used)
{
	struct addr network = pool->all;
	unsigned int i;

	/* A router may have a million routes; skip most of them here. */
	if (index == pool->own || !conflict_overlaps(&pool->all, used))
		return;
	network.prefix_len = NETWORK_PREFIX_LEN;
	for (i = 0; i < POOL_NETWORKS; i++) {
		network.bytes[2] = (uint8_t)i;
		if (conflict_overlaps(&network, used))
			pool->taken[i] = true;
	}
}

static void mark_addr(const struct rtnl_addr *addr, void *data)
{
	struct addr host = addr->local;

	/* With a peer, the prefix belongs to the peer's address. */
	host.prefix_len = addr_bits(host.family);
	mark(data, addr->index, &host);
	mark(data, addr->index, &addr->reached);
}

static void mark_route(const struct rtnl_route *route, void *data)
{
	if (route->dest.prefix_len >= ROUTE_PREFIX_LEN_MIN)
		mark(data, route->index, &route->dest);
}

/**
 * pool_mark_taken() - find the networks of a pool that this host uses
 * @rtnl:  a handle
 * @own:   index of the link's own interface, which does not count
 * @pool:  an IPv4 address in the pool, a network of 16 bits
 * @taken: filled in, with one entry for each network A.B.N.0/30, indexed by N
 *
 * Return: 0, or -errno: then @taken is not complete
 */
int pool_mark_taken(struct rtnl *rtnl, int own, const struct addr *pool,
		    bool taken[POOL_NETWORKS])
{
	struct pool marked = {.all = *pool, .own = own, .taken = taken};
	int err;

	memset(taken, 0, POOL_NETWORKS * sizeof(*taken));
	marked.all.prefix_len = POOL_PREFIX_LEN;
	marked.all = addr_network(&marked.all);
	err = rtnl_addr_each(rtnl, AF_INET, mark_addr, &marked);
	return err ? err : rtnl_route_each(rtnl, AF_INET, mark_route, &marked);
}
