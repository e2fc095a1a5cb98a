/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Resolve the name of a host without blocking.
 *
 * The system's resolver blocks for 20 s and more if a name server is silent
 * (resolv.conf(5)). It parses answers from the network, and needs files,
 * sockets and modules (nsswitch.conf(5)) that the cell denies to the process
 * that carries packets. Therefore a child process calls the resolver.
 *
 * The first request starts the child, before the main process drops its
 * privileges and enters the cell, which forbids fork(2). The child knows the
 * name from its start, so a request is one byte, and an answer contains only
 * addresses and the reason of a failure. The child has one socket, no other
 * descriptor, and no privilege. The kernel kills it when the parent ends.
 *
 * A numeric address needs no process.
 */
#include "line/resolver.h"
#include "cell.h"
#include "child.h"
#include "line/endpoint.h"
#include "privilege.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Size of a port in decimal. */
#define RESOLVER_SERVICE_MAX 8

/**
 * resolver_addr_len() - length of a socket address
 * @addr: the address
 *
 * Return: bytes, as for connect(2)
 */
socklen_t resolver_addr_len(const union resolver_addr *addr)
{
	return addr->any.sa_family == AF_INET ? sizeof(addr->ipv4)
					      : sizeof(addr->ipv6);
}

/**
 * resolver_addr_unmap() - the IPv4 address in an IPv4-mapped IPv6 address
 * @addr: the address
 *
 * Return: the IPv4 address with the port; @addr itself if it is no mapped one
 */
union resolver_addr resolver_addr_unmap(const union resolver_addr *addr)
{
	const struct sockaddr_in6 *mapped = &addr->ipv6;
	union resolver_addr ipv4 = {.ipv4 = {.sin_family = AF_INET}};

	if (mapped->sin6_family != AF_INET6 ||
	    !IN6_IS_ADDR_V4MAPPED(&mapped->sin6_addr))
		return *addr;
	ipv4.ipv4.sin_port = mapped->sin6_port;
	memcpy(&ipv4.ipv4.sin_addr, &mapped->sin6_addr.s6_addr[12],
	       sizeof(ipv4.ipv4.sin_addr));
	return ipv4;
}

static int errno_of(int error)
{
	switch (error) {
	case EAI_SYSTEM:
		return -errno;
	case EAI_MEMORY:
		return -ENOMEM;
	default:
		return -EHOSTUNREACH;
	}
}

static void copy_addrs(struct resolver_answer *answer,
		       const struct addrinfo *addrs)
{
	for (; addrs && answer->count < RESOLVER_ADDRS_MAX;
	     addrs = addrs->ai_next)
		if (addrs->ai_addrlen <= sizeof(*answer->addrs))
			memcpy(&answer->addrs[answer->count++], addrs->ai_addr,
			       addrs->ai_addrlen);
}

/*
 * Fill in an answer; blocks. AI_ADDRCONFIG leaves out addresses of a family
 * that this host lacks. It also rejects ::1 on many hosts that have ::1, so the
 * callers do not set it for numeric addresses. Return: as getaddrinfo(3).
 */
static int look_up(const struct endpoint *endpoint, int flags,
		   struct resolver_answer *answer)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM, /* list each address once */
		.ai_flags = AI_NUMERICSERV | flags,
	};
	char service[RESOLVER_SERVICE_MAX];
	struct addrinfo *addrs = NULL;
	int error;

	memset(answer, 0, sizeof(*answer));
	snprintf(service, sizeof(service), "%u", endpoint->port);
	/* An empty host is the loopback. */
	error = getaddrinfo(*endpoint->host ? endpoint->host : NULL, service,
			    &hints, &addrs);
	if (error) {
		answer->err = errno_of(error);
		snprintf(answer->why, sizeof(answer->why), "%s",
			 error == EAI_SYSTEM ? strerror(-answer->err)
					     : gai_strerror(error));
		return error;
	}
	copy_addrs(answer, addrs);
	freeaddrinfo(addrs);
	return 0;
}

/* The child has a copy of these. */
struct question {
	const struct endpoint *endpoint;
	pid_t parent;
};

