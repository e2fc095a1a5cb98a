/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_DROP_H
#define SERIALTUN_DROP_H

#include "packet/packet.h"
#include "pump/stats.h"

#include <stddef.h>

void drop_packets(struct stats_direction *direction, enum stats_drop reason,
		  size_t packets, size_t bytes);
enum stats_drop drop_reason(enum packet_verdict verdict);

#endif
