/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a device is looked for.
 *
 * What is looked for is what the user meant. A link, such as those in
 * /dev/serial/by-id, says that by itself: whatever it points to is the port.
 * The name of a USB adapter's device, such as /dev/ttyUSB0, does not: after an
 * unplug the same adapter may be /dev/ttyUSB1, and another one /dev/ttyUSB0.
 * So it is the adapter that is followed, once it has been seen. Any other name
 * is just that name.
 *
 * When to look is told by the file system (watch). Not everything is: that
 * another program lets go of a port, or that a driver is ready, has to be tried
 * out.
 */
#include "line/device.h"
#include "backoff.h"
#include "clock.h"
#include "failure.h"
#include "framing/slip.h"
#include "line/source.h"
#include "log.h"
#include "port/adapter.h"
#include "port/port.h"
#include "port/port_config.h"
#include "port/pty.h"
#include "port/serial.h"
#include "port/watch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A directory where much happens is no reason to look all the time. */
#define DEVICE_REST_NS (20 * NS_PER_MS)

/**
 * struct device - looks for a device
 * @adapter:         what is followed, if it is
 * @follows_adapter: it is
 * @had_pty:         the last port was a pty
 * @pty_made:        then, when it was made
 * @link_made:       and when the last link of its name was; 0: there is none
 * @has_looked:      this is not the first look
 * @watch_fd:        from watch_open(), while the port is not there
 * @rest:            between two looks
 */
struct device {
	struct source source;
	struct adapter adapter;
	bool follows_adapter;
	bool had_pty;
	struct timespec pty_made;
	struct timespec link_made;
	bool has_looked;
	int watch_fd;
	struct backoff rest;
};

/**
 * device_path() - where a device of this name is to be found
 * @name: a path, or, without a slash, a name below /dev
 *
 * Return: an absolute path to be freed, links not followed, and it need not
 * exist; NULL and errno
 */
char *device_path(const char *name)
{
	char *path = NULL;
	char *here;

	if (*name == '/')
		return strdup(name);
	if (!strchr(name, '/'))
		return asprintf(&path, "/dev/%s", name) < 0 ? NULL : path;
	here = getcwd(NULL, 0);
	if (!here || asprintf(&path, "%s/%s", here, name) < 0)
		path = NULL;
	free(here);
	return path;
}

static int device_begin(struct source *source, struct failure *failure)
{
	struct device *device = (struct device *)source;

	(void)failure;
	device->watch_fd = -1;
	device->rest = backoff_new(DEVICE_REST_NS, DEVICE_REST_NS);
	return 0;
}

static bool is_link(const char *path)
{
	struct stat file;

	return !lstat(path, &file) && S_ISLNK(file.st_mode);
}

/* Learn which adapter is to be followed, now that it is there. */
static void meet_adapter(struct device *device, const struct port *port)
{
	if (device->follows_adapter || is_link(device->source.name) ||
	    adapter_identify(&device->adapter, port->name))
		return;
	device->follows_adapter = true;
	if (adapter_follows_socket(&device->adapter))
		log_info("no serial number tells %s from others: if it is "
			 "unplugged, the USB socket %s is watched, whatever "
			 "comes there",
			 port->name, device->adapter.topology);
}

static bool is_same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* When was the last one of the links made that the name leads along? */
static struct timespec find_link_made(const struct device *device)
{
	struct timespec made = {0};
	char path[PATH_MAX];
	struct stat link;
	int i;

	snprintf(path, sizeof(path), "%s", device->source.name);
	for (i = 0; i < WATCH_LINKS_MAX; i++) {
		if (lstat(path, &link) || !watch_follow(path))
			break;
		made = link.st_ctim;
	}
	return made;
}

/*
 * The number of a pty that is gone is given to the next pty, whosever that is.
 * So a pty is taken again if it is the same one, or if somebody has made the
 * link to it anew: socat's link= does, and removes it at the end. Return: 0 or
 * -EBUSY.
 */
static int check_pty(const struct device *device, const struct stat *pty,
		     struct failure *failure)
{
	const struct timespec link_made = find_link_made(device);

