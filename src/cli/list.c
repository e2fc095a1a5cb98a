/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The serial ports of this machine, for a person or for a program, and the one
 * that is meant if there is just one.
 *
 * Everything is read from sysfs, from /proc and from udev's links in
 * /dev/serial/by-id: no port is opened, because that would raise its DTR. What
 * libserialport knows of a USB adapter, it reads there as well.
 */
#include "cli/list.h"
#include "log.h"
#include "port/adapter.h"
#include "port/holder.h"
#include "port/sysfs.h"
#include "report/json.h"
#include "text.h"

#include <dirent.h>
#include <errno.h>
#include <libserialport.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIST_BY_ID "/dev/serial/by-id"

/* Room for one port in JSON: each byte may become six, and the keys. */
#define LIST_JSON_PORT_MAX (6 * sizeof(struct list_port) + 512)

enum list_column {
	LIST_COLUMN_PORT,
	LIST_COLUMN_STATE,
	LIST_COLUMN_DRIVER,
	LIST_COLUMN_USB_ID,
	LIST_COLUMN_SERIAL,
	LIST_COLUMN_DESCRIPTION,
	LIST_COLUMN_BY_ID,
	LIST_COLUMNS,
};

/* One line of the table. */
struct list_row {
	char cells[LIST_COLUMNS][300];
};

static const struct list_row titles = {{
	"PORT",
	"STATE",
	"DRIVER",
	"USB ID",
	"SERIAL NUMBER",
	"DESCRIPTION",
	"STABLE NAME",
}};

static const char *const state_words[] = {
	[LIST_STATE_FREE] = "free",	  [LIST_STATE_BUSY] = "busy",
	[LIST_STATE_LOCKED] = "locked",	  [LIST_STATE_GETTY] = "getty",
	[LIST_STATE_CONSOLE] = "console",
};

/* What the 8250's driver calls the chips that it knows (linux/serial.h). */
static const char *const chips[] = {
	NULL,	   "8250",  "16450",	"16550",  "16550A", "Cirrus", "16650",
	"16650V2", "16750", "Startech", "16C950", "16654",  "16850",  "RSA",
};

/* The kernel's name of the chip. Return: true if there is one. */
static bool find_chip(struct list_port *port, const char *dir)
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
 * The driver of the device, or of what it is part of: since Linux 6.5, UARTs
 * have two devices of their own, on the bus serial-base, in front of it.
 */
static void find_driver(struct list_port *port, const char *dir)
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

/*
 * What an adapter says of itself may be anything, and goes to a terminal: each
 * character that is not plain becomes a '?', whatever its length in UTF-8.
 */
static void make_plain(char *text)
{
	const char *from;

	for (from = text; *from; from++)
		if (*from >= ' ' && *from <= '~')
			*text++ = *from;
		else if ((*from & 0xC0) != 0x80)
			*text++ = '?';
	*text = '\0';
}

/* Maker and product, as far as the adapter tells them. */
static void describe_usb(struct list_port *port)
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

/* The link that udev made for this device. */
static void find_by_id(struct list_port *port)
{
	const struct dirent *entry;
	DIR *links = opendir(LIST_BY_ID);
	char link[sizeof(port->by_id)];
	char target[PATH_MAX];

	if (!links)
		return;
	while (!*port->by_id && (entry = readdir(links))) {
		snprintf(link, sizeof(link), LIST_BY_ID "/%s", entry->d_name);
		if (realpath(link, target) && !strcmp(target, port->device))
			memcpy(port->by_id, link, sizeof(link));
	}
	closedir(links);
}

/* Is this one of the blank-separated names in the console's "active"? */
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

static enum list_state find_state(const char *name, const struct holder *holder)
{
	if (is_console(name))
		return LIST_STATE_CONSOLE;
	if (!holder->pid)
		return LIST_STATE_FREE;
	/* agetty, mgetty, fgetty... */
	if (strstr(holder->program, "getty"))
		return LIST_STATE_GETTY;
	return holder->locked ? LIST_STATE_LOCKED : LIST_STATE_BUSY;
}

