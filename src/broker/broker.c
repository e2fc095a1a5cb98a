/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The broker is a second process, which opens the port, replaces the file of
 * --stats-json, and removes the file that the link leaves. The main process
 * parses the peer's bytes, so it must not be able to open any file.
 *
 * This is the main process's side. It forks the broker (broker_process.c) once
 * the link is set up, before it gives up its user. The two speak in records
 * (broker_record.c). The main process waits for each answer, as it would wait
 * for open(2) or rename(2).
 */
#include "broker/broker.h"
#include "broker/broker_process.h"
#include "broker/broker_record.h"
#include "child.h"
#include "clock.h"
#include "failure.h"
#include "log.h"
#include "port/claim.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The main process waits for an answer at most this long. */
#define PATIENCE_NS (10 * NS_PER_S)

struct broker {
	struct child child;
	uint32_t number;   /* of the last request */
	bool is_confirmed; /* it has confined itself */
	bool has_ended;	   /* a request has shown it */
};

/* Room for one descriptor in a control message. */
union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

/* Return: the descriptor that came with the record, or -1. */
static int take_fd(struct msghdr *message)
{
	const struct cmsghdr *control = CMSG_FIRSTHDR(message);
	int fd = -1;

	if (control && control->cmsg_level == SOL_SOCKET &&
	    control->cmsg_type == SCM_RIGHTS &&
	    control->cmsg_len == CMSG_LEN(sizeof(fd)))
		memcpy(&fd, CMSG_DATA(control), sizeof(fd));
	return fd;
}

/*
 * Receive one answer; @fd is its descriptor, or -1. Return: 0; -EAGAIN: there
 * is none yet; -EPIPE: the broker has ended.
 */
