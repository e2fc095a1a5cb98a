/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_REACH_H
#define SERIALTUN_REACH_H

#include "line/resolver.h"

struct failure;
struct transport;

/**
 * struct reach - by which interface the peer of a connection is reached
 * @own: index of the interface that the link makes; 0: there is none yet
 * @via: index of the interface by which the peer was last reached that was not
 *       @own; 0: none
 * @to:  the peer's address, of which @via is known; AF_UNSPEC: none
 */
struct reach {
	int own;
	int via;
	union resolver_addr to;
};

int reach_guard(struct reach *reach, int fd, const union resolver_addr *to,
		const char *name, struct failure *failure);
int reach_enclose(struct reach *reach, int own, int fd, const char *name,
		  struct failure *failure);
struct transport reach_transport(const struct reach *reach, int fd);

#endif
