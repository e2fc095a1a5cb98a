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
#include "framing/slip.h"
#include "line/source.h"
#include "log.h"
#include "port/adapter.h"
#include "port/port.h"
#include "port/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

/* A directory where much happens is no reason to look all the time. */
#define DEVICE_REST_NS UINT64_C(20000000)

struct device {
	struct source source;
	struct adapter adapter;
	bool follows_adapter;
	bool has_looked;
	int watch_fd;
	uint64_t looked_ns;
};

static int device_open(struct source *source)
{
	struct device *device = (struct device *)source;

	device->watch_fd = -1;
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

/* Open the port where it is now. Return: 0 or -errno, logged. */
static int open_port(struct device *device, struct port **port)
{
	struct port_config config = *device->source.config;
	char *found = NULL;
	int err;

	config.name = device->source.name;
	if (device->follows_adapter) {
		found = adapter_find(&device->adapter);
		if (!found)
			return -ENOENT;
		config.name = found;
	}
	err = port_open(port, &config);
	free(found);
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
	if (device->watch_fd < 0) {
		device->watch_fd = watch_open();
		source_wait_on(&device->source, device->watch_fd, EPOLLIN);
	}
	watch_path(device->watch_fd, device->source.name);
}

static int device_look(struct source *source, struct port **port,
		       uint64_t now_ns)
{
	struct device *device = (struct device *)source;
	int err;

	if (device->watch_fd >= 0 && watch_clear(device->watch_fd))
		source->news = true;
	if (device->has_looked && now_ns < device->looked_ns + DEVICE_REST_NS) {
		source->next_ns = device->looked_ns + DEVICE_REST_NS;
		return -EAGAIN;
	}
	/* At first it mostly is there, and to end a watch takes 15 ms. */
	if (device->has_looked)
		watch(device);
	device->has_looked = true;
	device->looked_ns = now_ns;
	err = open_port(device, port);
	if (!err)
		stop_watching(device);
	return err;
}

static void device_close(struct source *source)
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
	.open = device_open,
	.look = device_look,
	.close = device_close,
};
