/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LIST_H
#define SERIALTUN_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct inventory_port;

/* Where nobody can tell which ports there are. */
#define LIST_NO_SYSFS                                           \
	"there is no /sys here, where they are (sudo mount -t " \
	"sysfs none /sys, or name a port with --port)"

char *list_format_table(const struct inventory_port *ports, size_t count);
int list_print(bool json);

#endif
