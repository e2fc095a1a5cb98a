/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One end of the simulation: a pair of src/pair/ with a SLIP decoder in front
 * of it and traffic behind it, or a program that speaks plain SLIP.
 */
#ifndef SERIALTUN_SIM_END_H
#define SERIALTUN_SIM_END_H

#include "framing/slip.h"
#include "pair/pair.h"
#include "wire.h"

#define END_LINES_MAX  2
#define END_PACKET_MIN 40
#define END_PACKET_MAX 1500

/* Packets that wait, in an end whose line is slow. */
#define END_QUEUE_MAX 64

/**
 * enum end_traffic - what an end sends
 * @END_QUIET:   nothing but answers
 * @END_PINGS:   packets that are answered
 * @END_GREEDY:  as much as the line takes
 */
enum end_traffic {
	END_QUIET,
	END_PINGS,
	END_GREEDY,
};

/**
 * enum end_fault - what may never happen
 * @END_DAMAGED:  a packet was delivered that was never sent, while paired
 * @END_TWICE:    a packet was delivered twice, or out of order
 * @END_UNPAIRED: a plain packet was let in, while paired
 */
enum end_fault {
	END_DAMAGED = 1 << 0,
	END_TWICE = 1 << 1,
	END_UNPAIRED = 1 << 2,
};

struct end_packet {
	unsigned int len;
	uint8_t type;
};

/**
 * struct end - one end
 * @name:       of its messages
 * @random:     state of the random numbers
 * @in:         lines that it reads
 * @out:        lines that it writes, all the same bytes
 * @trusts:     what a pair delivers must be what was sent
 * @is_alive:   its program runs
 * @is_plain:   it is another program
 * @acks:       it answers every second packet of a greedy one
 * @stopped_ns: until when its program is stopped
 * @wake_ns:    when it has something to do
 * @read_ns:    when it finds what has arrived; UINT64_MAX: nothing has
 * @latency_ns: of its adapter
 * @packet_len: of its long packets
 * @pair:       its pair
 * @generation: which program it is, of all in this run
 * @sent:       packets that it has made
 * @last_of:    whose packet came last
 * @last:       and which one
 * @delivered:  packets that came, @plain_in of them not checked
 * @heard_ns:   when the last did
 * @short_in:   frames that came to a plain program and are no packets
 * @hellos:     that all of its programs have said
 * @sessions:   that they had
 * @faults:     of enum end_fault
 */
struct end {
	char name;
	uint64_t *random;
	struct wire *in[END_LINES_MAX];
	struct wire *out[END_LINES_MAX];
	bool trusts;
	bool is_alive;
	bool is_plain;
	bool acks;
	uint64_t stopped_ns;
	uint64_t wake_ns;
	uint64_t read_ns;
	uint64_t latency_ns;
	unsigned int packet_len;
	enum end_traffic traffic;
	uint64_t ping_ns;
	struct pair *pair;
	struct slip_decoder decoder[END_LINES_MAX];
	uint32_t generation;
	uint32_t sent;
	uint32_t last_of;
	uint32_t last;
	uint64_t delivered;
	uint64_t plain_in;
	uint64_t heard_ns;
	uint64_t short_in;
	uint64_t past_hellos;
	uint64_t past_sessions;
	unsigned int faults;
	unsigned int to_ack;
	struct end_packet queue[END_QUEUE_MAX];
	unsigned int queue_at;
	unsigned int queue_len;
};

extern bool end_is_verbose;

void end_open(struct end *end, unsigned int can, uint64_t now_ns);
void end_kill(struct end *end);
void end_close(struct end *end, uint64_t now_ns);
void end_turn(struct end *end, uint64_t now_ns);
void end_write(struct end *end, const uint8_t *frame, size_t len,
	       uint64_t now_ns);
uint64_t end_hellos(const struct end *end);
uint64_t end_sessions(const struct end *end);
enum pair_state end_state(const struct end *end);

#endif
