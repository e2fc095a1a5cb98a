/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SERIAL_H
#define SERIALTUN_SERIAL_H

#include <stdbool.h>

struct claim;
struct failure;
struct port;
struct port_config;
struct stat;

/* Serial devices: UARTs and USB adapters, any tty that is not a pty. */
bool serial_claims(const struct stat *file);
int serial_claim(struct claim *claim, struct failure *failure);
int serial_open(struct port **port, const struct claim *claim,
		const struct port_config *config, struct failure *failure);

#endif
