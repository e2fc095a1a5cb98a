/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every dropped packet adds to a counter and, with -vv, prints a line. */
#include "pump/drop.h"
#include "log.h"

/**
 * drop_packets() - count and trace dropped packets
 * @direction: direction of the packets
 * @reason: reason for the drop
 * @packets: number of packets or frames
 * @bytes: their bytes, for the trace
 */
void drop_packets(struct stats_direction *direction, enum stats_drop reason,
		  size_t packets, size_t bytes)
{
	direction->dropped[reason] += packets;
	log_trace("dropped %zu bytes: %s", bytes, stats_drop_name(reason));
}
