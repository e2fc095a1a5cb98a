/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_CONFLICT_H
#define SERIALTUN_CONFLICT_H

#include "interface/addr.h"

#include <stdbool.h>
#include <stddef.h>

struct rtnl_addr;
struct rtnl_route;

/* Room for one verdict in words. */
#define CONFLICT_TEXT_MAX 512

/* So many addresses that are taken are remembered. */
#define CONFLICT_TAKEN_MAX 32

/**
 * enum conflict_kind - what an address of ours and this host's network have
 *                      against each other, the worst last
 * @CONFLICT_NONE:     nothing
 * @CONFLICT_INSIDE:   our network lies inside the destination of a route, or
 *                     is the same
 * @CONFLICT_PART:     a part of our network is the destination of a route
 * @CONFLICT_ASLEEP:   another interface has the same network or a part of it,
 *                     but is down
 * @CONFLICT_GATEWAY:  the --peer, or our address, is that of a router of ours
 * @CONFLICT_REFUSED:  not one itself: those that follow are refused
 * @CONFLICT_CONTAINS: our network contains that of another interface
 * @CONFLICT_SAME:     our network is that of another interface, too
 * @CONFLICT_PEER:     the --peer is this host
 * @CONFLICT_ADDRESS:  our address is another interface's
 */
enum conflict_kind {
	CONFLICT_NONE,
	CONFLICT_INSIDE,
	CONFLICT_PART,
	CONFLICT_ASLEEP,
	CONFLICT_GATEWAY,
	CONFLICT_REFUSED,
	CONFLICT_CONTAINS,
	CONFLICT_SAME,
	CONFLICT_PEER,
	CONFLICT_ADDRESS,
};

/**
 * struct conflict_ours - one of the addresses that a link is to have
 * @local: the address
 * @peer:  the other end's, or NULL
 */
struct conflict_ours {
	const struct addr *local;
	const struct addr *peer;
};

/**
 * struct conflict - what was found so far for one address of ours
 * @kind:  the worst
 * @index: the interface that has the other address or route
 * @other: that address, with its prefix, or the destination of that route
 */
struct conflict {
	enum conflict_kind kind;
	int index;
	struct addr other;
};

/**
 * struct conflict_taken - addresses that the other end cannot have
 * @addrs: the addresses
 * @count: how many
 */
struct conflict_taken {
	struct addr addrs[CONFLICT_TAKEN_MAX];
	size_t count;
};

bool conflict_overlaps(const struct addr *a, const struct addr *b);
void conflict_see_addr(struct conflict *worst, const struct conflict_ours *ours,
		       const struct rtnl_addr *there, bool is_down);
void conflict_see_route(struct conflict *worst,
			const struct conflict_ours *ours,
			const struct rtnl_route *there);
void conflict_take(struct conflict_taken *taken,
		   const struct conflict_ours *ours, const struct addr *addr);
const char *conflict_text(const struct conflict *conflict,
			  const struct conflict_ours *ours,
			  const char *interface, char text[CONFLICT_TEXT_MAX]);

#endif
