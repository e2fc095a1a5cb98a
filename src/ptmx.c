/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pty that is made for another program to open, in place of a serial port.
 *
 * It is there as long as we are, and with it its name and the link to that.
 * The port is there while somebody has it open. That nobody has, the master
 * side knows (POLLHUP), but only of one that was opened before, so we do that
 * ourselves once. That somebody opens it, the file system tells (inotify(7)).
 *
 * What one program has left unread is not for the next one, nor are the
 * settings that it has made: whenever the port is let go of, the pty is made as
 * it was in the beginning.
 *
 * To see to the other side we open it by way of the master (TIOCGPTPEER), which
 * asks neither for permission nor for a file system that has it.
 */
#include "ptmx.h"
#include "finder.h"
#include "log.h"
#include "port.h"
#include "pty.h"
#include "slip.h"
#include "tty.h"
#include "watch.h"

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

#define PTMX_DIRECTORY "/dev/pts/"

/* Room for a number behind that. */
#define PTMX_PATH_MAX 32

struct ptmx {
	struct finder finder;
	int master;
	int watch_fd;
	char path[PTMX_PATH_MAX]; /* of the other side */
	const char *link;	  /* NULL: there is none, or none yet */
};

struct ptmx_port {
	struct port port;
	const struct ptmx *ptmx;
};

static void ptmx_other_end(const char *rest, char name[FINDER_NAME_MAX])
{
	if (*rest)
		snprintf(name, FINDER_NAME_MAX, "%s%s",
			 strchr(rest, '/') ? "" : "./", rest);
}

