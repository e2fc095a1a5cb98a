/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The checked frames between two ends:
 *
 *   data    0001 fxmc  seq  body  FCS-32
 *   others  0010 1www  ...        FCS-32
 *
 * Another SLIP program does not mistake them for its own frames: the first byte
 * is no IP version, no packet type of VJ (RFC 1144) and no KISS command.
 *
 * The check is that of RFC 1662. It covers the sender's id, the receiver's id
 * and the frame, each id with its most significant byte first. The sender does
 * not transmit the ids. So a frame of an earlier session, a frame of other ends
 * and our own echo fail the check.
 */
#include "pair/frame.h"
#include "pair/fcs.h"

#include <string.h>

#define FRAME_DATA_BITS	  0x10
#define FRAME_DATA_MASK	  0xF0
#define FRAME_OTHERS_BITS 0x28
#define FRAME_OTHERS_MASK 0xF8

/* The longest bitmap of early frames in an acknowledgement, in bytes. */
#define FRAME_BITS_MAX 12

static const enum frame_kind others[] = {
	FRAME_ACK,   FRAME_ACK_FAILED, FRAME_PROBE, FRAME_ANSWER,
	FRAME_SPEED, FRAME_AGREE,      FRAME_CLOSE, FRAME_UNKNOWN,
};

static void put_32(uint8_t *p, uint32_t n)
{
	p[0] = (uint8_t)(n >> 24);
	p[1] = (uint8_t)(n >> 16);
	p[2] = (uint8_t)(n >> 8);
	p[3] = (uint8_t)n;
}

static uint32_t get_32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

/**
 * frame_start() - Compute the start of the check for one direction
 * @from: the sender's id
 * @to:   the receiver's id
 *
 * Return: the register of the check before the first byte of a frame
 */
uint32_t frame_start(uint64_t from, uint64_t to)
{
	uint8_t ids[16];

	put_32(ids, (uint32_t)(from >> 32));
	put_32(ids + 4, (uint32_t)from);
	put_32(ids + 8, (uint32_t)(to >> 32));
	put_32(ids + 12, (uint32_t)to);
	return fcs_add(FCS_START, ids, sizeof(ids));
}

/**
 * frame_looks_checked() - Check whether a frame has the form of a checked frame
 * @bytes: the frame, decoded
 * @len:   length of @bytes
 *
 * Return: false if its first byte or its length is that of another frame
 */
bool frame_looks_checked(const uint8_t *bytes, size_t len)
{
	return len > FRAME_FCS_LEN &&
	       ((bytes[0] & FRAME_DATA_MASK) == FRAME_DATA_BITS ||
		(bytes[0] & FRAME_OTHERS_MASK) == FRAME_OTHERS_BITS);
}

/* The check is transmitted least significant byte first (RFC 1662). */
static void put_fcs(uint8_t *frame, size_t len, uint32_t start)
{
	const uint32_t fcs = ~fcs_add(start, frame, len);
	size_t i;

	for (i = 0; i < FRAME_FCS_LEN; i++)
		frame[len + i] = (uint8_t)(fcs >> (8 * i));
}

/**
 * frame_passes() - Verify the check of a frame
 * @start: the result of frame_start()
 * @bytes: the frame with its check; frame_looks_checked() is true
 * @len:   length of @bytes
 *
 * Return: true if the frame passes
 */
bool frame_passes(uint32_t start, const uint8_t *bytes, size_t len)
{
	const uint8_t *sent = bytes + len - FRAME_FCS_LEN;

	return ~fcs_add(start, bytes, len - FRAME_FCS_LEN) ==
	       ((uint32_t)sent[3] << 24 | (uint32_t)sent[2] << 16 |
		(uint32_t)sent[1] << 8 | sent[0]);
}

/* An acknowledgement has two numbers, and a length and a bitmap of that length
 * for each stream. */
static bool read_ack(struct frame *frame, const uint8_t *bytes, size_t len)
{
	size_t at = 1 + FRAME_CLASSES;
	size_t i;

	if (len < at)
		return false;
	memcpy(frame->next, bytes + 1, FRAME_CLASSES);
	for (i = 0; i < FRAME_CLASSES; i++) {
		if (at >= len || bytes[at] > FRAME_BITS_MAX)
			return false;
		at += 1U + bytes[at];
	}
	return at <= len;
}

static bool read_answer(struct frame *frame, const uint8_t *bytes, size_t len)
{
	if (len < 14)
		return false;
	frame->k = bytes[1];
	frame->counters.good = get_32(bytes + 2);
	frame->counters.failed = get_32(bytes + 6);
	frame->counters.overruns = get_32(bytes + 10);
	return true;
}