	if (!device->had_pty ||
	    is_same_time(&device->pty_made, &pty->st_ctim) ||
	    !is_same_time(&device->link_made, &link_made))
		return 0;
	return failure_set(failure, -EBUSY,
			   "cannot use %s: %s (it leads to another pty with "
			   "the number of the one that was lost, which may be "
			   "anybody's: make the link anew)",
			   device->source.name, strerror(EBUSY));
}

/* Remember which pty it is; one that was named by its number is found once. */
static void meet_pty(struct device *device, const struct port *port)
{
	struct stat pty;

	if (device->follows_adapter || fstat(port->read_fd, &pty) ||
	    !pty_claims(&pty))
		return;
	device->had_pty = true;
	device->pty_made = pty.st_ctim;
	device->link_made = find_link_made(device);
	if (!device->link_made.tv_sec)
		device->source.gone =
			"the next pty of that number may be anybody's: start "
			"again with the new one, or name a link to it, as "
			"socat's link= makes";
}

static int fail_missing(const struct device *device, int err,
			struct failure *failure)
{
	return failure_set(failure, err,
			   "cannot find port %s: %s (%s--list shows the ports "
			   "that there are%s)",
			   device->source.name, strerror(-err),
			   err == -ENOENT ? "is it plugged in? " : "",
			   err == -ENOENT ? ", --wait waits" : "");
}

/* Open the file at @path, links resolved. Return: 0 or -errno. */
static int open_file(const struct device *device, struct port **port,
		     const char *path, struct failure *failure)
{
	const struct port_config *config = device->source.config;
	struct stat file;
	int err;

	if (stat(path, &file))
		return fail_missing(device, -errno, failure);
	if (pty_claims(&file)) {
		err = check_pty(device, &file, failure);
		return err ? err : pty_open(port, path, config, failure);
	}
	if (serial_claims(&file))
		return serial_open(port, path, config, failure);
	return failure_set(failure, -ENOTTY,
			   "cannot use %s as a port: it is not a serial device "
			   "or a pty (name one, such as /dev/ttyUSB0)",
			   device->source.name);
}

/*
 * Where the port is now, links followed, such as those in /dev/serial/by-id;
 * libserialport 0.1.1 does not. Return: a string to be freed, or NULL and
 * errno.
 */
static char *find_file(const struct device *device)
{
	char *found;

	if (!device->follows_adapter)
		return realpath(device->source.name, NULL);
	found = adapter_find(&device->adapter);
	if (!found)
		errno = ENOENT;
	return found;
}

/* Open the port where it is now. Return: 0 or -errno. */
static int open_port(struct device *device, struct port **port,
		     struct failure *failure)
{
	char *path = find_file(device);
	int err;

	if (!path)
		return fail_missing(device, -errno, failure);
	err = open_file(device, port, path, failure);
	free(path);
	if (err)
		return err;
	meet_adapter(device, *port);
	meet_pty(device, *port);
	return 0;
}

static void stop_watching(struct device *device)
{
	if (device->watch_fd >= 0)
		close(device->watch_fd);
	device->watch_fd = -1;
}

/* Before looking, or what comes in between is missed. */
static void watch(struct device *device)
{
	if (device->watch_fd < 0)
		device->watch_fd = watch_open();
	watch_path(device->watch_fd, device->source.name);
	source_watch(&device->source, device->watch_fd, EPOLLIN);
}

static int device_look(struct source *source, struct port **port,
		       uint64_t now_ns, struct failure *failure)
{
	struct device *device = (struct device *)source;
	int err;

	if (device->watch_fd >= 0 && watch_clear(device->watch_fd))
		source->news = true;
	if (backoff_rests(&device->rest, now_ns)) {
		source->next_ns = device->rest.next_ns;
		return -EAGAIN;
	}
	backoff_pause(&device->rest, now_ns);
	/* At first it mostly is there, and to end a watch takes 15 ms. */
	if (device->has_looked)
		watch(device);
	device->has_looked = true;
	err = open_port(device, port, failure);
	if (!err)
		stop_watching(device);
	return err;
}

static void device_end(struct source *source)
{
	stop_watching((struct device *)source);
}

const struct source_kind device_kind = {
	.prefix = "",
	.framing = &slip_framing,
	.is_serial = true,
	.loses_bytes = true,
	.how_lost = "it hung up",
	.remedy = "plug it in and start again",
	.found_as = "as",
	.size = sizeof(struct device),
	.open = device_begin,
	.look = device_look,
	.close = device_end,
};
