/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_STATS_H
#define SERIALTUN_STATS_H

#include "packet/guess.h"
#include "pump/census.h"
#include "pump/fq_codel.h"
#include "pump/witness.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Why a frame or a packet was dropped, and what the statistics call it: for a
 * program, and for a person.
 */
#define STATS_DROPS(X)                                            \
	X(BAD_ESCAPE, "bad_escape", "bad escape")                 \
	X(TOO_LONG, "too_long", "too long")                       \
	X(EMPTY, "empty", "empty")                                \
	X(BAD_VERSION, "bad_version", "not IP")                   \
	X(BAD_HEADER, "bad_header", "bad header")                 \
	X(BAD_LENGTH, "bad_length", "bad length")                 \
	X(BAD_CHECKSUM, "bad_checksum", "bad checksum")           \
	X(IPV6, "ipv6", "IPv6 not wanted")                        \
	X(ROUTER_ADVERT, "router_advert", "Router Advertisement") \
	X(CODEL, "codel", "CoDel")                                \
	X(QUEUE_FULL, "queue_full", "queue full")                 \
	X(UNSENDABLE, "unsendable", "not sent by the system")     \
	X(REFUSED, "refused", "came back refused")                \
	X(STRANGER, "stranger", "from a stranger")                \
	X(OWN_TRANSPORT, "own_transport", "of the line itself")   \
	X(NO_LINE, "no_line", "no line")                          \
	X(INTERFACE_DOWN, "interface_down", "interface down")     \
	X(INTERFACE_REFUSED, "interface_refused", "refused by the interface")

#define STATS_DROP_ENUM(name, key, words) STATS_DROP_##name,
enum stats_drop {
	STATS_DROPS(STATS_DROP_ENUM) STATS_DROP_COUNT
};
#undef STATS_DROP_ENUM

/* Whose checksum was wrong in a packet that was passed on all the same. */
enum stats_sum {
	STATS_SUM_TCP,
	STATS_SUM_UDP,
	STATS_SUM_ICMP,
	STATS_SUM_COUNT,
};

/**
 * struct stats_direction - what went one way
 * @packets:      packets that were passed on: framed, or written to the
 *                interface
 * @bytes:        bytes in them
 * @line_bytes:   bytes that travelled on the line, escapes, ENDs and noise
 *                included
 * @interface_packets: of these and of those that were dropped, how many went
 *                through the interface, to whom a super-packet is one
 * @short_writes: writes of which the port took only a part
 * @bad_sums:     of @packets, those that the kernel will drop, because of a
 *                wrong checksum behind the IP header
 * @dropped:      frames or packets that were not, by reason
 */
struct stats_direction {
	uint64_t packets;
	uint64_t bytes;
	uint64_t line_bytes;
	uint64_t interface_packets;
	uint64_t short_writes;
	uint64_t bad_sums[STATS_SUM_COUNT];
	uint64_t dropped[STATS_DROP_COUNT];
};

/**
 * struct stats_line - what the port's driver says of the line, and its losses
 * @known:          the driver counts errors
 * @frame:          bytes without a stop bit where it should be
 * @parity:         bytes with a wrong parity bit
 * @overrun:        bytes that the hardware had no room for
 * @buffer_overrun: bytes that the kernel had no room for
 * @breaks:         breaks received
 * @losses:         how often the port was lost
 */
struct stats_line {
	bool known;
	uint64_t frame;
	uint64_t parity;
	uint64_t overrun;
	uint64_t buffer_overrun;
	uint64_t breaks;
	uint64_t losses;
};

/**
 * struct stats - the counters of one link since its start
 * @to_line:    from the interface to the port
 * @from_line:  from the port to the interface
 * @queue:      what waits for the line, and what became of it
 * @line:       the port and what is wired to it
 * @guesses:    frames from the line that were no IP packets, by what they
 *              looked like
 * @unfinished: what the frame looks like of which no end has come yet
 * @unfinished_len: bytes of it
 * @census:     which values the bytes from the line have
 * @witness:    what the packets say of the two ends; owned by the pump
 */
struct stats {
	struct stats_direction to_line;
	struct stats_direction from_line;
	struct fq_codel_stats queue;
	struct stats_line line;
	uint64_t guesses[GUESS_COUNT];
	enum guess unfinished;
	size_t unfinished_len;
	struct census census;
	const struct witness *witness;
};

const char *stats_drop_name(enum stats_drop drop);
const char *stats_drop_key(enum stats_drop drop);
const char *stats_sum_name(enum stats_sum sum);
const char *stats_sum_key(enum stats_sum sum);
uint64_t stats_dropped(const struct stats_direction *direction);
uint64_t stats_line_errors(const struct stats_line *line);

#endif
