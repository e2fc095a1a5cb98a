/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_CONFLICT_H
#define SERIALTUN_CONFLICT_H

#include "interface/addr.h"

#include <stdbool.h>
#include <stddef.h>

struct rtnl_addr;
struct rtnl_route;

/* Size of the text of one conflict. */
#define CONFLICT_TEXT_MAX 512

/* Capacity of struct conflict_taken. */
#define CONFLICT_TAKEN_MAX 32

/**
 * enum conflict_kind - conflict of an address of the link with this host's
 *                      network, in ascending order of severity
 * @CONFLICT_NONE:     none
 * @CONFLICT_INSIDE:   the link's network lies inside the destination of a
 *                     route, or equals it
 * @CONFLICT_PART:     a part of the link's network is the destination of a
 *                     route
 * @CONFLICT_ASLEEP:   another interface, which is down, has the link's network
 *                     or a part of it
 * @CONFLICT_GATEWAY:  the --peer, or the link's address, is that of a router
 *                     that this host uses
 * @CONFLICT_REFUSED:  only a mark: the kinds behind it are refused
 * @CONFLICT_CONTAINS: the link's network contains that of another interface
 * @CONFLICT_SAME:     another interface has the link's network
 * @CONFLICT_PEER:     the --peer is an address of this host
 * @CONFLICT_ADDRESS:  another interface has the link's address
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
 * struct conflict_ours - one of the addresses that the link is to have
 * @local: the address
 * @peer:  the peer's address, or NULL
 */
struct conflict_ours {
	const struct addr *local;
	const struct addr *peer;
};

/**
 * struct conflict - the worst conflict of one address so far
 * @kind:  its kind
 * @index: the other interface
 * @other: the address of that interface, with its prefix, or the destination
 *         of a route through it
 */
struct conflict {
	enum conflict_kind kind;
	int index;
	struct addr other;
};

/**
 * struct conflict_taken - addresses that the peer cannot have
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
