/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Wake the program when a path may have come to exist or changed (inotify(7)).
 *
 * inotify watches directories: the one of the path or, while that does not
 * exist (udev removes /dev/serial/by-id with the last adapter), the nearest
 * existing one above; and if the path is a link, the same for its target.
 * Changed attributes count, because udev sets a device's group after it has
 * made the node. Closed files do not count: of several programs that wait for
 * one busy port, each attempt would wake the others.
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
 * watch_open() - start with nothing watched
 *
 * Logs a failure, which is harmless: the caller also looks at intervals.
 *
 * Return: a descriptor that is readable when it is time to look again; -1 on
 * failure
 */
int watch_open(void)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (fd < 0)
		log_debug("cannot watch for the port: %s", strerror(errno));
	return fd;
}

/* Cut off the last component. Return: false if none is left. */
static bool cut_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || !strcmp(path, "/"))
		return false;
	slash[slash == path] = '\0';
	return true;
}

/* Watch the nearest existing directory above a path. */
static void watch_above(int fd, const char *path)
{
	char above[PATH_MAX];

	snprintf(above, sizeof(above), "%s", path);
	while (cut_last(above))
		if (inotify_add_watch(fd, above, WATCH_EVENTS) >= 0)
			return;
}

/**
 * watch_follow() - follow one link
 * @path: absolute; replaced by the link's target
 *
 * Return: false if it is not a link
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
 * watch_path() - watch a path, too
 * @fd:   from watch_open(); -1 does nothing
 * @path: absolute; need not exist
 *
 * Call it again before each look, because the existing directories change. It
 * does not watch a directory twice.
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
 * watch_clear() - discard the events so far; call it before looking
 * @fd: from watch_open(); -1 does nothing
 *
 * Return: true if there were any
 */
bool watch_clear(int fd)
{
	char events[4096];
	bool any = false;

	while (fd >= 0 && read(fd, events, sizeof(events)) > 0)
		any = true;
	return any;
}
