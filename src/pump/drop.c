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

/**
 * drop_reason() - the drop reason for a bad packet
 * @verdict: what is wrong with it
 *
 * Return: the reason
 */
enum stats_drop drop_reason(enum packet_verdict verdict)
{
	switch (verdict) {
	case PACKET_BAD_VERSION:
		return STATS_DROP_BAD_VERSION;
	case PACKET_BAD_HEADER:
		return STATS_DROP_BAD_HEADER;
	case PACKET_BAD_LENGTH:
		return STATS_DROP_BAD_LENGTH;
	default:
		return STATS_DROP_BAD_CHECKSUM;
	}
}
