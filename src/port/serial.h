/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SERIAL_H
#define SERIALTUN_SERIAL_H

struct claim;
struct failure;
struct port;
struct port_config;

int serial_open(struct port **port, const struct claim *claim,
		const struct port_config *config, struct failure *failure);

#endif
