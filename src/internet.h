/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_INTERNET_H
#define SERIALTUN_INTERNET_H

#include "interface/name_servers.h"
#include "pair/field.h"

#include <stdbool.h>

struct agree;
struct keeper;
struct keeper_answer;
struct link_config;
struct rtnl;
struct tun;

/**
 * struct internet_config - this end
 * @tun:     the interface, borrowed for the life of the state
 * @index:   its number
 * @link:    the user's options for the interface
 * @use_dns: the user wants the name servers of the peer
 * @shares:  this end shares the internet itself
 */
struct internet_config {
	const struct tun *tun;
	int index;
	const struct link_config *link;
	bool use_dns;
	bool shares;
};

/**
 * struct internet - the internet that the peer shares with this end
 * @interface:   name of the link's interface
 * @tap:         the link carries Ethernet frames
 * @takes_route: this end takes a default route
 * @leads_out:   the user gave a default route through the link
 * @use_dns:     the name servers go into /etc/resolv.conf
 * @resolved:    /etc/resolv.conf is that of systemd-resolved
 * @before:      name servers of this host at the start
 * @has_route:   the default route was taken
 * @has_names:   the name servers are in /etc/resolv.conf
 * @asked:       the keeper has not answered yet
 * @told:        name servers that the user or the keeper knows
 * @shared:      name servers of the peer
 * @name:        the peer's name
 */
struct internet {
	const char *interface;
	bool tap;
	bool takes_route;
	bool leads_out;
	bool use_dns;
	bool resolved;
	struct name_servers before;
	bool has_route;
	bool has_names;
	bool asked;
	struct name_servers told;
	struct name_servers shared;
	char name[FIELD_STRING_MAX];
};

void internet_init(struct internet *internet,
		   const struct internet_config *config, struct rtnl *rtnl);
bool internet_needs_keeper(const struct internet *internet);
void internet_hear(struct internet *internet, struct keeper *keeper,
		   const struct agree *peer, const struct addr *there,
		   const char *name);
void internet_answer(struct internet *internet, struct keeper *keeper,
		     const struct keeper_answer *answer);

#endif
