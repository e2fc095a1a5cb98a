/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a line is looked for whose other end connects to us: by waiting.
 *
 * The sockets that are listened on live as long as the finder: they are bound
 * while the privilege for it is there, and the address stays ours while there
 * is no port. There is one peer at a time. Whoever else comes meanwhile is
 * closed at once, so that it learns so, but for one: the peer itself may be
 * back before we have seen that its old connection is over. Then that has
 * arrived already, and the new one is kept for the next look.
 *
 * Without an address it is the loopback that is listened on, because nobody is
 * authenticated here.
 */
#include "listener.h"
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
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* The loopback has two addresses, and so has many a name. */
#define LISTENER_FDS_MAX 4

/* Who comes is accepted at once, whether welcome or not. */
#define LISTENER_BACKLOG 4

/* So many are turned away at once, and then there is a rest. */
#define LISTENER_TURNS	 8
#define LISTENER_REST_NS 50000000

/* Room for a port in decimal. */
#define LISTENER_SERVICE_MAX 8

/* Room for what a peer is called: an address with a zone, in brackets. */
#define LISTENER_PEER_MAX (NI_MAXHOST + LISTENER_SERVICE_MAX + 4)

struct listener {
	struct finder finder;
	int fds[LISTENER_FDS_MAX];
	size_t count;
	int rest_fd; /* a timer: until it expires, whoever comes has to wait */
	int peer_fd; /* of the port that was found; it is the port's */
	int next_fd; /* the peer that follows it; -1: none has come yet */
	struct sockaddr_un path;
	struct stat file; /* ours at that path; st_ino is 0: there is none */
};

static const struct endpoint_form tcp_form = {
	.looks_like = "tcp-listen:[ADDR:]PORT",
	.is_host_optional = true,
};

static bool tcp_check(const char *rest, char why[FINDER_WHY_MAX])
{
	struct endpoint endpoint;

	return endpoint_parse(&endpoint, &tcp_form, rest, why);
}

static bool unix_check(const char *rest, char why[FINDER_WHY_MAX])
{
	struct sockaddr_un path;

	return endpoint_parse_path(&path, "unix-listen:PATH", rest, why);
}

/* Without an address, or with one that stands for all, there is no telling. */
static void tcp_other_end(const char *rest, char name[FINDER_NAME_MAX])
{
	struct endpoint endpoint;
	char why[FINDER_WHY_MAX];

	endpoint_parse(&endpoint, &tcp_form, rest, why);
	if (!*endpoint.host)
		snprintf(name, FINDER_NAME_MAX, "tcp:127.0.0.1:%u",
			 endpoint.port);
	else if (!strcmp(endpoint.host, "0.0.0.0") ||
		 !strcmp(endpoint.host, "::"))
		snprintf(name, FINDER_NAME_MAX, "tcp:HOST:%u", endpoint.port);
	else
		snprintf(name, FINDER_NAME_MAX, "tcp:%s", rest);
}

static void unix_other_end(const char *rest, char name[FINDER_NAME_MAX])
{
	snprintf(name, FINDER_NAME_MAX, "unix:%s", rest);
}

/* Return: 0 or -errno. */
static int init(struct listener *listener)
{
	listener->peer_fd = -1;
	listener->next_fd = -1;
	listener->rest_fd =
		timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (listener->rest_fd < 0)
		return -errno;
	return finder_wait_on(&listener->finder, listener->rest_fd, EPOLLIN);
}

static void close_sockets(struct listener *listener)
{
	if (listener->rest_fd >= 0)
		close(listener->rest_fd);
	listener->rest_fd = -1;
	while (listener->count)
		close(listener->fds[--listener->count]);
	if (listener->next_fd >= 0)
		close(listener->next_fd);
	listener->next_fd = -1;
}

/* Listen on a socket that is bound. Return: 0 or -errno. */
static int begin_to_listen(struct listener *listener, int fd)
{
	int err;

	if (listen(fd, LISTENER_BACKLOG))
		return -errno;
	err = finder_wait_on(&listener->finder, fd, EPOLLIN);
	if (!err)
		listener->fds[listener->count++] = fd;
	return err;
}

