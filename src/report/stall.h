/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_STALL_H
#define SERIALTUN_STALL_H

#include "port/port_config.h"

#include <stdbool.h>
#include <stdint.h>

/* Seconds without progress after which a port stalls. */
#define STALL_S 5

/*
 * The same with a radio behind the port: a modem stops the port until its
 * buffer has room again.
 */
#define STALL_RADIO_S 60

/**
 * struct stall - detects that nothing leaves a port
 * @limit_ns: time without progress that makes a stall
 * @left:     bytes that had left the port at the last call
 * @left_ns:  time of the last progress, or of the last call with no data to
 *            send
 * @told:     a stall was reported
 */
struct stall {
	uint64_t limit_ns;
	uint64_t left;
	uint64_t left_ns;
	bool told;
};

void stall_start(struct stall *stall, unsigned int limit_s, unsigned int rate,
		 unsigned int queue_slack, uint64_t now_ns);
bool stall_look(struct stall *stall, uint64_t left, bool is_stuck,
		uint64_t now_ns);
bool stall_is_news(struct stall *stall);
const char *stall_text(enum port_flow flow, bool is_serial);

#endif
