/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_INVENTORY_H
#define SERIALTUN_INVENTORY_H

#include "port/adapter.h"
#include "port/holder.h"

#include <limits.h>
#include <stdbool.h>

/**
 * enum inventory_state - what somebody does with a port
 * @INVENTORY_FREE:    nobody is seen to use it
 * @INVENTORY_BUSY:    somebody has it open
 * @INVENTORY_LOCKED:  somebody has it for himself
 * @INVENTORY_GETTY:   one can log in there
 * @INVENTORY_CONSOLE: the kernel's messages go there
 */
enum inventory_state {
	INVENTORY_FREE,
	INVENTORY_BUSY,
	INVENTORY_LOCKED,
	INVENTORY_GETTY,
	INVENTORY_CONSOLE,
};

/**
 * struct inventory_port - what is known of a port
 * @device:      its path
 * @description: what its maker calls it; "": it does not say
 * @driver:      the chip, else the driver; "": not known
 * @is_usb:      @adapter says more
 * @adapter:     the USB adapter that it belongs to
 * @by_id:       the link to it that stays the same; "": there is none
 * @state:       what somebody does with it
 * @holder:      who, if that is known; else its pid is 0
 */
struct inventory_port {
	char device[NAME_MAX + 6];
	char description[264];
	char driver[64];
	bool is_usb;
	struct adapter adapter;
	char by_id[NAME_MAX + 32];
	enum inventory_state state;
	struct holder holder;
};

const char *inventory_state_name(enum inventory_state state);
int inventory_take(struct inventory_port **ports);

#endif
