/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The connection that is the line must not be routed into the link that it
 * carries: with --route default each packet of ours would come out of our own
 * interface, and be packed again.
 *
 * So it is remembered by which interface the peer was reached before the link
 * had its routes. A socket whose peer is reached through the link now is bound
 * to that interface (SO_BINDTODEVICE, socket(7); without privilege since Linux
 * 5.7): it looks for a way there alone, and goes on using the old default
 * route. That is nothing that would have to be undone, and a socket that needs
 * no help is left to follow the routes wherever they lead.
 */
#include "line/reach.h"
#include "failure.h"
#include "interface/addr.h"
#include "interface/rtnl.h"
#include "packet/transport.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>

static struct addr addr_of(const union resolver_addr *to)
{
	struct addr addr = {.family = to->any.sa_family};

	addr.prefix_len = addr_bits(addr.family);
	if (addr.family == AF_INET)
		memcpy(addr.bytes, &to->ipv4.sin_addr,
		       sizeof(to->ipv4.sin_addr));
	else
		memcpy(addr.bytes, &to->ipv6.sin6_addr,
		       sizeof(to->ipv6.sin6_addr));
	return addr;
}

/* Return: the interface that leads there now; 0: none does, as far as is known
 */
static int find(const union resolver_addr *to)
{
	const struct addr addr = addr_of(to);
	struct rtnl *rtnl;
	int index = 0;

	/* A link-local address names its interface. */
	if (to->any.sa_family == AF_INET6 && to->ipv6.sin6_scope_id)
		return (int)to->ipv6.sin6_scope_id;
	if (rtnl_open(&rtnl))
		return 0;
	if (rtnl_route_find(rtnl, &addr, &index))
		index = 0;
	rtnl_close(rtnl);
	return index;
}

static int bind_to(int fd, int index)
{
	char name[IF_NAMESIZE];

	if (!if_indextoname((unsigned int)index, name))
		return -errno;
	return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, IF_NAMESIZE)
		       ? -errno
		       : 0;
}

/**
 * reach_guard() - keep a socket out of the link that it carries
 * @reach:   all zero in the beginning
 * @fd:      the socket, connected or not
 * @to:      the peer
 * @name:    what the line is called, for the message
 * @failure: on failure, why
 *
 * Return: 0 or -errno; -ELOOP if there is no way but through the link
 */
int reach_guard(struct reach *reach, int fd, const union resolver_addr *to,
		const char *name, struct failure *failure)
{
	const int index = find(to);
	int err;

	reach->to = *to;
	if (!index)
		return 0;
	if (index != reach->own) {
		reach->via = index;
		return 0;
	}
	err = reach->via ? bind_to(fd, reach->via) : -ELOOP;
	if (!err)
		return 0;
	return failure_set(failure, err,
			   "cannot use %s: %s (the way to that host leads into "
			   "the link itself: leave it out of --addr and "
			   "--route, or give it a route of its own first)",
			   name,
			   err == -ELOOP ? "its packets would be carried by "
					   "themselves"
					 : strerror(-err));
}

/**
 * reach_enclose() - from now on there is a link, which may lead to the peer
 * @reach:   of the line
 * @own:     index of the link's interface
 * @fd:      the socket; -1: there is none now
 * @name:    what the line is called, for the message
 * @failure: on failure, why
 *
 * Return: as reach_guard()
 */
int reach_enclose(struct reach *reach, int own, int fd, const char *name,
		  struct failure *failure)
{
	const union resolver_addr to = reach->to;

	reach->own = own;
	if (fd < 0 || to.any.sa_family == AF_UNSPEC)
		return 0;
	return reach_guard(reach, fd, &to, name, failure);
}

/**
 * reach_transport() - how to know the socket's own packets
 * @reach: of the line
 * @fd:    the socket, whose peer reach_guard() was told
 *
 * Return: the connection; @version is 0 if it is none by IP
 */
struct transport reach_transport(const struct reach *reach, int fd)
{
	const struct addr to = addr_of(&reach->to);
	struct transport transport = {0};
	union resolver_addr own = {0};
	socklen_t len = sizeof(own);
	socklen_t int_len = sizeof(int);
	int protocol = 0;

	if (reach->to.any.sa_family == AF_UNSPEC ||
	    getsockname(fd, &own.any, &len) ||
	    getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &int_len))
		return transport;
	transport.version = to.family == AF_INET ? 4 : 6;
	transport.protocol = (uint8_t)protocol;
	memcpy(transport.to, to.bytes, sizeof(transport.to));
	/* At the same place in both kinds of address. */
	transport.to_port = ntohs(reach->to.ipv4.sin_port);
	transport.from_port = ntohs(own.ipv4.sin_port);
	return transport;
}
