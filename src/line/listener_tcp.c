/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Accept a connection over TCP: where to listen, and the name of the peer. The
 * rest is in listener.c.
 *
 * The default address is the loopback, because the line authenticates nobody.
 */
#include "line/listener_tcp.h"
#include "clock.h"
#include "failure.h"
#include "framing/slip.h"
#include "line/endpoint.h"
#include "line/half_open.h"
#include "line/listener.h"
#include "line/resolver.h"
#include "port/stream.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Size of a port in decimal. */
#define LISTENER_TCP_SERVICE_MAX 8

/* Without a peer, look for half-open connections at this interval. */
#define LISTENER_TCP_CHECK_NS (5000 * NS_PER_MS)

/* At most so many are looked at. */
#define LISTENER_TCP_HALF_OPEN_MAX 8

struct listener_tcp {
	struct listener listener;
	struct endpoint endpoint;
	struct resolver resolver; /* of the address to listen on */
	struct half_open tables;
};

/* Size of a peer's name: an address with a zone, in brackets, and a port. */
#define LISTENER_TCP_PEER_MAX (NI_MAXHOST + LISTENER_TCP_SERVICE_MAX + 4)

static const struct endpoint_form tcp_form = {
	.looks_like = "tcp-listen:[ADDR:]PORT",
	.is_host_optional = true,
};

static bool tcp_check(const char *rest, char why[SOURCE_WHY_MAX])
{
	struct endpoint endpoint;

	return endpoint_parse(&endpoint, &tcp_form, rest, why);
}

/* With no address, or the unspecified one, the host's name is unknown. */
static void tcp_other_end(const char *rest, char name[SOURCE_NAME_MAX])
{
	struct endpoint endpoint;
	char why[SOURCE_WHY_MAX];

	endpoint_parse(&endpoint, &tcp_form, rest, why);
	if (!*endpoint.host)
		snprintf(name, SOURCE_NAME_MAX, "tcp:127.0.0.1:%u",
			 endpoint.port);
	else if (!strcmp(endpoint.host, "0.0.0.0") ||
		 !strcmp(endpoint.host, "::"))
		snprintf(name, SOURCE_NAME_MAX, "tcp:HOST:%u", endpoint.port);
	else
		snprintf(name, SOURCE_NAME_MAX, "tcp:%s", rest);
}

