/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Accept a connection over a unix socket: where to listen, and the name of the
 * peer. The rest is in listener.c.
 *
 * unix_open() removes a socket that a killed program has left at the path, and
 * unix_remove() removes our own. Only this user, and root, may connect: whoever
 * does is the peer. The user may change the mode of the socket afterwards.
 */
#include "line/listener_unix.h"
#include "failure.h"
#include "framing/slip.h"
#include "line/endpoint.h"
#include "line/listener.h"
#include "log.h"
#include "port/stream.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Size of a peer's name. */
#define LISTENER_UNIX_PEER_MAX 32

struct listener_unix {
	struct listener listener;
	struct sockaddr_un path;
	struct stat file; /* our socket; st_ino is 0: none */
};

static bool unix_check(const char *rest, char why[SOURCE_WHY_MAX])
{
	struct sockaddr_un path;

	return endpoint_parse_path(&path, "unix-listen:PATH", rest, why);
}

static void unix_other_end(const char *rest, char name[SOURCE_NAME_MAX])
{
	snprintf(name, SOURCE_NAME_MAX, "unix:%s", rest);
}

static int open_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	stream_take_fds(fd, false);
	return fd;
}

/* Is a program listening there? Return: 0: no; -EADDRINUSE, another -errno */
static int try_to_connect(const struct sockaddr_un *path)
{
	int fd = open_socket();
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
	case -EAGAIN:	  /* its queue is full */
	case -EPROTOTYPE: /* it is not a stream socket */
		return -EADDRINUSE;
	default:
		return err;
	}
}

/*
 * Remove a socket that a killed program has left. Return: 0 or -errno, -EEXIST
 * if the path is not a socket.
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
		return " (it is not a socket: remove it, or choose another "
		       "path)";
	case -ENOENT:
		return " (create its directory first)";
	case -EACCES:
	case -EPERM:
		return " (choose a path in a directory that you may write to)";
	default:
		return "";
	}
}

/* Return: 0 or -errno. */
static int listen_at_path(struct listener_unix *listener)
{
	const struct sockaddr_un *path = &listener->path;
	int err = make_room(path);
	int fd;

	if (err)
		return err;
	fd = open_socket();
	if (fd < 0)
		return fd;
	/* The file gets the socket's mode, less the umask (unix_bind()). */
	if (fchmod(fd, S_IRUSR | S_IWUSR) ||
	    bind(fd, (const struct sockaddr *)path, sizeof(*path))) {
		err = -errno;
		close(fd);
		return err;
	}
	lstat(path->sun_path, &listener->file);
	log_debug("%s: mode 0600, only its owner may connect", path->sun_path);
	err = listener_add(&listener->listener, fd);
	if (err) {
		unlink(path->sun_path);
		close(fd);
	}
	return err;
}

static int unix_open(struct source *source, struct failure *failure)
{
	struct listener_unix *listener = (struct listener_unix *)source;
	char why[SOURCE_WHY_MAX];
	int err;

	endpoint_parse_path(&listener->path, "", source_rest(source), why);
	listener_init(&listener->listener);
	err = listen_at_path(listener);
	if (!err)
		return 0;
	listener_close(&listener->listener);
	return failure_set(failure, err, "cannot listen on %s: %s%s",
			   source->name, strerror(-err), unix_remedy(err));
}

/* Is the file at the path still our socket? */
static bool is_ours(const struct listener_unix *listener)
{
	struct stat file;

	return !lstat(listener->path.sun_path, &file) &&
	       file.st_dev == listener->file.st_dev &&
	       file.st_ino == listener->file.st_ino;
}

static void unix_remove(struct source *source)
{
	struct listener_unix *listener = (struct listener_unix *)source;

	if (is_ours(listener) && unlink(listener->path.sun_path))
		log_warning("cannot remove %s: %s (the next program that "
			    "listens there may remove it)",
			    listener->path.sun_path, strerror(errno));
}

static void unix_close(struct source *source)
{
	listener_close((struct listener *)source);
}

/* The peer's PID is 0 if it is in another PID namespace. */
static void name_peer(int fd, char name[LISTENER_UNIX_PEER_MAX])
{
	struct ucred peer = {0};
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) || !peer.pid)
		snprintf(name, LISTENER_UNIX_PEER_MAX, "a process elsewhere");
	else
		snprintf(name, LISTENER_UNIX_PEER_MAX, "process %d", peer.pid);
}

static int unix_look(struct source *source, struct port **port, uint64_t now_ns,
		     struct failure *failure)
{
	struct listener *listener = (struct listener *)source;
	char name[LISTENER_UNIX_PEER_MAX];
	int fd = listener_accept(listener, now_ns, failure);

	if (fd < 0)
		return fd;
	name_peer(fd, name);
	return stream_open(port, fd, name, source->config, failure);
}

const struct source_kind listener_unix_kind = {
	.prefix = "unix-listen:",
	.framing = &slip_framing,
	.how_lost = "the peer closed the connection",
	.remedy = "find out why, and start again",
	.waited_for = "a connection to ",
	.found_as = "from",
	.check = unix_check,
	.other_end = unix_other_end,
	.size = sizeof(struct listener_unix),
	.open = unix_open,
	.look = unix_look,
	.attend = listener_attend,
	.remove_file = unix_remove,
	.close = unix_close,
};
