/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One end of the simulation: a pair of src/pair/ behind a SLIP decoder, with
 * traffic; or another program that speaks plain SLIP.
 */
#ifndef SERIALTUN_SIM_END_H
#define SERIALTUN_SIM_END_H

#include "framing/slip.h"
#include "pair/pair.h"
#include "wire.h"

#define END_LINES_MAX  2
#define END_PACKET_MIN 40
#define END_PACKET_MAX 1500

/* Packets of different types are different flows. */
#define END_FLOWS 4

/* An encoded bulk frame, and what is written into it. */
#define END_OUTBOX_MAX 4096

/* Packets that wait in an end whose line is slow. */
#define END_QUEUE_MAX 64

/**
 * enum end_traffic - the packets that an end sends
 * @END_QUIET:   replies to pings only
 * @END_PINGS:   pings, and replies
 * @END_GREEDY:  as many packets as the line takes
 */
enum end_traffic {
	END_QUIET,
	END_PINGS,
	END_GREEDY,
};

/**
 * enum end_fault - violations of the protocol's promises
 * @END_DAMAGED:  a paired end delivered a packet that nobody sent
 * @END_TWICE:    an end delivered a packet twice or out of order
 * @END_HOLE:     a packet of a session that repeats is missing
 * @END_UNREADABLE: a compressed packet did not decode
 * @END_UNPAIRED: a paired end admitted a plain packet
 */
enum end_fault {
	END_DAMAGED = 1 << 0,
	END_TWICE = 1 << 1,
	END_UNPAIRED = 1 << 2,
	END_HOLE = 1 << 3,
	END_UNREADABLE = 1 << 4,
};

struct end_packet {
	unsigned int len;
	uint8_t type;
};

/**
 * struct end - one end
 * @name:       name in messages
 * @random:     state of the random numbers
 * @in:         lines that it reads
 * @out:        lines that it writes; each gets the same bytes
 * @trusts:     the end must deliver exactly what its peer sent
 * @is_alive:   its program runs
 * @is_plain:   its program is another SLIP program
 * @can:        the parts of the protocol that its program supports
 * @is_stream:  its port loses nothing, as far as it knows
 * @acks:       it acknowledges every second bulk packet
 * @stopped_ns: time until which its program is stopped
 * @wake_ns:    time of its next turn
 * @read_ns:    time at which it notices the bytes that arrived; UINT64_MAX:
 * none arrived
 * @latency_ns: latency of its adapter
 * @speeds:     what its port can do; count 0: it stays at its speed
 * @listens:    it searches for the speed of a peer that is no serialtun, if it
 *              can change its speed
 * @fixed_baud: the speed of its port; 0: that of @speeds
 * @base_ns:    time of a byte at the speed of a newly opened port
 * @settle_ns:  time until which it drops what arrives, after a change of speed
 * @changes:    changes of its speed
 * @refuses:    its port refuses changes of the speed
 * @watched:    a kind of message about the speed; 0: none
 * @watch_at:   the first of them that counts
 * @watch_len:  how many of them are lost; 0: none
 * @seen:       messages of this kind that it has sent
 * @packet_len: length of its bulk packets
 * @traffic:    the packets that it sends
 * @ping_ns:    time of its next ping
 * @pair:       its pair
 * @decoder:    a decoder for each line of @in
 * @generation: number of its program among all programs of the run
 * @sent:       packets that its program has made
 * @session_out: the session in which it last sent a packet
 * @ordinals_out: packets that it has sent in this session, for each flow
 * @session_in: the session of the last packet delivered
 * @ordinals_in: packets of this session delivered
 * @last_of:    generation of the sender of the last packet delivered
 * @last:       number of the last packet of each flow
 * @delivered:  packets delivered
 * @plain_in:   those of them that had no check
 * @heard_ns:   time of the last delivery
 * @short_in:   frames that a plain program received and that are no packets
 * @past_hellos:   hellos that its earlier programs sent
 * @past_sessions: sessions that they had
 * @faults:     bits of enum end_fault
 * @to_ack:     bulk packets delivered while @acks is set
 * @trips:      the round trip time of each ping of a session that repeats, or
 *              the time at which it was sent; NULL: not wanted
 * @trips_max:  length of @trips
 * @ping_count: pings sent
 * @trip_count: pings answered
 * @queue:      packets that wait, in a ring
 * @queue_at:   index of the first of them
 * @queue_len:  number of them
 * @outbox:     an encoded bulk frame that is written in pieces
 * @outbox_at:  bytes of it that were written
 * @outbox_len: its length
 * @inner_end:  where the frame inside of it ends
 * @was_woven:  there was one
 */
struct end {
	char name;
	uint64_t *random;
	struct wire *in[END_LINES_MAX];
	struct wire *out[END_LINES_MAX];
	bool trusts;
	bool is_alive;
	bool is_plain;
	unsigned int can;
	bool is_stream;
	bool acks;
	uint64_t stopped_ns;
	uint64_t wake_ns;
	uint64_t read_ns;
	uint64_t latency_ns;
	struct speed_config speeds;
	bool listens;
	uint32_t fixed_baud;
	uint64_t base_ns;
	uint64_t settle_ns;
	unsigned int changes;
	bool refuses;
	enum speed_what watched;
	unsigned int watch_at;
	unsigned int watch_len;
	unsigned int seen;
	unsigned int packet_len;
	enum end_traffic traffic;
	uint64_t ping_ns;
	struct pair *pair;
	struct slip_decoder decoder[END_LINES_MAX];
	uint32_t generation;
	uint32_t sent;
	uint32_t session_out;
	uint32_t ordinals_out[END_FLOWS];
	uint32_t session_in;
	uint32_t ordinals_in[END_FLOWS];
	uint32_t last_of;
	uint32_t last[END_FLOWS];
	uint64_t delivered;
	uint64_t plain_in;
	uint64_t heard_ns;
	uint64_t short_in;
	uint64_t past_hellos;
	uint64_t past_sessions;
	unsigned int faults;
	unsigned int to_ack;
	uint64_t *trips;
	size_t trips_max;
	size_t ping_count;
	size_t trip_count;
	struct end_packet queue[END_QUEUE_MAX];
	unsigned int queue_at;
	unsigned int queue_len;
	uint8_t outbox[END_OUTBOX_MAX];
	size_t outbox_at;
	size_t outbox_len;
	size_t inner_end;
	bool was_woven;
};

extern bool end_is_verbose;

void end_open(struct end *end, unsigned int can, uint64_t now_ns);
void end_kill(struct end *end);
void end_close(struct end *end, uint64_t now_ns);
void end_turn(struct end *end, uint64_t now_ns);
void end_write(struct end *end, const uint8_t *frame, size_t len,
	       uint64_t now_ns);
uint32_t end_baud(const struct end *end);
uint64_t end_hellos(const struct end *end);
uint64_t end_sessions(const struct end *end);
enum pair_state end_state(const struct end *end);

#endif
