/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_KEEPER_H
#define SERIALTUN_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

struct addr;
struct failure;
struct keeper;
struct keeper_answer;
struct name_servers;
struct nat_config;
struct privilege_user;

/**
 * struct keeper_config - the keeper's configuration, from before the link is up
 * @index:  the only interface that the keeper changes
 * @metric: the priority of the route to the network of an address, as for
 *          rtnl_addr_add(), or NULL
 * @user:   the user to become, from privilege_find_user()
 * @takes_addr: set an address on request
 * @takes_route: set a default route on request
 * @use_dns: write name servers into /etc/resolv.conf
 * @share:  share the internet, and take no requests; NULL: do not share it
 */
struct keeper_config {
	int index;
	const uint32_t *metric;
	const struct privilege_user *user;
	bool takes_addr;
	bool takes_route;
	bool use_dns;
	const struct nat_config *share;
};

int keeper_start(struct keeper **keeper, const struct keeper_config *config,
		 struct failure *failure);
int keeper_fd(const struct keeper *keeper);
int keeper_take_address(struct keeper *keeper, const struct addr *own,
			const struct addr *other);
int keeper_take_route(struct keeper *keeper, const struct addr *via);
int keeper_drop_route(struct keeper *keeper);
int keeper_use_names(struct keeper *keeper, const struct name_servers *servers);
int keeper_answer(struct keeper *keeper, struct keeper_answer *answer);
void keeper_end(struct keeper *keeper);

#endif
