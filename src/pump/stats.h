/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_STATS_H
#define SERIALTUN_STATS_H

#include "packet/guess.h"
#include "packet/vj_header.h"
#include "pair/pair.h"
#include "pump/census.h"
#include "pump/fq_codel.h"
#include "pump/witness.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Reasons to drop a frame or packet, each with its key for programs and its
 * words for people.
 */
#define STATS_DROPS(X)                                            \
	X(BAD_ESCAPE, "bad_escape", "bad escape")                 \
	X(TOO_LONG, "too_long", "too long")                       \
	X(EMPTY, "empty", "empty")                                \
	X(BAD_VERSION, "bad_version", "not IP")                   \
	X(BAD_HEADER, "bad_header", "bad header")                 \
	X(BAD_LENGTH, "bad_length", "bad length")                 \
	X(BAD_CHECKSUM, "bad_checksum", "bad checksum")           \
	X(BAD_CHECK, "bad_check", "bad frame check")              \
	X(UNCHECKED, "unchecked", "without a frame check")        \
	X(STALE, "stale", "of a pairing that has ended")          \
	X(VJ_BAD, "vj_bad", "bad CSLIP frame")                    \
	X(VJ_TOSSED, "vj_tossed", "CSLIP out of step")            \
	X(HELLO, "hello", "hello of a serialtun that pairs")      \
	X(COMMAND, "command", "KISS command")                     \
	X(BOARD, "board", "text")                                 \
	X(COAP, "coap", "CoAP")                                   \
	X(IPV6, "ipv6", "IPv6 not wanted")                        \
	X(ROUTER_ADVERT, "router_advert", "Router Advertisement") \
	X(CODEL, "codel", "CoDel")                                \
	X(QUEUE_FULL, "queue_full", "queue full")                 \
	X(UNSENDABLE, "unsendable", "refused by the kernel")      \
	X(REFUSED, "refused", "refused by the peer's host")       \
	X(STRANGER, "stranger", "from another host")              \
	X(OWN_TRANSPORT, "own_transport", "routing loop")         \
	X(NO_LINE, "no_line", "no line")                          \
	X(INTERFACE_DOWN, "interface_down", "interface down")     \
	X(INTERFACE_REFUSED, "interface_refused", "refused by the interface")

#define STATS_DROP_ENUM(name, key, words) STATS_DROP_##name,
enum stats_drop {
	STATS_DROPS(STATS_DROP_ENUM) STATS_DROP_COUNT
};
#undef STATS_DROP_ENUM

/*
 * Protocols whose checksum the receiver checks. A packet with a wrong one still
 * goes to the interface.
 */
enum stats_sum {
	STATS_SUM_TCP,
	STATS_SUM_UDP,
	STATS_SUM_ICMP,
	STATS_SUM_COUNT,
};

/**
 * struct stats_direction - counters of one direction
 * @packets: packets framed, or written to the interface
 * @bytes: bytes in @packets
 * @line_bytes: bytes on the line, including escapes, ENDs and noise
 * @interface_packets: reads or writes of the interface, each a packet or a
 *                     super-packet
 * @short_writes: writes of which the port took only a part
 * @bad_sums: packets in @packets that the kernel will drop because of a wrong
 *            checksum after the IP header
 * @dropped: dropped frames or packets, by reason
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
 * struct stats_line - errors that the port's driver counted, and port losses
 * @known: the driver counts errors
 * @frame: bytes with a wrong stop bit (framing errors)
 * @parity: bytes with a wrong parity bit
 * @overrun: bytes lost because the UART had no room
 * @buffer_overrun: bytes lost because the kernel had no room
 * @breaks: breaks received
 * @losses: times that the port was lost
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
 * struct stats_vj - compression of TCP headers
 * @active: one end has compressed them
 * @heard: the peer has
 * @to_line: sent packets
 * @from_line: received packets
 */
struct stats_vj {
	bool active;
	bool heard;
	struct vj_counters to_line;
	struct vj_counters from_line;
};

/**
 * struct stats - the counters of one link since its start
 * @to_line: from the interface to the port
 * @from_line: from the port to the interface
 * @queue: the queue for the line
 * @line: the port and the line
 * @guesses: frames from the line that were no packets, by probable content
 * @unfinished: probable content of the unfinished frame
 * @unfinished_len: bytes of the unfinished frame so far
 * @census: byte values that came from the line
 * @witness: verdict on the addresses of both ends; owned by the pump
 * @vj: compression of TCP headers
 * @has_pair: this end looks for another serialtun
 * @pair: then how that is going
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
	struct stats_vj vj;
	bool has_pair;
	struct pair_stats pair;
};

const char *stats_drop_name(enum stats_drop drop);
const char *stats_drop_key(enum stats_drop drop);
const char *stats_sum_name(enum stats_sum sum);
const char *stats_sum_key(enum stats_sum sum);
uint64_t stats_dropped(const struct stats_direction *direction);
uint64_t stats_line_errors(const struct stats_line *line);

#endif
