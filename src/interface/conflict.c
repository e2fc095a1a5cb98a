/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Compare an address that the link is to have with this host's network.
 *
 * The kernel takes almost any address. An address with the prefix of another
 * interface adds a second route to the same network, and the route without a
 * metric wins: the kernel then sends packets for hosts of the LAN into the
 * cable. So survey.c passes every address and route of this host, and this file
 * compares each with one address of the link. Pure.
 *
 * A link to a single host (--peer without a prefix) takes no network, and may
 * share its address with another interface, as an unnumbered link does.
 *
 * These never conflict: loopback addresses; IPv6 link-local addresses, which
 * are valid on one link only; the default route, and the halves and eighths of
 * the address space by which a VPN overrides the default route.
 */

#include "interface/conflict.h"
#include "interface/rtnl_read.h"
#include "text.h"

#include <sys/socket.h>

/* A VPN's pieces of the default route have at most so many prefix bits. */
#define CONFLICT_EVERYTHING_BITS 3

static const struct addr *reached_by(const struct conflict_ours *ours)
{
	return ours->peer ? ours->peer : ours->local;
}

/* Does the link lead to one host only? */
static bool is_single(const struct conflict_ours *ours)
{
	const struct addr *reached = reached_by(ours);

	return reached->prefix_len == addr_bits(reached->family);
}

static bool is_link_local(const struct addr *addr)
{
	return addr->family == AF_INET6 && addr->bytes[0] == 0xFE &&
	       addr->bytes[1] >> 6 == 2;
}

/* Does the network of @outer contain @inner with its prefix? */
static bool contains(const struct addr *outer, const struct addr *inner)
{
	struct addr of_inner = *inner;
	struct addr of_outer = addr_network(outer);

	if (outer->family != inner->family ||
	    outer->prefix_len > inner->prefix_len)
		return false;
	of_inner.prefix_len = outer->prefix_len;
	of_inner = addr_network(&of_inner);
	return addr_same_host(&of_inner, &of_outer);
}

/**
 * conflict_overlaps() - have two networks an address in common?
 * @a: the one, or an address in it, with its prefix
 * @b: the other
 *
 * Return: true if one of them contains the other
 */
bool conflict_overlaps(const struct addr *a, const struct addr *b)
{
	return contains(a, b) || contains(b, a);
}

static void found(struct conflict *worst, enum conflict_kind kind, int index,
		  const struct addr *other)
{
	if (kind > worst->kind)
		*worst = (struct conflict){.kind = kind,
					   .index = index,
					   .other = *other};
}

/**
 * conflict_see_addr() - compare with an address of another interface
 * @worst:   updated if this conflict is worse
 * @ours:    an address of the link
 * @there:   the address of the other interface
 * @is_down: the other interface is down
 */
void conflict_see_addr(struct conflict *worst, const struct conflict_ours *ours,
		       const struct rtnl_addr *there, bool is_down)
{
	const struct addr *reached = reached_by(ours);
	struct addr host = there->local;
	enum conflict_kind kind = CONFLICT_NONE;

	host.prefix_len = addr_bits(host.family);
	if (there->is_link_local || there->is_refused ||
	    is_link_local(ours->local) || addr_is_loopback(&host))
		return;
	if (ours->peer && addr_same_host(ours->peer, &host))
		kind = CONFLICT_PEER;
	else if (ours->peer && is_single(ours))
		return;
	else if (addr_same_host(ours->local, &host))
		kind = CONFLICT_ADDRESS;
	else if (contains(reached, &there->reached))
		kind = reached->prefix_len == there->reached.prefix_len
			       ? CONFLICT_SAME
			       : CONFLICT_CONTAINS;
	if (kind && is_down)
		kind = CONFLICT_ASLEEP;
	host = there->reached;
	if (kind == CONFLICT_ADDRESS || kind == CONFLICT_PEER) {
		host = there->local;
		host.prefix_len = addr_bits(host.family);
	}
	found(worst, kind, there->index, &host);
}

/**
 * conflict_see_route() - compare with a route through another interface
 * @worst: updated if this conflict is worse
 * @ours:  an address of the link
 * @there: the route
 */
void conflict_see_route(struct conflict *worst,
			const struct conflict_ours *ours,
			const struct rtnl_route *there)
{
	const struct addr *reached = reached_by(ours);
	const struct addr *dest = &there->dest;
	enum conflict_kind kind = CONFLICT_NONE;

	if (is_link_local(ours->local) || is_link_local(dest))
		return;
	if (there->has_via && addr_same_host(reached, &there->via)) {
		found(worst, CONFLICT_GATEWAY, there->index, &there->via);
		return;
	}
	if (is_single(ours) || dest->prefix_len <= CONFLICT_EVERYTHING_BITS)
		return;
	if (contains(dest, reached))
		kind = CONFLICT_INSIDE;
	else if (contains(reached, dest))
		kind = CONFLICT_PART;
	found(worst, kind, there->index, dest);
}

