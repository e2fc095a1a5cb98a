/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SERIAL_CLAIM_H
#define SERIALTUN_SERIAL_CLAIM_H

#include <libserialport.h>
#include <stdbool.h>

struct claim;
struct failure;
struct stat;

/* Serial devices: UARTs and USB adapters, any tty that is not a pty. */
bool serial_claims(const struct stat *file);
int serial_claim(struct claim *claim, struct failure *failure);

/* For serial.c. */
int serial_errno(enum sp_return status);
int serial_find_device(struct sp_port **device, const char *path,
		       struct failure *failure);

#endif
