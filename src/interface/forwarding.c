/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Switches on the forwarding of IPv4 packets that come by one interface
 * (net.ipv4.conf.INTERFACE.forwarding in ip-sysctl), and off again.
 *
 * The file is open from the beginning, because the process that switches
 * forwarding off may open none. The kernel checks CAP_NET_ADMIN at each write.
 */
#include "interface/forwarding.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <unistd.h>

#define DIRECTORY "/proc/sys/net/ipv4/conf"

/**
 * forwarding_open() - open the kernel's file
 * @forwarding: filled in on success; forwarding_close() closes it
 * @interface:  name of the interface, or "all": the switch of the whole host
 *
 * Opens the file for reading if it may not be written, as in a container.
 *
 * Return: 0 or -errno
 */
int forwarding_open(struct forwarding *forwarding, const char *interface)
{
	char path[sizeof(DIRECTORY) + IFNAMSIZ + sizeof("//forwarding")];
	int fd;

	snprintf(path, sizeof(path), DIRECTORY "/%s/forwarding", interface);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 && (errno == EROFS || errno == EACCES || errno == EPERM))
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*forwarding = (struct forwarding){.fd = fd};
	return 0;
}

/**
 * forwarding_is_on() - are packets from the interface forwarded?
 * @forwarding: the open file
 *
 * Return: true if so
 */
bool forwarding_is_on(const struct forwarding *forwarding)
{
	char state = '0';

	return pread(forwarding->fd, &state, 1, 0) == 1 && state != '0';
}

/* Return: 0 or -errno; -EROFS: the file may only be read. */
static int write_state(const struct forwarding *forwarding, const char *state)
{
	if (pwrite(forwarding->fd, state, 1, 0) == 1)
		return 0;
	return errno == EBADF ? -EROFS : -errno;
}

/**
 * forwarding_switch_on() - forward packets from the interface
 * @forwarding: the open file
 *
 * Return: 0 or -errno; 0 if it is on already
 */
int forwarding_switch_on(struct forwarding *forwarding)
{
	int err;

	if (forwarding_is_on(forwarding))
		return 0;
	err = write_state(forwarding, "1");
	forwarding->switched = !err;
	return err;
}

/**
 * forwarding_switch_off() - forward packets from the interface no more
 * @forwarding: the open file
 */
void forwarding_switch_off(const struct forwarding *forwarding)
{
	/* Another program may have done so before. */
	if (forwarding_is_on(forwarding))
		(void)write_state(forwarding, "0");
}

/**
 * forwarding_close() - close the file
 * @forwarding: open or closed
 */
void forwarding_close(struct forwarding *forwarding)
{
	if (forwarding->fd >= 0)
		close(forwarding->fd);
	*forwarding = FORWARDING_CLOSED;
}