/* Listen on one address. Return: 0 or -errno. */
static int listen_on(struct listener *listener, const union resolver_addr *addr)
{
	static const int on = 1;
	int fd = socket(addr->any.sa_family,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	/* Connections in TIME-WAIT must not block bind(). */
	err = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
			      bind(fd, &addr->any, resolver_addr_len(addr))
		      ? -errno
		      : listener_add(listener, fd);
	if (err)
		close(fd);
	return err;
}

/* Does this host lack that address, or its whole family? */
static bool is_missing(int err)
{
	return err == -EADDRNOTAVAIL || err == -EAFNOSUPPORT;
}

/*
 * Listen on every address of the name that this host has: without IPv6, the
 * loopback has only one. Return: 0 or -errno.
 */
static int listen_on_all(struct listener *listener,
			 const struct resolver_answer *answer)
{
	int missing = 0;
	size_t i;
	int err;

	for (i = 0; i < answer->count && listener->count < LISTENER_FDS_MAX;
	     i++) {
		err = listen_on(listener, &answer->addrs[i]);
		if (err && !is_missing(err))
			return err;
		if (err)
			missing = err;
	}
	return listener->count ? 0 : missing;
}

static const char *tcp_remedy(int err)
{
	switch (err) {
	case -EADDRINUSE:
		return " (another program listens there, \"ss -ltnp\" shows "
		       "which: choose another port)";
	case -EADDRNOTAVAIL:
		return " (this host has no such address, \"ip address\" shows "
		       "its addresses)";
	case -EACCES:
		return " (ports below 1024 need root: choose a higher one)";
	default:
		return "";
	}
}

/* source_check_name() has accepted the name. */
static int tcp_open(struct source *source, struct failure *failure)
{
	struct listener_tcp *listener = (struct listener_tcp *)source;
	char why[SOURCE_WHY_MAX];

	(void)failure;
	listener_init(&listener->listener);
	endpoint_parse(&listener->endpoint, &tcp_form, source_rest(source),
		       why);
	source->listen_port = listener->endpoint.port;
	half_open_begin(&listener->tables);
	return 0;
}

static void tcp_close(struct source *source)
{
	struct listener_tcp *listener = (struct listener_tcp *)source;

	resolver_close(&listener->resolver);
	half_open_end(&listener->tables);
	listener_close(&listener->listener);
}

/* Return: 0: @answer has the addresses; -EINPROGRESS, or another -errno */
static int look_up(struct listener_tcp *listener,
		   struct resolver_answer *answer, struct failure *failure)
{
	const struct source *source = &listener->listener.source;
	int err = listener->resolver.asked
			  ? resolver_take(&listener->resolver, answer)
			  : resolver_ask(&listener->resolver,
					 &listener->endpoint, answer);

	if (err == -EINPROGRESS &&
	    !source_watch(source, listener->resolver.child.fd, EPOLLIN))
		return err;
	if (err)
		return failure_set(failure, err, "cannot listen on %s: %s",
				   source->name, strerror(-err));
	if (!answer->err)
		return 0;
	return failure_set(failure, answer->err,
			   "cannot listen on %s: %s: %s (give an address of "
			   "this host, \"ip address\" shows them)",
			   source->name, listener->endpoint.host, answer->why);
}

/* Return: 0: listening; -EINPROGRESS, or another -errno */
static int begin_to_listen(struct listener_tcp *listener,
			   struct failure *failure)
{
	struct resolver_answer answer;
	int err = look_up(listener, &answer, failure);

	if (err)
		return err;
	err = listen_on_all(&listener->listener, &answer);
	if (!err)
		return 0;
	listener_close(&listener->listener);
	return failure_set(failure, err, "cannot listen on %s: %s%s",
			   listener->listener.source.name, strerror(-err),
			   tcp_remedy(err));
}

static void name_peer(int fd, char name[LISTENER_TCP_PEER_MAX])
{
	struct sockaddr_storage addr = {0};
	socklen_t len = sizeof(addr);
	char host[NI_MAXHOST] = "?";
	char service[LISTENER_TCP_SERVICE_MAX] = "?";

	getpeername(fd, (struct sockaddr *)&addr, &len);
	getnameinfo((const struct sockaddr *)&addr, len, host, sizeof(host),
		    service, sizeof(service), NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(name, LISTENER_TCP_PEER_MAX,
		 addr.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
		 service);
}

static int guard(struct source *source, int fd, struct failure *failure)
{
	union resolver_addr peer = {0};
	socklen_t len = sizeof(peer);

	getpeername(fd, &peer.any, &len);
	/* A socket that listens on [::] accepts IPv4 as well. */
	peer = resolver_addr_unmap(&peer);
	return reach_guard(&source->reach, fd, &peer, source->name, failure);
}

/*
 * Nobody has connected. Has somebody tried, but our route for the answer leads
 * into the link? Return: -EAGAIN: no; -ELOOP and @failure: yes
 */
static int check_half_open(struct listener_tcp *listener, uint64_t now_ns,
			   struct failure *failure)
{
	struct source *source = &listener->listener.source;
	union resolver_addr peers[LISTENER_TCP_HALF_OPEN_MAX];
	size_t count;
	size_t i;

	if (!source->reach.own)
		return -EAGAIN;
	source->next_ns =
		clock_earlier(source->next_ns, now_ns + LISTENER_TCP_CHECK_NS);
	count = half_open_list(&listener->tables, source->listen_port, peers,
			       LISTENER_TCP_HALF_OPEN_MAX);
	for (i = 0; i < count; i++)
		if (reach_check_answers(&source->reach, &peers[i], source->name,
					failure))
			return -ELOOP;
	return -EAGAIN;
}

static int tcp_look(struct source *source, struct port **port, uint64_t now_ns,
		    struct failure *failure)
{
	struct listener_tcp *listener = (struct listener_tcp *)source;
	char name[LISTENER_TCP_PEER_MAX];
	int fd;
	int err;

	if (!listener->listener.count) {
		err = begin_to_listen(listener, failure);
		if (err)
			return err;
	}
	fd = listener_accept(&listener->listener, now_ns, failure);
	if (fd == -EAGAIN)
		return check_half_open(listener, now_ns, failure);
	if (fd < 0)
		return fd;
	err = guard(source, fd, failure);
	if (err) {
		close(fd);
		return err;
	}
	name_peer(fd, name);
	return stream_open(port, fd, name, source->config, failure);
}

const struct source_kind listener_tcp_kind = {
	.prefix = "tcp-listen:",
	.framing = &slip_framing,
	.uses_ip = true,
	.how_lost = "the peer closed the connection",
	.remedy = "find out why, and start again",
	.waited_for = "a connection to ",
	.found_as = "from",
	.check = tcp_check,
	.other_end = tcp_other_end,
	.size = sizeof(struct listener_tcp),
	.open = tcp_open,
	.look = tcp_look,
	.attend = listener_attend,
	.close = tcp_close,
};
