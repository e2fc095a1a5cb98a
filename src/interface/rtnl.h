/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_RTNL_H
#define SERIALTUN_RTNL_H

#include <stddef.h>
#include <stdint.h>

struct addr;
struct nlmsghdr;
struct rtnl;

typedef void rtnl_reply(const struct nlmsghdr *nlh, void *data);

int rtnl_open(struct rtnl **rtnl);
void rtnl_close(struct rtnl *rtnl);
const char *rtnl_strerror(const struct rtnl *rtnl, int err);

/* For rtnl_change and rtnl_read. */
struct nlmsghdr *rtnl_request(struct rtnl *rtnl, uint16_t type, uint16_t flags,
			      size_t header_len, int family);
void rtnl_put_addr(struct nlmsghdr *nlh, uint16_t attr,
		   const struct addr *addr);
int rtnl_talk(struct rtnl *rtnl, rtnl_reply *on_reply, void *data);

#endif
