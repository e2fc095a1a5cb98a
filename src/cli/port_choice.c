/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Choose the port for --port auto, and for a command line without --port: the
 * USB serial adapter, if there is exactly one. port_choice_find() decides and
 * port_choice_explain() explains why it chose none; both are pure.
 * port_choice_make() lists the ports and tells the user.
 */
#include "cli/port_choice.h"
#include "cli/list.h"
#include "cli/options.h"
#include "interface/addr.h"
#include "log.h"
#include "port/inventory.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * port_choice_find() - choose a port
 * @ports: the ports of this machine
 * @count: how many
 *
 * Other USB ports do not count: a modem might dial, a printer might print, and
 * a board might execute packets as commands.
 *
 * Return: its index, -ENODEV if there is no USB serial adapter, -ENOTUNIQ if
 * there are several
 */
int port_choice_find(const struct inventory_port *ports, size_t count)
{
	int found = -ENODEV;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!inventory_is_adapter(&ports[i]))
			continue;
		if (found >= 0)
			return -ENOTUNIQ;
		found = (int)i;
	}
	return found;
}

/**
 * port_choice_name() - the name by which to follow a port
 * @port: the port
 *
 * Adapters of one make without serial numbers share one link in by-id, which
 * may lead to another of them after the next unplug.
 *
 * Return: its stable name if no other port shares that name, else its device
 */
const char *port_choice_name(const struct inventory_port *port)
{
	return *port->by_id && *port->adapter.serial ? port->by_id
						     : port->device;
}

/*
 * Find the port to propose: the first unused USB port, else the first USB port.
 * @adapter: look among the adapters, not among the other USB ports.
 */
static const struct inventory_port *find_example(
	const struct inventory_port *ports, size_t count, bool adapter)
{
	const struct inventory_port *first = NULL;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!ports[i].is_usb ||
		    inventory_is_adapter(&ports[i]) != adapter)
			continue;
		if (ports[i].state == INVENTORY_FREE)
			return &ports[i];
		if (!first)
			first = &ports[i];
	}
	return first;
}

/* Append the command, or the option, that names this port. */
static void append_command(char text[PORT_CHOICE_TEXT_MAX],
			   const struct options *options, const char *port)
{
	char addr[ADDR_TEXT_MAX];

	if (options->port_implied)
		text_append(text, PORT_CHOICE_TEXT_MAX, "sudo serialtun ");
	if (options->port_implied && options->link.addr_count)
		text_append(text, PORT_CHOICE_TEXT_MAX, "--addr %s ",
			    addr_format(&options->link.addrs[0], addr));
	text_append(text, PORT_CHOICE_TEXT_MAX, "--port %s)", port);
}

/**
 * port_choice_explain() - explain why no port was chosen, and propose a command
 * @err:     the result of port_choice_find() or inventory_take()
 * @ports:   the ports of this machine
 * @count:   how many
 * @options: the command line
 * @text:    filled in
 *
 * Return: @text, one line
 */
const char *port_choice_explain(int err, const struct inventory_port *ports,
				size_t count, const struct options *options,
				char text[PORT_CHOICE_TEXT_MAX])
{
	const struct inventory_port *example =
		find_example(ports, count, err == -ENOTUNIQ);
	const char *name = example ? example->device : "PORT";

	*text = '\0';
	text_append(text, PORT_CHOICE_TEXT_MAX, "%s",
		    options->port_implied ? "no --port was given, and "
					  : "cannot choose a port: ");
	if (err == -ENOTUNIQ)
		text_append(text, PORT_CHOICE_TEXT_MAX,
			    "there is more than one USB serial adapter (choose "
			    "one: ");
	else if (err == -ENODEV && example)
		text_append(text, PORT_CHOICE_TEXT_MAX,
			    "no USB serial adapter was found; %s may be a "
			    "modem, a printer or a board that runs a program "
			    "(if it is none of these: ",
			    name);
	else if (err == -ENODEV)
		text_append(text, PORT_CHOICE_TEXT_MAX,
			    "no USB serial adapter was found (plug one in, or "
			    "name a port: ");
	else
		text_append(text, PORT_CHOICE_TEXT_MAX, "%s",
			    err == -ENOENT ? LIST_NO_SYSFS : strerror(-err));
	if (err == -ENOTUNIQ || err == -ENODEV)
		append_command(text, options, name);
	return text;
}

/* Print the table of ports, if there are any, and log the explanation. */
static void explain(int err, const struct inventory_port *ports, size_t count,
		    const struct options *options)
{
	char *table = count ? list_format_table(ports, count) : NULL;
	char text[PORT_CHOICE_TEXT_MAX];

	if (table)
		fputs(table, stderr);
	free(table);
	log_error("%s", port_choice_explain(err, ports, count, options, text));
}

/**
 * port_choice_make() - choose among the ports of this machine
 * @name:    the port's name on success; the caller frees it
 * @options: the command line
 *
 * Logs the choice unless the user gave --port auto. Logs any failure, below the
 * table of the ports.
 *
 * Return: 0 or -errno
 */
int port_choice_make(char **name, const struct options *options)
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
		explain(chosen, ports, count > 0 ? (size_t)count : 0, options);
	else if (options->port_implied)
		log_info("no --port was given: using %s, the only USB serial "
			 "adapter",
			 ports[chosen].device);
	free(ports);
	return chosen < 0 ? chosen : 0;
}
