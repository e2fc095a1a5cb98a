/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Make a pty for another program to open in place of a serial port.
 *
 * The pty, its name and the link to it live as long as the source. There is a
 * port while a program has the slave open. The master shows POLLHUP while none
 * has, but only after the slave was opened once, so the source opens and closes
 * it. inotify(7) tells when a program opens the slave.
 *
 * The next program must not get bytes or settings of the last one: when the
 * port is closed, the source resets the pty.
 *
 * The source opens the slave through the master (TIOCGPTPEER), which needs no
 * permission and no mounted devpts.
 */
#include "line/pty_make.h"
#include "failure.h"
#include "framing/slip.h"
#include "line/source.h"
#include "log.h"
#include "port/port.h"
#include "port/port_config.h"
#include "port/tty.h"
#include "port/watch.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PTY_MAKE_DIRECTORY "/dev/pts/"

/* Size of a number behind that. */
#define PTY_MAKE_PATH_MAX 32

struct pty_make {
	struct source source;
	int master;
	int watch_fd;
	char path[PTY_MAKE_PATH_MAX]; /* of the slave */
	const char *link;	      /* NULL: none, or not made yet */
};

struct pty_make_port {
	struct port port;
	const struct pty_make *pty_make;
};

static void pty_make_other_end(const char *rest, char name[SOURCE_NAME_MAX])
{
	if (*rest)
		snprintf(name, SOURCE_NAME_MAX, "%s%s",
			 strchr(rest, '/') ? "" : "./", rest);
}

