/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bundler, a second process, makes a bundle (bundle) when a board needs
 * one.
 *
 * The main process parses what the board says, so it is in its cell by then: it
 * opens no file and executes no program. The bundler does both, without any
 * privilege and as the user nobody. It starts before the main process has heard
 * a byte. A request chooses among bundles and names no file.
 */
#include "bundle/bundler.h"
#include "privilege.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* No bundle is larger. */
#define LEN_MAX (32 << 20)

/* Bytes of a record. */
#define RECORD_LEN 16384

/**
 * struct answer - precedes the bytes of a bundle
 * @len:     number of bytes that follow; 0: none
 * @packing: how they are compressed
 * @why:     why there is none, and the remedy
 */
struct answer {
	uint32_t len;
	enum bundle_packing packing;
	char why[BUNDLE_WHY_MAX];
};

/* Return: false if the main process is gone. */
static bool serve(const struct bundle_request *request,
		  const struct bundle_own *own)
{
	struct answer answer = {.len = 0};
	char record[RECORD_LEN];
	off_t len = 0;
	ssize_t n;
	int fd;

	fd = bundle_make(request, own, &answer.packing, answer.why);
	if (fd >= 0)
		len = lseek(fd, 0, SEEK_END);
	if (len > 0 && len <= LEN_MAX)
		answer.len = (uint32_t)len;
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	n = send(CHILD_FD, &answer, sizeof(answer), MSG_NOSIGNAL);
	while (n > 0 && answer.len) {
		n = read(fd, record, sizeof(record));
		if (n <= 0)
			break;
		n = send(CHILD_FD, record, (size_t)n, MSG_NOSIGNAL);
	}
	if (fd >= 0)
		close(fd);
	return n >= 0;
}

/* The code of the process. */
static void run(const void *data, int fd)
{
	struct bundle_request request;
	struct bundle_own own;

	(void)data;
	if (child_settle("serialtun-pack", fd))
		_exit(EXIT_FAILURE);
	bundle_open_own(&own);
	if (privilege_shed())
		_exit(EXIT_FAILURE);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	while (recv(CHILD_FD, &request, sizeof(request), 0) ==
	       sizeof(request)) {
		request.machine[BUNDLE_VALUE_MAX - 1] = '\0';
		request.loaders[BUNDLE_VALUE_MAX - 1] = '\0';
		request.libc[BUNDLE_VALUE_MAX - 1] = '\0';
		if (!serve(&request, &own))
			break;
	}
	_exit(EXIT_SUCCESS);
}

/**
 * bundler_start() - start the process
 * @bundler: on success; bundler_end() frees it
 *
 * Call it before the privileges are dropped.
 *
 * Return: 0 or -errno
 */
int bundler_start(struct bundler **bundler)
{
	struct bundler *started = calloc(1, sizeof(*started));
	int err;

	if (!started)
		return -ENOMEM;
	err = child_start(&started->child, run, NULL);
	if (err)
		free(started);
	else
		*bundler = started;
	return err;
}

/**
 * bundler_ask() - ask for a bundle
 * @bundler: the bundler, without a request
 * @request: the board
 *
 * Call bundler_take() when @bundler->child.fd is readable.
 *
 * Return: 0 or -errno
 */
int bundler_ask(struct bundler *bundler, const struct bundle_request *request)
{
	free(bundler->bytes);
	bundler->bytes = NULL;
	bundler->got = 0;
	if (send(bundler->child.fd, request, sizeof(*request),
		 MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return -errno;
	return 0;
}

/* Return: 0, -EAGAIN, or another -errno with @why filled in. */
static int take_answer(struct bundler *bundler, char why[BUNDLE_WHY_MAX])
{
	struct answer answer;
	ssize_t n =
		recv(bundler->child.fd, &answer, sizeof(answer), MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return -EAGAIN;
	snprintf(why, BUNDLE_WHY_MAX, "the process that brings one has ended");
	if (n != sizeof(answer) || answer.len > LEN_MAX)
		return -EPIPE;
	if (!answer.len) {
		memcpy(why, answer.why, BUNDLE_WHY_MAX);
		why[BUNDLE_WHY_MAX - 1] = '\0';
		return -ENOENT;
	}
	bundler->bytes = malloc(answer.len);
	if (!bundler->bytes)
		return -ENOMEM;
	bundler->len = answer.len;
	bundler->packing = answer.packing;
	return 0;
}

/**
 * bundler_take() - take what has come of the bundle
 * @bundler: the bundler, after bundler_ask()
 * @why:     on failure, the reason and the remedy
 *
 * Return: 0: @bytes and @len of the bundler are complete; -EAGAIN: not yet;
 * another -errno: there is no bundle
 */
int bundler_take(struct bundler *bundler, char why[BUNDLE_WHY_MAX])
{
	ssize_t n;
	int err = bundler->bytes ? 0 : take_answer(bundler, why);

	while (!err && bundler->got < bundler->len) {
		n = recv(bundler->child.fd, bundler->bytes + bundler->got,
			 bundler->len - bundler->got, MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			return -EAGAIN;
		if (n <= 0) {
			snprintf(why, BUNDLE_WHY_MAX,
				 "the process that brings one has ended");
			return -EPIPE;
		}
		bundler->got += (size_t)n;
	}
	return err;
}

/**
 * bundler_end() - end the process, and free the bundle
 * @bundler: the bundler, or NULL
 */
void bundler_end(struct bundler *bundler)
{
	if (!bundler)
		return;
	child_end(&bundler->child);
	free(bundler->bytes);
	free(bundler);
}
