/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a line is looked for at whose other end somebody listens: by connecting
 * to it.
 *
 * A name may stand for several addresses. They are tried in turn, each for
 * DIAL_ATTEMPT_NS at most, and nothing waits for it: look() begins an attempt,
 * and the next one sees what has become of it. Such a round ends with a port or
 * with the failure of the last address. Each round asks anew what the name
 * stands for, because that changes. The system's resolver blocks, for as long
 * as resolv.conf(5) says; but there is nothing to carry meanwhile.
 */
#include "dial.h"
#include "endpoint.h"
#include "finder.h"
#include "log.h"
#include "port.h"
#include "slip.h"
#include "stream.h"

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

#define DIAL_ATTEMPT_NS (10 * NS_PER_S)

/* A connection that is missed so early was short. */
#define DIAL_SHORT_NS (3 * NS_PER_S)

#define DIAL_REST_MIN_NS (NS_PER_S / 10)
#define DIAL_REST_MAX_NS (5 * NS_PER_S)

struct dial {
	struct finder finder;
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

static bool tcp_check(const char *rest, char why[FINDER_WHY_MAX])
{
	struct endpoint endpoint;

	return endpoint_parse(&endpoint, &tcp_form, rest, why);
}

static bool unix_check(const char *rest, char why[FINDER_WHY_MAX])
{
	struct sockaddr_un path;

	return endpoint_parse_path(&path, "unix:PATH", rest, why);
}

static void tcp_other_end(const char *rest, char name[FINDER_NAME_MAX])
{
	snprintf(name, FINDER_NAME_MAX, "tcp-listen:%s", rest);
}

static void unix_other_end(const char *rest, char name[FINDER_NAME_MAX])
{
	snprintf(name, FINDER_NAME_MAX, "unix-listen:%s", rest);
}

/* The name was checked before. */
static int tcp_open(struct finder *finder)
{
	struct dial *dial = (struct dial *)finder;
	char why[FINDER_WHY_MAX];

	dial->fd = -1;
	endpoint_parse(&dial->endpoint, &tcp_form, finder_rest(finder), why);
	return 0;
}

static int unix_open(struct finder *finder)
{
	struct dial *dial = (struct dial *)finder;
	char why[FINDER_WHY_MAX];

	dial->fd = -1;
	endpoint_parse_path(&dial->path, "", finder_rest(finder), why);
	dial->at_path = (struct addrinfo){
		.ai_family = AF_UNIX,
		.ai_addr = (struct sockaddr *)&dial->path,
		.ai_addrlen = sizeof(dial->path),
	};
	return 0;
}

static void end_attempt(struct dial *dial)
{
	if (dial->fd >= 0)
		close(dial->fd);
	dial->fd = -1;
}

static void end_round(struct dial *dial)
{
	if (dial->addrs)
		freeaddrinfo(dial->addrs);
	dial->addrs = NULL;
	dial->addr = NULL;
}

static void dial_close(struct finder *finder)
{
	struct dial *dial = (struct dial *)finder;

	end_attempt(dial);
	end_round(dial);
}

/* Return: 0 or -errno, logged. */
static int begin_tcp_round(struct dial *dial)
{
	int error =
		endpoint_resolve(&dial->endpoint, SOCK_STREAM, &dial->addrs);
	int err = error == EAI_SYSTEM	? -errno
		  : error == EAI_MEMORY ? -ENOMEM
					: -EHOSTUNREACH;

	if (error) {
		dial->addrs = NULL;
		log_error("cannot connect to %s: %s: %s (is the name right, is "
			  "there a way to a name server?%s)",
			  dial->finder.name, dial->endpoint.host,
			  error == EAI_SYSTEM ? strerror(-err)
					      : gai_strerror(error),
			  finder_wait_hint(&dial->finder));
		return err;
	}
	dial->addr = dial->addrs;
	return 0;
}

/* What to look at, as a question. NULL: it is nothing that could change. */
static const char *doubt(const struct dial *dial, int err)
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
		return dial->addr->ai_family == AF_UNIX
			       ? "may you write to that file?"
			       : "does a firewall of this host forbid it?";
	case -EBUSY:
		return "does the other end accept nobody any more?";
	default:
		return NULL;
	}
}

/* The last address has failed, and so has the round. Return: @err. */
static int give_up(struct dial *dial, int err)
{
	const char *question = doubt(dial, err);

	log_error("cannot connect to %s: %s (%s%s)", dial->finder.name,
		  strerror(-err),
		  question ? question
			   : "name what stream connections can be made to",
		  question ? finder_wait_hint(&dial->finder) : "");
	end_round(dial);
	return err;
}

/* What connect(2) says of paths that are no sockets, and of full ones, has
 * another meaning here. */
static int unix_error(const struct dial *dial, int err)
{
	struct stat file;

	if (err == -EAGAIN)
		return -EBUSY;
	if (err == -ECONNREFUSED && !stat(dial->path.sun_path, &file) &&
	    !S_ISSOCK(file.st_mode))
		return -ENOTSOCK;
	return err;
}

