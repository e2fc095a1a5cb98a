/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_INVENTORY_H
#define SERIALTUN_INVENTORY_H

#include "port/adapter.h"
#include "port/holder.h"

#include <limits.h>
#include <stdbool.h>

/**
 * enum inventory_state - the use of a port
 * @INVENTORY_FREE:    no process is seen to use it
 * @INVENTORY_BUSY:    a process has it open
 * @INVENTORY_LOCKED:  a process has locked it
 * @INVENTORY_GETTY:   a getty offers a login on it
 * @INVENTORY_CONSOLE: it is a kernel console
 */
enum inventory_state {
	INVENTORY_FREE,
	INVENTORY_BUSY,
	INVENTORY_LOCKED,
	INVENTORY_GETTY,
	INVENTORY_CONSOLE,
};

/**
 * struct inventory_port - a serial port of this machine
 * @device:      its path
 * @description: maker and product; "": unknown
 * @driver:      the chip, else the driver; "": unknown
 * @max_baud:    the highest speed in bits per second; 0: unknown
 * @is_usb:      @adapter is filled in
 * @adapter:     its USB adapter
 * @by_id:       its link below /dev/serial/by-id; "": none
 * @state:       its use
 * @holder:      the process that uses it; its pid is 0: unknown
 */
struct inventory_port {
	char device[NAME_MAX + 6];
	char description[264];
	char driver[64];
	unsigned int max_baud;
	bool is_usb;
	struct adapter adapter;
	char by_id[NAME_MAX + 32];
	enum inventory_state state;
	struct holder holder;
};

bool inventory_is_adapter(const struct inventory_port *port);
const char *inventory_state_name(enum inventory_state state);
int inventory_take(struct inventory_port **ports);

#endif
