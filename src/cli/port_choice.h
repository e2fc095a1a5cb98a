/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PORT_CHOICE_H
#define SERIALTUN_PORT_CHOICE_H

#include <stddef.h>

struct inventory_port;

int port_choice_find(const struct inventory_port *ports, size_t count);
const char *port_choice_name(const struct inventory_port *port);
int port_choice_make(char **name);

#endif
