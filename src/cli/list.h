/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LIST_H
#define SERIALTUN_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct inventory_port;

/* The reason why no ports can be listed. */
#define LIST_NO_SYSFS                                              \
	"/sys, which lists the ports, is not mounted (sudo mount " \
	"-t sysfs none /sys, or name a port with --port)"

char *list_format_table(const struct inventory_port *ports, size_t count);
int list_print(bool json);

#endif