/* Return: 0: it is connected; -EINPROGRESS, or another -errno */
static int begin_attempt(struct dial *dial, uint64_t now_ns)
{
	const struct addrinfo *addr = dial->addr;
	int err;

	dial->fd = socket(addr->ai_family,
			  SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (dial->fd < 0)
		return -errno;
	dial->deadline_ns = now_ns + DIAL_ATTEMPT_NS;
	if (!connect(dial->fd, addr->ai_addr, addr->ai_addrlen))
		return 0;
	err = -errno;
	if (addr->ai_family == AF_UNIX)
		return unix_error(dial, err);
	if (err == -EINPROGRESS &&
	    finder_wait_on(&dial->finder, dial->fd, EPOLLOUT))
		return -ENOMEM;
	return err;
}

/* Return: 0: it is connected; -EINPROGRESS, or another -errno */
static int look_at_attempt(const struct dial *dial, uint64_t now_ns)
{
	struct pollfd poll_fd = {.fd = dial->fd, .events = POLLOUT};
	socklen_t len = sizeof(int);
	int error = 0;

	if (poll(&poll_fd, 1, 0) != 1)
		return now_ns < dial->deadline_ns ? -EINPROGRESS : -ETIMEDOUT;
	if (getsockopt(dial->fd, SOL_SOCKET, SO_ERROR, &error, &len))
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
static void plan_rest(struct dial *dial, uint64_t now_ns)
{
	if (now_ns - dial->found_ns >= DIAL_SHORT_NS)
		dial->rest_ns = 0;
	else if (dial->rest_ns < DIAL_REST_MIN_NS)
		dial->rest_ns = DIAL_REST_MIN_NS;
	else if (dial->rest_ns < DIAL_REST_MAX_NS / 2)
		dial->rest_ns *= 2;
	else
		dial->rest_ns = DIAL_REST_MAX_NS;
	dial->next_ns = dial->found_ns + dial->rest_ns;
	dial->found_ns = 0;
}

static bool is_resting(struct dial *dial, uint64_t now_ns)
{
	if (dial->found_ns)
		plan_rest(dial, now_ns);
	dial->finder.next_ns = dial->next_ns;
	return now_ns < dial->next_ns;
}

/* The round is over, with a connection. Return: 0 or -errno, logged. */
static int hand_over(struct dial *dial, struct port **port, uint64_t now_ns)
{
	int fd = dial->fd;

	dial->found_ns = now_ns;
	finder_wait_no_more(&dial->finder, fd);
	dial->fd = -1;
	end_round(dial);
	return stream_open(port, fd, dial->finder.name, dial->finder.config);
}

/* A step of the round under way. Return: as look(). */
static int go_on(struct dial *dial, struct port **port, uint64_t now_ns)
{
	int err = dial->fd < 0 ? begin_attempt(dial, now_ns)
			       : look_at_attempt(dial, now_ns);

	for (;;) {
		if (!err && is_own_end(dial->fd))
			err = -ECONNREFUSED;
		if (!err)
			return hand_over(dial, port, now_ns);
		if (err == -EINPROGRESS) {
			dial->finder.next_ns = dial->deadline_ns;
			return -EAGAIN;
		}
		end_attempt(dial);
		if (!dial->addr->ai_next)
			return give_up(dial, err);
		dial->addr = dial->addr->ai_next;
		err = begin_attempt(dial, now_ns);
	}
}

static int tcp_look(struct finder *finder, struct port **port, uint64_t now_ns)
{
	struct dial *dial = (struct dial *)finder;
	int err = 0;

	if (is_resting(dial, now_ns))
		return -EAGAIN;
	if (!dial->addr)
		err = begin_tcp_round(dial);
	return err ? err : go_on(dial, port, now_ns);
}

static int unix_look(struct finder *finder, struct port **port, uint64_t now_ns)
{
	struct dial *dial = (struct dial *)finder;

	if (is_resting(dial, now_ns))
		return -EAGAIN;
	/* One address, which is known. */
	dial->addr = &dial->at_path;
	return go_on(dial, port, now_ns);
}

const struct finder_kind dial_tcp_kind = {
	.prefix = "tcp:",
	.framing = &slip_framing,
	.how_lost = "the other end closed it",
	.remedy = "see why it did, and start again",
	.check = tcp_check,
	.other_end = tcp_other_end,
	.size = sizeof(struct dial),
	.open = tcp_open,
	.look = tcp_look,
	.close = dial_close,
};

const struct finder_kind dial_unix_kind = {
	.prefix = "unix:",
	.framing = &slip_framing,
	.is_path = true,
	.how_lost = "the other end closed it",
	.remedy = "see why it did, and start again",
	.check = unix_check,
	.other_end = unix_other_end,
	.size = sizeof(struct dial),
	.open = unix_open,
	.look = unix_look,
	.close = dial_close,
};
