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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

/* A directory where much happens is no reason to look all the time. */
#define DEVICE_REST_NS (20 * NS_PER_MS)

struct device {
	struct source source;
	struct adapter adapter;
	bool follows_adapter;
	bool has_looked;
	int watch_fd;
	struct backoff rest;
};

/* The first that claims a file opens it. */
static const struct {
	bool (*claims)(const struct stat *file);
	int (*open)(struct port **port, const char *path,
		    const struct port_config *config, struct failure *failure);
} kinds[] = {
	{pty_claims, pty_open},
	{serial_claims, serial_open},
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
	struct stat file;
	size_t i;

	if (stat(path, &file))
		return fail_missing(device, -errno, failure);
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].claims(&file))
			return kinds[i].open(port, path, device->source.config,
					     failure);
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
	if (!err)
		meet_adapter(device, *port);
	return err;
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
