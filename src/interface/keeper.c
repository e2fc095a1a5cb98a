/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keeper is a second process, which sets an address after the link is up,
 * when the peer has proposed one. That needs CAP_NET_ADMIN, which the main
 * process must not have, because it parses the peer's bytes.
 *
 * This is the main process's side. It forks the keeper (keeper_process.c)
 * before it drops its capabilities. The two have a socketpair between them and
 * speak in records of fixed size (keeper_record.c).
 *
 * When the main process ends, even by SIGKILL, its end of the socketpair
 * closes. The keeper then removes its address and ends. That matters for a
 * persistent interface. The keeper ignores the signals that end the main
 * process, because otherwise it would leave the address behind.
 */
#include "interface/keeper.h"
#include "clock.h"
#include "denied.h"
#include "failure.h"
#include "interface/keeper_process.h"
#include "interface/keeper_record.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* keeper_end() waits for the keeper at most this long. */
#define END_MS 1000

struct keeper {
	int fd;
	pid_t pid;
};

/* Return: the keeper's PID, or -errno. */
static pid_t fork_keeper(const struct keeper_config *config, const int fds[2])
{
	sigset_t before;
	sigset_t all;
	pid_t pid;
	int err;

	/* The keeper must not run the signal handlers of this process. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (!pid)
		keeper_process_run(config, fds[1]);
	err = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid < 0 ? -err : pid;
}

/* Return: 0; -EAGAIN: no answer yet; -EPIPE: the keeper has ended. */
static int receive_answer(int fd, struct keeper_answer *answer)
{
	uint8_t bytes[KEEPER_ANSWER_LEN + 1];
	ssize_t n;

	do
		n = recv(fd, bytes, sizeof(bytes), 0);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return -EAGAIN;
	if (n <= 0 || !keeper_answer_decode(answer, bytes, (size_t)n))
		return -EPIPE;
	return 0;
}

static int failed(const struct keeper_config *config, struct failure *failure,
		  int err, const char *reason)
{
	char denied[DENIED_REMEDY_MAX];

	if (config->share)
		return failure_set(
			failure, err, "cannot share the internet: %s%s", reason,
			err == -EPERM ? denied_capability("NET_ADMIN", denied)
				      : "");
	return failure_set(failure, err,
			   "cannot start the process that takes an address "
			   "from the other end: %s%s",
			   reason,
			   err == -EPERM
				   ? denied_capability("NET_ADMIN", denied)
				   : " (give one with --addr)");
}

/**
 * keeper_start() - start the process that sets addresses later
 * @keeper:  the new handle on success; keeper_end() frees it
 * @config:  its configuration; not used after the return
 * @failure: filled in on failure
 *
 * Call it while the process still has CAP_NET_ADMIN, and only one thread. Other
 * children must close keeper_fd(), because the keeper ends only when no process
 * has it open.
 *
 * Return: 0 or -errno
 */
int keeper_start(struct keeper **keeper, const struct keeper_config *config,
		 struct failure *failure)
{
	struct keeper_answer answer;
	struct keeper *k;
	pid_t pid;
	int fds[2];
	int err;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return failed(config, failure, -errno, strerror(errno));
	k = malloc(sizeof(*k));
	pid = k ? fork_keeper(config, fds) : -ENOMEM;
	close(fds[1]);
	if (pid < 0) {
		free(k);
		close(fds[0]);
		return failed(config, failure, pid, strerror(-pid));
	}
	*k = (struct keeper){.fd = fds[0], .pid = pid};
	err = receive_answer(k->fd, &answer);
	if (err)
		snprintf(answer.text, sizeof(answer.text),
			 "it ended unexpectedly");
	else
		err = answer.err;
	if (err) {
		keeper_end(k);
		return failed(config, failure, err, answer.text);
	}
	fcntl(k->fd, F_SETFL, fcntl(k->fd, F_GETFL) | O_NONBLOCK);
	log_debug("the process that %s is %d%s%s",
		  config->share ? "shares the internet" : "sets addresses",
		  (int)pid, *answer.text ? ", " : "", answer.text);
	*keeper = k;
	return 0;
}

/**
 * keeper_fd() - the descriptor to poll
 * @keeper: the handle
 *
 * Return: a descriptor that is readable when there is an answer, or when the
 * keeper has ended
 */
int keeper_fd(const struct keeper *keeper)
{
	return keeper->fd;
}

static int ask(const struct keeper *keeper,
	       const struct keeper_request *request)
{
	uint8_t bytes[KEEPER_REQUEST_LEN];

	keeper_request_encode(bytes, request);
	return send(keeper->fd, bytes, sizeof(bytes), MSG_NOSIGNAL) < 0 ? -errno
									: 0;
}

/**
 * keeper_take_address() - request an address, in place of the previous one
 * @keeper: the handle
 * @own:    the IPv4 address, with the prefix of its network; 32: the link
 *          reaches @other and nothing else
 * @other:  the peer's address
 *
 * keeper_answer() returns the answers later, one per request, in order.
 *
 * Return: 0 or -errno; -EAGAIN if too many requests wait, -EPIPE if the keeper
 * has ended
 */
int keeper_take_address(struct keeper *keeper, const struct addr *own,
			const struct addr *other)
{
	const struct keeper_request request = {.kind = KEEPER_TAKE_ADDRESS,
					       .own = *own,
					       .other = *other};

	return ask(keeper, &request);
}

/**
 * keeper_drop_address() - request the removal of the address
 * @keeper: the handle
 *
 * If the keeper has set no address, the answer is 0.
 *
 * Return: as of keeper_take_address()
 */
int keeper_drop_address(struct keeper *keeper)
{
	const struct keeper_request request = {.kind = KEEPER_DROP_ADDRESS};

	return ask(keeper, &request);
}

/**
 * keeper_take_route() - request the default route through the link
 * @keeper: the handle
 * @via:    the router on an Ethernet link; NULL: none
 *
 * Return: as of keeper_take_address()
 */
int keeper_take_route(struct keeper *keeper, const struct addr *via)
{
	struct keeper_request request = {.kind = KEEPER_TAKE_ROUTE};

	if (via)
		request.other = *via;
	return ask(keeper, &request);
}

/**
 * keeper_drop_route() - request the removal of the default route
 * @keeper: the handle
 *
 * Return: as of keeper_take_address()
 */
int keeper_drop_route(struct keeper *keeper)
{
	const struct keeper_request request = {.kind = KEEPER_DROP_ROUTE};

	return ask(keeper, &request);
}

/**
 * keeper_use_names() - request that this host asks these name servers
 * @keeper:  the handle
 * @servers: the name servers; none: those that it had before
 *
 * Return: as of keeper_take_address()
 */
int keeper_use_names(struct keeper *keeper, const struct name_servers *servers)
{
	const struct keeper_request request = {.kind = KEEPER_USE_NAMES,
					       .names = *servers};

	return ask(keeper, &request);
}

/**
 * keeper_answer() - take the next answer
 * @keeper: the handle
 * @answer: filled in on success
 *
 * Return: 0, -EAGAIN if there is none yet, or -EPIPE if the keeper has ended
 */
int keeper_answer(struct keeper *keeper, struct keeper_answer *answer)
{
	return receive_answer(keeper->fd, answer);
}

/* Wait until the keeper has ended, which closes its end of the socketpair. */
static bool wait_for_end(int fd)
{
	const uint64_t deadline = clock_ns() + END_MS * NS_PER_MS;
	struct pollfd waited = {.fd = fd, .events = POLLIN};
	struct keeper_answer answer;
	uint64_t now = clock_ns();

	for (; now < deadline; now = clock_ns())
		if (poll(&waited, 1, (int)((deadline - now) / NS_PER_MS) + 1) >
			    0 &&
		    receive_answer(fd, &answer) == -EPIPE)
			return true;
	return false;
}

/**
 * keeper_end() - let the keeper remove its address and end
 * @keeper: the handle, which is freed, or NULL
 *
 * Waits END_MS at most, because another program may have stopped the keeper.
 */
void keeper_end(struct keeper *keeper)
{
	bool has_ended;

	if (!keeper)
		return;
	shutdown(keeper->fd, SHUT_WR);
	has_ended = wait_for_end(keeper->fd);
	close(keeper->fd);
	waitpid(keeper->pid, NULL, has_ended ? 0 : WNOHANG);
	free(keeper);
}
