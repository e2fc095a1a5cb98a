/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a line is looked for at whose other end somebody listens: by connecting
 * to it.
 *
 * A name may stand for several addresses. They are tried in turn, each for
 * CONNECT_ATTEMPT_NS at most, and nothing waits for it: look() begins an
 * attempt, and the next one sees what has become of it. Such a round ends with
 * a port or with the failure of the last address. Each round asks anew what the
 * name stands for, because that changes. The system's resolver blocks, for as
 * long as resolv.conf(5) says; but there is nothing to carry meanwhile.
 */
#include "line/connect.h"
#include "framing/slip.h"
#include "line/endpoint.h"
#include "line/source.h"
#include "log.h"
#include "port/port.h"
#include "port/stream.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define NS_PER_S UINT64_C(1000000000)

#define CONNECT_ATTEMPT_NS (10 * NS_PER_S)

/* A connection that is missed so early was short. */
#define CONNECT_SHORT_NS (3 * NS_PER_S)

#define CONNECT_REST_MIN_NS (NS_PER_S / 10)
#define CONNECT_REST_MAX_NS (5 * NS_PER_S)

struct connector {
	struct source source;
	struct endpoint endpoint;
	struct sockaddr_un path;
	struct addrinfo at_path;
	struct addrinfo
		*addrs; /* what the name stands for now; NULL: unasked */
	const struct addrinfo *addr; /* being tried; NULL: no round is begun */
	int fd;			     /* the attempt under way; -1: none */
	uint64_t deadline_ns;	     /* when it has failed */
	uint64_t found_ns;	     /* the last connection; 0: looked since */
	uint64_t rest_ns;	     /* how long to leave time after it */
	uint64_t next_ns;	     /* until when that is */
};

static const struct endpoint_form tcp_form = {.looks_like = "tcp:HOST:PORT"};

static bool tcp_check(const char *rest, char why[SOURCE_WHY_MAX])
{
	struct endpoint endpoint;

	return endpoint_parse(&endpoint, &tcp_form, rest, why);
}

static bool unix_check(const char *rest, char why[SOURCE_WHY_MAX])
{
	struct sockaddr_un path;

	return endpoint_parse_path(&path, "unix:PATH", rest, why);
}

static void tcp_other_end(const char *rest, char name[SOURCE_NAME_MAX])
{
	snprintf(name, SOURCE_NAME_MAX, "tcp-listen:%s", rest);
}

static void unix_other_end(const char *rest, char name[SOURCE_NAME_MAX])
{
	snprintf(name, SOURCE_NAME_MAX, "unix-listen:%s", rest);
}

/* The name was checked before. */
static int tcp_open(struct source *source)
{
	struct connector *connector = (struct connector *)source;
	char why[SOURCE_WHY_MAX];

	connector->fd = -1;
	endpoint_parse(&connector->endpoint, &tcp_form, source_rest(source),
		       why);
	return 0;
}

static int unix_open(struct source *source)
{
	struct connector *connector = (struct connector *)source;
	char why[SOURCE_WHY_MAX];

	connector->fd = -1;
	endpoint_parse_path(&connector->path, "", source_rest(source), why);
	connector->at_path = (struct addrinfo){
		.ai_family = AF_UNIX,
		.ai_addr = (struct sockaddr *)&connector->path,
		.ai_addrlen = sizeof(connector->path),
	};
	return 0;
}

static void end_attempt(struct connector *connector)
{
	if (connector->fd >= 0)
		close(connector->fd);
	connector->fd = -1;
}

static void end_round(struct connector *connector)
{
	if (connector->addrs)
		freeaddrinfo(connector->addrs);
	connector->addrs = NULL;
	connector->addr = NULL;
}

static void connect_close(struct source *source)
{
	struct connector *connector = (struct connector *)source;

	end_attempt(connector);
	end_round(connector);
}

