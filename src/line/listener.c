/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What all lines have in common whose other end connects to us: somebody comes,
 * and is the port.
 *
 * The sockets that are listened on live as long as the source: they are bound
 * while the privilege for it is there, and the address stays ours while there
 * is no port. There is one peer at a time. Whoever else comes meanwhile is
 * closed at once, so that it learns so, but for one: the peer itself may be
 * back before we have seen that its old connection is over. Then that has
 * arrived already, and the new one is kept for the next look.
 *
 * Which sockets these are, and what a peer is called, is the affair of
 * listener_tcp.c and listener_unix.c.
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

/* Who comes is accepted soon, whether welcome or not. */
#define LISTENER_BACKLOG 16

/* So many are turned away at once, and then there is a rest. */
#define LISTENER_TURNS	 8
#define LISTENER_REST_NS (50 * NS_PER_MS)

/**
 * listener_init() - get ready to listen
 * @listener: all but its source is zero; listener_close() ends it
 */
void listener_init(struct listener *listener)
{
	listener->peer_fd = -1;
	listener->next_fd = -1;
	listener->rest = backoff_new(LISTENER_REST_NS, LISTENER_REST_NS);
}

/**
 * listener_close() - listen no more
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
 * listener_add() - listen on one more socket
 * @listener: the listener, which has fewer than LISTENER_FDS_MAX
 * @fd:       the socket, bound; the listener's on success
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

/* Be woken by the next one who comes. */
static void watch(const struct listener *listener)
{
	size_t i;

	for (i = 0; i < listener->count; i++)
		source_watch(&listener->source, listener->fds[i], EPOLLIN);
}

/* Return: somebody who has come, -EAGAIN: nobody has, or another -errno. */
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

/* Has who came gone again, with nothing said? */
static bool is_gone(int fd)
{
	uint8_t byte;
	ssize_t n = recv(fd, &byte, sizeof(byte), MSG_PEEK);

	return !n || (n < 0 && errno != EAGAIN);
}

/* Of those who have come, the first who is still there; as accept_one(). */
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

/* Has the peer hung up, although not all may have been read that it sent? */
static bool is_over(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLRDHUP};

	return poll(&poll_fd, 1, 0) == 1;
}

/* Is there a rest? Then we are woken when it is over. */
static bool is_resting(struct listener *listener, uint64_t now_ns)
{
	if (!backoff_rests(&listener->rest, now_ns))
		return false;
	listener->source.next_ns = listener->rest.next_ns;
	return true;
}

/**
 * listener_attend() - turn away who comes while there is a port
 * @source: the listener's
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
		log_debug("%s: closed one more connection: there is one",
			  source->name);
		close(fd);
	}
	/* Who cannot be accepted stays there, and so would wake us again. */
	if (turn || fd != -EAGAIN) {
		backoff_pause(&listener->rest, now_ns);
		source->next_ns = listener->rest.next_ns;
	} else {
		watch(listener);
	}
}

/**
 * listener_accept() - look whether somebody has come
 * @listener: the listener, whose last peer is no port any more
 * @now_ns:   the time
 * @failure:  on failure, why
 *
 * Return: the socket of who is the peer from now on; -EAGAIN: nobody has come,
 * or there is a rest; another -errno
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
