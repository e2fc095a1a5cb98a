/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PORT_CHOICE_H
#define SERIALTUN_PORT_CHOICE_H

#include <stddef.h>

struct inventory_port;
struct options;

#define PORT_CHOICE_TEXT_MAX 1024

int port_choice_find(const struct inventory_port *ports, size_t count);
const char *port_choice_name(const struct inventory_port *port);
const char *port_choice_explain(int err, const struct inventory_port *ports,
				size_t count, const struct options *options,
				char text[PORT_CHOICE_TEXT_MAX]);
int port_choice_make(char **name, const struct options *options);

#endif
