/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_RESOLVER_H
#define SERIALTUN_RESOLVER_H

#include "child.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

struct endpoint;

/* The resolver ignores further addresses of a host. */
#define RESOLVER_ADDRS_MAX 16

/* Size of the reason why a name has no address. */
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
 * struct resolver_answer - the addresses of a host
 * @err:   0, or -errno if the resolver has failed
 * @why:   the reason, in words
 * @count: number of addresses
 * @addrs: the addresses, in the order to try them (RFC 6724)
 */
struct resolver_answer {
	int err;
	char why[RESOLVER_WHY_MAX];
	size_t count;
	union resolver_addr addrs[RESOLVER_ADDRS_MAX];
};

/**
 * struct resolver - a child process that resolves one name, any number of times
 * @child:   the process; its PID is 0 before it is started. Its descriptor is
 *           readable when an answer has arrived
 * @asked:   a request is open: the caller waits for resolver_take()
 * @pending: the process has not answered yet; after resolver_end(), nobody
 *           waits for this answer
 */
struct resolver {
	struct child child;
	bool asked;
	bool pending;
};

socklen_t resolver_addr_len(const union resolver_addr *addr);
union resolver_addr resolver_addr_unmap(const union resolver_addr *addr);
int resolver_ask(struct resolver *resolver, const struct endpoint *endpoint,
		 struct resolver_answer *answer);
int resolver_take(struct resolver *resolver, struct resolver_answer *answer);
void resolver_end(struct resolver *resolver);
void resolver_close(struct resolver *resolver);

#endif
