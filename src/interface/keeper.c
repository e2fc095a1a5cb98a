/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keeper is a second process, which sets an address after the link is up,
 * when the peer has proposed one. That needs CAP_NET_ADMIN, which the main
 * process must not have, because it parses the peer's bytes.
 *
 * This is the main process's side. It forks the keeper (keeper_process.c)
 * before it drops its capabilities. The two speak in records of fixed size
 * (keeper_record.c). When the main process ends, the keeper removes its address
 * (child.c), which matters for a persistent interface.
 */
#include "interface/keeper.h"
#include "child.h"
#include "denied.h"
#include "failure.h"
#include "interface/keeper_process.h"
#include "interface/keeper_record.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct keeper {
	struct child child;
};

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
	struct keeper *k = malloc(sizeof(*k));
	struct keeper_answer answer;
	int err = -ENOMEM;
	int fd;

	if (k)
		err = child_start(&k->child, keeper_process_run, config);
	if (err) {
		free(k);
		return failed(config, failure, err, strerror(-err));
	}
	fd = k->child.fd;
	err = receive_answer(fd, &answer);
	if (err)
		snprintf(answer.text, sizeof(answer.text),
			 "it ended unexpectedly");
	else
		err = answer.err;
	if (err) {
		keeper_end(k);
		return failed(config, failure, err, answer.text);
	}
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	log_debug("the process that %s is %d%s%s",
		  config->share ? "shares the internet" : "sets addresses",
		  (int)k->child.pid, *answer.text ? ", " : "", answer.text);
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
	return keeper->child.fd;
}

static int ask(const struct keeper *keeper,
	       const struct keeper_request *request)
{
	uint8_t bytes[KEEPER_REQUEST_LEN];

	keeper_request_encode(bytes, request);
	return send(keeper->child.fd, bytes, sizeof(bytes), MSG_NOSIGNAL) < 0
		       ? -errno
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
	return receive_answer(keeper->child.fd, answer);
}

/**
 * keeper_end() - let the keeper remove its address and end
 * @keeper: the handle, which is freed, or NULL
 */
void keeper_end(struct keeper *keeper)
{
	if (!keeper)
		return;
	child_end(&keeper->child);
	free(keeper);
}
