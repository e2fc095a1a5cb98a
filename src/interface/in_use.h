/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_IN_USE_H
#define SERIALTUN_IN_USE_H

struct addr;
struct rtnl;

typedef void in_use_visit(const struct addr *network, int index, void *data);

int in_use_each(struct rtnl *rtnl, int own, in_use_visit *visit, void *data);

#endif
