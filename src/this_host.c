/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * This host describes itself to the other end: its IPv4 address, its MTU, its
 * name, and the networks that are free here.
 *
 * The address is the user's, or one that an attached interface had before.
 */
#include "this_host.h"
#include "interface/addr.h"
#include "interface/link_config.h"
#include "interface/pool.h"
#include "interface/rtnl.h"
#include "interface/rtnl_read.h"
#include "interface/tun.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* Users often choose 10.10.0.0 to 10.10.9.0, so pairs leave these out. */
#define THIS_HOST_NETWORK_MIN 10

/*
 * The list of free networks has this many entries of the second pool, for a
 * peer that uses every network of the first.
 */
#define THIS_HOST_SECOND_POOL_MIN 2

static void find_prepared(const struct rtnl_addr *addr, void *data)
{
	struct this_host *host = data;

	if (addr->index != host->index || host->agree.addr.family)
		return;
	host->agree.addr = addr->local;
	if (!addr_same_host(&addr->reached, &addr->local) &&
	    addr->local.prefix_len == addr_bits(AF_INET))
		host->agree.peer = addr->reached;
}

/**
 * this_host_open() - describe this host
 * @host: filled in; this_host_close() frees what it holds
 * @tun:  the interface, configured
 * @mtu:  its MTU in bytes
 * @link: the user's options for the interface
 */
void this_host_open(struct this_host *host, const struct tun *tun, uint32_t mtu,
		    const struct link_config *link)
{
	struct agree *own = &host->agree;
	struct rtnl_link found;
	char name[256] = "";
	size_t i;

	*host = (struct this_host){.agree.mtu = mtu};
	if (!rtnl_open(&host->rtnl) &&
	    !rtnl_link_find(host->rtnl, tun->name, &found))
		host->index = found.index;
	for (i = 0; i < link->addr_count && !own->addr.family; i++) {
		if (link->addrs[i].family != AF_INET)
			continue;
		own->addr = link->addrs[i];
		if (link->peer_of == &link->addrs[i])
			own->peer = link->peer;
	}
	if (!own->addr.family && tun->attached && host->rtnl)
		rtnl_addr_each(host->rtnl, AF_INET, find_prepared, host);
	if (!gethostname(name, sizeof(name) - 1))
		agree_set_name(own->name, name);
	snprintf(own->release, sizeof(own->release), "%s", SERIALTUN_VERSION);
}

/**
 * this_host_close() - free what this_host_open() made
 * @host: the description
 */
void this_host_close(struct this_host *host)
{
	rtnl_close(host->rtnl);
	host->rtnl = NULL;
}

/**
 * this_host_list_free() - list the networks that this host does not use, the
 *                         first pool first
 * @host: the description; it changes only if this end takes an address
 */
void this_host_list_free(struct this_host *host)
{
	static const unsigned int pools[] = {0, AGREE_SECOND_POOL};
	static const size_t list_max[] = {
		AGREE_FREE_MAX - THIS_HOST_SECOND_POOL_MIN, AGREE_FREE_MAX};
	struct agree *own = &host->agree;
	bool taken[POOL_NETWORKS];
	unsigned int number;
	struct addr pool;
	size_t i;

	if (!own->takes || !host->rtnl)
		return;
	own->free_count = 0;
	for (i = 0; i < sizeof(pools) / sizeof(*pools); i++) {
		pool = agree_pool_addr(pools[i], 0);
		if (pool_mark_taken(host->rtnl, host->index, &pool, taken))
			return;
		for (number = THIS_HOST_NETWORK_MIN;
		     number < POOL_NETWORKS && own->free_count < list_max[i];
		     number++)
			if (!taken[number])
				own->free[own->free_count++] =
					(uint16_t)(pools[i] | number);
	}
}

/**
 * this_host_addr() - the IPv4 address of this end
 * @host: the description
 *
 * Return: the user's address, the interface's, or the one that a peer's
 * description led to; NULL: none
 */
const struct addr *this_host_addr(const struct this_host *host)
{
	const struct agree *own = &host->agree;

	return own->addr.family	  ? &own->addr
	       : own->took.family ? &own->took
				  : NULL;
}