/**
 * conflict_take() - remember an address that the peer cannot have
 * @taken: the list; when it is full, the address is left out
 * @ours:  an address of the link: addresses outside its network are left out
 * @addr:  an address of this host, or of a router that it uses
 */
void conflict_take(struct conflict_taken *taken,
		   const struct conflict_ours *ours, const struct addr *addr)
{
	struct addr host = *addr;
	size_t i;

	host.prefix_len = addr_bits(host.family);
	if (taken->count == CONFLICT_TAKEN_MAX ||
	    !contains(reached_by(ours), &host))
		return;
	for (i = 0; i < taken->count; i++)
		if (addr_same_host(&taken->addrs[i], &host))
			return;
	taken->addrs[taken->count++] = host;
}

/*
 * Append the remedy. serialtun cannot know an unused network, but a pair of
 * addresses needs none.
 */
static void append_remedy(char text[CONFLICT_TEXT_MAX],
			  const struct conflict_ours *ours, const char *verb)
{
	char addr[ADDR_TEXT_MAX];

	text_append(
		text, CONFLICT_TEXT_MAX,
		" (%s another network for the link, or reach only the peer: "
		"--addr %s --peer ADDR)",
		verb, addr_format_host(ours->local, addr));
}

/**
 * conflict_text() - describe a conflict
 * @conflict:  the conflict
 * @ours:      the address of the link
 * @interface: name of the interface of @conflict
 * @text:      where to write it
 *
 * Return: @text, one line: for a refused kind it begins with "cannot use"
 */
const char *conflict_text(const struct conflict *conflict,
			  const struct conflict_ours *ours,
			  const char *interface, char text[CONFLICT_TEXT_MAX])
{
	const struct addr network = addr_network(reached_by(ours));
	const struct addr others = addr_network(&conflict->other);
	char other[ADDR_TEXT_MAX];
	char own[ADDR_TEXT_MAX];

	*text = '\0';
	addr_format(&others, other);
	addr_format(&network, own);
	switch (conflict->kind) {
	case CONFLICT_NONE:
	case CONFLICT_REFUSED:
		break;
	case CONFLICT_INSIDE:
		text_append(text, CONFLICT_TEXT_MAX,
			    "%s lies inside %s, which goes through %s: hosts "
			    "there with such addresses become unreachable",
			    own, other, interface);
		append_remedy(text, ours, "if they matter, choose");
		break;
	case CONFLICT_PART:
		text_append(text, CONFLICT_TEXT_MAX,
			    "%s, a part of %s, goes through %s: hosts behind "
			    "the link with such addresses are unreachable",
			    other, own, interface);
		append_remedy(text, ours, "if they matter, choose");
		break;
	case CONFLICT_ASLEEP:
		text_append(text, CONFLICT_TEXT_MAX,
			    "%s, which is down, has %s: when it comes up, %s "
			    "has two routes",
			    interface, other, own);
		append_remedy(text, ours, "if it will, choose");
		break;
	case CONFLICT_GATEWAY:
		text_append(text, CONFLICT_TEXT_MAX,
			    "%s %s is the address of a router of this host, "
			    "reached through %s: the router becomes "
			    "unreachable (give the link an unused address)",
			    ours->peer ? "--peer" : "--addr",
			    addr_format_host(reached_by(ours), other),
			    interface);
		break;
	case CONFLICT_CONTAINS:
		text_append(text, CONFLICT_TEXT_MAX,
			    "cannot use --addr %s: its network contains that "
			    "of %s, %s",
			    addr_format(ours->local, own), interface, other);
		append_remedy(text, ours, "choose");
		break;
	case CONFLICT_SAME:
		text_append(text, CONFLICT_TEXT_MAX,
			    "cannot use --addr %s: %s is already the network "
			    "of %s, whose hosts would become unreachable",
			    addr_format(ours->local, own), other, interface);
		append_remedy(text, ours, "choose");
		break;
	case CONFLICT_PEER:
		text_append(text, CONFLICT_TEXT_MAX,
			    "cannot use --peer %s: it is an address of this "
			    "host, of %s (give the peer's address)",
			    addr_format_host(ours->peer, own), interface);
		break;
	case CONFLICT_ADDRESS:
		text_append(text, CONFLICT_TEXT_MAX,
			    "cannot use --addr %s: %s has this address already",
			    addr_format(ours->local, own), interface);
		append_remedy(text, ours, "choose");
		break;
	}
	return text;
}
