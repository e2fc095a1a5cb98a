/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * --list: print the serial ports of this machine on stdout. This file makes the
 * table for people; list_json.c makes the JSON for programs.
 */
#include "cli/list.h"
#include "cli/list_json.h"
#include "log.h"
#include "port/inventory.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum list_column {
	LIST_COLUMN_PORT,
	LIST_COLUMN_STATE,
	LIST_COLUMN_DRIVER,
	LIST_COLUMN_MAX_BAUD,
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
	"MAX BAUD",
	"USB ID",
	"SERIAL NUMBER",
	"DESCRIPTION",
	"STABLE NAME",
}};

static void fill_cell(struct list_row *row, enum list_column column,
		      const char *text)
{
	snprintf(row->cells[column], sizeof(row->cells[column]), "%s",
		 *text ? text : "-");
	text_make_plain(row->cells[column]);
}

static void fill_state(struct list_row *row, const struct inventory_port *port)
{
	char text[sizeof(row->cells[0])];
	char holder[HOLDER_TEXT_MAX];

	snprintf(text, sizeof(text), "%s", inventory_state_name(port->state));
	if (port->holder.pid)
		text_append(text, sizeof(text), " (%s)",
			    holder_format(&port->holder, holder));
	fill_cell(row, LIST_COLUMN_STATE, text);
}

static void fill_row(struct list_row *row, const struct inventory_port *port)
{
	char max_baud[16] = "";
	char usb_id[16] = "";

	if (port->is_usb)
		snprintf(usb_id, sizeof(usb_id), "%04x:%04x", port->adapter.vid,
			 port->adapter.pid);
	fill_cell(row, LIST_COLUMN_PORT, port->device);
	fill_state(row, port);
	fill_cell(row, LIST_COLUMN_DRIVER, port->driver);
	if (port->max_baud)
		snprintf(max_baud, sizeof(max_baud), "%u", port->max_baud);
	fill_cell(row, LIST_COLUMN_MAX_BAUD, max_baud);
	fill_cell(row, LIST_COLUMN_USB_ID, usb_id);
	fill_cell(row, LIST_COLUMN_SERIAL, port->adapter.serial);
	fill_cell(row, LIST_COLUMN_DESCRIPTION, port->description);
	fill_cell(row, LIST_COLUMN_BY_ID, port->by_id);
}

static void widen(int widths[LIST_COLUMNS], const struct list_row *row)
{
	size_t i;

	for (i = 0; i < LIST_COLUMNS; i++) {
		int width = (int)text_columns(row->cells[i]);

		if (width > widths[i])
			widths[i] = width;
	}
}

static void write_row(FILE *table, const int widths[LIST_COLUMNS],
		      const struct list_row *row)
{
	size_t i;

	for (i = 0; i < LIST_COLUMNS - 1; i++)
		fprintf(table, "%s%*s  ", row->cells[i],
			widths[i] - (int)text_columns(row->cells[i]), "");
	fprintf(table, "%s\n", row->cells[i]);
}

/**
 * list_format_table() - format ports as a table, for a person
 * @ports: the ports
 * @count: how many
 *
 * Return: lines with aligned columns, or one line if there are no ports; the
 * caller frees the text. NULL without memory
 */
char *list_format_table(const struct inventory_port *ports, size_t count)
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

/**
 * list_print() - print all serial ports to stdout
 * @json: print JSON for a program, not a table for a person
 *
 * Logs any failure.
 *
 * Return: 0 or -errno
 */
int list_print(bool json)
{
	struct inventory_port *ports = NULL;
	int count = inventory_take(&ports);
	char *text = NULL;
	int err = 0;

	if (count < 0)
		err = count;
	else if (json)
		text = list_json_format(ports, (size_t)count);
	else
		text = list_format_table(ports, (size_t)count);
	if (!err && !text)
		err = -ENOMEM;
	if (!err && (fputs(text, stdout) < 0 || fflush(stdout)))
		err = -errno;
	if (err)
		log_error("cannot list the ports: %s",
			  err == -ENOENT ? LIST_NO_SYSFS : strerror(-err));
	free(text);
	free(ports);
	return err;
}