/* Return: 0 or -errno, logged. */
static int begin_tcp_round(struct connector *connector)
{
	int error = endpoint_resolve(&connector->endpoint, SOCK_STREAM,
				     &connector->addrs);
	int err = error == EAI_SYSTEM	? -errno
		  : error == EAI_MEMORY ? -ENOMEM
					: -EHOSTUNREACH;

	if (error) {
		connector->addrs = NULL;
		log_error("cannot connect to %s: %s: %s (is the name right, is "
			  "there a way to a name server?%s)",
			  connector->source.name, connector->endpoint.host,
			  error == EAI_SYSTEM ? strerror(-err)
					      : gai_strerror(error),
			  source_wait_hint(&connector->source));
		return err;
	}
	connector->addr = connector->addrs;
	return 0;
}

/* What to look at, as a question. NULL: it is nothing that could change. */
static const char *doubt(const struct connector *connector, int err)
{
	switch (err) {
	case -ECONNREFUSED:
	case -ENOENT:
		return "is the other end running?";
	case -ETIMEDOUT:
		return "is the address right, is that host on, does a firewall "
		       "drop what is sent?";
	case -EHOSTUNREACH:
	case -ENETUNREACH:
	case -ENETDOWN:
		return "has this host a route there?";
	case -EACCES:
	case -EPERM:
		return connector->addr->ai_family == AF_UNIX
			       ? "may you write to that file?"
			       : "does a firewall of this host forbid it?";
	case -EBUSY:
		return "does the other end accept nobody any more?";
	default:
		return NULL;
	}
}

/* The last address has failed, and so has the round. Return: @err. */
static int give_up(struct connector *connector, int err)
{
	const char *question = doubt(connector, err);

	log_error("cannot connect to %s: %s (%s%s)", connector->source.name,
		  strerror(-err),
		  question ? question
			   : "name what stream connections can be made to",
		  question ? source_wait_hint(&connector->source) : "");
	end_round(connector);
	return err;
}

/* What connect(2) says of paths that are no sockets, and of full ones, has
 * another meaning here. */
static int unix_error(const struct connector *connector, int err)
{
	struct stat file;

	if (err == -EAGAIN)
		return -EBUSY;
	if (err == -ECONNREFUSED && !stat(connector->path.sun_path, &file) &&
	    !S_ISSOCK(file.st_mode))
		return -ENOTSOCK;
	return err;
}