/* Drop all rights of the child. Return: 0 or -1. */
static int confine(pid_t parent, int fd)
{
	struct seccomp_rule rules[CELL_RULES_MAX];
	int standard;

	if (child_settle("serialtun-name", fd) || privilege_shed())
		return -1;
	/* A terminal or a pipe must not stay open because of the child. */
	for (standard = 0; standard < CHILD_FD; standard++)
		close(standard);
	/*
	 * The child may be waiting for a name server when its parent ends. A
	 * change of user resets PR_SET_PDEATHSIG, so set it afterwards; the
	 * parent may have ended meanwhile.
	 */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		return -1;
	/* On a kernel without seccomp the child runs without a filter. */
	seccomp_install(rules, cell_name_rules(rules));
	return 0;
}

/* The code of the child process. */
static void serve(const void *data, int fd)
{
	const struct question *question = data;
	struct resolver_answer answer;
	char request;

	if (confine(question->parent, fd))
		_exit(1);
	while (recv(CHILD_FD, &request, 1, 0) == 1) {
		look_up(question->endpoint, AI_ADDRCONFIG, &answer);
		if (send(CHILD_FD, &answer, sizeof(answer), 0) < 0)
			break;
	}
	_exit(0);
}

/* Return: 0 or -errno. */
static int start(struct resolver *resolver, const struct endpoint *endpoint)
{
	const struct question question = {.endpoint = endpoint,
					  .parent = getpid()};

	return child_start(&resolver->child, serve, &question);
}

/* Return: 0. */
static int refuse(struct resolver_answer *answer, const char *why)
{
	*answer = (struct resolver_answer){.err = -EHOSTUNREACH};
	snprintf(answer->why, sizeof(answer->why), "%s", why);
	return 0;
}

/* Return: true if a whole answer has arrived. */
static bool receive(struct resolver *resolver, struct resolver_answer *answer)
{
	return recv(resolver->child.fd, answer, sizeof(*answer),
		    MSG_DONTWAIT) == sizeof(*answer);
}

/**
 * resolver_ask() - request the addresses of a host
 * @resolver: zero at first; call resolver_close() in any case
 * @endpoint: host and port, the same each time; host "": the loopback
 * @answer:   filled in if the answer needs no process
 *
 * Return: 0: @answer is filled in; -EINPROGRESS: call resolver_take() when
 * @resolver->child.fd is readable; another -errno
 */
int resolver_ask(struct resolver *resolver, const struct endpoint *endpoint,
		 struct resolver_answer *answer)
{
	int err = 0;

	if (look_up(endpoint, AI_NUMERICHOST, answer) != EAI_NONAME)
		return 0;
	if (!resolver->child.pid)
		err = start(resolver, endpoint);
	/* Another program has killed the child; the cell forbids fork(2). */
	if (err == -EPERM)
		return refuse(answer, "the process that looks up names has "
				      "ended, start serialtun again");
	if (err)
		return err;
	/* Discard the late answer to an earlier request, which has ended. */
	if (resolver->pending && receive(resolver, answer))
		resolver->pending = false;
	if (!resolver->pending &&
	    send(resolver->child.fd, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
		err = -errno;
		resolver_close(resolver);
		return err;
	}
	resolver->pending = true;
	resolver->asked = true;
	return -EINPROGRESS;
}

/**
 * resolver_take() - take the answer
 * @resolver: the resolver; an answer ends the request
 * @answer:   filled in on success
 *
 * Return: 0: @answer is filled in; -EINPROGRESS: not yet
 */
int resolver_take(struct resolver *resolver, struct resolver_answer *answer)
{
	if (receive(resolver, answer)) {
		resolver->pending = false;
		resolver->asked = false;
		/* The count comes from another process, so check it. */
		if (answer->count > RESOLVER_ADDRS_MAX)
			answer->count = RESOLVER_ADDRS_MAX;
		answer->why[RESOLVER_WHY_MAX - 1] = '\0';
		return 0;
	}
	if (errno == EAGAIN)
		return -EINPROGRESS;
	/* The process was killed. */
	resolver_close(resolver);
	return refuse(answer, "no answer");
}

/**
 * resolver_end() - give up a request; the caller may ask again
 * @resolver: the resolver, with or without a request
 */
void resolver_end(struct resolver *resolver)
{
	resolver->asked = false;
}

/**
 * resolver_close() - end the child process
 * @resolver: the resolver, or zero; zero afterwards
 */
void resolver_close(struct resolver *resolver)
{
	if (!resolver->child.pid)
		return;
	close(resolver->child.fd);
	/* After a change of user kill() fails; the child ends with us. */
	if (!kill(resolver->child.pid, SIGKILL))
		waitpid(resolver->child.pid, NULL, 0);
	*resolver = (struct resolver){0};
}
