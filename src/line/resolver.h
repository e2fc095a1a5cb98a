/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_RESOLVER_H
#define SERIALTUN_RESOLVER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

struct endpoint;

/* More addresses of one host are not worth trying. */
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
 * struct resolver - resolves one name, as often as it is asked
 * @pid:     the process that does it; 0: not started yet
 * @fd:      the socket to it, readable when the answer is there
 * @asked:   resolver_take() is to be called
 * @pending: the process owes an answer, asked for or not
 */
struct resolver {
	pid_t pid;
	int fd;
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