static void examine(struct list_port *port, const char *name)
{
	char dir[sizeof(SYSFS_TTY) + NAME_MAX + 1];

	*port = (struct list_port){0};
	snprintf(port->device, sizeof(port->device), "/dev/%s", name);
	snprintf(dir, sizeof(dir), SYSFS_TTY "/%s", name);
	if (!find_chip(port, dir))
		find_driver(port, dir);
	port->is_usb = !adapter_identify(&port->adapter, port->device);
	if (port->is_usb)
		describe_usb(port);
	make_plain(port->description);
	make_plain(port->adapter.serial);
	find_by_id(port);
	if (!holder_find_uucp(port->device, &port->holder))
		holder_find(port->device, &port->holder);
	port->state = find_state(name, &port->holder);
}

/* All ports there are, to be freed. Return: how many, or -errno. */
static int collect(struct list_port **ports)
{
	struct list_port *found;
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

static void fill_cell(struct list_row *row, enum list_column column,
		      const char *text)
{
	snprintf(row->cells[column], sizeof(row->cells[column]), "%s",
		 *text ? text : "-");
	make_plain(row->cells[column]);
}

static void fill_state(struct list_row *row, const struct list_port *port)
{
	char text[sizeof(row->cells[0])];
	char who[HOLDER_TEXT_MAX];

	snprintf(text, sizeof(text), "%s", state_words[port->state]);
	if (port->holder.pid)
		text_append(text, sizeof(text), " (%s)",
			    holder_format(&port->holder, who));
	fill_cell(row, LIST_COLUMN_STATE, text);
}

static void fill_row(struct list_row *row, const struct list_port *port)
{
	char usb_id[16] = "";

	if (port->is_usb)
		snprintf(usb_id, sizeof(usb_id), "%04x:%04x", port->adapter.vid,
			 port->adapter.pid);
	fill_cell(row, LIST_COLUMN_PORT, port->device);
	fill_state(row, port);
	fill_cell(row, LIST_COLUMN_DRIVER, port->driver);
	fill_cell(row, LIST_COLUMN_USB_ID, usb_id);
	fill_cell(row, LIST_COLUMN_SERIAL, port->adapter.serial);
	fill_cell(row, LIST_COLUMN_DESCRIPTION, port->description);
	fill_cell(row, LIST_COLUMN_BY_ID, port->by_id);
}

static void widen(int widths[LIST_COLUMNS], const struct list_row *row)
{
	size_t i;

	for (i = 0; i < LIST_COLUMNS; i++) {
		int width = (int)strlen(row->cells[i]);

		if (width > widths[i])
			widths[i] = width;
	}
}

static void write_row(FILE *table, const int widths[LIST_COLUMNS],
		      const struct list_row *row)
{
	size_t i;

	for (i = 0; i < LIST_COLUMNS - 1; i++)
		fprintf(table, "%-*s  ", widths[i], row->cells[i]);
	fprintf(table, "%s\n", row->cells[i]);
}

/**
 * list_format_table() - ports as a table, for a person
 * @ports: the ports
 * @count: how many
 *
 * Return: lines with aligned columns, or one line if there is none, to be
 * freed; NULL if there is no memory
 */
char *list_format_table(const struct list_port *ports, size_t count)
{
	struct list_row *rows = calloc(count + 1, sizeof(*rows));
	int widths[LIST_COLUMNS] = {0};
	char *text = NULL;
	FILE *table;
	size_t len;
	size_t i;

	if (!rows)
		return NULL;
	table = open_memstream(&text, &len);
	if (!table)
		goto free_rows;
	rows[0] = titles;
	widen(widths, rows);
	for (i = 1; i <= count; i++) {
		fill_row(&rows[i], &ports[i - 1]);
		widen(widths, &rows[i]);
	}
	for (i = 0; count && i <= count; i++)
		write_row(table, widths, &rows[i]);
	if (!count)
		fprintf(table, "no serial port found\n");
	fclose(table);
free_rows:
	free(rows);
	return text;
}

static void write_optional(struct json *json, const char *key,
			   const char *value)
{
	if (*value)
		json_string(json, key, value);
	else
		json_null(json, key);
}

static void write_adapter(struct json *json, const struct adapter *adapter)
{
	char id[8];

	json_open(json, "usb", '{');
	snprintf(id, sizeof(id), "%04x", adapter->vid);
	json_string(json, "vid", id);
	snprintf(id, sizeof(id), "%04x", adapter->pid);
	json_string(json, "pid", id);
	write_optional(json, "serial", adapter->serial);
	json_string(json, "socket", adapter->topology);
	json_number(json, "interface", adapter->interface);
	json_number(json, "port", adapter->port);
	json_close(json, '}');
}

static void write_holder(struct json *json, const struct holder *holder)
{
	json_open(json, "holder", '{');
	json_number(json, "pid", (uint64_t)holder->pid);
	json_string(json, "program", holder->program);
	json_close(json, '}');
}

static void write_port(struct json *json, const struct list_port *port)
{
	json_open(json, NULL, '{');
	json_string(json, "device", port->device);
	write_optional(json, "by_id", port->by_id);
	write_optional(json, "description", port->description);
	write_optional(json, "driver", port->driver);
	if (port->is_usb)
		write_adapter(json, &port->adapter);
	else
		json_null(json, "usb");
	json_string(json, "state", state_words[port->state]);
	if (port->holder.pid)
		write_holder(json, &port->holder);
	else
		json_null(json, "holder");
	json_close(json, '}');
}

/**
 * list_format_json() - ports as a JSON array, for a program
 * @ports: the ports
 * @count: how many
 *
 * What is not known is null.
 *
 * Return: a line, to be freed; NULL if there is no memory
 */
char *list_format_json(const struct list_port *ports, size_t count)
{
	size_t cap = (count + 1) * LIST_JSON_PORT_MAX;
	char *text = malloc(cap);
	struct json json;
	size_t i;

	if (!text)
		return NULL;
	json_begin(&json, text, cap);
	json_open(&json, NULL, '[');
	for (i = 0; i < count; i++)
		write_port(&json, &ports[i]);
	json_close(&json, ']');
	text_append(text, cap, "\n");
	return text;
}

/**
 * list_print() - print all serial ports to stdout
 * @json: for a program, rather than for a person
 *
 * A failure is logged.
 *
 * Return: 0 or -errno
 */
int list_print(bool json)
{
	struct list_port *ports = NULL;
	int count = collect(&ports);
	char *text = NULL;
	int err = 0;

	if (count < 0)
		err = count;
	else if (json)
		text = list_format_json(ports, (size_t)count);
	else
		text = list_format_table(ports, (size_t)count);
	if (!err && !text)
		err = -ENOMEM;
	if (!err && (fputs(text, stdout) < 0 || fflush(stdout)))
		err = -errno;
	if (err)
		log_error("cannot list the ports: %s", strerror(-err));
	free(text);
	free(ports);
	return err;
}

/**
 * list_find_only() - the one USB port that is there
 * @path: its name on success, the stable one if it has one; to be freed
 *
 * Return: 0, -ENODEV if there is none, -ENOTUNIQ if there are several, or
 * another -errno; list_explain() says so to the user
 */
int list_find_only(char **path)
{
	const struct list_port *only = NULL;
	struct list_port *ports;
	int count = collect(&ports);
	int err = -ENODEV;
	int i;

	if (count < 0)
		return count;
	for (i = 0; i < count; i++) {
		if (!ports[i].is_usb)
			continue;
		err = only ? -ENOTUNIQ : 0;
		only = &ports[i];
	}
	if (!err) {
		/* Without a serial number, its twins have the same link. */
		*path = strdup(*only->by_id && *only->adapter.serial
				       ? only->by_id
				       : only->device);
		err = *path ? 0 : -ENOMEM;
	}
	free(ports);
	return err;
}

/* Why list_find_only() could not choose, and the way out. */
static void explain_error(int err)
{
	if (err == -ENODEV)
		log_error("cannot choose a port: no USB port found (plug one "
			  "in, or name a port with --port)");
	else if (err == -ENOTUNIQ)
		log_error("cannot choose a port: there is more than one USB "
			  "port (name one with --port)");
	else
		log_error("cannot choose a port: %s", strerror(-err));
}

/**
 * list_explain() - say why there is no port to choose
 * @err: what list_find_only() has returned
 *
 * The ports there are, if any, and one line of error go to stderr.
 */
void list_explain(int err)
{
	struct list_port *ports = NULL;
	int count = collect(&ports);
	char *table = NULL;

	if (count > 0)
		table = list_format_table(ports, (size_t)count);
	if (table)
		fputs(table, stderr);
	explain_error(err);
	free(table);
	free(ports);
}
