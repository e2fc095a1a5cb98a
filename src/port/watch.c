/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * To be woken when a name in the file system may have come to mean something
 * (inotify(7)).
 *
 * What is watched are directories: the one that the name is in, or, as long as
 * that is not there (udev removes /dev/serial/by-id with the last adapter), the
 * nearest one above it that is; and if the name is a link, the same for what
 * it points to. Changed attributes count, because udev gives a device to its
 * group only after the node has appeared. Closed files do not: of several that
 * wait for one busy port, each attempt would wake the others.
 */
#include "port/watch.h"
#include "log.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define WATCH_EVENTS \
	(IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_ONLYDIR | IN_EXCL_UNLINK)

/**
 * watch_open() - begin to watch nothing yet
 *
 * A failure is logged; it is not the end: who waits has to look now and then
 * anyway.
 *
 * Return: a descriptor that is readable when there is reason to look again; -1
 * if there is none to be had
 */
int watch_open(void)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (fd < 0)
		log_debug("cannot watch for the port: %s", strerror(errno));
	return fd;
}

/* Cut a path to the directory above. Return: false if there is none. */
static bool cut_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || !strcmp(path, "/"))
		return false;
	slash[slash == path] = '\0';
	return true;
}

/* Watch the nearest directory above a path that exists. */
static void watch_above(int fd, const char *path)
{
	char above[PATH_MAX];

	snprintf(above, sizeof(above), "%s", path);
	while (cut_last(above))
		if (inotify_add_watch(fd, above, WATCH_EVENTS) >= 0)
			return;
}

/**
 * watch_follow() - what does a link point to, seen from where it is?
 * @path: absolute; replaced by where it points to
 *
 * Return: false if it is no link
 */
bool watch_follow(char path[PATH_MAX])
{
	char target[PATH_MAX];
	char *end = strrchr(path, '/');
	ssize_t len = readlink(path, target, sizeof(target) - 1);
	size_t room;

	if (len <= 0 || !end)
		return false;
	target[len] = '\0';
	if (*target == '/')
		end = path;
	else
		end++;
	room = PATH_MAX - (size_t)(end - path);
	return (size_t)snprintf(end, room, "%s", target) < room;
}

/**
 * watch_path() - also watch for what this name stands for
 * @fd:   from watch_open(); -1 does nothing
 * @path: absolute; nothing of it need exist
 *
 * To be called again after each look, because what there is to be watched
 * changes; what is watched already is not watched twice.
 */
void watch_path(int fd, const char *path)
{
	char name[PATH_MAX];
	int i;

	if (fd < 0)
		return;
	snprintf(name, sizeof(name), "%s", path);
	for (i = 0; i < WATCH_LINKS_MAX; i++) {
		watch_above(fd, name);
		if (!watch_follow(name))
			break;
	}
}

/**
 * watch_clear() - before looking: what has happened so far is about to be seen
 * @fd: from watch_open(); -1 does nothing
 *
 * Return: true if anything has
 */
bool watch_clear(int fd)
{
	char events[4096];
	bool any = false;

	while (fd >= 0 && read(fd, events, sizeof(events)) > 0)
		any = true;
	return any;
}
