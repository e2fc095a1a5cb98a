/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_FRAME_H
#define SERIALTUN_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes before the packet in a data frame, of the two numbers that may follow
 * them, and of the check of each frame. */
#define FRAME_HEAD_LEN 2
#define FRAME_NEXT_LEN 2
#define FRAME_FCS_LEN  4

/* The longest bitmap of early frames in an acknowledgement, in bytes. */
#define FRAME_BITS_MAX 12

/* The longest frame that is not data: an agree. */
#define FRAME_SHORT_MAX (FRAME_HEAD_LEN + 255 + FRAME_FCS_LEN)

/* Number of streams of packets, and of each acknowledgement's numbers. */
#define FRAME_CLASSES 2

/**
 * enum frame_kind - the kinds of checked frames
 * @FRAME_DATA:       a packet, or a part of one
 * @FRAME_ACK:        acknowledgement: the numbers that its sender expects next
 * @FRAME_ACK_FAILED: the same, sent because a frame failed its check
 * @FRAME_PROBE:      a request for an immediate answer
 * @FRAME_ANSWER:     the answer to a probe, with counters
 * @FRAME_SPEED:      a change of the line's speed
 * @FRAME_AGREE:      the description of a host
 * @FRAME_CLOSE:      the sender ends the session
 * @FRAME_UNKNOWN:    an unknown kind, or a frame with invalid content
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
 * enum frame_flags - flags of a data frame
 * @FRAME_URGENT:     the frame belongs to the second stream
 * @FRAME_MORE:       more parts of its packet follow
 * @FRAME_COMPRESSED: the body is compressed
 * @FRAME_NEXT:       two numbers precede the body
 */
enum frame_flags {
	FRAME_URGENT = 1 << 0,
	FRAME_MORE = 1 << 1,
	FRAME_COMPRESSED = 1 << 2,
	FRAME_NEXT = 1 << 3,
};

/**
 * struct frame_counters - frames that an end has received in this session
 * @good:     frames that passed their check
 * @failed:   frames that failed it
 * @overruns: times that its port lost bytes
 */
struct frame_counters {
	uint32_t good;
	uint32_t failed;
	uint32_t overruns;
};

/**
 * struct frame - the content of a frame
 * @kind:     kind of the frame
 * @flags:    data: bits of enum frame_flags
 * @seq:      data, agree: number of the frame
 * @next:     acknowledgement, data with FRAME_NEXT: the next number that its
 *            sender expects, for each stream
 * @bits:     acknowledgement: a bitmap for each stream; bit n of it tells that
 *            its sender has the frame n + 1 behind @next; borrowed
 * @bits_len: length of each bitmap in bytes, at most FRAME_BITS_MAX
 * @k:        probe, answer: number of the probe
 * @counters: answer: counters
 * @has_agree: acknowledgement, answer: it carries @agree, too
 * @agree:    number of the next agree that its sender expects
 * @has_ack:  answer: it carries an acknowledgement, too
 * @body:     data: the packet; agree: the text; speed: the message; borrowed
 * @body_len: length of @body in bytes
 */
struct frame {
	enum frame_kind kind;
	unsigned int flags;
	uint8_t seq;
	uint8_t next[FRAME_CLASSES];
	const uint8_t *bits[FRAME_CLASSES];
	size_t bits_len[FRAME_CLASSES];
	bool has_agree;
	uint8_t agree;
	uint8_t k;
	struct frame_counters counters;
	bool has_ack;
	const uint8_t *body;
	size_t body_len;
};

uint32_t frame_start(uint64_t from, uint64_t to);
bool frame_is_bulk(const uint8_t *bytes);
bool frame_looks_checked(const uint8_t *bytes, size_t len);
bool frame_passes(uint32_t start, const uint8_t *bytes, size_t len);
void frame_read(struct frame *frame, const uint8_t *bytes, size_t len);
size_t frame_write(uint8_t out[FRAME_SHORT_MAX], const struct frame *frame,
		   uint32_t start);
size_t frame_wrap(uint8_t *packet, size_t len, const struct frame *head,
		  uint32_t start, uint8_t **frame);

#endif
