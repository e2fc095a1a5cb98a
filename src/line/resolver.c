/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Resolve the name of a host without blocking.
 *
 * The system's resolver blocks, for as long as resolv.conf(5) says: 20 s and
 * more if a name server is silent. So a child process calls it, and answers
 * through a pipe. The child keeps no other descriptor of ours, and dies with
 * its parent. A numeric address needs no child.
 */
#include "line/resolver.h"
#include "line/endpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Size of a port in decimal. */
#define RESOLVER_SERVICE_MAX 8

_Static_assert(sizeof(struct resolver_answer) <= 4096,
	       "an answer has to fit in a pipe at once (PIPE_BUF)");

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
 * that this host lacks, but rejects ::1 on many hosts that have it; so numeric
 * addresses do without. Return: as getaddrinfo(3).
 */
static int look_up(const struct endpoint *endpoint, int flags,
		   struct resolver_answer *answer)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM, /* else each address comes thrice */
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

/* In the child: resolve, answer, exit. */
static void answer_and_end(const struct endpoint *endpoint, int fd,
			   pid_t parent)
{
	struct resolver_answer answer;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	/* Ctrl-C goes to the whole group; only the parent may end the child. */
	signal(SIGINT, SIG_IGN);
	/* The child must not keep our TUN or a lock open. */
	if (dup2(fd, STDIN_FILENO) < 0)
		_exit(1);
	close_range(STDIN_FILENO + 1, ~0U, 0);
	look_up(endpoint, AI_ADDRCONFIG, &answer);
	(void)!write(STDIN_FILENO, &answer, sizeof(answer));
	_exit(0);
}

/**
 * resolver_ask() - request the addresses of a host
 * @resolver: zero; call resolver_end() in any case
 * @endpoint: host and port; host "": the loopback
 * @answer:   filled in if it is there at once
 *
 * Return: 0: @answer is filled in; -EINPROGRESS: call resolver_take() when
 * @resolver->fd is readable; another -errno
 */
int resolver_ask(struct resolver *resolver, const struct endpoint *endpoint,
		 struct resolver_answer *answer)
{
	const pid_t parent = getpid();
	int fds[2];
	int err;

	if (look_up(endpoint, AI_NUMERICHOST, answer) != EAI_NONAME)
		return 0;
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	resolver->pid = fork();
	if (!resolver->pid)
		answer_and_end(endpoint, fds[1], parent);
	err = resolver->pid < 0 ? -errno : -EINPROGRESS;
	close(fds[1]);
	if (err == -EINPROGRESS) {
		resolver->fd = fds[0];
		return err;
	}
	resolver->pid = 0;
	close(fds[0]);
	return err;
}

/**
 * resolver_take() - take the answer
 * @resolver: the request; an answer ends it
 * @answer:   filled in if it is there
 *
 * Return: 0: @answer is filled in; -EINPROGRESS: not yet
 */
int resolver_take(struct resolver *resolver, struct resolver_answer *answer)
{
	ssize_t n = read(resolver->fd, answer, sizeof(*answer));

	if (n < 0)
		return -EINPROGRESS;
	resolver_end(resolver);
	if (n == sizeof(*answer))
		return 0;
	/* The child was killed. */
	*answer = (struct resolver_answer){.err = -EHOSTUNREACH};
	snprintf(answer->why, sizeof(answer->why), "no answer");
	return 0;
}

/**
 * resolver_end() - end a request
 * @resolver: a request, or zero
 */
void resolver_end(struct resolver *resolver)
{
	if (!resolver->pid)
		return;
	/* A child from before the privilege drop may refuse: it ends itself. */
	if (!kill(resolver->pid, SIGKILL))
		waitpid(resolver->pid, NULL, 0);
	close(resolver->fd);
	*resolver = (struct resolver){0};
}