static int open_socket(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

/* Listen on one address. Return: 0 or -errno. */
static int listen_on(struct listener *listener, const struct addrinfo *addr)
{
	static const int on = 1;
	int fd = open_socket(addr->ai_family);
	int err;

	if (fd < 0)
		return fd;
	/* What is left of old connections does not keep us from beginning. */
	err = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
			      bind(fd, addr->ai_addr, addr->ai_addrlen)
		      ? -errno
		      : begin_to_listen(listener, fd);
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
static struct addrinfo *resolve(const struct finder *finder)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV,
	};
	char service[LISTENER_SERVICE_MAX];
	struct endpoint endpoint;
	char why[FINDER_WHY_MAX];
	struct addrinfo *addrs;
	int error;

	endpoint_parse(&endpoint, &tcp_form, finder_rest(finder), why);
	snprintf(service, sizeof(service), "%u", endpoint.port);
	/* Without a host this is the loopback. */
	error = getaddrinfo(*endpoint.host ? endpoint.host : NULL, service,
			    &hints, &addrs);
	if (!error)
		return addrs;
	log_error("cannot listen on %s: %s: %s (name an address of this host, "
		  "\"ip address\" shows them)",
		  finder->name, endpoint.host, gai_strerror(error));
	return NULL;
}

/* Return: 0 or -errno, logged. */
static int tcp_open(struct finder *finder)
{
	struct listener *listener = (struct listener *)finder;
	struct addrinfo *addrs = resolve(finder);
	int err;

	if (!addrs)
		return -EADDRNOTAVAIL;
	err = init(listener);
	if (!err)
		err = listen_on_all(listener, addrs);
	freeaddrinfo(addrs);
	if (err) {
		log_error("cannot listen on %s: %s%s", finder->name,
			  strerror(-err), tcp_remedy(err));
		close_sockets(listener);
	}
	return err;
}

/* Does anybody listen there? Return: 0: no; -EADDRINUSE, or another -errno */
static int try_to_connect(const struct sockaddr_un *path)
{
	int fd = open_socket(AF_UNIX);
	int err = 0;

	if (fd < 0)
		return fd;
	if (connect(fd, (const struct sockaddr *)path, sizeof(*path)))
		err = -errno;
	close(fd);
	switch (err) {
	case -ECONNREFUSED:
		return 0;
	case 0:
	case -EAGAIN:	  /* and many wait already */
	case -EPROTOTYPE: /* though not for connections */
		return -EADDRINUSE;
	default:
		return err;
	}
}

/*
 * Remove what somebody who was killed has left at our path. Return: 0 or
 * -errno, -EEXIST if it is not a socket.
 */
static int make_room(const struct sockaddr_un *path)
{
	struct stat file;
	int err;

	if (lstat(path->sun_path, &file))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(file.st_mode))
		return -EEXIST;
	err = try_to_connect(path);
	if (err)
		return err;
	return unlink(path->sun_path) && errno != ENOENT ? -errno : 0;
}

static const char *unix_remedy(int err)
{
	switch (err) {
	case -EADDRINUSE:
		return " (another program listens there: choose another path)";
	case -EEXIST:
		return " (and is not a socket: remove it, or choose another "
		       "path)";
	case -ENOENT:
		return " (its directory has to be there)";
	case -EACCES:
	case -EPERM:
		return " (choose a path in a directory that you may write to)";
	default:
		return "";
	}
}

/* Return: 0 or -errno. */
static int listen_at_path(struct listener *listener)
{
	const struct sockaddr_un *path = &listener->path;
	int err = make_room(path);
	int fd;

	if (err)
		return err;
	fd = open_socket(AF_UNIX);
	if (fd < 0)
		return fd;
	if (bind(fd, (const struct sockaddr *)path, sizeof(*path))) {
		err = -errno;
		close(fd);
		return err;
	}
	lstat(path->sun_path, &listener->file);
	err = begin_to_listen(listener, fd);
	if (err) {
		unlink(path->sun_path);
		close(fd);
	}
	return err;
}

/* Return: 0 or -errno, logged. */
static int unix_open(struct finder *finder)
{
	struct listener *listener = (struct listener *)finder;
	char why[FINDER_WHY_MAX];
	int err;

	endpoint_parse_path(&listener->path, "", finder_rest(finder), why);
	err = init(listener);
	if (!err)
		err = listen_at_path(listener);
	if (err) {
		log_error("cannot listen on %s: %s%s", finder->name,
			  strerror(-err), unix_remedy(err));
		close_sockets(listener);
	}
	return err;
}

static void tcp_close(struct finder *finder)
{
	close_sockets((struct listener *)finder);
}

/* Is what is at our path still what we have put there? */
static bool is_ours(const struct listener *listener)
{
	struct stat file;

	return !lstat(listener->path.sun_path, &file) &&
	       file.st_dev == listener->file.st_dev &&
	       file.st_ino == listener->file.st_ino;
}

