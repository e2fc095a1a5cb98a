/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_FRAME_H
#define SERIALTUN_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is before the packet in a frame of data, and behind each frame. */
#define FRAME_HEAD_LEN 2
#define FRAME_FCS_LEN  4

/* A frame that is not data is no longer than this; the longest is an agree. */
#define FRAME_SHORT_MAX (FRAME_HEAD_LEN + 255 + FRAME_FCS_LEN)

/* The two streams that a pair's packets go in. */
#define FRAME_CLASSES 2

/**
 * enum frame_kind - what a frame is
 * @FRAME_DATA:       a packet, or a part of one
 * @FRAME_ACK:        what is expected next
 * @FRAME_ACK_FAILED: the same, because a frame did not pass its check
 * @FRAME_PROBE:      to be answered at once
 * @FRAME_ANSWER:     the answer, with counters
 * @FRAME_SPEED:      another speed is tried
 * @FRAME_AGREE:      what is to be known of a host
 * @FRAME_CLOSE:      this end will not be there any more
 * @FRAME_UNKNOWN:    none of these, or not as it should be
 */
enum frame_kind {
	FRAME_DATA,
	FRAME_ACK,
	FRAME_ACK_FAILED,
	FRAME_PROBE,
	FRAME_ANSWER,
	FRAME_SPEED,
	FRAME_AGREE,
	FRAME_CLOSE,
	FRAME_UNKNOWN,
};

/**
 * enum frame_flags - of a frame of data
 * @FRAME_URGENT:     it belongs to the second stream
 * @FRAME_MORE:       more of its packet follows
 * @FRAME_COMPRESSED: its body is compressed
 * @FRAME_NEXT:       two numbers are before the body
 */
enum frame_flags {
	FRAME_URGENT = 1 << 0,
	FRAME_MORE = 1 << 1,
	FRAME_COMPRESSED = 1 << 2,
	FRAME_NEXT = 1 << 3,
};

/**
 * struct frame_counters - what an end has heard in this session
 * @good:     frames that passed their check
 * @failed:   frames that did not
 * @overruns: times that its port lost bytes
 */
struct frame_counters {
	uint32_t good;
	uint32_t failed;
	uint32_t overruns;
};

/**
 * struct frame - a frame whose check is good
 * @kind:     what it is
 * @flags:    data: of enum frame_flags
 * @seq:      data, agree: its number in its stream
 * @next:     acknowledgements: the number that is expected next in each stream
 * @k:        probe, answer: which
 * @counters: answer
 * @body:     data: the packet; agree: the text; borrowed
 * @body_len: its length in bytes
 */
struct frame {
	enum frame_kind kind;
	unsigned int flags;
	uint8_t seq;
	uint8_t next[FRAME_CLASSES];
	uint8_t k;
	struct frame_counters counters;
	const uint8_t *body;
	size_t body_len;
};

uint32_t frame_start(uint64_t from, uint64_t to);
bool frame_looks_checked(const uint8_t *bytes, size_t len);
bool frame_passes(uint32_t start, const uint8_t *bytes, size_t len);
void frame_read(struct frame *frame, const uint8_t *bytes, size_t len);
size_t frame_write(uint8_t out[FRAME_SHORT_MAX], const struct frame *frame,
		   uint32_t start);
size_t frame_wrap(uint8_t *packet, size_t len, uint8_t seq, uint32_t start);

#endif
