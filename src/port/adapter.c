/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Identify the USB adapter of a port, and find it again: after an unplug
 * /dev/ttyUSB0 may have become /dev/ttyUSB2.
 *
 * Vendor, product and serial number identify an adapter. The number of the USB
 * interface identifies its ports (those of an FT4232 share one serial number),
 * and so does the port's number if one interface has several. Many adapters
 * have no serial number, or all the same one: then the USB socket identifies
 * them.
 *
 * In sysfs, a tty's "device" is the USB interface (cdc_acm), or a port below it
 * (usb-serial, with a port_number). The directory above the interface is the
 * adapter, named after its socket.
 */
#include "port/adapter.h"
#include "port/sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <libserialport.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Read vendor, product and serial number. Return: false if it is not USB. */
static bool read_usb(struct adapter *adapter, const char *path)
{
	struct sp_port *port;
	const char *serial;
	bool is_usb;
	int vid;
	int pid;

	if (sp_get_port_by_name(path, &port) != SP_OK)
		return false;
	is_usb = sp_get_port_transport(port) == SP_TRANSPORT_USB &&
		 sp_get_port_usb_vid_pid(port, &vid, &pid) == SP_OK;
	if (is_usb) {
		serial = sp_get_port_usb_serial(port);
		adapter->vid = (uint16_t)vid;
		adapter->pid = (uint16_t)pid;
		snprintf(adapter->serial, sizeof(adapter->serial), "%s",
			 serial ? serial : "");
	}
	sp_free_port(port);
	return is_usb;
}

/* Cut off the last component. Return: it, or NULL if none is left. */
static char *cut_name(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash)
		return NULL;
	*slash = '\0';
	return slash + 1;
}

/**
 * adapter_locate() - find the place of a tty on the USB
 * @adapter: topology, interface and port are filled in
 * @tty_dir: the tty's directory in sysfs
 *
 * Return: true if the tty is on the USB
 */
bool adapter_locate(struct adapter *adapter, const char *tty_dir)
{
	char path[PATH_MAX];
	char device[PATH_MAX];
	char number[16];
	const char *name;

	snprintf(path, sizeof(path), "%s/device", tty_dir);
	if (!realpath(path, device))
		return false;
	adapter->port = 0;
	if (sysfs_read(number, sizeof(number), device, "port_number"))
		adapter->port = (unsigned int)strtoul(number, NULL, 10);
	while (!sysfs_read(number, sizeof(number), device, "bInterfaceNumber"))
		if (!cut_name(device))
			return false;
	adapter->interface = (unsigned int)strtoul(number, NULL, 16);
	cut_name(device);
	name = cut_name(device);
	if (!name)
		return false;
	snprintf(adapter->topology, sizeof(adapter->topology), "%s", name);
	return true;
}

/* Return: true if the device belongs to a USB adapter. */
static bool read_adapter(struct adapter *adapter, const char *path)
{
	const char *name = strrchr(path, '/');
	char dir[PATH_MAX];

	*adapter = (struct adapter){0};
	if (!name || !read_usb(adapter, path))
		return false;
	adapter->by_socket = !*adapter->serial;
	snprintf(dir, sizeof(dir), SYSFS_TTY "%s", name);
	return adapter_locate(adapter, dir);
}

/* Does this tty match, and better than the match so far (@found)? */
typedef bool adapter_test(const struct adapter *wanted,
			  const struct adapter *other, bool found);

/*
 * Find the last device that the test accepts, so that the test may improve on
 * an earlier match. Return: its path, to be freed, or NULL.
 */
static char *find(const struct adapter *wanted, adapter_test *is_it)
{
	struct dirent **ports;
	int count = sysfs_scan_ports(&ports);
	char path[sizeof("/dev/") + NAME_MAX];
	struct adapter other;
	char *found = NULL;
	int i;

	if (count < 0)
		return NULL;
	for (i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "/dev/%s", ports[i]->d_name);
		free(ports[i]);
		if (!read_adapter(&other, path) ||
		    !is_it(wanted, &other, found))
			continue;
		free(found);
		found = strdup(path);
	}
	free(ports);
	return found;
}

/* The same port of an adapter with the same identification? */
static bool is_alike(const struct adapter *adapter, const struct adapter *other)
{
	return adapter->vid == other->vid && adapter->pid == other->pid &&
	       adapter->interface == other->interface &&
	       adapter->port == other->port &&
	       !strcmp(adapter->serial, other->serial);
}

static bool is_in_same_socket(const struct adapter *adapter,
			      const struct adapter *other)
{
	return !strcmp(adapter->topology, other->topology);
}

static bool is_twin(const struct adapter *adapter, const struct adapter *other,
		    bool found)
{
	(void)found;
	return adapter_has_twin(adapter, other);
}

/* A twin may have been plugged in: prefer the adapter in the same socket. */
static bool is_better(const struct adapter *adapter,
		      const struct adapter *other, bool found)
{
	return adapter_is_same(adapter, other) &&
	       (!found || is_in_same_socket(adapter, other));
}

/**
 * adapter_has_twin() - can only the sockets tell two adapters apart?
 * @adapter: an adapter
 * @other:   another
 *
 * Return: true if they are two, with the same identification
 */
bool adapter_has_twin(const struct adapter *adapter,
		      const struct adapter *other)
{
	return is_alike(adapter, other) && !is_in_same_socket(adapter, other);
}

/**
 * adapter_identify() - identify the adapter of a device
 * @adapter: filled in on success
 * @path:    a serial device, links resolved; not opened
 *
 * Return: 0, or -ENODEV if it is not a USB device
 */
int adapter_identify(struct adapter *adapter, const char *path)
{
	struct adapter found;
	char *twin;

	if (!read_adapter(&found, path))
		return -ENODEV;
	*adapter = found;
	twin = find(adapter, is_twin);
	if (twin)
		adapter->by_socket = true;
	free(twin);
	return 0;
}

/**
 * adapter_follows_socket() - does its socket identify an adapter?
 * @adapter: an adapter
 *
 * Return: true if it has no serial number, or the same as another adapter that
 * is plugged in. Then any adapter of its kind in this socket counts as it.
 */
bool adapter_follows_socket(const struct adapter *adapter)
{
	return adapter->by_socket;
}

/**
 * adapter_is_same() - are these the same adapter?
 * @adapter: as identified before
 * @other:   as identified now
 *
 * Return: true if it is the same port of the same adapter, as far as the
 * adapter's data tells
 */
bool adapter_is_same(const struct adapter *adapter, const struct adapter *other)
{
	return is_alike(adapter, other) &&
	       (!adapter->by_socket || is_in_same_socket(adapter, other));
}

/**
 * adapter_find() - find the device of an adapter
 * @adapter: as identified before
 *
 * Opens no device.
 *
 * Return: the path of the device, to be freed; NULL if it is not plugged in
 */
char *adapter_find(const struct adapter *adapter)
{
	return find(adapter, is_better);
}
