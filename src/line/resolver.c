/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What does a host's name stand for?
 *
 * The system's resolver blocks, for as long as resolv.conf(5) says: 20 s and
 * more when a name server is silent. So a child process asks it, and answers
 * over a pipe. The child has nothing of ours but that pipe, and it ends with
 * us. An address needs no asking.
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

/* Room for a port in decimal. */
#define RESOLVER_SERVICE_MAX 8

_Static_assert(sizeof(struct resolver_answer) <= 4096,
	       "an answer has to fit in a pipe at once (PIPE_BUF)");

/**
 * resolver_addr_len() - how long an address is
 * @addr: the address
 *
 * Return: its length, as for connect(2)
 */
socklen_t resolver_addr_len(const union resolver_addr *addr)
{
	return addr->any.sa_family == AF_INET ? sizeof(addr->ipv4)
					      : sizeof(addr->ipv6);
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
 * Fill in an answer; this may block. AI_ADDRCONFIG, which spares us addresses
 * of a family that this host has not, does not take ::1 on many a host that
 * has it; so it is not for addresses. Return: as getaddrinfo(3).
 */
static int look_up(const struct endpoint *endpoint, int flags,
		   struct resolver_answer *answer)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM, /* or each address comes thrice */
		.ai_flags = AI_NUMERICSERV | flags,
	};
	char service[RESOLVER_SERVICE_MAX];
	struct addrinfo *addrs = NULL;
	int error;

	memset(answer, 0, sizeof(*answer));
	snprintf(service, sizeof(service), "%u", endpoint->port);
	/* Without a host this is the loopback. */
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

/* In the child: ask, answer, end. */
static void answer_and_end(const struct endpoint *endpoint, int fd,
			   pid_t parent)
{
	struct resolver_answer answer;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	/* Ctrl-C goes to the whole group; our parent is the one to end us. */
	signal(SIGINT, SIG_IGN);
	/* A TUN or a lock of ours must not live on in a child. */
	if (dup2(fd, STDIN_FILENO) < 0)
		_exit(1);
	close_range(STDIN_FILENO + 1, ~0U, 0);
	look_up(endpoint, AI_ADDRCONFIG, &answer);
	(void)!write(STDIN_FILENO, &answer, sizeof(answer));
	_exit(0);
}

/**
 * resolver_ask() - ask for the addresses of a host
 * @resolver: all zero; resolver_end() ends it, whatever comes of it
 * @endpoint: the host, "": the loopback, and the port
 * @answer:   filled in if there is nothing to wait for
 *
 * Return: 0: there is an answer; -EINPROGRESS: resolver_take() has it when
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
 * @resolver: the question; it is over when there is an answer
 * @answer:   filled in if there is one
 *
 * Return: 0: there is one; -EINPROGRESS: not yet
 */
int resolver_take(struct resolver *resolver, struct resolver_answer *answer)
{
	ssize_t n = read(resolver->fd, answer, sizeof(*answer));

	if (n < 0)
		return -EINPROGRESS;
	resolver_end(resolver);
	if (n == sizeof(*answer))
		return 0;
	/* Somebody has ended the child. */
	*answer = (struct resolver_answer){.err = -EHOSTUNREACH};
	snprintf(answer->why, sizeof(answer->why), "no answer");
	return 0;
}

/**
 * resolver_end() - ask no more
 * @resolver: a question that is under way, or all zero
 */
void resolver_end(struct resolver *resolver)
{
	if (!resolver->pid)
		return;
	/* One that was begun before privileges were dropped ends by itself. */
	if (!kill(resolver->pid, SIGKILL))
		waitpid(resolver->pid, NULL, 0);
	close(resolver->fd);
	*resolver = (struct resolver){0};
}
