/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Find the networks in a pool of small networks that this host does not use.
 *
 * A network is taken if it overlaps one that this host uses on another
 * interface.
 */
#include "interface/pool.h"
#include "interface/addr.h"
#include "interface/conflict.h"
#include "interface/in_use.h"

#include <string.h>
#include <sys/socket.h>

/* The networks of 10.10.0.0/16 are 10.10.N.0/30. */
#define POOL_PREFIX_LEN	   16
#define NETWORK_PREFIX_LEN 30

struct pool {
	struct addr all;
	bool *taken;
};

static void mark(const struct addr *used, int index, void *data)
{
	const struct pool *pool = data;
	struct addr network = pool->all;
	unsigned int i;

	(void)index;
	/* A router may have a million routes; skip most of them here. */
	if (!conflict_overlaps(&pool->all, used))
		return;
	network.prefix_len = NETWORK_PREFIX_LEN;
	for (i = 0; i < POOL_NETWORKS; i++) {
		network.bytes[2] = (uint8_t)i;
		if (conflict_overlaps(&network, used))
			pool->taken[i] = true;
	}
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
	struct pool marked = {.all = *pool, .taken = taken};

	memset(taken, 0, POOL_NETWORKS * sizeof(*taken));
	marked.all.prefix_len = POOL_PREFIX_LEN;
	marked.all = addr_network(&marked.all);
	return in_use_each(rtnl, own, mark, &marked);
}
