/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Find a port by connecting to a peer that listens.
 *
 * A name may have several addresses. The looks try them in turn, each for
 * CONNECT_ATTEMPT_NS at most, and never block: one look starts an attempt, a
 * later look sees its result. Such a round ends with a port, or with the
 * failure of the last address. Each round resolves the name again, because its
 * addresses change.
 */
#include "line/connect.h"
#include "backoff.h"
#include "clock.h"
#include "events.h"
#include "failure.h"
#include "framing/slip.h"
#include "line/endpoint.h"
#include "line/resolver.h"
#include "line/source.h"
#include "port/claim.h"
#include "port/port.h"
#include "port/stream.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONNECT_ATTEMPT_NS (10 * NS_PER_S)

/* A connection that is lost within this time was short. */
#define CONNECT_SHORT_NS (3 * NS_PER_S)

#define CONNECT_REST_MIN_NS (NS_PER_S / 10)
#define CONNECT_REST_MAX_NS (5 * NS_PER_S)

/**
 * struct connector - looks for a line by connecting
 * @endpoint:    for TCP, where to connect to
 * @resolver:    resolves @endpoint
 * @answer:      its addresses; @count is 0 between rounds
 * @path:        for a unix socket, where to connect to
 * @at:          index of the address that is being tried
 * @fd:          the attempt under way; -1: none
 * @deadline_ns: when the attempt times out
 * @found_ns:    when the last connection was made; 0: looked since
 * @rest:        after short connections
 */
struct connector {
	struct source source;
	struct endpoint endpoint;
	struct resolver resolver;
	struct resolver_answer answer;
	struct sockaddr_un path;
	size_t at;
	int fd;
	uint64_t deadline_ns;
	uint64_t found_ns;
	struct backoff rest;
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

static void init_connector(struct connector *connector)
{
	connector->fd = -1;
	connector->rest = backoff_new(CONNECT_REST_MIN_NS, CONNECT_REST_MAX_NS);
}

/* source_check_name() has accepted the name. */
static int tcp_open(struct source *source, struct failure *failure)
{
	struct connector *connector = (struct connector *)source;
	char why[SOURCE_WHY_MAX];

	(void)failure;
	init_connector(connector);
	endpoint_parse(&connector->endpoint, &tcp_form, source_rest(source),
		       why);
	return 0;
}

static int unix_open(struct source *source, struct failure *failure)
{
	struct connector *connector = (struct connector *)source;
	char why[SOURCE_WHY_MAX];

	(void)failure;
	init_connector(connector);
	endpoint_parse_path(&connector->path, "", source_rest(source), why);
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
	resolver_end(&connector->resolver);
	connector->answer.count = 0;
	connector->at = 0;
}

static void connect_end(struct source *source)
{
	struct connector *connector = (struct connector *)source;

	end_attempt(connector);
	end_round(connector);
	resolver_close(&connector->resolver);
}

/* Return: 0: the addresses are known; -EINPROGRESS, or another -errno */
static int look_up(struct connector *connector, struct failure *failure)
{
	struct resolver_answer *answer = &connector->answer;
	int err;

	if (answer->count)
		return 0;
	err = connector->resolver.asked
		      ? resolver_take(&connector->resolver, answer)
		      : resolver_ask(&connector->resolver, &connector->endpoint,
				     answer);
	if (err == -EINPROGRESS)
		return source_watch(&connector->source,
				    connector->resolver.child.fd, EPOLLIN)
			       ? -ENOMEM
			       : -EINPROGRESS;
	if (err)
		return failure_set(failure, err, "cannot connect to %s: %s",
				   connector->source.name, strerror(-err));
	if (!answer->err)
		return 0;
	return failure_set(failure, answer->err,
			   "cannot connect to %s: %s: %s (is the name right? "
			   "is a name server reachable?%s)",
			   connector->source.name, connector->endpoint.host,
			   answer->why, source_wait_hint(&connector->source));
}

/* Propose a check, as a question. NULL: there is none for this error. */
static const char *propose(const struct connector *connector, int err)
{
	switch (err) {
	case -ECONNREFUSED:
	case -ENOENT:
		return "is the peer running?";
	case -ETIMEDOUT:
		return "is the address right? is that host on? does a firewall "
		       "drop packets?";
	case -EHOSTUNREACH:
	case -ENETUNREACH:
	case -ENETDOWN:
		return "does this host have a route there?";
	case -EACCES:
	case -EPERM:
		return connector->source.kind == &connect_unix_kind
			       ? "may you write to that file?"
			       : "does a firewall of this host forbid it?";
	case -EBUSY:
		return "does the peer accept no more connections?";
	default:
		return NULL;
	}
}

static int fail(const struct connector *connector, int err,
		struct failure *failure)
{
	const char *question = propose(connector, err);

