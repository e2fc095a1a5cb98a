/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A connected stream socket as the port.
 *
 * Nothing can overtake bytes in the socket, so it should hold no more than
 * keeps the peer supplied until our next turn.
 *
 * TCP holds bytes in flight, which must match the path, and unsent bytes. Only
 * unsent bytes delay other packets, so only they are counted (SIOCOUTQNSD) and
 * limited (TCP_NOTSENT_LOWAT); a smaller SO_SNDBUF would limit the bytes in
 * flight, and so the throughput. poll() reports POLLOUT below half of that
 * limit (tcp_stream_memory_free(), tcp.h), so the pump's threshold must be the
 * same half: with another one it would wait for an event that does not come, or
 * not wait at all.
 *
 * A unix socket holds bytes that the peer has not read. Its count (SIOCOUTQ) is
 * memory, and poll() reports POLLOUT up to a quarter of SO_SNDBUF
 * (unix_writable(), af_unix.c).
 *
 * No event tells that a host has vanished. TCP gives up after STREAM_DEAD_S
 * without an acknowledgement, and sends keepalive probes while there is nothing
 * to acknowledge.
 *
 * A unix peer can send descriptors along with its bytes (SCM_RIGHTS, unix(7)).
 * recv() drops them and closes the last one of each file, which may take long:
 * the close() of a TCP socket with SO_LINGER waits for its peer. All the
 * program would wait with it, for as long as the peer likes. So the socket
 * refuses descriptors (SO_PASSRIGHTS, Linux 6.16): the peer's sendmsg() fails.
 * An older kernel has no means to refuse them.
 */
#include "port/stream.h"
#include "failure.h"
#include "port/port.h"
#include "port/port_config.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * From asm-generic/socket.h of Linux 6.16, where older C libraries lack it.
 * These two machines number the options in their own way.
 */
#if !defined(SO_PASSRIGHTS) && !defined(__hppa__) && !defined(__sparc__)
#define SO_PASSRIGHTS 83
#endif

/* Silence after which the peer is dead; probes start after a third of it. */
#define STREAM_DEAD_S 15
#define STREAM_ASK_S  (STREAM_DEAD_S / 3)

#define STRINGIFY(number) #number
#define IN_WORDS(number)  STRINGIFY(number)

#define STREAM_TCP_LOWAT   16384
#define STREAM_UNIX_SNDBUF 65536

static void stream_close(struct port *port)
{
	close(port->read_fd);
}

/* Why the connection ended, by the errno of recv(2) or send(2). */
static const char *how_lost(int error)
{
	switch (error) {
	case ETIMEDOUT:
	case EHOSTUNREACH:
	case ENETUNREACH:
		return "the peer has acknowledged nothing for " IN_WORDS(
			STREAM_DEAD_S) " s";
	case ECONNRESET:
		return "the peer reset the connection";
	default:
		return "the peer closed the connection";
	}
}

/* Record why the port is lost, unless @error is EAGAIN. Return: -errno. */
static int fail(struct port *port, int error)
{
	if (error != EAGAIN)
		port->how_lost = how_lost(error);
	return -error;
}

static ssize_t stream_read(struct port *port, uint8_t *buffer, size_t cap)
{
	ssize_t n = recv(port->read_fd, buffer, cap, 0);

	if (n > 0)
		return n;
	return fail(port, n ? errno : EIO);
}

static ssize_t stream_write(struct port *port, const uint8_t *bytes, size_t len)
{
	ssize_t n = send(port->write_fd, bytes, len, MSG_NOSIGNAL);

	if (n >= 0)
		return n;
	return errno == EAGAIN ? 0 : fail(port, errno);
}

static size_t count(const struct port *port, unsigned long request)
{
	int bytes = 0;

	if (ioctl(port->write_fd, request, &bytes) || bytes < 0)
		return 0;
	return (size_t)bytes;
}

static size_t tcp_queued(const struct port *port)
{
	return count(port, SIOCOUTQNSD);
}

