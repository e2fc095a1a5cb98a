/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_KEEPER_INTERNET_H
#define SERIALTUN_KEEPER_INTERNET_H

#include "interface/keeper_record.h"
#include "interface/resolv_file.h"

#include <stdbool.h>
#include <stdint.h>

struct keeper_config;
struct rtnl;

/**
 * struct keeper_internet - the default route and the name servers that the
 *                          keeper has set
 * @holds_route: there is a route to remove
 * @via:         its router; family 0: none
 * @metric:      its metric
 * @route_rate:  limits routes
 * @names_rate:  limits changes of the name servers
 * @file:        /etc/resolv.conf
 */
struct keeper_internet {
	bool holds_route;
	struct addr via;
	uint32_t metric;
	struct keeper_rate route_rate;
	struct keeper_rate names_rate;
	struct resolv_file file;
};

void keeper_internet_begin(struct keeper_internet *internet,
			   const struct keeper_config *config);
int keeper_internet_do(struct keeper_internet *internet,
		       const struct keeper_config *config, struct rtnl *rtnl,
		       const struct keeper_request *request,
		       struct keeper_answer *answer);
void keeper_internet_end(struct keeper_internet *internet,
			 const struct keeper_config *config, struct rtnl *rtnl);

#endif