/* Return: 0: it is connected; -EINPROGRESS, or another -errno */
static int begin_attempt(struct connector *connector, uint64_t now_ns)
{
	const struct addrinfo *addr = connector->addr;
	int err;

	connector->fd = socket(addr->ai_family,
			       SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (connector->fd < 0)
		return -errno;
	connector->deadline_ns = now_ns + CONNECT_ATTEMPT_NS;
	if (!connect(connector->fd, addr->ai_addr, addr->ai_addrlen))
		return 0;
	err = -errno;
	if (addr->ai_family == AF_UNIX)
		return unix_error(connector, err);
	if (err == -EINPROGRESS &&
	    source_wait_on(&connector->source, connector->fd, EPOLLOUT))
		return -ENOMEM;
	return err;
}

/* Return: 0: it is connected; -EINPROGRESS, or another -errno */
static int look_at_attempt(const struct connector *connector, uint64_t now_ns)
{
	struct pollfd poll_fd = {.fd = connector->fd, .events = POLLOUT};
	socklen_t len = sizeof(int);
	int error = 0;

	if (poll(&poll_fd, 1, 0) != 1)
		return now_ns < connector->deadline_ns ? -EINPROGRESS
						       : -ETIMEDOUT;
	if (getsockopt(connector->fd, SOL_SOCKET, SO_ERROR, &error, &len))
		return -errno;
	return -error;
}

/*
 * Where nobody listens, and the port is one of those that connections are given
 * by chance, after some thousand attempts this one is it: then it is connected
 * to itself (RFC 9293, section 3.5, simultaneous open).
 */
static bool is_own_end(int fd)
{
	struct sockaddr_storage own = {0};
	struct sockaddr_storage other = {0};
	socklen_t own_len = sizeof(own);
	socklen_t other_len = sizeof(other);

	return !getsockname(fd, (struct sockaddr *)&own, &own_len) &&
	       !getpeername(fd, (struct sockaddr *)&other, &other_len) &&
	       own.ss_family != AF_UNIX && own_len == other_len &&
	       !memcmp(&own, &other, own_len);
}

/* The last connection is over. How long is the next one left time? */
static void plan_rest(struct connector *connector, uint64_t now_ns)
{
	if (now_ns - connector->found_ns >= CONNECT_SHORT_NS)
		connector->rest_ns = 0;
	else if (connector->rest_ns < CONNECT_REST_MIN_NS)
		connector->rest_ns = CONNECT_REST_MIN_NS;
	else if (connector->rest_ns < CONNECT_REST_MAX_NS / 2)
		connector->rest_ns *= 2;
	else
		connector->rest_ns = CONNECT_REST_MAX_NS;
	connector->next_ns = connector->found_ns + connector->rest_ns;
	connector->found_ns = 0;
}

static bool is_resting(struct connector *connector, uint64_t now_ns)
{
	if (connector->found_ns)
		plan_rest(connector, now_ns);
	connector->source.next_ns = connector->next_ns;
	return now_ns < connector->next_ns;
}

/* The round is over, with a connection. Return: 0 or -errno, logged. */
static int hand_over(struct connector *connector, struct port **port,
		     uint64_t now_ns)
{
	int fd = connector->fd;

	connector->found_ns = now_ns;
	source_wait_no_more(&connector->source, fd);
	connector->fd = -1;
	end_round(connector);
	return stream_open(port, fd, connector->source.name,
			   connector->source.config);
}

/* A step of the round under way. Return: as look(). */
static int go_on(struct connector *connector, struct port **port,
		 uint64_t now_ns)
{
	int err = connector->fd < 0 ? begin_attempt(connector, now_ns)
				    : look_at_attempt(connector, now_ns);

	for (;;) {
		if (!err && is_own_end(connector->fd))
			err = -ECONNREFUSED;
		if (!err)
			return hand_over(connector, port, now_ns);
		if (err == -EINPROGRESS) {
			connector->source.next_ns = connector->deadline_ns;
			return -EAGAIN;
		}
		end_attempt(connector);
		if (!connector->addr->ai_next)
			return give_up(connector, err);
		connector->addr = connector->addr->ai_next;
		err = begin_attempt(connector, now_ns);
	}
}

static int tcp_look(struct source *source, struct port **port, uint64_t now_ns)
{
	struct connector *connector = (struct connector *)source;
	int err = 0;

	if (is_resting(connector, now_ns))
		return -EAGAIN;
	if (!connector->addr)
		err = begin_tcp_round(connector);
	return err ? err : go_on(connector, port, now_ns);
}

static int unix_look(struct source *source, struct port **port, uint64_t now_ns)
{
	struct connector *connector = (struct connector *)source;

	if (is_resting(connector, now_ns))
		return -EAGAIN;
	/* One address, which is known. */
	connector->addr = &connector->at_path;
	return go_on(connector, port, now_ns);
}

const struct source_kind connect_tcp_kind = {
	.prefix = "tcp:",
	.framing = &slip_framing,
	.how_lost = "the other end closed it",
	.remedy = "see why it did, and start again",
	.check = tcp_check,
	.other_end = tcp_other_end,
	.size = sizeof(struct connector),
	.open = tcp_open,
	.look = tcp_look,
	.close = connect_close,
};

const struct source_kind connect_unix_kind = {
	.prefix = "unix:",
	.framing = &slip_framing,
	.is_path = true,
	.how_lost = "the other end closed it",
	.remedy = "see why it did, and start again",
	.check = unix_check,
	.other_end = unix_other_end,
	.size = sizeof(struct connector),
	.open = unix_open,
	.look = unix_look,
	.close = connect_close,
};
