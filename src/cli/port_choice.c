/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * --port auto: the USB port, if there is just one. port_choice_find() decides,
 * with nothing but the list of ports; port_choice_make() takes that list, and
 * tells the user why there was no choice.
 */
#include "cli/port_choice.h"
#include "cli/list.h"
#include "log.h"
#include "port/inventory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * port_choice_find() - which port is meant if none is named?
 * @ports: the ports there are
 * @count: how many
 *
 * Return: its index, -ENODEV if there is no USB port, -ENOTUNIQ if there are
 * several
 */
int port_choice_find(const struct inventory_port *ports, size_t count)
{
	int found = -ENODEV;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!ports[i].is_usb)
			continue;
		if (found >= 0)
			return -ENOTUNIQ;
		found = (int)i;
	}
	return found;
}

/**
 * port_choice_name() - by which name to follow a port
 * @port: the port
 *
 * Adapters of one make without a serial number share their link in by-id: it
 * may point to another of them tomorrow.
 *
 * Return: its stable name if it has one of its own, else its device
 */
const char *port_choice_name(const struct inventory_port *port)
{
	return *port->by_id && *port->adapter.serial ? port->by_id
						     : port->device;
}

/* The ports there are, if any, and why none of them was chosen. */
static void explain(int err, const struct inventory_port *ports, size_t count)
{
	char *table = count ? list_format_table(ports, count) : NULL;

	if (table)
		fputs(table, stderr);
	free(table);
	if (err == -ENODEV)
		log_error("cannot choose a port: no USB port found (plug one "
			  "in, or name a port with --port)");
	else if (err == -ENOTUNIQ)
		log_error("cannot choose a port: there is more than one USB "
			  "port (name one with --port)");
	else
		log_error("cannot choose a port: %s",
			  err == -ENOENT ? LIST_NO_SYSFS : strerror(-err));
}

/**
 * port_choice_make() - choose among the ports of this machine
 * @name: the port's name on success, to be freed
 *
 * A failure is logged, below the table of the ports.
 *
 * Return: 0 or -errno
 */
int port_choice_make(char **name)
{
	struct inventory_port *ports = NULL;
	int count = inventory_take(&ports);
	int chosen = count;

	if (count >= 0)
		chosen = port_choice_find(ports, (size_t)count);
	if (chosen >= 0) {
		*name = strdup(port_choice_name(&ports[chosen]));
		if (!*name)
			chosen = -ENOMEM;
	}
	if (chosen < 0)
		explain(chosen, ports, count > 0 ? (size_t)count : 0);
	free(ports);
	return chosen < 0 ? chosen : 0;
}