	return failure_set(failure, err, "cannot connect to %s: %s (%s%s)",
			   connector->source.name, strerror(-err),
			   question ? question
				    : "give a socket that accepts stream "
				      "connections",
			   question ? source_wait_hint(&connector->source)
				    : "");
}

/* End a round after its last address has failed. Return: @err. */
static int fail_round(struct connector *connector, int err,
		      struct failure *failure)
{
	end_round(connector);
	/* reach_guard() has set @failure */
	return err == -ELOOP ? err : fail(connector, err, failure);
}

/* Return: 0: connected; -EINPROGRESS, or another -errno */
static int begin_attempt(struct connector *connector, uint64_t now_ns,
			 struct failure *failure)
{
	const union resolver_addr *addr =
		&connector->answer.addrs[connector->at];
	int err;

	connector->fd = socket(addr->any.sa_family,
			       SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (connector->fd < 0)
		return -errno;
	if (reach_guard(&connector->source.reach, connector->fd, addr,
			connector->source.name, failure))
		return -ELOOP;
	connector->deadline_ns = now_ns + CONNECT_ATTEMPT_NS;
	if (!connect(connector->fd, &addr->any, resolver_addr_len(addr)))
		return 0;
	err = -errno;
	if (err == -EINPROGRESS &&
	    source_watch(&connector->source, connector->fd, EPOLLOUT))
		return -ENOMEM;
	return err;
}

/* Return: 0: connected; -EINPROGRESS, or another -errno */
static int check_attempt(const struct connector *connector, uint64_t now_ns)
{
	socklen_t len = sizeof(int);
	int error = 0;

	if (!connector->source.woken)
		return now_ns < connector->deadline_ns ? -EINPROGRESS
						       : -ETIMEDOUT;
	if (getsockopt(connector->fd, SOL_SOCKET, SO_ERROR, &error, &len))
		return -errno;
	return -error;
}

/*
 * If nobody listens on a port of the ephemeral range, one of some thousand
 * attempts gets that port as its own and connects to itself (RFC 9293, section
 * 3.5, simultaneous open).
 */
static bool is_own_end(int fd)
{
	struct sockaddr_storage own = {0};
	struct sockaddr_storage other = {0};
	socklen_t own_len = sizeof(own);
	socklen_t other_len = sizeof(other);

	return !getsockname(fd, (struct sockaddr *)&own, &own_len) &&
	       !getpeername(fd, (struct sockaddr *)&other, &other_len) &&
	       own_len == other_len && !memcmp(&own, &other, own_len);
}

/* Rest after a short connection. */
static bool is_resting(struct connector *connector, uint64_t now_ns)
{
	const uint64_t found_ns = connector->found_ns;

	if (found_ns && now_ns - found_ns < CONNECT_SHORT_NS)
		backoff_pause(&connector->rest, found_ns);
	else if (found_ns)
		backoff_reset(&connector->rest);
	connector->found_ns = 0;
	if (!backoff_rests(&connector->rest, now_ns))
		return false;
	connector->source.next_ns = connector->rest.next_ns;
	return true;
}

/* End a round with a connection. Return: 0 or -errno. */
static int finish_round(struct connector *connector, struct port **port,
			uint64_t now_ns, struct failure *failure)
{
	int fd = connector->fd;

	events_forget(connector->source.events, fd);
	connector->found_ns = now_ns;
	connector->fd = -1;
	end_round(connector);
	return stream_open(port, fd, connector->source.name,
			   connector->source.config, failure);
}

/* Advance the round. Return: as a look. */
static int step(struct connector *connector, struct port **port,
		uint64_t now_ns, struct failure *failure)
{
	int err = connector->fd < 0 ? begin_attempt(connector, now_ns, failure)
				    : check_attempt(connector, now_ns);

	for (;;) {
		if (!err && is_own_end(connector->fd))
			err = -ECONNREFUSED;
		if (!err)
			return finish_round(connector, port, now_ns, failure);
		if (err == -EINPROGRESS) {
			connector->source.next_ns = connector->deadline_ns;
			return err;
		}
		end_attempt(connector);
		if (connector->at + 1 >= connector->answer.count)
			return fail_round(connector, err, failure);
		connector->at++;
		err = begin_attempt(connector, now_ns, failure);
	}
}

static int tcp_look(struct source *source, struct port **port, uint64_t now_ns,
		    struct failure *failure)
{
	struct connector *connector = (struct connector *)source;
	int err;