/* Read a number and a body. */
static bool read_numbered(struct frame *frame, const uint8_t *bytes, size_t len)
{
	if (len < FRAME_HEAD_LEN)
		return false;
	frame->seq = bytes[1];
	frame->body = bytes + FRAME_HEAD_LEN;
	frame->body_len = len - FRAME_HEAD_LEN;
	return true;
}

static bool read_other(struct frame *frame, const uint8_t *bytes, size_t len)
{
	switch (frame->kind) {
	case FRAME_ACK:
	case FRAME_ACK_FAILED:
		return read_ack(frame, bytes, len);
	case FRAME_PROBE:
		frame->k = len > 1 ? bytes[1] : 0;
		return len > 1;
	case FRAME_ANSWER:
		return read_answer(frame, bytes, len);
	case FRAME_AGREE:
		return read_numbered(frame, bytes, len);
	case FRAME_SPEED:
		frame->body = bytes + 1;
		frame->body_len = len - 1;
		return true;
	default:
		return true;
	}
}

/**
 * frame_read() - Read a frame that passed its check
 * @frame: filled in; all fields that its kind does not have are 0
 * @bytes: the frame with its check
 * @len:   length of @bytes
 *
 * The reader ignores bytes behind those that it knows, so that later releases
 * can add some.
 */
void frame_read(struct frame *frame, const uint8_t *bytes, size_t len)
{
	bool good;

	memset(frame, 0, sizeof(*frame));
	len -= FRAME_FCS_LEN;
	if ((bytes[0] & FRAME_DATA_MASK) == FRAME_DATA_BITS) {
		frame->kind = FRAME_DATA;
		frame->flags = bytes[0] & 0x0F;
		good = read_numbered(frame, bytes, len);
	} else {
		frame->kind = others[bytes[0] & 7];
		good = read_other(frame, bytes, len);
	}
	if (!good)
		frame->kind = FRAME_UNKNOWN;
}

/* Make the first byte of a frame that is not data. */
static uint8_t others_byte(enum frame_kind kind)
{
	uint8_t i = 0;

	while (others[i] != kind)
		i++;
	return FRAME_OTHERS_BITS | i;
}

/**
 * frame_write() - Write a frame that is not data
 * @out:   buffer for the frame
 * @frame: the content; the body of an agree has at most 255 bytes
 * @start: the result of frame_start()
 *
 * Return: length of the frame
 */
size_t frame_write(uint8_t out[FRAME_SHORT_MAX], const struct frame *frame,
		   uint32_t start)
{
	size_t len = 0;

	out[len++] = others_byte(frame->kind);
	switch (frame->kind) {
	case FRAME_ACK:
	case FRAME_ACK_FAILED:
		memcpy(out + len, frame->next, FRAME_CLASSES);
		len += FRAME_CLASSES;
		/* This end keeps no early frames, so both bitmaps are empty. */
		memset(out + len, 0, FRAME_CLASSES);
		len += FRAME_CLASSES;
		break;
	case FRAME_PROBE:
		out[len++] = frame->k;
		break;
	case FRAME_ANSWER:
		out[len++] = frame->k;
		put_32(out + len, frame->counters.good);
		put_32(out + len + 4, frame->counters.failed);
		put_32(out + len + 8, frame->counters.overruns);
		len += 12;
		break;
	case FRAME_AGREE:
		out[len++] = frame->seq;
		memcpy(out + len, frame->body, frame->body_len);
		len += frame->body_len;
		break;
	case FRAME_SPEED:
		memcpy(out + len, frame->body, frame->body_len);
		len += frame->body_len;
		break;
	default:
		break;
	}
	put_fcs(out, len, start);
	return len + FRAME_FCS_LEN;
}

/**
 * frame_wrap() - Make a packet a data frame, in place
 * @packet: the packet; the function writes FRAME_HEAD_LEN bytes before it and
 *          FRAME_FCS_LEN bytes behind it
 * @len:    length of @packet
 * @seq:    number of the packet
 * @start:  the result of frame_start()
 *
 * Return: length of the frame
 */
size_t frame_wrap(uint8_t *packet, size_t len, uint8_t seq, uint32_t start)
{
	packet[-2] = FRAME_DATA_BITS;
	packet[-1] = seq;
	put_fcs(packet - FRAME_HEAD_LEN, len + FRAME_HEAD_LEN, start);
	return FRAME_HEAD_LEN + len + FRAME_FCS_LEN;
}
