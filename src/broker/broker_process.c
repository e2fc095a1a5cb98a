/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The code of the broker's process (broker.c): it confines itself, and then
 * serves the requests of the main process until that process ends.
 *
 * The broker trusts no request. A request names one of two tasks and no file:
 * the broker opens only what the user has named at the start, or the USB
 * adapter that was found under that name, and writes only the file that the
 * user has named. The tasks work on the broker's own copy of the memory, from
 * before the first byte of the line was parsed.
 *
 * The broker has:
 *
 * - the user that started serialtun, or that of --user, without any capability
 *   and without a way to one. So it can use the same files as that user.
 * - the socketpair and standard error, for warnings; neither the interface nor
 *   the port.
 * - the system calls of the tasks (cell.c). It does not wait for the network.
 *
 * No process of the same user can read its memory or control it by ptrace(2):
 * the broker is not dumpable.
 */
#include "broker/broker_process.h"
#include "broker/broker.h"
#include "broker/broker_record.h"
#include "cell.h"
#include "child.h"
#include "failure.h"
#include "port/claim.h"
#include "privilege.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* One byte more, so that a longer record has a wrong length. */
static uint8_t received[BROKER_REQUEST_LEN + BROKER_REPORT_MAX + 1];

/* Set the reason of an answer. */
__attribute__((format(printf, 3, 4))) static void refuse(
	struct broker_answer *answer, int err, const char *format, ...)
{
	va_list args;

	answer->err = err;
	va_start(args, format);
	vsnprintf(answer->text, sizeof(answer->text), format, args);
	va_end(args);
}

/* Send an answer, and a descriptor unless it is -1. Return: false: nobody is
 * there. */
static bool send_answer(const struct broker_answer *answer, int fd)
{
	uint8_t bytes[BROKER_ANSWER_LEN + BROKER_TEXT_MAX];
	struct iovec text = {.iov_base = bytes};
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {
		.header = {.cmsg_len = CMSG_LEN(sizeof(fd)),
			   .cmsg_level = SOL_SOCKET,
			   .cmsg_type = SCM_RIGHTS},
	};
	struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1};
	ssize_t n;

	text.iov_len = broker_answer_encode(bytes, answer);
	if (fd >= 0) {
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
	}
	do
		n = sendmsg(CHILD_FD, &message, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)text.iov_len;
}

/* Return: the descriptor of the port, or -1. */
static int open_port(const struct broker_config *config,
		     struct broker_answer *answer)
{
	struct claim claim = {.fd = -1};
	struct failure failure;
	int err;

	if (!config->open_port) {
		refuse(answer, -EPERM, "this line opens no file");
		return -1;
	}
	err = config->open_port(config->data, &claim, &failure);
	if (err) {
		refuse(answer, err, "%s", failure.text);
		return -1;
	}
	answer->port = claim.kind;
	answer->is_last = claim.is_last;
	answer->is_console = claim.is_console;
	memcpy(answer->text, claim.path, sizeof(answer->text));
	return claim.fd;
}

static void write_report(const struct broker_config *config,
			 const struct broker_request *request,
			 struct broker_answer *answer)
{
	struct failure failure;
	int err;

	if (!config->write_report) {
		refuse(answer, -EPERM, "there is no file of statistics");
		return;
	}
	err = config->write_report(config->data, request->text, request->len,
				   &failure);
	if (err)
		refuse(answer, err, "%s", failure.text);
}

/* Return: the descriptor that belongs to the answer, or -1. */
static int do_request(const struct broker_config *config, size_t len,
		      struct broker_answer *answer)
{
	struct broker_request request;

	*answer = (struct broker_answer){.kind = BROKER_READY};
	if (!broker_request_decode(&request, received, len)) {
		refuse(answer, -EBADMSG, "unknown request");
		return -1;
	}
	answer->kind = request.kind;
	answer->number = request.number;
	if (request.kind == BROKER_OPEN_PORT)
		return open_port(config, answer);
	write_report(config, &request, answer);
	return -1;
}

/* Serve requests until the main process has ended. */
static void serve(const struct broker_config *config)
{
	struct broker_answer answer;
	bool sent = true;
	ssize_t n;
	int fd;

	while (sent) {
		/* read(2) drops descriptors that come with a record. */
		n = read(CHILD_FD, received, sizeof(received));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		fd = do_request(config, (size_t)n, &answer);
		sent = send_answer(&answer, fd);
		/* An open device keeps its number, even if it is unplugged. */
		if (fd >= 0)
			close(fd);
	}
}

/* The terminal or the pipe of the main process is none of ours. */
static void leave_standard_fds(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	close(null);
}

/*
 * Confine this process. A missing filter is no failure, but the text of the
 * answer reports it.
 */
static void confine(const struct broker_config *config, int fd,
		    struct broker_answer *answer)
{
	int err = child_settle("serialtun-open", fd);

	if (!err) {
		leave_standard_fds();
		err = privilege_become(config->user, config->port_path,
				       config->is_serial);
	}
	if (!err && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		err = -errno;
	if (err) {
		refuse(answer, err, "%s", strerror(-err));
		return;
	}
	err = config->needs ? cell_enter(config->needs) : 0;
	if (err)
		snprintf(answer->text, sizeof(answer->text),
			 "no filter of system calls: %s", strerror(-err));
}

/**
 * broker_process_run() - run the broker, to its end
 * @config: a struct broker_config
 * @fd:     its end of the socketpair
 *
 * Call it in a process that was forked for it.
 */
void broker_process_run(const void *config, int fd)
{
	const struct broker_config *mine = config;
	struct broker_answer answer = {.kind = BROKER_READY};

	confine(mine, fd, &answer);
	if (send_answer(&answer, -1) && !answer.err)
		serve(mine);
	if (mine->leave)
		mine->leave(mine->data);
	_exit(EXIT_SUCCESS);
}