static size_t unix_queued(const struct port *port)
{
	return count(port, SIOCOUTQ);
}

static const struct port_kind tcp_port_kind = {
	.is_stream = true,
	.close = stream_close,
	.read = stream_read,
	.write = stream_write,
	.queued = tcp_queued,
};

static const struct port_kind unix_port_kind = {
	.is_stream = true,
	.close = stream_close,
	.read = stream_read,
	.write = stream_write,
	.queued = unix_queued,
};

/* Return: 0 or -errno. */
static int set_up_tcp(struct port *port)
{
	static const struct {
		int level;
		int name;
		int value;
	} options[] = {
		{IPPROTO_TCP, TCP_NODELAY, 1},
		{IPPROTO_TCP, TCP_NOTSENT_LOWAT, STREAM_TCP_LOWAT},
		{IPPROTO_TCP, TCP_USER_TIMEOUT, STREAM_DEAD_S * 1000},
		{IPPROTO_TCP, TCP_KEEPIDLE, STREAM_ASK_S},
		{IPPROTO_TCP, TCP_KEEPINTVL, STREAM_ASK_S},
		{SOL_SOCKET, SO_KEEPALIVE, 1},
	};
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (setsockopt(port->write_fd, options[i].level,
			       options[i].name, &options[i].value,
			       sizeof(options[i].value)))
			return -errno;
	port->queue_max = STREAM_TCP_LOWAT / 2 - 1;
	return 0;
}

/* Return: 0 or -errno. */
static int set_up_unix(struct port *port)
{
	const int half = STREAM_UNIX_SNDBUF / 2; /* doubled, socket(7) */
	socklen_t len = sizeof(int);
	int sndbuf;

	stream_take_fds(port->write_fd, false);
	if (setsockopt(port->write_fd, SOL_SOCKET, SO_SNDBUF, &half,
		       sizeof(half)) ||
	    getsockopt(port->write_fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, &len))
		return -errno;
	port->queue_max = (size_t)sndbuf / 4 - 1;
	return 0;
}

/**
 * stream_take_fds() - let the peer of a unix socket send descriptors, or not
 * @fd: the socket, best not connected yet; what a socket that listens refuses,
 *      its connections refuse as well. Others are left alone
 * @on: let it
 *
 * Return: whether it could before; true where the kernel cannot refuse them
 */
bool stream_take_fds(int fd, bool on)
{
	int before = true;
#ifdef SO_PASSRIGHTS
	const int value = on;
	socklen_t len = sizeof(before);

	if (getsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &before, &len) ||
	    setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &value, sizeof(value)))
		return true;
#endif
	return before;
}

/**
 * stream_open() - make a port of a connection
 * @port:    the port on success; port_close() frees it
 * @fd:      a connected, non-blocking stream socket, IP or unix; owned by the
 *           port, closed on failure
 * @name:    the port's name; copied
 * @config:  the user's options
 * @failure: on failure, the reason
 *
 * A baud rate means that there is a wire behind the connection, as with
 * ser2net: the pump then paces by the clock, because the bytes queued at the
 * wire cannot be counted.
 *
 * Return: 0 or -errno
 */
int stream_open(struct port **port, int fd, const char *name,
		const struct port_config *config, struct failure *failure)
{
	struct port *opened = port_new(sizeof(*opened), name, failure);
	socklen_t len = sizeof(int);
	int family;
	int err;

	if (!opened) {
		close(fd);
		return -ENOMEM;
	}
	opened->read_fd = fd;
	opened->write_fd = fd;
	opened->baud = config->baud;
	err = getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len) ? -errno : 0;
	if (!err)
		err = family == AF_UNIX ? set_up_unix(opened)
					: set_up_tcp(opened);
	if (err) {
		port_free(opened);
		close(fd);
		return failure_set(failure, err,
				   "cannot set up the connection of %s: %s",
				   name, strerror(-err));
	}
	*port = port_begin(opened,
			   family == AF_UNIX ? &unix_port_kind : &tcp_port_kind,
			   config);
	return 0;
}
