/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_TALLY_H
#define SERIALTUN_TALLY_H

#include "port/port.h"

#include <stdint.h>

struct stats;

/**
 * struct tally - the counts of all ports of a link; begins as 0
 * @past: counts of the ports that ended
 * @counts: last known counts of this port
 * @losses: number of lost ports; the owner counts them
 */
struct tally {
	struct port_counts past;
	struct port_counts counts;
	uint64_t losses;
};

void tally_end_port(struct tally *tally, const struct port *port);
uint32_t tally_overruns(struct tally *tally, const struct port *port);
void tally_get_stats(struct tally *tally, const struct port *port,
		     struct stats *stats);

#endif
