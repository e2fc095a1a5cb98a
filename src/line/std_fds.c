/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Standard input and output as the port: what ssh, inetd, socat's EXEC or QEMU
 * has connected there before it started us. It is two pipes, or one socket that
 * is both.
 *
 * It is borrowed. Whether it blocks is a property of what was connected, not of
 * our descriptors, so others may have a share in it, and at the end it is put
 * back. And once it is lost nobody connects it again: then we end, too.
 *
 * A terminal is refused. As a person's it would show packets and send back what
 * is typed; and one that really is the line can be named, and then it is
 * locked, set up and put back as every tty is.
 *
 * inetd connects standard error as well. What is said would travel among the
 * packets, so there nothing is said any more.
 *
 * A pipe holds 64 KB, unless it is told to hold less. It tells how much it
 * holds, too, but says that it has room whenever a page of it is free; so it is
 * its size that keeps the queue ours.
 */
#include "line/std_fds.h"
#include "failure.h"
#include "framing/slip.h"
#include "line/source.h"
#include "port/port.h"
#include "port/port_config.h"
#include "port/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/major.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define STD_FDS_NAME "standard input and output"

/* What a pipe is to hold, if it is so kind. */
#define STD_FDS_PIPE_LEN 16384

/* What the kernel calls /dev/null (devices.txt). */
#define STD_FDS_NULL_MINOR 3

#define STD_FDS_REMEDY "connect a pipe or a socket, as ssh and socat's EXEC do"

struct std_fds {
	struct source source;
	bool is_one_socket;
	int read_flags; /* as they were found, O_NONBLOCK being one */
	int write_flags;
	int pipe_len; /* the same; -1: what we write to is no pipe */
};

static bool std_fds_check(const char *rest, char why[SOURCE_WHY_MAX])
{
	if (!*rest)
		return true;
	snprintf(why, SOURCE_WHY_MAX,
		 "is no port, but - alone is standard input and output");
	return false;
}

static int refuse(const char *what, const char *why, const char *remedy,
		  struct failure *failure)
{
	return failure_set(failure, -EINVAL,
			   "cannot use %s as the port: %s (%s)", what, why,
			   remedy);
}

static int refuse_terminal(int fd, const char *what, struct failure *failure)
{
	const char *name = ttyname(fd);

	return failure_set(failure, -EINVAL,
			   "cannot use %s as the port: it is a terminal "
			   "(" STD_FDS_REMEDY "; if the terminal itself is the "
			   "line, say --port %s)",
			   what, name ? name : "and its name");
}

static int check_socket(int fd, const char *what, struct failure *failure)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	socklen_t type_len = sizeof(int);
	int type = 0;

	getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len);
	if (type != SOCK_STREAM)
		return refuse(what, "it is a socket, but no stream",
			      "for datagrams there is --port udp:HOST:PORT",
			      failure);
	if (getpeername(fd, (struct sockaddr *)&peer, &len))
		return refuse(what, "it is a socket that is not connected",
			      "let inetd accept, with nowait", failure);
	return 0;
}

/* Can packets travel here? Return: 0 or -EINVAL. */
static int check_fd(int fd, const char *what, int wrong_mode,
		    struct failure *failure)
{
	struct stat file = {0};

	if (isatty(fd))
		return refuse_terminal(fd, what, failure);
	fstat(fd, &file);
	if (S_ISCHR(file.st_mode) &&
	    file.st_rdev == makedev(MEM_MAJOR, STD_FDS_NULL_MINOR))
		return refuse(what, "it is closed, or /dev/null",
			      STD_FDS_REMEDY, failure);
	if (S_ISSOCK(file.st_mode))
		return check_socket(fd, what, failure);
	if (!S_ISFIFO(file.st_mode))
		return refuse(what, "it is neither a pipe nor a socket",
			      STD_FDS_REMEDY, failure);
	if ((fcntl(fd, F_GETFL) & O_ACCMODE) == wrong_mode)
		return refuse(what, "it is the wrong end of a pipe",
			      "exchange the two ends", failure);
	return 0;
}

static bool is_same(int fd, int other_fd)
{
	struct stat file;
	struct stat other;

	return !fstat(fd, &file) && !fstat(other_fd, &other) &&
	       file.st_dev == other.st_dev && file.st_ino == other.st_ino;
}

/* No message among the packets. */
static void part_from_stderr(void)
{
	int null;

	if (!is_same(STDOUT_FILENO, STDERR_FILENO))
		return;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) {
		dup2(null, STDERR_FILENO);
		close(null);
	} else {
		close(STDERR_FILENO);
	}
}

