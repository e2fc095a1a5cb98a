/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keep the line's own connection out of the link that it carries: with --route
 * default each of its packets would come out of our interface and be sent
 * again.
 *
 * reach_guard() remembers the interface that led to the peer before the link
 * had its routes. If a route to the peer leads into the link, it binds the
 * socket to that interface (SO_BINDTODEVICE, socket(7); without privilege since
 * Linux 5.7): the socket then uses only the routes of that interface, such as
 * the old default route. Other sockets keep following the routes, and there is
 * nothing to undo.
 */
#include "line/reach.h"
#include "failure.h"
#include "interface/addr.h"
#include "interface/rtnl.h"
#include "interface/rtnl_read.h"
#include "packet/transport.h"
#include "text.h"

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

/* Return: index of the interface that now leads there; 0: unknown */
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

/* Set the reason why a socket cannot be kept out of the link. */
static int refuse(int err, const char *name, struct failure *failure)
{
	return failure_set(failure, err,
			   "cannot use %s: %s (the route to that host leads "
			   "into the link itself: leave that host out of "
			   "--addr and --route, or add a route for it first)",
			   name,
			   err == -ELOOP ? "the link would carry its own "
					   "packets"
					 : strerror(-err));
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
 * @reach:   of the line, zero at first
 * @fd:      the socket, connected or not
 * @to:      the peer
 * @name:    the user's name for the port, for the message
 * @failure: on failure, the reason
 *
 * Return: 0 or -errno; -ELOOP if every route to the peer leads into the link
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
	return err ? refuse(err, name, failure) : 0;
}

/**
 * reach_enclose() - announce the link, to which a route to the peer may lead
 * @reach:   of the line
 * @own:     index of the link's interface
 * @fd:      the socket; -1: there is none now
 * @name:    the user's name for the port, for the message
 * @failure: on failure, the reason
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
 * reach_check_answers() - does a route send our answers to a peer into the
 * link?
 * @reach:   of the line
 * @to:      a peer that has sent a SYN and waits for our SYN-ACK
 * @name:    the user's name for the port, for the message
 * @failure: on failure, the reason
 *
 * A link-local peer is answered on the interface on which it was heard.
 *
 * Return: 0; -ELOOP: none of our answers reaches the peer
 */
int reach_check_answers(const struct reach *reach,
			const union resolver_addr *to, const char *name,
			struct failure *failure)
{
	const struct addr addr = addr_of(to);
	char host[ADDR_TEXT_MAX];
	char text[LOG_TEXT_MAX] = "";

	if (to->any.sa_family == AF_INET6 &&
	    IN6_IS_ADDR_LINKLOCAL(&to->ipv6.sin6_addr))
		return 0;
	if (!reach->own || find(to) != reach->own)
		return 0;
	text_append(text, sizeof(text), "%s for %s", name,
		    addr_format_host(&addr, host));
	return refuse(-ELOOP, text, failure);
}

/**
 * reach_transport() - how to recognise the socket's own packets
 * @reach: of the line
 * @fd:    the socket, after reach_guard()
 *
 * Return: the connection; @version is 0 if the line does not use IP
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
	/* The port is at the same offset in both kinds of address. */
	transport.to_port = ntohs(reach->to.ipv4.sin_port);
	transport.from_port = ntohs(own.ipv4.sin_port);
	return transport;
}
