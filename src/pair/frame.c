/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The checked frames between two ends:
 *
 *   data    0001 fxmc  seq  [next next]  body  FCS-32
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

/**
 * frame_is_bulk() - Check whether other frames may interrupt a frame
 * @bytes: a checked frame
 *
 * Return: true if it has a packet of the first stream
 */
bool frame_is_bulk(const uint8_t *bytes)
{
	return (bytes[0] & (FRAME_DATA_MASK | FRAME_URGENT)) == FRAME_DATA_BITS;
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

/* An acknowledgement has two numbers, a length and a bitmap of that length for
 * each stream, and perhaps the number of the next agree. */
static bool read_ack(struct frame *frame, const uint8_t *bytes, size_t len)
{
	size_t at = FRAME_CLASSES;
	size_t i;

	if (len < at)
		return false;
	memcpy(frame->next, bytes, FRAME_CLASSES);
	for (i = 0; i < FRAME_CLASSES; i++) {
		if (at >= len || bytes[at] > FRAME_BITS_MAX ||
		    bytes[at] >= len - at)
			return false;
		frame->bits_len[i] = bytes[at];
		frame->bits[i] = bytes + at + 1;
		at += 1U + bytes[at];
	}
	frame->has_agree = at < len;
	frame->agree = frame->has_agree ? bytes[at] : 0;
	return true;
}

/* A part of an acknowledgement is none. */
static bool read_answer(struct frame *frame, const uint8_t *bytes, size_t len)
{
	struct frame without;

	if (len < 14)
		return false;
	frame->k = bytes[1];
	frame->counters.good = get_32(bytes + 2);
	frame->counters.failed = get_32(bytes + 6);
	frame->counters.overruns = get_32(bytes + 10);
	without = *frame;
	frame->has_ack = len > 14 && read_ack(frame, bytes + 14, len - 14);
	if (!frame->has_ack)
		*frame = without;
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

static bool read_data(struct frame *frame, const uint8_t *bytes, size_t len)
{
	if (!read_numbered(frame, bytes, len))
		return false;
	frame->flags = bytes[0] & 0x0F;
	if (!(frame->flags & FRAME_NEXT))
		return true;
	if (frame->body_len < FRAME_NEXT_LEN)
		return false;
	memcpy(frame->next, frame->body, FRAME_NEXT_LEN);
	frame->body += FRAME_NEXT_LEN;
	frame->body_len -= FRAME_NEXT_LEN;
	return true;
}

static bool read_other(struct frame *frame, const uint8_t *bytes, size_t len)
{
	switch (frame->kind) {
	case FRAME_ACK:
	case FRAME_ACK_FAILED:
		return read_ack(frame, bytes + 1, len - 1);
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
		good = read_data(frame, bytes, len);
	} else {
		frame->kind = others[bytes[0] & 7];
		good = read_other(frame, bytes, len);
	}
	if (!good)
		*frame = (struct frame){.kind = FRAME_UNKNOWN};
}

/* Make the first byte of a frame that is not data. */
static uint8_t others_byte(enum frame_kind kind)
{
	uint8_t i = 0;

	while (others[i] != kind)
		i++;
	return FRAME_OTHERS_BITS | i;
}

static size_t write_ack(uint8_t *out, const struct frame *frame)
{
	size_t len = FRAME_CLASSES;
	size_t i;

	memcpy(out, frame->next, FRAME_CLASSES);
	for (i = 0; i < FRAME_CLASSES; i++) {
		out[len++] = (uint8_t)frame->bits_len[i];
		if (frame->bits_len[i])
			memcpy(out + len, frame->bits[i], frame->bits_len[i]);
		len += frame->bits_len[i];
	}
	if (frame->has_agree)
		out[len++] = frame->agree;
	return len;
}

static size_t write_body(uint8_t *out, const struct frame *frame)
{
	/* An empty body may be NULL, which memcpy() does not allow. */
	if (frame->body_len)
		memcpy(out, frame->body, frame->body_len);
	return frame->body_len;
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
		len += write_ack(out + len, frame);
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
		if (frame->has_ack)
			len += write_ack(out + len, frame);
		break;
	case FRAME_AGREE:
		out[len++] = frame->seq;
		len += write_body(out + len, frame);
		break;
	case FRAME_SPEED:
		len += write_body(out + len, frame);
		break;
	default:
		break;
	}
	put_fcs(out, len, start);
	return len + FRAME_FCS_LEN;
}

/**
 * frame_wrap() - Make a packet a data frame, in place
 * @packet: the packet, or a part of one; the function writes FRAME_HEAD_LEN +
 *          FRAME_NEXT_LEN bytes at most before it and FRAME_FCS_LEN bytes
 *          behind it
 * @len:    length of @packet
 * @head:   the flags, the number and, with FRAME_NEXT, the two numbers
 * @start:  the result of frame_start()
 * @frame:  set to the start of the frame
 *
 * Return: length of the frame
 */
size_t frame_wrap(uint8_t *packet, size_t len, const struct frame *head,
		  uint32_t start, uint8_t **frame)
{
	if (head->flags & FRAME_NEXT) {
		packet -= FRAME_NEXT_LEN;
		len += FRAME_NEXT_LEN;
		memcpy(packet, head->next, FRAME_NEXT_LEN);
	}
	packet -= FRAME_HEAD_LEN;
	len += FRAME_HEAD_LEN;
	packet[0] = (uint8_t)(FRAME_DATA_BITS | head->flags);
	packet[1] = head->seq;
	put_fcs(packet, len, start);
	*frame = packet;
	return len + FRAME_FCS_LEN;
}
