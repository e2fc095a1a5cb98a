/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_STATS_H
#define SERIALTUN_STATS_H

#include "fq_codel.h"

#include <stdint.h>

/* Why a frame or a packet was dropped, and what the statistics call it. */
#define STATS_DROPS(X)                           \
	X(BAD_ESCAPE, "bad escape")              \
	X(TOO_LONG, "too long")                  \
	X(BAD_VERSION, "not IP")                 \
	X(BAD_HEADER, "bad header")              \
	X(BAD_LENGTH, "bad length")              \
	X(BAD_CHECKSUM, "bad checksum")          \
	X(IPV6, "IPv6 not wanted")               \
	X(ROUTER_ADVERT, "Router Advertisement") \
	X(CODEL, "CoDel")                        \
	X(QUEUE_FULL, "queue full")              \
	X(INTERFACE_DOWN, "interface down")      \
	X(INTERFACE_REFUSED, "refused by the interface")

#define STATS_DROP_ENUM(name, text) STATS_DROP_##name,
enum stats_drop {
	STATS_DROPS(STATS_DROP_ENUM) STATS_DROP_COUNT
};
#undef STATS_DROP_ENUM

/* Room for stats_format(): every number at its longest. */
#define STATS_TEXT_MAX 768

/**
 * struct stats_direction - what went one way
 * @packets:      packets that were passed on: framed, or written to the
 *                interface
 * @bytes:        octets in them
 * @line_bytes:   octets that travelled on the line, escapes, ENDs and noise
 *                included
 * @short_writes: writes of which the port took only a part
 * @dropped:      frames or packets that were not, by reason
 */
struct stats_direction {
	uint64_t packets;
	uint64_t bytes;
	uint64_t line_bytes;
	uint64_t short_writes;
	uint64_t dropped[STATS_DROP_COUNT];
};

/**
 * struct stats - the counters of one link since its start
 * @to_line:   from the interface to the port
 * @from_line: from the port to the interface
 * @queue:     what waits for the line, and what became of it
 */
struct stats {
	struct stats_direction to_line;
	struct stats_direction from_line;
	struct fq_codel_stats queue;
};

const char *stats_drop_name(enum stats_drop drop);
const char *stats_format(const struct stats_direction *way,
			 char text[STATS_TEXT_MAX]);
const char *stats_format_queue(const struct fq_codel_stats *queue,
			       char text[STATS_TEXT_MAX]);

#endif
