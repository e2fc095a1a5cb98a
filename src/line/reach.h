/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_REACH_H
#define SERIALTUN_REACH_H

#include "line/resolver.h"

struct failure;
struct transport;

/**
 * struct reach - the interface that leads to the peer of a line over IP
 * @own: index of the link's own interface; 0: not created yet
 * @via: index of the last interface other than @own that led to the peer; 0:
 *       none
 * @to:  the peer's address that @via is for; AF_UNSPEC: none
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
int reach_check_answers(const struct reach *reach,
			const union resolver_addr *to, const char *name,
			struct failure *failure);
struct transport reach_transport(const struct reach *reach, int fd);

#endif
