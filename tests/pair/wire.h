/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One direction of a serial line in virtual time. Each byte takes its time, and
 * the line loses, damages and inserts some.
 */
#ifndef SERIALTUN_SIM_WIRE_H
#define SERIALTUN_SIM_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An end never writes more than this at once. */
#define WIRE_MOVING_MAX 16384

/* The driver buffers this many bytes for a receiver that does not read. */
#define WIRE_PORT_MAX 16384

/**
 * struct wire - one direction
 * @random:   state of the random numbers, shared by the whole run
 * @byte_ns:  time that a byte takes
 * @damage:   probability that the line loses a byte, damages it or inserts
 *            another one in front of it
 * @hurt:     bytes that suffered so far
 * @is_cut:   no byte arrives
 * @is_held:  flow control holds the sender: no byte moves
 * @is_wrong: the ends have different speeds, so garbage arrives
 * @garbage:  how much of it: 0 nothing, 1 little, 2 most bytes
 * @speeds:   the sender's speed and the receiver's, in bits per second
 * @clean_baud: the highest speed at which the line has its usual damage
 * @usual:    that damage
 * @fast:     damage at higher speeds
 * @burst:    damage at any speed during a burst of noise; 0: there is none
 * @next_ns:  time at which the first byte on the wire arrives
 * @clean:    bytes before the next one that suffers
 * @len:      bytes on the wire
 * @at:       their index in @moving
 * @moving:   the bytes
 * @port_len: bytes that have arrived and that nobody has read
 * @port:     the bytes
 */
struct wire {
	uint64_t *random;
	uint64_t byte_ns;
	double damage;
	uint64_t hurt;
	bool is_cut;
	bool is_held;
	bool is_wrong;
	unsigned int garbage;
	uint32_t speeds[2];
	uint32_t clean_baud;
	double usual;
	double fast;
	double burst;
	uint64_t next_ns;
	uint64_t clean;
	size_t len;
	size_t at;
	uint8_t moving[WIRE_MOVING_MAX];
	size_t port_len;
	uint8_t port[WIRE_PORT_MAX + 1];
};

uint64_t sim_random(uint64_t *state);
uint64_t sim_between(uint64_t *state, uint64_t from, uint64_t to);
bool sim_chance(uint64_t *state, double probability);

void wire_open(struct wire *line, uint64_t *random, uint64_t byte_ns,
	       double damage);
void wire_set_burst(struct wire *line, double damage, uint64_t now_ns);
void wire_hold(struct wire *line, bool is_held, uint64_t now_ns);
void wire_write(struct wire *line, const uint8_t *bytes, size_t len,
		uint64_t now_ns);
uint64_t wire_next_ns(const struct wire *line);
uint64_t wire_dry_ns(const struct wire *line, uint64_t now_ns);
size_t wire_read(struct wire *line, uint8_t out[WIRE_PORT_MAX],
		 uint64_t now_ns);
void wire_put(struct wire *line, const uint8_t *bytes, size_t len);
void wire_set_speed(struct wire *line, unsigned int at, uint32_t baud,
		    uint64_t now_ns);
void wire_flush(struct wire *line, uint64_t now_ns);

#endif