static int open_other_side(const struct pty_make *pty_make)
{
	return ioctl(pty_make->master, TIOCGPTPEER,
		     O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

/*
 * Make the pty raw, with the speed of --baud, for the other program to see.
 * Flow control is left to that program. Return: 0 or -errno.
 */
static int set_up(const struct pty_make *pty_make, struct failure *failure)
{
	struct port_config config = *pty_make->source.config;
	struct termios2 settings;
	int err = tty_get(pty_make->master, pty_make->path, &settings, failure);

	if (err)
		return err;
	config.flow = PORT_FLOW_NONE;
	settings = tty_raw(&settings, &config);
	return tty_set(pty_make->master, pty_make->path, &settings, failure);
}

/*
 * Drop bytes that the other program has not read, undo its XOFF, and make the
 * master show POLLHUP unless the slave is still open. Return: 0 or -errno.
 */
static int clear_other_side(const struct pty_make *pty_make,
			    struct failure *failure)
{
	int fd = open_other_side(pty_make);
	int err;

	if (fd < 0) {
		err = -errno;
		return failure_set(failure, err, "cannot open %s: %s%s",
				   pty_make->path, strerror(-err),
				   err == -EBUSY
					   ? " (a program holds it "
					     "exclusively, TIOCEXCL: start "
					     "serialtun again to get a new "
					     "pty)"
					   : "");
	}
	ioctl(fd, TCFLSH, TCIFLUSH);
	ioctl(fd, TCXONC, TCOON);
	close(fd);
	return 0;
}

/* Reset the pty to its first state. Return: 0 or -errno. */
static int reset_pty(const struct pty_make *pty_make, struct failure *failure)
{
	int err = clear_other_side(pty_make, failure);
	int set_up_err = set_up(pty_make, failure);

	return err ? err : set_up_err;
}

/* Return: 0 or -errno. */
static int make_pty(struct pty_make *pty_make)
{
	int err;

	pty_make->master =
		posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (pty_make->master < 0)
		return -errno;
	err = ptsname_r(pty_make->master, pty_make->path,
			sizeof(pty_make->path));
	if (err)
		return -err;
	return unlockpt(pty_make->master) ? -errno : 0;
}

/* Wake the source when a program opens the slave. Return: 0 or -errno. */
static int watch_opening(struct pty_make *pty_make)
{
	pty_make->watch_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (pty_make->watch_fd < 0 ||
	    inotify_add_watch(pty_make->watch_fd, pty_make->path, IN_OPEN) < 0)
		return -errno;
	return 0;
}

/*
 * May we replace a link with this target? A stale link leads to a closed pty,
 * or to a number that is ours now.
 */
static bool is_stale(const struct pty_make *pty_make, const char *target)
{
	struct stat file;

	return !strcmp(target, pty_make->path) ||
	       (!strncmp(target, PTY_MAKE_DIRECTORY,
			 strlen(PTY_MAKE_DIRECTORY)) &&
		lstat(target, &file) && errno == ENOENT);
}

/* Read a link. Return: false if it is not a link. */
static bool read_link(const char *link, char target[PATH_MAX])
{
	ssize_t len = readlink(link, target, PATH_MAX - 1);

	if (len < 0)
		return false;
	target[len] = '\0';
	return true;
}

/* Return: 0, or -EEXIST if a file that is not ours is there. */
static int make_room(const struct pty_make *pty_make, const char *link,
		     struct failure *failure)
{
	char target[PATH_MAX] = "";
	struct stat file;

	if (lstat(link, &file))
		return 0;
	if (read_link(link, target) && is_stale(pty_make, target)) {
		/* If this fails, so does symlink(). */
		unlink(link);
		return 0;
	}
	return failure_set(failure, -EEXIST,
			   "cannot make the link %s: it exists already%s%s "
			   "(remove it, or choose another name)",
			   link, *target ? ", to " : "", target);
}

/* Return: 0 or -errno. */
static int make_link(struct pty_make *pty_make, const char *link,
		     struct failure *failure)
{
	int err = make_room(pty_make, link, failure);

	if (err)
		return err;
	if (symlink(pty_make->path, link)) {
		err = -errno;
		return failure_set(failure, err,
				   "cannot make the link %s: %s (choose an "
				   "existing directory that you may write to)",
				   link, strerror(-err));
	}
	pty_make->link = link;
	return 0;
}

static void remove_link(const struct pty_make *pty_make)
{
	char target[PATH_MAX];

	if (!pty_make->link || !read_link(pty_make->link, target) ||
	    strcmp(target, pty_make->path) != 0)
		return;
	if (unlink(pty_make->link))
		log_warning("cannot remove the link %s: %s", pty_make->link,
			    strerror(errno));
}

static void close_pty(struct pty_make *pty_make)
{
	if (pty_make->watch_fd >= 0)
		close(pty_make->watch_fd);
	if (pty_make->master >= 0)
		close(pty_make->master);
}

/* The port's name: the pty's, which the other program uses, and the link's. */
static int choose_names(struct pty_make *pty_make)
{
	char *name;
	int err;

	if (pty_make->link) {
		if (asprintf(&name, "%s (%s)", pty_make->path, pty_make->link) <
		    0)
			return -ENOMEM;
		err = source_set_awaited(&pty_make->source, name);
		free(name);
		return err;
	}
	name = strdup(pty_make->path);
	if (!name)
		return -ENOMEM;
	free(pty_make->source.name);
	pty_make->source.name = name;
	return source_set_awaited(&pty_make->source, name);
}

static int pty_make_open(struct source *source, struct failure *failure)
{
	struct pty_make *pty_make = (struct pty_make *)source;
	const char *link = source_rest(source);
	int err;

	pty_make->watch_fd = -1;
	err = make_pty(pty_make);
	if (err)
		goto report;
	err = reset_pty(pty_make, failure);
	if (err)
		goto undo;
	err = watch_opening(pty_make);
	if (err)
		goto report;
	err = *link ? make_link(pty_make, link, failure) : 0;
	if (err)
		goto undo;
	err = choose_names(pty_make);
	if (!err)
		return 0;
report:
	failure_set(failure, err, "cannot make a pty: %s", strerror(-err));
undo:
	remove_link(pty_make);
	close_pty(pty_make);
	return err;
}

static void pty_make_port_close(struct port *port)
{
	const struct pty_make *pty_make =
		((const struct pty_make_port *)port)->pty_make;
	struct failure failure;

	if (reset_pty(pty_make, &failure))
		log_warning("%s", failure.text);
}

static const struct port_kind pty_make_port_kind = {
	.close = pty_make_port_close,
	.resume = tty_resume,
};

static int open_port(const struct pty_make *pty_make, struct port **port,
		     struct failure *failure)
{
	struct pty_make_port *opened =
		port_new(sizeof(*opened), pty_make->path, failure);

	if (!opened)
		return -ENOMEM;
	opened->pty_make = pty_make;
	opened->port.read_fd = pty_make->master;
	opened->port.write_fd = pty_make->master;
	opened->port.baud = pty_make->source.config->baud;
	*port = port_begin(&opened->port, &pty_make_port_kind,
			   pty_make->source.config);
	return 0;
}

/* A program that has closed it again may have left bytes. */
static bool is_open(const struct pty_make *pty_make)
{
	struct pollfd master = {.fd = pty_make->master, .events = POLLIN};

	poll(&master, 1, 0);
	return !(master.revents & POLLHUP) || master.revents & POLLIN;
}

static int pty_make_look(struct source *source, struct port **port,
			 uint64_t now_ns, struct failure *failure)
{
	struct pty_make *pty_make = (struct pty_make *)source;

	(void)now_ns;
	/* Clear first: a later open is seen below, or wakes the source. */
	watch_clear(pty_make->watch_fd);
	if (is_open(pty_make))
		return open_port(pty_make, port, failure);
	return source_watch(source, pty_make->watch_fd, EPOLLIN) ? -ENOMEM
								 : -EAGAIN;
}

static void pty_make_remove(struct source *source)
{
	remove_link((struct pty_make *)source);
}

static void pty_make_close(struct source *source)
{
	close_pty((struct pty_make *)source);
}

/* A closed pty loses the bytes in flight, and the peer cannot be restarted. */
const struct source_kind pty_make_kind = {
	.prefix = "pty:",
	.framing = &slip_framing,
	.loses_bytes = true,
	.how_lost = "no program has it open any more",
	.remedy = "start the program that uses it and serialtun again",
	.waited_for = "a program to open ",
	.found_as = "as",
	.other_end = pty_make_other_end,
	.size = sizeof(struct pty_make),
	.open = pty_make_open,
	.look = pty_make_look,
	.remove_file = pty_make_remove,
	.close = pty_make_close,
};
