/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * List the serial ports of this machine for a program, as a JSON array.
 */
#include "cli/list_json.h"
#include "port/inventory.h"
#include "report/json.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>

/* Bytes for one port: the keys, and values whose bytes may each become six. */
#define LIST_JSON_PORT_MAX (6 * sizeof(struct inventory_port) + 512)

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

static void write_port(struct json *json, const struct inventory_port *port)
{
	json_open(json, NULL, '{');
	json_string(json, "device", port->device);
	write_optional(json, "by_id", port->by_id);
	write_optional(json, "description", port->description);
	write_optional(json, "driver", port->driver);
	if (port->max_baud)
		json_number(json, "max_baud", port->max_baud);
	else
		json_null(json, "max_baud");
	if (port->is_usb)
		write_adapter(json, &port->adapter);
	else
		json_null(json, "usb");
	json_string(json, "state", inventory_state_name(port->state));
	if (port->holder.pid)
		write_holder(json, &port->holder);
	else
		json_null(json, "holder");
	json_close(json, '}');
}

/**
 * list_json_format() - format ports as a JSON array, for a program
 * @ports: the ports
 * @count: how many
 *
 * An unknown value is null.
 *
 * Return: a line, which the caller frees; NULL without memory
 */
char *list_json_format(const struct inventory_port *ports, size_t count)
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
