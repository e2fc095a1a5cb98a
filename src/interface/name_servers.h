/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_NAME_SERVERS_H
#define SERIALTUN_NAME_SERVERS_H

#include "interface/addr.h"

#include <stdbool.h>
#include <stddef.h>

/* The C library uses no more (resolv.conf(5)). */
#define NAME_SERVERS_MAX 3

/**
 * struct name_servers - IPv4 addresses of name servers
 * @addrs: the addresses, none of them on loopback
 * @count: number of them
 */
struct name_servers {
	struct addr addrs[NAME_SERVERS_MAX];
	size_t count;
};

bool name_servers_may_have(const struct addr *addr);
bool name_servers_has(const struct name_servers *servers,
		      const struct addr *addr);
void name_servers_parse(struct name_servers *servers, const char *text);
void name_servers_read(struct name_servers *servers);

#endif