static void unix_close(struct finder *finder)
{
	struct listener *listener = (struct listener *)finder;

	close_sockets(listener);
	if (is_ours(listener) && unlink(listener->path.sun_path))
		log_warning("cannot remove %s: %s (the next one that listens "
			    "there may)",
			    listener->path.sun_path, strerror(errno));
}

/* Return: somebody who has come, or -1. */
static int accept_one(const struct listener *listener)
{
	size_t i;
	int fd;

	for (i = 0; i < listener->count; i++) {
		fd = accept4(listener->fds[i], NULL, NULL,
			     SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0)
			return fd;
	}
	return -1;
}

/* Has the peer hung up, although not all may have been read that it sent? */
static bool is_over(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLRDHUP};

	return poll(&poll_fd, 1, 0) == 1;
}

/* Whoever comes has to wait for a while. */
static void rest(const struct listener *listener)
{
	const struct itimerspec timer = {.it_value.tv_nsec = LISTENER_REST_NS};
	size_t i;

	for (i = 0; i < listener->count; i++)
		finder_wait_no_more(&listener->finder, listener->fds[i]);
	timerfd_settime(listener->rest_fd, 0, &timer, NULL);
}

/* Is there a rest? One that is over is ended. */
static bool is_resting(const struct listener *listener)
{
	struct itimerspec timer;
	uint64_t count;
	size_t i;

	timerfd_gettime(listener->rest_fd, &timer);
	if (timer.it_value.tv_nsec)
		return true;
	if (read(listener->rest_fd, &count, sizeof(count)) > 0)
		for (i = 0; i < listener->count; i++)
			finder_wait_on(&listener->finder, listener->fds[i],
				       EPOLLIN);
	return false;
}

static void listener_attend(struct finder *finder)
{
	struct listener *listener = (struct listener *)finder;
	int turn;
	int fd;

	if (is_resting(listener))
		return;
	for (turn = 0; turn < LISTENER_TURNS; turn++) {
		fd = accept_one(listener);
		if (fd < 0)
			break;
		if (listener->next_fd < 0 && is_over(listener->peer_fd)) {
			listener->next_fd = fd;
			return;
		}
		log_debug("%s: closed one more connection: there is one",
			  finder->name);
		close(fd);
	}
	if (turn)
		rest(listener);
}

/* Who is it? Of a process in another namespace no number is known. */
static void name_process(int fd, char name[LISTENER_PEER_MAX])
{
	struct ucred peer = {0};
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) || !peer.pid)
		snprintf(name, LISTENER_PEER_MAX, "a process elsewhere");
	else
		snprintf(name, LISTENER_PEER_MAX, "process %d", peer.pid);
}

static void name_host(const struct sockaddr_storage *addr, socklen_t len,
		      char name[LISTENER_PEER_MAX])
{
	char host[NI_MAXHOST] = "?";
	char service[LISTENER_SERVICE_MAX] = "?";

	getnameinfo((const struct sockaddr *)addr, len, host, sizeof(host),
		    service, sizeof(service), NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(name, LISTENER_PEER_MAX,
		 addr->ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
		 service);
}

static void name_peer(int fd, char name[LISTENER_PEER_MAX])
{
	struct sockaddr_storage addr = {0};
	socklen_t len = sizeof(addr);

	getpeername(fd, (struct sockaddr *)&addr, &len);
	if (addr.ss_family == AF_UNIX)
		name_process(fd, name);
	else
		name_host(&addr, len, name);
}

static int listener_look(struct finder *finder, struct port **port,
			 uint64_t now_ns)
{
	struct listener *listener = (struct listener *)finder;
	char name[LISTENER_PEER_MAX];
	int fd = listener->next_fd;

	(void)now_ns;
	listener->next_fd = -1;
	is_resting(listener);
	if (fd < 0)
		fd = accept_one(listener);
	if (fd < 0) {
		finder->next_ns = UINT64_MAX;
		return -EAGAIN;
	}
	name_peer(fd, name);
	listener->peer_fd = fd;
	return stream_open(port, fd, name, finder->config);
}

const struct finder_kind listener_tcp_kind = {
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
	.look = listener_look,
	.attend = listener_attend,
	.close = tcp_close,
};

const struct finder_kind listener_unix_kind = {
	.prefix = "unix-listen:",
	.framing = &slip_framing,
	.how_lost = "the other end closed it",
	.remedy = "see why it did, and start again",
	.waited_for = "a connection to ",
	.found_as = "from",
	.check = unix_check,
	.other_end = unix_other_end,
	.size = sizeof(struct listener),
	.open = unix_open,
	.look = listener_look,
	.attend = listener_attend,
	.close = unix_close,
};
