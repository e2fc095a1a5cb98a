/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Standard input and output as the port: ssh, inetd, socat's EXEC or QEMU has
 * connected them to two pipes, or to one socket, before it started us.
 *
 * The descriptors are borrowed. O_NONBLOCK belongs to the open file, which
 * other processes may share, so the source restores it at the end. Nobody
 * connects a lost port again, so the program then ends.
 *
 * The source refuses a terminal: a user's terminal would show packets and send
 * the user's keystrokes. If a terminal really is the line, the user can name
 * it; serialtun then locks it, sets it up and restores it like every tty.
 *
 * inetd connects standard error, too. Messages would then mix with packets, so
 * the source turns them off.
 *
 * A pipe holds 64 KB by default. FIONREAD tells how much is in it, but it polls
 * writable whenever a page is free. So the source shrinks the pipe, to keep
 * packets in our queue.
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

/* Size that we ask for, in bytes; the kernel may refuse. */
#define STD_FDS_PIPE_LEN 16384

/* Minor number of /dev/null (devices.txt). */
#define STD_FDS_NULL_MINOR 3

#define STD_FDS_REMEDY "connect a pipe or a socket, as ssh and socat's EXEC do"

struct std_fds {
	struct source source;
	bool is_one_socket;
	int read_flags; /* flags of standard input at the start */
	int write_flags;
	int pipe_len;  /* its size at the start; -1: stdout is not a pipe */
	bool took_fds; /* standard input, at the start */
};

static bool std_fds_check(const char *rest, char why[SOURCE_WHY_MAX])
{
	if (!*rest)
		return true;
	snprintf(why, SOURCE_WHY_MAX,
		 "is not a port, but - alone is standard input and output");
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
			   "line, give --port %s)",
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
		return refuse(what, "it is a socket, but not a stream",
			      "for datagrams there is --port udp:HOST:PORT",
			      failure);
	if (getpeername(fd, (struct sockaddr *)&peer, &len))
		return refuse(what, "it is a socket that is not connected",
			      "let inetd accept, with nowait", failure);
	return 0;
}

/* Can this descriptor carry packets? Return: 0 or -EINVAL. */
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

/* If standard error is the line, too, turn messages off. */
static void silence_stderr(void)
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

/* Read both flags before changing either: the files may be the same. */
static void borrow_fds(struct std_fds *std_fds)
{
	std_fds->read_flags = fcntl(STDIN_FILENO, F_GETFL);
	std_fds->write_flags = fcntl(STDOUT_FILENO, F_GETFL);
	std_fds->pipe_len = fcntl(STDOUT_FILENO, F_GETPIPE_SZ);
	std_fds->took_fds = stream_take_fds(STDIN_FILENO, false);
	fcntl(STDIN_FILENO, F_SETFL, std_fds->read_flags | O_NONBLOCK);
	fcntl(STDOUT_FILENO, F_SETFL, std_fds->write_flags | O_NONBLOCK);
	if (std_fds->pipe_len > STD_FDS_PIPE_LEN)
		fcntl(STDOUT_FILENO, F_SETPIPE_SZ, STD_FDS_PIPE_LEN);
}

static void restore_fds(const struct std_fds *std_fds)
{
	stream_take_fds(STDIN_FILENO, std_fds->took_fds);
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
	silence_stderr();
	borrow_fds(std_fds);
	return 0;
}

static size_t pipes_queued(const struct port *port)
{
	int queued;

	if (ioctl(port->write_fd, FIONREAD, &queued) || queued < 0)
		return 0;
	return (size_t)queued;
}

static const struct port_kind pipes_kind = {
	.is_stream = true,
	.queued = pipes_queued,
};

/* Two sockets count their queued bytes in the default way (SIOCOUTQ). */
static const struct port_kind sockets_kind = {0};

static int open_two(const struct std_fds *std_fds, struct port **port,
		    struct failure *failure)
{
	const struct source *source = &std_fds->source;
	struct port *opened = port_new(sizeof(*opened), source->name, failure);

	if (!opened)
		return -ENOMEM;
	opened->read_fd = STDIN_FILENO;
	opened->write_fd = STDOUT_FILENO;
	opened->baud = source->config->baud;
	*port = port_begin(opened,
			   std_fds->pipe_len < 0 ? &sockets_kind : &pipes_kind,
			   source->config);
	return 0;
}

/* One socket is a stream; the port closes its own duplicate. */
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
	restore_fds((struct std_fds *)source);
}

const struct source_kind std_fds_kind = {
	.prefix = "-",
	.framing = &slip_framing,
	.no_reconnect = true,
	.how_lost = "the peer closed it",
	.remedy = "start both ends again",
	.found_as = "which is",
	.check = std_fds_check,
	.size = sizeof(struct std_fds),
	.open = std_fds_open,
	.look = std_fds_look,
	.close = std_fds_close,
};
