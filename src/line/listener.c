/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Find a port by accepting a connection, over TCP (listener_tcp.c) or a unix
 * socket (listener_unix.c).
 *
 * The listening sockets live as long as the source: it binds them while it has
 * the privilege, and keeps the address while there is no port. There is one
 * peer at a time. The listener closes any further connection at once, so that
 * its program sees it, with one exception: the peer may reconnect before we
 * have seen the end of its old connection. If that end has arrived, the
 * listener keeps the new connection for the next look.
 */
#include "line/listener.h"
#include "clock.h"
#include "failure.h"
#include "log.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* The listener accepts quickly, so the queue may be short. */
#define LISTENER_BACKLOG 16

/* Connections closed in one call; then the listener rests. */
#define LISTENER_TURNS	 8
#define LISTENER_REST_NS (50 * NS_PER_MS)

/**
 * listener_init() - initialise a listener
 * @listener: zero but for its source; listener_close() ends it
 */
void listener_init(struct listener *listener)
{
	listener->peer_fd = -1;
	listener->next_fd = -1;
	listener->rest = backoff_new(LISTENER_REST_NS, LISTENER_REST_NS);
}

/**
 * listener_close() - close all sockets of a listener
 * @listener: the listener
 */
void listener_close(struct listener *listener)
{
	while (listener->count)
		close(listener->fds[--listener->count]);
	if (listener->next_fd >= 0)
		close(listener->next_fd);
	listener->next_fd = -1;
}

/**
 * listener_add() - listen on a socket
 * @listener: the listener, with fewer than LISTENER_FDS_MAX sockets
 * @fd:       the socket, bound; owned by the listener on success
 *
 * Return: 0 or -errno
 */
int listener_add(struct listener *listener, int fd)
{
	if (listen(fd, LISTENER_BACKLOG))
		return -errno;
	listener->fds[listener->count++] = fd;
	return 0;
}

/* Wake the source for the next connection. */
static void watch(const struct listener *listener)
{
	size_t i;

	for (i = 0; i < listener->count; i++)
		source_watch(&listener->source, listener->fds[i], EPOLLIN);
}

/* Return: a new connection; -EAGAIN: none, or another -errno */
static int accept_one(const struct listener *listener)
{
	int err = -EAGAIN;
	size_t i;
	int fd;

	for (i = 0; i < listener->count; i++) {
		fd = accept4(listener->fds[i], NULL, NULL,
			     SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0)
			return fd;
		if (errno != EAGAIN)
			err = -errno;
	}
	return err;
}

/* Was the connection closed without any data? */
static bool is_gone(int fd)
{
	uint8_t byte;
	ssize_t n = recv(fd, &byte, sizeof(byte), MSG_PEEK);

	return !n || (n < 0 && errno != EAGAIN);
}

/* Accept a connection that is still open. Return: as accept_one(). */
static int accept_present(const struct listener *listener)
{
	int turn;
	int fd;

	for (turn = 0; turn < LISTENER_TURNS; turn++) {
		fd = accept_one(listener);
		if (fd < 0 || !is_gone(fd))
			return fd;
		close(fd);
	}
	return -EAGAIN;
}

/* Has the peer hung up? Data may be left to read. */
static bool is_over(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLRDHUP};

	return poll(&poll_fd, 1, 0) == 1;
}

/* If the listener rests, wake the source at the end of the rest. */
static bool is_resting(struct listener *listener, uint64_t now_ns)
{
	if (!backoff_rests(&listener->rest, now_ns))
		return false;
	listener->source.next_ns = listener->rest.next_ns;
	return true;
}

/**
 * listener_attend() - close further connections while there is a port
 * @source: the listener's source
 * @now_ns: the time
 */
void listener_attend(struct source *source, uint64_t now_ns)
{
	struct listener *listener = (struct listener *)source;
	int turn;
	int fd;

	if (is_resting(listener, now_ns))
		return;
	for (turn = 0; turn < LISTENER_TURNS; turn++) {
		fd = accept_one(listener);
		if (fd < 0)
			break;
		if (listener->next_fd < 0 && is_over(listener->peer_fd)) {
			listener->next_fd = fd;
			watch(listener);
			return;
		}
		log_debug("%s: closed another connection: there is one already",
			  source->name);
		close(fd);
	}
	/* A connection that accept() refuses stays, and would wake us again. */
	if (turn || fd != -EAGAIN) {
		backoff_pause(&listener->rest, now_ns);
		source->next_ns = listener->rest.next_ns;
	} else {
		watch(listener);
	}
}

/**
 * listener_accept() - accept the next peer
 * @listener: the listener, whose last port is closed
 * @now_ns:   the time
 * @failure:  on failure, the reason
 *
 * Return: the peer's socket; -EAGAIN: no connection, or the listener rests;
 * another -errno
 */
int listener_accept(struct listener *listener, uint64_t now_ns,
		    struct failure *failure)
{
	int fd = listener->next_fd;

	listener->next_fd = -1;
	if (fd < 0 && is_resting(listener, now_ns))
		return -EAGAIN;
	if (fd < 0)
		fd = accept_present(listener);
	if (fd >= 0)
		listener->peer_fd = fd;
	if (fd < 0 && fd != -EAGAIN) {
		backoff_pause(&listener->rest, now_ns);
		listener->source.next_ns = listener->rest.next_ns;
		return failure_set(failure, fd,
				   "cannot accept a connection to %s: %s",
				   listener->source.name, strerror(-fd));
	}
	watch(listener);
	return fd;
}