static int receive(const struct broker *broker, struct broker_answer *answer,
		   int *fd, int flags)
{
	uint8_t bytes[BROKER_ANSWER_LEN + BROKER_TEXT_MAX];
	struct iovec text = {.iov_base = bytes, .iov_len = sizeof(bytes)};
	union control control;
	struct msghdr message = {
		.msg_iov = &text,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n;

	do
		n = recvmsg(broker->child.fd, &message,
			    flags | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return -EAGAIN;
	if (n <= 0)
		return -EPIPE;
	*fd = take_fd(&message);
	if (broker_answer_decode(answer, bytes, (size_t)n))
		return 0;
	if (*fd >= 0)
		close(*fd);
	return -EPIPE;
}

/* Wait for the answer to the last request. Return: as receive(), -ETIMEDOUT. */
static int await_answer(const struct broker *broker,
			struct broker_answer *answer, int *fd)
{
	const uint64_t deadline = clock_ns() + PATIENCE_NS;
	struct pollfd waited = {.fd = broker->child.fd, .events = POLLIN};
	uint64_t now = clock_ns();
	int err;

	for (; now < deadline; now = clock_ns()) {
		poll(&waited, 1, (int)((deadline - now) / NS_PER_MS) + 1);
		err = receive(broker, answer, fd, MSG_DONTWAIT);
		if (err && err != -EAGAIN)
			return err;
		if (!err && answer->number == broker->number)
			return 0;
		/* The answer to a request that has timed out. */
		if (!err && *fd >= 0)
			close(*fd);
	}
	return -ETIMEDOUT;
}

/* Return: 0, or -errno if the broker did not answer. */
static int send_request(struct broker *broker, struct broker_request *request)
{
	uint8_t head[BROKER_REQUEST_LEN];
	/* sendmsg(2) only reads the text. */
	union {
		const char *text;
		void *base;
	} rest = {.text = request->text};
	struct iovec parts[] = {
		{.iov_base = head, .iov_len = sizeof(head)},
		{.iov_base = rest.base, .iov_len = request->len},
	};
	const struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

	request->number = ++broker->number;
	broker_request_encode(head, request);
	return sendmsg(broker->child.fd, &message,
		       MSG_NOSIGNAL | MSG_DONTWAIT) < 0
		       ? -errno
		       : 0;
}

static int failed(struct failure *failure, int err, const char *reason)
{
	return failure_set(failure, err,
			   "cannot start the process that opens files: %s",
			   reason);
}

/**
 * broker_confirm() - wait until the broker has confined itself
 * @broker:  the handle; nothing happens if it was confirmed before
 * @failure: filled in on failure
 *
 * Return: 0 or -errno
 */
int broker_confirm(struct broker *broker, struct failure *failure)
{
	struct broker_answer answer;
	int fd = -1;
	int err;

	if (broker->is_confirmed)
		return 0;
	err = receive(broker, &answer, &fd, 0);
	if (err)
		return failed(failure, err, "it ended unexpectedly");
	if (answer.err)
		return failed(failure, answer.err, answer.text);
	log_debug("the process that opens files is %d%s%s",
		  (int)broker->child.pid, *answer.text ? ", " : "",
		  answer.text);
	broker->is_confirmed = true;
	return 0;
}

/*
 * Make a request, and wait for the result; @fd is the descriptor that came with
 * it, or -1. Return: 0 or -errno.
 */
static int ask(struct broker *broker, struct broker_request *request,
	       struct broker_answer *answer, int *fd, struct failure *failure)
{
	int err = broker_confirm(broker, failure);

	*fd = -1;
	if (err)
		return err;
	err = send_request(broker, request);
	if (!err)
		err = await_answer(broker, answer, fd);
	broker->has_ended |= err == -EPIPE;
	if (err)
		return failure_set(failure, err,
				   "the process that opens files %s%s",
				   err == -EPIPE ? "has ended"
						 : "does not answer: ",
				   err == -EPIPE ? " (start serialtun again)"
						 : strerror(-err));
	return answer->err
		       ? failure_set(failure, answer->err, "%s", answer->text)
		       : 0;
}

/**
 * broker_start() - start the process that opens the port and writes files
 * @broker:  the new handle on success; broker_end() frees it
 * @config:  its configuration; not used after the return
 * @failure: filled in on failure
 *
 * Call it before the process changes its user, with only one thread. From then
 * on the broker removes the file that the link leaves. It starts while this
 * process goes on; broker_confirm() shows whether it has.
 *
 * Return: 0 or -errno
 */
int broker_start(struct broker **broker, const struct broker_config *config,
		 struct failure *failure)
{
	struct broker *started = calloc(1, sizeof(*started));
	int err;

	if (!started)
		return failed(failure, -ENOMEM, strerror(ENOMEM));
	err = child_start(&started->child, broker_process_run, config);
	if (err) {
		free(started);
		return failed(failure, err, strerror(-err));
	}
	*broker = started;
	return 0;
}

/**
 * broker_open_port() - let the broker find, open and lock the port
 * @broker:  the handle
 * @claim:   filled in on success; the caller owns the descriptor
 * @failure: filled in on failure
 *
 * Return: 0 or -errno
 */
int broker_open_port(struct broker *broker, struct claim *claim,
		     struct failure *failure)
{
	struct broker_request request = {.kind = BROKER_OPEN_PORT};
	struct broker_answer answer;
	int fd;
	int err = ask(broker, &request, &answer, &fd, failure);

	if (err)
		return err;
	if (fd < 0)
		return failure_set(failure, -EBADMSG,
				   "the process that opens files has sent no "
				   "descriptor");
	*claim = (struct claim){
		.fd = fd,
		.kind = answer.port,
		.is_last = answer.is_last,
		.is_console = answer.is_console,
		.is_handed = true,
	};
	memcpy(claim->path, answer.text, sizeof(claim->path));
	return 0;
}

/**
 * broker_write_report() - let the broker replace the file of --stats-json
 * @broker:  the handle
 * @text:    the new content
 * @len:     its length, at most BROKER_REPORT_MAX
 * @failure: filled in on failure
 *
 * Return: 0 or -errno
 */
int broker_write_report(struct broker *broker, const char *text, size_t len,
			struct failure *failure)
{
	struct broker_request request = {
		.kind = BROKER_WRITE_REPORT,
		.text = text,
		.len = len,
	};
	struct broker_answer answer;
	int fd;

	return ask(broker, &request, &answer, &fd, failure);
}

/**
 * broker_has_ended() - has a request shown that the broker has ended?
 * @broker: the handle, or NULL
 *
 * Return: true if so; each further request fails
 */
bool broker_has_ended(const struct broker *broker)
{
	return broker && broker->has_ended;
}

/**
 * broker_end() - let the broker remove the link's file and end
 * @broker: the handle, which is freed, or NULL
 */
void broker_end(struct broker *broker)
{
	if (!broker)
		return;
	child_end(&broker->child);
	free(broker);
}
