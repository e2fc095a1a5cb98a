/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SPEEDS_H
#define SERIALTUN_SPEEDS_H

#include <stdbool.h>

struct port;
struct port_config;

/**
 * enum speeds_chip - what is known of a port's clock
 * @SPEEDS_NONE: it has none, and any speed is possible (a pty)
 * @SPEEDS_USB:  the driver reports the true speed, if it knows it
 * @SPEEDS_UART: an 8250 may divide its clock by whole numbers only
 */
enum speeds_chip {
	SPEEDS_NONE,
	SPEEDS_USB,
	SPEEDS_UART,
};

bool speeds_is_console(int fd);
bool speeds_fits(unsigned int wanted, unsigned int real);
unsigned int speeds_real(int fd, enum speeds_chip chip);
int speeds_set(int fd, unsigned int baud, enum speeds_chip chip,
	       unsigned int *real);
int speeds_change(struct port *port, unsigned int baud, enum speeds_chip chip);
void speeds_find(struct port *port, const struct port_config *config,
		 enum speeds_chip chip);

#endif
