/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_STALL_H
#define SERIALTUN_STALL_H

#include "port/port_config.h"

#include <stdbool.h>
#include <stdint.h>

/* How many seconds a port may hold what it was given until that is a stall. */
#define STALL_S 5

/**
 * struct stall - whether anything leaves the port
 * @limit_ns: how long the port may seem to hold what it was given
 * @left:     bytes that had left the port at the last look
 * @left_ns:  since when no more have, although they should
 * @told:     it is no news any more
 */
struct stall {
	uint64_t limit_ns;
	uint64_t left;
	uint64_t left_ns;
	bool told;
};

void stall_start(struct stall *stall, unsigned int rate,
		 unsigned int queue_slack, uint64_t now_ns);
bool stall_look(struct stall *stall, uint64_t left, bool is_stuck,
		uint64_t now_ns);
bool stall_is_news(struct stall *stall);
const char *stall_text(enum port_flow flow, bool is_serial);

#endif
