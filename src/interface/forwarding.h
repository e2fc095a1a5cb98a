/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_FORWARDING_H
#define SERIALTUN_FORWARDING_H

#include <stdbool.h>

/**
 * struct forwarding - whether IPv4 packets from one interface are forwarded
 * @fd:       the kernel's file; -1: closed
 * @switched: forwarding_switch_on() has changed it
 */
struct forwarding {
	int fd;
	bool switched;
};

#define FORWARDING_CLOSED ((struct forwarding){.fd = -1})

int forwarding_open(struct forwarding *forwarding, const char *interface);
bool forwarding_is_on(const struct forwarding *forwarding);
int forwarding_switch_on(struct forwarding *forwarding);
void forwarding_switch_off(const struct forwarding *forwarding);
void forwarding_close(struct forwarding *forwarding);

#endif