static int open_other_side(const struct ptmx *ptmx)
{
	return ioctl(ptmx->master, TIOCGPTPEER,
		     O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

/*
 * Raw, and of the speed that was asked for, for who opens it to see. It is for
 * them to say whether they want flow control. Return: 0 or -errno, logged.
 */
static int set_up(const struct ptmx *ptmx)
{
	struct port_config config = *ptmx->finder.config;
	struct termios2 settings;
	int err = tty_get(ptmx->master, ptmx->path, &settings);

	if (err)
		return err;
	config.flow = PORT_FLOW_NONE;
	settings = pty_raw(&settings, &config);
	return tty_set(ptmx->master, ptmx->path, &settings);
}

/*
 * What the other side has not read is thrown away, and it may write again; and
 * if nobody else has it open, the master knows. Return: 0 or -errno, logged.
 */
static int clear_other_side(const struct ptmx *ptmx)
{
	int fd = open_other_side(ptmx);
	int err;

	if (fd < 0) {
		err = -errno;
		log_error("cannot open %s: %s%s", ptmx->path, strerror(-err),
			  err == -EBUSY ? " (a program has kept it to itself, "
					  "TIOCEXCL: start again for one that "
					  "not only root can open)"
					: "");
		return err;
	}
	ioctl(fd, TCFLSH, TCIFLUSH);
	ioctl(fd, TCXONC, TCOON);
	close(fd);
	return 0;
}

/* Make it as it was in the beginning. Return: 0 or -errno, logged. */
static int begin_anew(const struct ptmx *ptmx)
{
	int err = clear_other_side(ptmx);
	int set_up_err = set_up(ptmx);

	return err ? err : set_up_err;
}

/* Return: 0 or -errno. */
static int make_pty(struct ptmx *ptmx)
{
	int err;

	ptmx->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (ptmx->master < 0)
		return -errno;
	err = ptsname_r(ptmx->master, ptmx->path, sizeof(ptmx->path));
	if (err)
		return -err;
	return unlockpt(ptmx->master) ? -errno : 0;
}

/* Be woken when somebody opens it. Return: 0 or -errno. */
static int watch_opening(struct ptmx *ptmx)
{
	ptmx->watch_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (ptmx->watch_fd < 0 ||
	    inotify_add_watch(ptmx->watch_fd, ptmx->path, IN_OPEN) < 0)
		return -errno;
	return finder_wait_on(&ptmx->finder, ptmx->watch_fd, EPOLLIN);
}

/*
 * Where a link leads that we may replace: one that was left behind leads to a
 * pty that has ended, or whose number is ours now.
 */
static bool is_stale(const struct ptmx *ptmx, const char *target)
{
	struct stat file;

	return !strcmp(target, ptmx->path) ||
	       (!strncmp(target, PTMX_DIRECTORY, strlen(PTMX_DIRECTORY)) &&
		lstat(target, &file) && errno == ENOENT);
}

/* Where a link leads. Return: false if it is none. */
static bool read_link(const char *link, char target[PATH_MAX])
{
	ssize_t len = readlink(link, target, PATH_MAX - 1);

	if (len < 0)
		return false;
	target[len] = '\0';
	return true;
}

/* Return: 0, or -EEXIST, logged, if there is what is to stay. */
static int make_room(const struct ptmx *ptmx, const char *link)
{
	char target[PATH_MAX] = "";
	struct stat file;

	if (lstat(link, &file))
		return 0;
	if (read_link(link, target) && is_stale(ptmx, target)) {
		/* If it cannot be removed, the new one cannot be made. */
		unlink(link);
		return 0;
	}
	log_error("cannot make the link %s: it is there already%s%s (remove "
		  "it, or choose another name)",
		  link, *target ? ", to " : "", target);
	return -EEXIST;
}

/* Return: 0 or -errno, logged. */
static int make_link(struct ptmx *ptmx, const char *link)
{
	int err = make_room(ptmx, link);

	if (err)
		return err;
	if (symlink(ptmx->path, link)) {
		err = -errno;
		log_error("cannot make the link %s: %s (choose a directory "
			  "that is there and that you may write to)",
			  link, strerror(-err));
		return err;
	}
	ptmx->link = link;
	return 0;
}

static void remove_link(const struct ptmx *ptmx)
{
	char target[PATH_MAX];

	if (!ptmx->link || !read_link(ptmx->link, target) ||
	    strcmp(target, ptmx->path) != 0)
		return;
	if (unlink(ptmx->link))
		log_warning("cannot remove the link %s: %s", ptmx->link,
			    strerror(errno));
}

static void undo(struct ptmx *ptmx)
{
	remove_link(ptmx);
	if (ptmx->watch_fd >= 0)
		close(ptmx->watch_fd);
	if (ptmx->master >= 0)
		close(ptmx->master);
}

/* Without a link, the pty is called what the other program calls it. */
static int choose_names(struct ptmx *ptmx)
{
	char *name;
	int err;

	if (ptmx->link) {
		if (asprintf(&name, "%s (%s)", ptmx->path, ptmx->link) < 0)
			return -ENOMEM;
		err = finder_set_awaited(&ptmx->finder, name);
		free(name);
		return err;
	}
	name = strdup(ptmx->path);
	if (!name)
		return -ENOMEM;
	free(ptmx->finder.name);
	ptmx->finder.name = name;
	return finder_set_awaited(&ptmx->finder, name);
}

static int ptmx_open(struct finder *finder)
{
	struct ptmx *ptmx = (struct ptmx *)finder;
	const char *link = finder_rest(finder);
	int err;

	ptmx->watch_fd = -1;
	err = make_pty(ptmx);
	if (err)
		goto report;
	err = begin_anew(ptmx);
	if (err)
		goto undo;
	err = watch_opening(ptmx);
	if (err)
		goto report;
	err = *link ? make_link(ptmx, link) : 0;
	if (err)
		goto undo;
	err = choose_names(ptmx);
	if (!err)
		return 0;
report:
	log_error("cannot make a pty: %s", strerror(-err));
undo:
	undo(ptmx);
	return err;
}

static void ptmx_port_close(struct port *port)
{
	const struct ptmx *ptmx = ((const struct ptmx_port *)port)->ptmx;

	begin_anew(ptmx);
	finder_wait_on(&ptmx->finder, ptmx->watch_fd, EPOLLIN);
	free(port);
}

static const struct port_kind ptmx_port_kind = {
	.close = ptmx_port_close,
};

static int open_port(const struct ptmx *ptmx, struct port **port)
{
	struct ptmx_port *opened = calloc(1, sizeof(*opened));
	int err;

	if (!opened) {
		log_error("cannot open %s: %s", ptmx->path, strerror(ENOMEM));
		return -ENOMEM;
	}
	opened->ptmx = ptmx;
	opened->port.read_fd = ptmx->master;
	opened->port.write_fd = ptmx->master;
	opened->port.baud = ptmx->finder.config->baud;
	/* Who else opens it meanwhile is no news. */
	finder_wait_no_more(&ptmx->finder, ptmx->watch_fd);
	err = port_begin(&opened->port, &ptmx_port_kind, ptmx->path,
			 ptmx->finder.config);
	if (!err)
		*port = &opened->port;
	return err;
}

static bool is_open(const struct ptmx *ptmx)
{
	struct pollfd master = {.fd = ptmx->master};

	poll(&master, 1, 0);
	return !(master.revents & POLLHUP);
}

static int ptmx_look(struct finder *finder, struct port **port, uint64_t now_ns)
{
	struct ptmx *ptmx = (struct ptmx *)finder;

	(void)now_ns;
	/* What is opened from here on is seen, now or by being woken. */
	watch_clear(ptmx->watch_fd);
	finder->next_ns = UINT64_MAX;
	return is_open(ptmx) ? open_port(ptmx, port) : -EAGAIN;
}

static void ptmx_close(struct finder *finder)
{
	undo((struct ptmx *)finder);
}

/*
 * What is on its way when a program ends is thrown away, and we cannot make one
 * begin again.
 */
const struct finder_kind ptmx_kind = {
	.prefix = "pty:",
	.framing = &slip_framing,
	.loses_octets = true,
	.how_lost = "nobody has it open any more",
	.remedy = "start the program that uses it, and this one, again",
	.waited_for = "a program to open ",
	.found_as = "as",
	.other_end = ptmx_other_end,
	.size = sizeof(struct ptmx),
	.open = ptmx_open,
	.look = ptmx_look,
	.close = ptmx_close,
};
