/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * List the serial ports of this machine, and the processes that use them.
 *
 * All data is from sysfs, /proc and udev's links in /dev/serial/by-id. Nothing
 * opens a port, because that would raise its DTR. libserialport, too, reads the
 * names of USB adapters from sysfs.
 */
#include "port/inventory.h"
#include "port/chip_max.h"
#include "port/sysfs.h"
#include "text.h"

#include <dirent.h>
#include <errno.h>
#include <libserialport.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INVENTORY_BY_ID "/dev/serial/by-id"

/**
 * inventory_state_name() - the word for the use of a port
 * @state: the use
 *
 * Return: one word, constant
 */
const char *inventory_state_name(enum inventory_state state)
{
	static const char *const words[] = {
		[INVENTORY_FREE] = "free",	 [INVENTORY_BUSY] = "busy",
		[INVENTORY_LOCKED] = "locked",	 [INVENTORY_GETTY] = "getty",
		[INVENTORY_CONSOLE] = "console",
	};

	return words[state];
}

/*
 * Drivers of USB adapters with a UART and pins, by their names in sysfs (struct
 * usb_serial_driver in the kernel's drivers/usb/serial). The other drivers of
 * that directory are for modems, phones, card readers and the like. A cdc_acm
 * port may be any kind of device.
 */
static const char *const adapter_drivers[] = {
	"SPCP8x5",
	"ark3116",
	"belkin",
	"ch341",
	"ch341-uart",
	"cp210x",
	"digi_2",
	"digi_4",
	"edgeport_2",
	"edgeport_4",
	"edgeport_8",
	"edgeport_ti_1",
	"edgeport_ti_2",
	"f81232",
	"f81534",
	"f81534a",
	"ftdi_sio",
	"keyspan_1",
	"keyspan_2",
	"keyspan_4",
	"keyspan_pda",
	"kl5kusb105d",
	"mct_u232",
	"mos7840",
	"moschip7720",
	"mxuport",
	"oti6858",
	"pl2303",
	"quatech-serial",
	"ssu100",
	"ti_usb_3410_5052_1",
	"ti_usb_3410_5052_2",
	"upd78f0730",
	"whiteheat",
	"xr_serial",
};

/**
 * inventory_is_adapter() - is a port a USB serial adapter, and nothing else?
 * @port: the port
 *
 * Return: true if its driver is only for USB adapters with a UART; false if the
 * port may be a modem, a printer or a board that runs a program of its own
 */
bool inventory_is_adapter(const struct inventory_port *port)
{
	size_t i;

	for (i = 0; i < sizeof(adapter_drivers) / sizeof(*adapter_drivers); i++)
		if (!strcmp(port->driver, adapter_drivers[i]))
			return port->is_usb;
	return false;
}

/* The 8250 driver's names of its chips, by number (linux/serial.h). */
static const char *const chips[] = {
	NULL,	   "8250",  "16450",	"16550",  "16550A", "Cirrus", "16650",
	"16650V2", "16750", "Startech", "16C950", "16654",  "16850",  "RSA",
};

/* Find the kernel's name of the chip. Return: true if there is one. */
static bool find_chip(struct inventory_port *port, const char *dir)
{
	unsigned long type;
	char text[16];

	if (!sysfs_read(text, sizeof(text), dir, "type"))
		return false;
	type = strtoul(text, NULL, 10);
	if (!type || type >= sizeof(chips) / sizeof(*chips))
		return false;
	snprintf(port->driver, sizeof(port->driver), "%s", chips[type]);
	return true;
}

/*
 * Find the driver of the device or of a parent: since Linux 6.5, a UART has two
 * parents on the bus serial-base before its real device.
 */
static void find_driver(struct inventory_port *port, const char *dir)
{
	char path[PATH_MAX];
	char device[PATH_MAX];
	char driver[PATH_MAX];
	char *slash;

	snprintf(path, sizeof(path), "%s/device", dir);
	if (!realpath(path, device))
		return;
	for (;;) {
		snprintf(path, sizeof(path), "%.*s/driver",
			 (int)(sizeof(path) - sizeof("/driver")), device);
		if (realpath(path, driver) && !strstr(driver, "/serial-base/"))
			break;
		slash = strrchr(device, '/');
		if (!slash)
			return;
		*slash = '\0';
	}
	snprintf(port->driver, sizeof(port->driver), "%s",
		 strrchr(driver, '/') + 1);
}

