/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Find a device.
 *
 * A link, such as those in /dev/serial/by-id, always leads to the device that
 * the user means. The name of a USB adapter's device, such as /dev/ttyUSB0,
 * does not: after an unplug the same adapter may be /dev/ttyUSB1, and another
 * one /dev/ttyUSB0. So, once an adapter is found, the source follows the
 * adapter. Any other name stands for itself.
 *
 * The file system tells when to look (watch), but not always: only an attempt
 * shows that another program has closed the port, or that a driver is ready.
 */
#include "line/device.h"
#include "backoff.h"
#include "clock.h"
#include "failure.h"
#include "framing/slip.h"
#include "line/source.h"
#include "log.h"
#include "port/adapter.h"
#include "port/claim.h"
#include "port/port.h"
#include "port/port_config.h"
#include "port/pty.h"
#include "port/serial.h"
#include "port/serial_claim.h"
#include "port/tty.h"
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

/* In a busy directory, look no more often than this. */
#define DEVICE_REST_NS (20 * NS_PER_MS)

/**
 * struct device - looks for a device
 * @adapter:         the adapter to follow, if @follows_adapter
 * @follows_adapter: look for @adapter, not for the name
 * @had_pty:         the last port was a pty
 * @pty_made:        creation time of that pty
 * @link_made:       creation time of the last link to that pty; 0: no link
 * @has_looked:      this is not the first look
 * @watch_fd:        from watch_open(), while there is no port
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
 * device_path() - make the absolute path of a device
 * @name: a path or, without a slash, a name below /dev
 *
 * Return: the path, links not followed, to be freed; it need not exist. NULL
 * and errno on failure
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

/* Follow the adapter of this port, unless the name is a link. */
static void follow_adapter(struct device *device, const char *path)
{
	if (device->follows_adapter || is_link(device->source.name) ||
	    adapter_identify(&device->adapter, path))
		return;
	device->follows_adapter = true;
	if (adapter_follows_socket(&device->adapter))
		log_info("%s has no serial number of its own: after an unplug "
			 "serialtun takes any such adapter in USB socket "
			 "%s",
			 path, device->adapter.topology);
}

static bool is_same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* The creation time of the last link on the way from the name to the device. */
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
 * The kernel gives the number of a closed pty to the next one, of any program.
 * So accept a pty only if it is the same one, or if a program has made the link
 * again: socat's link= does, and removes the link at the end. Return: 0 or
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
			   "cannot use %s: %s (it leads to a new pty with the "
			   "number of the lost one, which may belong to any "
			   "program: make the link again)",
			   device->source.name, strerror(EBUSY));
}

static int fail_missing(const struct device *device, int err,
			struct failure *failure)
{
	return failure_set(failure, err,
			   "cannot find port %s: %s (%s--list shows the ports"
			   "%s)",
			   device->source.name, strerror(-err),
			   err == -ENOENT ? "is it plugged in? " : "",
			   err == -ENOENT ? ", --wait waits for it" : "");
}

/* Open the file at @claim->path. Return: 0 or -errno. */
static int claim_file(const struct device *device, struct claim *claim,
		      struct failure *failure)
{
	struct stat file;
	int err;

	if (stat(claim->path, &file))
		return fail_missing(device, -errno, failure);
	if (pty_claims(&file)) {
		err = check_pty(device, &file, failure);
		return err ? err : pty_claim(claim, failure);
	}
	if (serial_claims(&file))
		return serial_claim(claim, failure);
	return failure_set(failure, -ENOTTY,
			   "cannot use %s as a port: it is not a serial device "
			   "or a pty (name one, such as /dev/ttyUSB0)",
			   device->source.name);
}

/*
 * Resolve links, such as those in /dev/serial/by-id, because libserialport
 * 0.1.1 does not. Return: 0, and the present path; or -errno.
 */
static int find_file(const struct device *device, char path[PATH_MAX])
{
	char *found;

	if (!device->follows_adapter)
		return realpath(device->source.name, path) ? 0 : -errno;
	found = adapter_find(&device->adapter);
	if (!found)
		return -ENOENT;
	snprintf(path, PATH_MAX, "%s", found);
	free(found);
	return 0;
}

/*
 * Remember the pty, to recognise it later. A link that was made or removed
 * while the pty was opened may not be the one that led to it; then this pty
 * does not count. Return: 0 or -ENOENT.
 */
static int remember_pty(struct device *device, struct claim *claim,
			const struct timespec *link_made,
			struct failure *failure)
{
	const struct timespec made_now = find_link_made(device);
	struct stat pty;

	if (fstat(claim->fd, &pty) || !is_same_time(&made_now, link_made)) {
		close(claim->fd);
		claim->fd = -1;
		return fail_missing(device, -ENOENT, failure);
	}
	device->had_pty = true;
	device->pty_made = pty.st_ctim;
	device->link_made = *link_made;
	claim->is_last = !link_made->tv_sec;
	return 0;
}

static int device_claim(struct source *source, struct claim *claim,
			struct failure *failure)
{
	struct device *device = (struct device *)source;
	const struct timespec link_made = find_link_made(device);
	int err;

	*claim = (struct claim){.fd = -1};
	err = find_file(device, claim->path);
	if (err)
		return fail_missing(device, err, failure);
	err = claim_file(device, claim, failure);
	if (err)
		return err;
	follow_adapter(device, claim->path);
	if (claim->kind == CLAIM_PTY && !device->follows_adapter)
		return remember_pty(device, claim, &link_made, failure);
	return 0;
}

/* Return: 0 or -errno. */
static int open_port(struct device *device, struct port **port,
		     struct failure *failure)
{
	const struct port_config *config = device->source.config;
	struct claim claim;
	int err = source_claim(&device->source, &claim, failure);

	if (err)
		return err;
	if (claim.is_handed) {
		err = tty_take_over(claim.fd, claim.path, failure);
		if (err) {
			close(claim.fd);
			return err;
		}
	}
	if (claim.is_last)
		device->source.gone =
			"the next pty with this number may belong to any "
			"program: start again with the new pty, or name a "
			"link to it, as socat's link= makes";
	return claim.kind == CLAIM_PTY
		       ? pty_open(port, &claim, config, failure)
		       : serial_open(port, &claim, config, failure);
}

static void stop_watching(struct device *device)
{
	if (device->watch_fd >= 0)
		close(device->watch_fd);
	device->watch_fd = -1;
}

/* Call it before looking, or changes in between are missed. */
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
	/* The first look mostly finds the port, and a watch costs 15 ms. */
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
	.claim = device_claim,
	.look = device_look,
	.close = device_end,
};
