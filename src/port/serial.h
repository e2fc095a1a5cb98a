/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SERIAL_H
#define SERIALTUN_SERIAL_H

struct port_kind;

/* Serial devices: UARTs and USB adapters, any tty that is not a pty. */
extern const struct port_kind serial_kind;

#endif
