/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_REPEAT_H
#define SERIALTUN_REPEAT_H

#include "pair/frame.h"
#include "pair/lanes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct repeat;

/**
 * struct repeat_wire - the wire behind this end's port
 * @packet_ns: time that the longest frame takes; 0: not known
 * @byte_ns:   time that a byte takes; 0: not known
 * @interrupts: urgent frames may interrupt others, in both directions
 */
struct repeat_wire {
	uint64_t packet_ns;
	uint64_t byte_ns;
	bool interrupts;
};

/**
 * struct repeat_stats - counters
 * @repeated: frames that this end sent again
 * @failed:   acknowledgements of the peer that said "failed"
 * @given_up: frames that no acknowledgement had come for when a session ended
 * @early:    frames of the peer that were kept until an earlier one came
 * @twice:    frames of the peer that had come before
 * @invalid:  frames with numbers that their sender could not use: data outside
 *            of the window, or beyond its bytes, and acknowledgements of frames
 *            that were never sent
 * @inside:   packets that this end sent in the middle of others
 * @part_len: length of the parts into which packets are cut; 0: they are whole
 */
struct repeat_stats {
	uint64_t repeated;
	uint64_t failed;
	uint64_t given_up;
	uint64_t early;
	uint64_t twice;
	uint64_t invalid;
	uint64_t inside;
	size_t part_len;
};

/**
 * struct repeat_packet - a packet for repeat_add()
 * @len:   its length
 * @flow:  number of its flow
 * @lane:  its class, of repeat_choose()
 * @flags: 0 or FRAME_COMPRESSED
 */
struct repeat_packet {
	size_t len;
	uint16_t flow;
	enum lane lane;
	unsigned int flags;
};

struct repeat *repeat_new(void);
void repeat_free(struct repeat *repeat);
void repeat_begin(struct repeat *repeat, const struct repeat_wire *wire);
void repeat_set_byte_ns(struct repeat *repeat, uint64_t byte_ns,
			uint64_t now_ns);
void repeat_end(struct repeat *repeat);

void repeat_set_inside(struct repeat *repeat, bool is_inside);
bool repeat_interrupts(const struct repeat *repeat);
bool repeat_has_room(const struct repeat *repeat);
bool repeat_may_be_urgent(const struct repeat *repeat, uint16_t flow);
enum lane repeat_choose(struct repeat *repeat, const struct lanes_packet *what);
void repeat_add(struct repeat *repeat, const uint8_t *packet,
		const struct repeat_packet *what);
bool repeat_take(struct repeat *repeat, struct frame *head, uint8_t *body,
		 uint64_t now_ns);
void repeat_refused(struct repeat *repeat);

bool repeat_hear_data(struct repeat *repeat, const struct frame *frame,
		      uint64_t now_ns);
bool repeat_take_packet(struct repeat *repeat, const uint8_t **packet,
			size_t *len);
bool repeat_is_compressed(const struct repeat *repeat, enum lane *lane);
void repeat_hear_ack(struct repeat *repeat, const struct frame *frame,
		     uint64_t now_ns);
void repeat_hear_failure(struct repeat *repeat, uint64_t now_ns);
void repeat_hear_answer(struct repeat *repeat, uint8_t k, uint64_t now_ns);

bool repeat_take_ack(struct repeat *repeat, struct frame *frame, bool is_due,
		     uint64_t now_ns);
bool repeat_wants_probe(const struct repeat *repeat, uint64_t now_ns);
void repeat_probed(struct repeat *repeat, uint8_t k, uint64_t now_ns);
void repeat_set_queued(struct repeat *repeat, size_t queued);
bool repeat_is_dead(const struct repeat *repeat, uint64_t now_ns);
bool repeat_is_astray(const struct repeat *repeat);
uint64_t repeat_next_ns(const struct repeat *repeat, uint64_t now_ns);
void repeat_get_stats(const struct repeat *repeat, struct repeat_stats *stats);

#endif
