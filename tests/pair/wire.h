/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One direction of a serial line in virtual time: bytes take their time, and
 * some are lost, damaged or put in between.
 */
#ifndef SERIALTUN_SIM_WIRE_H
#define SERIALTUN_SIM_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More than any end writes at once. */
#define WIRE_MOVING_MAX 16384

/* What a driver keeps for a receiver that does not read. */
#define WIRE_PORT_MAX 4096

/**
 * struct wire - one direction
 * @random:   state of the random numbers, shared by all of a run
 * @byte_ns:  how long a byte takes
 * @damage:   probability that something happens to a byte
 * @is_cut:   nothing arrives
 * @is_wrong: the speeds of the ends differ: what arrives is garbage
 * @next_ns:  when the first byte on the wire has arrived
 * @clean:    bytes until something happens to one
 * @len:      bytes on the wire
 * @at:       where they begin
 * @moving:   the bytes
 * @port_len: bytes that have arrived and were not read yet
 * @port:     these
 */
struct wire {
	uint64_t *random;
	uint64_t byte_ns;
	double damage;
	bool is_cut;
	bool is_wrong;
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
void wire_write(struct wire *line, const uint8_t *bytes, size_t len,
		uint64_t now_ns);
uint64_t wire_next_ns(const struct wire *line);
uint64_t wire_dry_ns(const struct wire *line, uint64_t now_ns);
size_t wire_read(struct wire *line, uint8_t out[WIRE_PORT_MAX],
		 uint64_t now_ns);
void wire_put(struct wire *line, const uint8_t *bytes, size_t len);
void wire_flush(struct wire *line, uint64_t now_ns);

#endif
