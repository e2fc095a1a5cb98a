/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LIST_JSON_H
#define SERIALTUN_LIST_JSON_H

#include <stddef.h>

struct inventory_port;

char *list_json_format(const struct inventory_port *ports, size_t count);

#endif
