/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a line over TCP is looked for whose other end connects to us: where we
 * listen for it, and what who has come is called. The rest is listener.c's.
 *
 * Without an address it is the loopback that is listened on, because nobody is
 * authenticated here.
 */
#include "line/listener_tcp.h"
#include "framing/slip.h"
#include "line/endpoint.h"
#include "line/listener.h"
#include "log.h"
#include "port/stream.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for a port in decimal. */
#define LISTENER_TCP_SERVICE_MAX 8

/* Room for what a peer is called: an address with a zone, in brackets. */
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

/* Without an address, or with one that stands for all, there is no telling. */
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
static int listen_on(struct listener *listener, const struct addrinfo *addr)
{
	static const int on = 1;
	int fd = socket(addr->ai_family,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	/* What is left of old connections does not keep us from beginning. */
	err = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
			      bind(fd, addr->ai_addr, addr->ai_addrlen)
		      ? -errno
		      : listener_add(listener, fd);
	if (err)
		close(fd);
	return err;
}

/* Does this host lack that address, or even addresses of its kind? */
static bool is_missing(int err)
{
	return err == -EADDRNOTAVAIL || err == -EAFNOSUPPORT;
}

/*
 * Listen on all that a name stands for, if they are there: a host without IPv6
 * has one loopback address. Return: 0 or -errno.
 */
static int listen_on_all(struct listener *listener,
			 const struct addrinfo *addrs)
{
	const struct addrinfo *addr;
	int missing = 0;
	int err;

	for (addr = addrs; addr && listener->count < LISTENER_FDS_MAX;
	     addr = addr->ai_next) {
		err = listen_on(listener, addr);
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
		       "those it has)";
	case -EACCES:
		return " (the low ports are for root: choose one from 1024 on)";
	default:
		return "";
	}
}

/* Return: what the name stands for, or NULL, logged. */
static struct addrinfo *resolve(const struct source *source)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV,
	};
	char service[LISTENER_TCP_SERVICE_MAX];
	struct endpoint endpoint;
	char why[SOURCE_WHY_MAX];
	struct addrinfo *addrs;
	int error;

	endpoint_parse(&endpoint, &tcp_form, source_rest(source), why);
	snprintf(service, sizeof(service), "%u", endpoint.port);
	/* Without a host this is the loopback. */
	error = getaddrinfo(*endpoint.host ? endpoint.host : NULL, service,
			    &hints, &addrs);
	if (!error)
		return addrs;
	log_error("cannot listen on %s: %s: %s (name an address of this host, "
		  "\"ip address\" shows them)",
		  source->name, endpoint.host, gai_strerror(error));
	return NULL;
}

/* Return: 0 or -errno, logged. */
static int tcp_open(struct source *source)
{
	struct listener *listener = (struct listener *)source;
	struct addrinfo *addrs = resolve(source);
	int err;

	if (!addrs)
		return -EADDRNOTAVAIL;
	err = listener_init(listener);
	if (!err)
		err = listen_on_all(listener, addrs);
	freeaddrinfo(addrs);
	if (err) {
		log_error("cannot listen on %s: %s%s", source->name,
			  strerror(-err), tcp_remedy(err));
		listener_close(listener);
	}
	return err;
}

static void tcp_close(struct source *source)
{
	listener_close((struct listener *)source);
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

static int tcp_look(struct source *source, struct port **port, uint64_t now_ns)
{
	struct listener *listener = (struct listener *)source;
	char name[LISTENER_TCP_PEER_MAX];
	int fd = listener_accept(listener);

	(void)now_ns;
	if (fd < 0)
		return fd;
	name_peer(fd, name);
	return stream_open(port, fd, name, source->config);
}

const struct source_kind listener_tcp_kind = {
	.prefix = "tcp-listen:",
	.framing = &slip_framing,
	.how_lost = "the other end closed it",
	.remedy = "see why it did, and start again",
	.waited_for = "a connection to ",
	.found_as = "from",
	.check = tcp_check,
	.other_end = tcp_other_end,
	.size = sizeof(struct listener),
	.open = tcp_open,
	.look = tcp_look,
	.attend = listener_attend,
	.close = tcp_close,
};