	if (is_resting(connector, now_ns))
		return -EAGAIN;
	err = look_up(connector, failure);
	return err ? err : step(connector, port, now_ns, failure);
}

/*
 * For a unix socket, connect(2) returns EAGAIN if the listener's queue is full,
 * and ECONNREFUSED if the path is not a socket.
 */
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

/* Return: 0 or -errno. */
static int unix_connect(const struct connector *connector, int fd)
{
	stream_take_fds(fd, false);
	if (!connect(fd, (const struct sockaddr *)&connector->path,
		     sizeof(connector->path)))
		return 0;
	return unix_error(connector, -errno);
}

static int unix_claim(struct source *source, struct claim *claim,
		      struct failure *failure)
{
	const struct connector *connector = (const struct connector *)source;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err = fd < 0 ? -errno : unix_connect(connector, fd);

	if (err) {
		if (fd >= 0)
			close(fd);
		return fail(connector, err, failure);
	}
	*claim = (struct claim){.fd = fd, .kind = CLAIM_SOCKET};
	return 0;
}

static int unix_look(struct source *source, struct port **port, uint64_t now_ns,
		     struct failure *failure)
{
	struct connector *connector = (struct connector *)source;
	struct claim claim;
	int err;

	if (is_resting(connector, now_ns))
		return -EAGAIN;
	err = source_claim(source, &claim, failure);
	if (err)
		return err;
	connector->found_ns = now_ns;
	return stream_open(port, claim.fd, source->name, source->config,
			   failure);
}

const struct source_kind connect_tcp_kind = {
	.prefix = "tcp:",
	.framing = &slip_framing,
	.uses_ip = true,
	.how_lost = "the peer closed the connection",
	.remedy = "find out why, and start again",
	.check = tcp_check,
	.other_end = tcp_other_end,
	.size = sizeof(struct connector),
	.open = tcp_open,
	.look = tcp_look,
	.close = connect_end,
};

const struct source_kind connect_unix_kind = {
	.prefix = "unix:",
	.framing = &slip_framing,
	.is_path = true,
	.uses_unix = true,
	.how_lost = "the peer closed the connection",
	.remedy = "find out why, and start again",
	.check = unix_check,
	.other_end = unix_other_end,
	.size = sizeof(struct connector),
	.open = unix_open,
	.claim = unix_claim,
	.look = unix_look,
	.close = connect_end,
};
