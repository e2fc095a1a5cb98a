/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What becomes known of a packet that is dropped: a counter, and with -vv a
 * line.
 */
#include "pump/drop.h"
#include "log.h"

/**
 * drop_packets() - count packets that are dropped, and trace it
 * @direction: the direction
 * @reason:    why
 * @packets:   how many packets or frames
 * @bytes:     bytes in them, for the trace
 */
void drop_packets(struct stats_direction *direction, enum stats_drop reason,
		  size_t packets, size_t bytes)
{
	direction->dropped[reason] += packets;
	log_trace("dropped %zu bytes: %s", bytes, stats_drop_name(reason));
}
