/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LIST_H
#define SERIALTUN_LIST_H

#include "port/adapter.h"
#include "port/holder.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * enum list_state - what somebody does with a port
 * @LIST_STATE_FREE:    nobody is seen to use it
 * @LIST_STATE_BUSY:    somebody has it open
 * @LIST_STATE_LOCKED:  somebody has it for himself
 * @LIST_STATE_GETTY:   one can log in there
 * @LIST_STATE_CONSOLE: the kernel's messages go there
 */
enum list_state {
	LIST_STATE_FREE,
	LIST_STATE_BUSY,
	LIST_STATE_LOCKED,
	LIST_STATE_GETTY,
	LIST_STATE_CONSOLE,
};

/**
 * struct list_port - what is known of a port
 * @device:      its path
 * @description: what its maker calls it; "": it does not say
 * @driver:      the chip, else the driver; "": not known
 * @is_usb:      @adapter says more
 * @adapter:     the USB adapter that it belongs to
 * @by_id:       the link to it that stays the same; "": there is none
 * @state:       what somebody does with it
 * @holder:      who, if that is known; else its pid is 0
 */
struct list_port {
	char device[NAME_MAX + 6];
	char description[264];
	char driver[64];
	bool is_usb;
	struct adapter adapter;
	char by_id[NAME_MAX + 32];
	enum list_state state;
	struct holder holder;
};

char *list_format_table(const struct list_port *ports, size_t count);
char *list_format_json(const struct list_port *ports, size_t count);
int list_print(bool json);
int list_find_only(char **path);
void list_explain(int err);

#endif
