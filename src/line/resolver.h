/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_RESOLVER_H
#define SERIALTUN_RESOLVER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

struct endpoint;

/* No host has more that would be worth trying. */
#define RESOLVER_ADDRS_MAX 16

/* Room for why a name has no address. */
#define RESOLVER_WHY_MAX 128

/**
 * union resolver_addr - an address and a port, IPv4 or IPv6
 */
union resolver_addr {
	struct sockaddr any;
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;
};

/**
 * struct resolver_answer - what a name stands for
 * @err:   0 or -errno: there was no answer
 * @why:   then in words
 * @count: how many addresses there are, as they are best tried (RFC 6724)
 * @addrs: the addresses
 */
struct resolver_answer {
	int err;
	char why[RESOLVER_WHY_MAX];
	size_t count;
	union resolver_addr addrs[RESOLVER_ADDRS_MAX];
};

/**
 * struct resolver - a question that is under way
 * @pid: the child that asks it; 0: there is none
 * @fd:  where it answers, readable when it has
 */
struct resolver {
	pid_t pid;
	int fd;
};

socklen_t resolver_addr_len(const union resolver_addr *addr);
int resolver_ask(struct resolver *resolver, const struct endpoint *endpoint,
		 struct resolver_answer *answer);
int resolver_take(struct resolver *resolver, struct resolver_answer *answer);
void resolver_end(struct resolver *resolver);

#endif
