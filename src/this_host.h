/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_THIS_HOST_H
#define SERIALTUN_THIS_HOST_H

#include "pair/agree.h"

#include <stdbool.h>
#include <stdint.h>

struct link_config;
struct rtnl;
struct tun;

/**
 * struct this_host - this host, as the other end has to know it
 * @index: index of the interface
 * @rtnl:  reads addresses and routes; NULL: not available
 * @agree: the description
 */
struct this_host {
	int index;
	struct rtnl *rtnl;
	struct agree agree;
};

void this_host_open(struct this_host *host, const struct tun *tun, uint32_t mtu,
		    const struct link_config *link);
void this_host_close(struct this_host *host);
void this_host_list_free(struct this_host *host);
const struct addr *this_host_addr(const struct this_host *host);

#endif