/* The flags of both are looked at before either is changed. */
static void borrow(struct std_fds *std_fds)
{
	std_fds->read_flags = fcntl(STDIN_FILENO, F_GETFL);
	std_fds->write_flags = fcntl(STDOUT_FILENO, F_GETFL);
	std_fds->pipe_len = fcntl(STDOUT_FILENO, F_GETPIPE_SZ);
	fcntl(STDIN_FILENO, F_SETFL, std_fds->read_flags | O_NONBLOCK);
	fcntl(STDOUT_FILENO, F_SETFL, std_fds->write_flags | O_NONBLOCK);
	if (std_fds->pipe_len > STD_FDS_PIPE_LEN)
		fcntl(STDOUT_FILENO, F_SETPIPE_SZ, STD_FDS_PIPE_LEN);
}

static void give_back(const struct std_fds *std_fds)
{
	if (std_fds->pipe_len > STD_FDS_PIPE_LEN)
		fcntl(STDOUT_FILENO, F_SETPIPE_SZ, std_fds->pipe_len);
	fcntl(STDOUT_FILENO, F_SETFL, std_fds->write_flags);
	fcntl(STDIN_FILENO, F_SETFL, std_fds->read_flags);
}

static int fail(int err, struct failure *failure)
{
	return failure_set(failure, err, "cannot use " STD_FDS_NAME ": %s",
			   strerror(-err));
}

static int std_fds_open(struct source *source, struct failure *failure)
{
	struct std_fds *std_fds = (struct std_fds *)source;
	int err = check_fd(STDIN_FILENO, "standard input", O_WRONLY, failure);
	char *name;

	if (!err)
		err = check_fd(STDOUT_FILENO, "standard output", O_RDONLY,
			       failure);
	if (err)
		return err;
	name = strdup(STD_FDS_NAME);
	if (!name)
		return fail(-ENOMEM, failure);
	free(source->name);
	source->name = name;
	std_fds->is_one_socket = is_same(STDIN_FILENO, STDOUT_FILENO) &&
				 fcntl(STDOUT_FILENO, F_GETPIPE_SZ) < 0;
	part_from_stderr();
	borrow(std_fds);
	return 0;
}

static size_t pipes_queued(const struct port *port)
{
	int queued;

	if (ioctl(port->write_fd, FIONREAD, &queued) || queued < 0)
		return 0;
	return (size_t)queued;
}

static void pipes_close(struct port *port)
{
	free(port);
}

static const struct port_kind pipes_kind = {
	.close = pipes_close,
	.queued = pipes_queued,
};

/* Two sockets are possible, too, and count what waits in the usual way. */
static const struct port_kind sockets_kind = {
	.close = pipes_close,
};

static int open_two(const struct std_fds *std_fds, struct port **port,
		    struct failure *failure)
{
	const struct source *source = &std_fds->source;
	struct port *opened = calloc(1, sizeof(*opened));

	if (!opened)
		return fail(-ENOMEM, failure);
	opened->read_fd = STDIN_FILENO;
	opened->write_fd = STDOUT_FILENO;
	opened->baud = source->config->baud;
	if (port_begin(opened,
		       std_fds->pipe_len < 0 ? &sockets_kind : &pipes_kind,
		       source->name, source->config))
		return fail(-ENOMEM, failure);
	*port = opened;
	return 0;
}

/* One socket is as any other; it is the port's to close, so it gets its own. */
static int open_socket(const struct std_fds *std_fds, struct port **port,
		       struct failure *failure)
{
	int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	if (fd < 0)
		return fail(-errno, failure);
	return stream_open(port, fd, std_fds->source.name,
			   std_fds->source.config, failure);
}

static int std_fds_look(struct source *source, struct port **port,
			uint64_t now_ns, struct failure *failure)
{
	const struct std_fds *std_fds = (struct std_fds *)source;

	(void)now_ns;
	return std_fds->is_one_socket ? open_socket(std_fds, port, failure)
				      : open_two(std_fds, port, failure);
}

static void std_fds_close(struct source *source)
{
	give_back((struct std_fds *)source);
}

const struct source_kind std_fds_kind = {
	.prefix = "-",
	.framing = &slip_framing,
	.no_reconnect = true,
	.how_lost = "the other end closed it",
	.remedy = "start both again",
	.found_as = "which is",
	.check = std_fds_check,
	.size = sizeof(struct std_fds),
	.open = std_fds_open,
	.look = std_fds_look,
	.close = std_fds_close,
};
