/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_POOL_H
#define SERIALTUN_POOL_H

#include <stdbool.h>

struct addr;
struct rtnl;

/* Networks in a pool. */
#define POOL_NETWORKS 256

int pool_mark_taken(struct rtnl *rtnl, int own, const struct addr *pool,
		    bool taken[POOL_NETWORKS]);

#endif
