/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Does an address that a link is to have get in the way of this host's network?
 *
 * The kernel takes almost any address. With the prefix of another interface it
 * makes a second route to the same network, and the route without a metric
 * wins: the hosts of a LAN then are looked for at the other end of a cable. So
 * what this host has is looked at first, one address and one route after the
 * other, each compared with one of ours. Pure: link.c asks the kernel.
 *
 * A link to nothing but one host (--peer without a prefix) takes no network.
 * Its address may be one that this host has already: the link borrows it, as an
 * unnumbered link does.
 *
 * No conflict are loopback addresses; IPv6 link-local addresses, which are
 * good for one link each; and routes to everything: the default route, and the
 * halves and eighths of the address space by which a VPN gets ahead of it.
 */
#include "interface/conflict.h"
#include "interface/rtnl.h"
#include "text.h"

#include <sys/socket.h>

/* The default route of a VPN is in pieces of at most so many bits. */
#define CONFLICT_EVERYTHING_BITS 3

static const struct addr *reached_by(const struct conflict_ours *ours)
{
	return ours->peer ? ours->peer : ours->local;
}

/* Is nothing reached but one host? */
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

/* Is @inner, with its prefix, in the network of @outer? */
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
 * @worst:   becomes what was found, if it is worse
 * @ours:    an address of ours
 * @there:   an address of another interface
 * @is_down: that interface is down
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
 * @worst: becomes what was found, if it is worse
 * @ours:  an address of ours
 * @there: a route through another interface
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
 * conflict_take() - remember an address that the other end cannot have
 * @taken: where; one too many is left out
 * @ours:  an address of ours: only what is in its network is of interest
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
 * What to do instead. A network that is nobody's is known only to the user; a
 * pair of addresses takes no network.
 */
static void append_remedy(char text[CONFLICT_TEXT_MAX],
			  const struct conflict_ours *ours, const char *verb)
{
	char addr[ADDR_TEXT_MAX];

	text_append(
		text, CONFLICT_TEXT_MAX,
		" (%s another network for the link, or the other end alone: "
		"--addr %s --peer ADDR)",
		verb, addr_format_host(ours->local, addr));
}

/**
 * conflict_text() - say what is in the way
 * @conflict:  what was found
 * @ours:      the address of ours
 * @interface: the name of the interface of @conflict
 * @text:      where to write it
 *
 * Return: @text, one line: of what is refused, with --addr as its object; of
 * all else, a sentence
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
			    "there that have such addresses are not reached "
			    "any more",
			    own, other, interface);
		append_remedy(text, ours, "if they matter, choose");
		break;
	case CONFLICT_PART:
		text_append(text, CONFLICT_TEXT_MAX,
			    "%s, a part of %s, goes through %s: hosts behind "
			    "the link that have such addresses are not reached",
			    other, own, interface);
		append_remedy(text, ours, "if they matter, choose");
		break;
	case CONFLICT_ASLEEP:
		text_append(text, CONFLICT_TEXT_MAX,
			    "%s, which is down, has %s: when it comes up, %s "
			    "has two ways",
			    interface, other, own);
		append_remedy(text, ours, "if that will be, choose");
		break;
	case CONFLICT_GATEWAY:
		text_append(text, CONFLICT_TEXT_MAX,
			    "%s %s is the address of a router of this host, "
			    "reached through %s: it cannot be reached any more "
			    "(give the link an address that nobody has)",
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
			    "cannot use --addr %s: %s is the network of %s "
			    "already, whose hosts would not be reached any "
			    "more",
			    addr_format(ours->local, own), other, interface);
		append_remedy(text, ours, "choose");
		break;
	case CONFLICT_PEER:
		text_append(text, CONFLICT_TEXT_MAX,
			    "cannot use --peer %s: it is an address of this "
			    "host, of %s (name the other end's)",
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
