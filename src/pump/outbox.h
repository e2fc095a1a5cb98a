/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_OUTBOX_H
#define SERIALTUN_OUTBOX_H

#include "framing/framing.h"
#include "framing/weave.h"
#include "pump/keepalive.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pump_config;
struct stats_direction;

/* Bytes per write of a batch: enough to make the system call cheap. */
#define OUTBOX_BATCH_LEN 32768

/* An encoded frame inside of another one. */
#define OUTBOX_INNER_LEN FRAMING_ENCODED_MAX(FRAMING_INNER_MAX)

/* The last frame may begin just below OUTBOX_BATCH_LEN and have a mark, and
 * another END may follow it. */
#define OUTBOX_LEN                                                        \
	(OUTBOX_BATCH_LEN + KEEPALIVE_MARK_ENDS +                         \
	 FRAMING_ENCODED_MAX(FRAMING_CONTENTS_MAX) + 1 + WEAVE_HEAD_LEN + \
	 OUTBOX_INNER_LEN)

/**
 * struct outbox_frame - a frame before it is encoded
 * @bytes: its contents
 * @len: their number
 * @packet_len: bytes of the packet in it; 0: it is no packet
 * @in_pieces: other frames may interrupt it
 */
struct outbox_frame {
	uint8_t *bytes;
	size_t len;
	size_t packet_len;
	bool in_pieces;
};

/**
 * struct outbox - encoded frames that the port has not taken yet
 * @config: framing and leading ENDs; borrowed
 * @counters: counts written bytes and packets; borrowed
 * @at: start of the next write
 * @len: end of the encoded bytes
 * @packets: number of packets in the outbox
 * @packet_bytes: their bytes
 * @in_pieces: other frames may interrupt the last frame
 * @was_woven: others have interrupted it, or the last one
 * @is_short: the port did not take all of the last write
 * @inner_end: where the frame inside of it ends
 * @ended_ns: when the port took the last byte of a frame
 * @marks: put a mark before the next frame
 * @is_between: the receiver is between two frames
 * @bytes: the encoded frames
 */
struct outbox {
	const struct pump_config *config;
	struct stats_direction *counters;
	size_t at;
	size_t len;
	size_t packets;
	size_t packet_bytes;
	bool in_pieces;
	bool was_woven;
	bool is_short;
	size_t inner_end;
	uint64_t ended_ns;
	bool marks;
	bool is_between;
	uint8_t bytes[OUTBOX_LEN];
};

/**
 * outbox_is_empty() - has the port taken everything?
 * @outbox: the outbox
 *
 * Return: true if so
 */
static inline bool outbox_is_empty(const struct outbox *outbox)
{
	return outbox->at == outbox->len;
}

/**
 * outbox_is_between_pieces() - does the rest wait for its time, and not for the
 * port?
 * @outbox: the outbox
 *
 * Return: true if so
 */
static inline bool outbox_is_between_pieces(const struct outbox *outbox)
{
	return !outbox_is_empty(outbox) && outbox->in_pieces &&
	       !outbox->is_short;
}

/**
 * outbox_waits() - does the rest wait for the port?
 * @outbox: the outbox
 *
 * Return: true if so
 */
static inline bool outbox_waits(const struct outbox *outbox)
{
	return !outbox_is_empty(outbox) && !outbox_is_between_pieces(outbox);
}

void outbox_clear(struct outbox *outbox);
void outbox_drop(struct outbox *outbox);
void outbox_refuse(struct outbox *outbox);
void outbox_append(struct outbox *outbox, const struct outbox_frame *frame,
		   uint64_t now_ns);
void outbox_append_idle(struct outbox *outbox);
bool outbox_takes_inner(const struct outbox *outbox);
void outbox_insert(struct outbox *outbox, const struct outbox_frame *frame);
size_t outbox_next_len(const struct outbox *outbox, size_t piece);
void outbox_take(struct outbox *outbox, size_t taken, size_t len,
		 uint64_t now_ns);

#endif