/* Describe the adapter by its maker and product, if it names them. */
static void describe_usb(struct inventory_port *port)
{
	struct sp_port *device;
	const char *maker;
	const char *product;

	if (sp_get_port_by_name(port->device, &device) != SP_OK)
		return;
	maker = sp_get_port_usb_manufacturer(device);
	product = sp_get_port_usb_product(device);
	snprintf(port->description, sizeof(port->description), "%s%s%s",
		 maker ? maker : "", maker && product ? " " : "",
		 product ? product : "");
	sp_free_port(device);
}

/* Find udev's link to this device. */
static void find_by_id(struct inventory_port *port)
{
	const struct dirent *entry;
	DIR *links = opendir(INVENTORY_BY_ID);
	char link[sizeof(port->by_id)];
	char target[PATH_MAX];

	if (!links)
		return;
	while (!*port->by_id && (entry = readdir(links))) {
		snprintf(link, sizeof(link), INVENTORY_BY_ID "/%s",
			 entry->d_name);
		if (realpath(link, target) && !strcmp(target, port->device))
			memcpy(port->by_id, link, sizeof(link));
	}
	closedir(links);
}

/* Does the console's "active" contain this name, among others? */
static bool is_console(const char *name)
{
	char active[256];
	char *rest = NULL;
	const char *word;

	if (!sysfs_read(active, sizeof(active), SYSFS_TTY "/console", "active"))
		return false;
	word = strtok_r(active, " ", &rest);
	while (word && strcmp(word, name) != 0)
		word = strtok_r(NULL, " ", &rest);
	return word;
}

static enum inventory_state find_state(const char *name,
				       const struct holder *holder)
{
	if (is_console(name))
		return INVENTORY_CONSOLE;
	if (!holder->pid)
		return INVENTORY_FREE;
	/* agetty, mgetty, fgetty... */
	if (strstr(holder->program, "getty"))
		return INVENTORY_GETTY;
	return holder->locked ? INVENTORY_LOCKED : INVENTORY_BUSY;
}

/* Find the highest speed of the chip, without opening it. */
static void find_max_baud(struct inventory_port *port, const char *dir)
{
	char clock[32];

	if (port->is_usb)
		port->max_baud =
			chip_max_usb(port->adapter.vid, port->adapter.pid);
	else if (sysfs_read(clock, sizeof(clock), dir, "uartclk"))
		port->max_baud = chip_max_uart(strtoul(clock, NULL, 10));
}

static void examine(struct inventory_port *port, const char *name)
{
	char dir[sizeof(SYSFS_TTY) + NAME_MAX + 1];

	*port = (struct inventory_port){0};
	snprintf(port->device, sizeof(port->device), "/dev/%s", name);
	snprintf(dir, sizeof(dir), SYSFS_TTY "/%s", name);
	if (!find_chip(port, dir))
		find_driver(port, dir);
	port->is_usb = !adapter_identify(&port->adapter, port->device);
	if (port->is_usb)
		describe_usb(port);
	find_max_baud(port, dir);
	text_make_plain(port->description);
	text_make_plain(port->adapter.serial);
	find_by_id(port);
	if (!holder_find_uucp(port->device, &port->holder))
		holder_find(port->device, &port->holder);
	port->state = find_state(name, &port->holder);
}

/**
 * inventory_take() - list the serial ports
 * @ports: the ports, sorted by name; to be freed
 *
 * Return: the number of ports, or -errno
 */
int inventory_take(struct inventory_port **ports)
{
	struct inventory_port *found;
	struct dirent **names;
	int count = sysfs_scan_ports(&names);
	int i;

	if (count < 0)
		return count;
	found = calloc((size_t)count + 1, sizeof(*found));
	for (i = 0; i < count; i++) {
		if (found)
			examine(&found[i], names[i]->d_name);
		free(names[i]);
	}
	free(names);
	if (!found)
		return -ENOMEM;
	*ports = found;
	return count;
}
