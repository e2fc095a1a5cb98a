/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order of the frames that arrive. A frame that comes while one before it
 * is missing is kept until that one was repeated; so packets leave in the order
 * in which they were sent, none twice, and none is missing.
 *
 * Early frames lie in blocks of a fixed size, each chained to the next. The
 * peer's window is as large as this end's, so its early frames always have
 * room; a stranger that sends more than that finds none.
 *
 * Parts of a packet gather until the last one is there.
 *
 * arrivals is pure: it allocates only at first.
 */
#include "pair/arrivals.h"
#include "packet/packet.h"
#include "pair/window.h"

#include <stdlib.h>
#include <string.h>

/* A power of two above WINDOW_FRAMES, which divides the 256 numbers. */
#define ARRIVALS_SLOTS 128

/* Each frame of a full window wastes less than a block. */
#define ARRIVALS_BLOCK_LEN 256
#define ARRIVALS_BLOCKS	   (WINDOW_BYTES / ARRIVALS_BLOCK_LEN + WINDOW_FRAMES)
#define ARRIVALS_NO_BLOCK  UINT16_MAX

/**
 * struct arrivals_frame - an early frame
 * @is_here: it has arrived
 * @more:    more parts of its packet follow
 * @is_compressed: its body is compressed
 * @len:     length of its body
 * @block:   its first block
 */
struct arrivals_frame {
	bool is_here;
	bool more;
	bool is_compressed;
	uint16_t len;
	uint16_t block;
};

/**
 * struct arrivals - the frames that have arrived
 * @next:        number of the frame that is expected
 * @early:       early frames
 * @early_bytes: bytes in them
 * @free:        first free block
 * @ready:       the packet of the frame that came in order; NULL: none
 * @ready_len:   its length
 * @gathered:    bytes of the parts in @packet
 * @is_cut:      the parts are longer than a packet can be
 * @is_taken:    arrivals_take() has returned @packet
 * @is_compressed: the last frame taken in order is compressed
 * @too_long:    packets that were too long, their last parts still to come
 * @frames:      early frames, at their numbers modulo ARRIVALS_SLOTS
 * @chain:       the block behind each block
 * @packet:      a packet made of parts, or of an early frame
 * @blocks:      the bodies of early frames
 */
struct arrivals {
	uint8_t next;
	unsigned int early;
	size_t early_bytes;
	uint16_t free;
	const uint8_t *ready;
	size_t ready_len;
	size_t gathered;
	bool is_cut;
	bool is_taken;
	bool is_compressed;
	uint64_t too_long;
	struct arrivals_frame frames[ARRIVALS_SLOTS];
	uint16_t chain[ARRIVALS_BLOCKS];
	uint8_t packet[PACKET_MAX];
	uint8_t blocks[ARRIVALS_BLOCKS][ARRIVALS_BLOCK_LEN];
};

/**
 * arrivals_new() - Allocate the memory for early frames
 *
 * Return: it, to be freed with arrivals_free(); NULL if memory is short
 */
struct arrivals *arrivals_new(void)
{
	struct arrivals *arrivals = calloc(1, sizeof(*arrivals));

	if (arrivals)
		arrivals_reset(arrivals);
	return arrivals;
}

/**
 * arrivals_free() - Free the memory for early frames
 * @arrivals: the memory, or NULL
 */
void arrivals_free(struct arrivals *arrivals)
{
	free(arrivals);
}

/**
 * arrivals_reset() - Forget all frames; frame 0 is expected
 * @arrivals: the frames
 */
void arrivals_reset(struct arrivals *arrivals)
{
	const uint64_t too_long = arrivals->too_long;
	size_t i;

	memset(arrivals, 0, offsetof(struct arrivals, chain));
	arrivals->too_long = too_long;
	for (i = 0; i < ARRIVALS_BLOCKS - 1; i++)
		arrivals->chain[i] = (uint16_t)(i + 1);
	arrivals->chain[i] = ARRIVALS_NO_BLOCK;
}

/* Add a part to the packet that is being gathered. */
static void gather(struct arrivals *arrivals, const uint8_t *part, size_t len)
{
	if (arrivals->is_cut)
		return;
	if (len > PACKET_MAX - arrivals->gathered) {
		arrivals->is_cut = true;
		arrivals->too_long++;
		return;
	}
	if (len)
		memcpy(arrivals->packet + arrivals->gathered, part, len);
	arrivals->gathered += len;
}

/* Drop the packet that arrivals_take() has returned. */
static void begin_packet(struct arrivals *arrivals)
{
	if (!arrivals->is_taken)
		return;
	arrivals->is_taken = false;
	arrivals->is_cut = false;
	arrivals->gathered = 0;
}

/* End the gathered packet. Return: false if it is too long, and dropped. */
static bool end_packet(struct arrivals *arrivals, const uint8_t **packet,
		       size_t *len)
{
	arrivals->is_taken = true;
	if (arrivals->is_cut)
		return false;
	*packet = arrivals->packet;
	*len = arrivals->gathered;
	return true;
}

/* Take the frame that was expected. */
static void accept(struct arrivals *arrivals, const struct frame *frame)
{
	const bool more = frame->flags & FRAME_MORE;

	begin_packet(arrivals);
	arrivals->is_compressed = frame->flags & FRAME_COMPRESSED;
	arrivals->next++;
	if (!more && !arrivals->gathered && !arrivals->is_cut) {
		arrivals->ready = frame->body;
		arrivals->ready_len = frame->body_len;
		return;
	}
	gather(arrivals, frame->body, frame->body_len);
	if (!more &&
	    !end_packet(arrivals, &arrivals->ready, &arrivals->ready_len))
		arrivals->ready = NULL;
}

static struct arrivals_frame *frame_of(struct arrivals *arrivals, uint8_t seq)
{
	return &arrivals->frames[seq % ARRIVALS_SLOTS];
}

/* Keep an early frame. Return: false if there is no room. */
static bool keep(struct arrivals *arrivals, const struct frame *frame)
{
	struct arrivals_frame *early = frame_of(arrivals, frame->seq);
	uint16_t *link = &early->block;
	size_t at;
	size_t len;

	if (frame->body_len > UINT16_MAX ||
	    frame->body_len > WINDOW_BYTES - arrivals->early_bytes)
		return false;
	*early = (struct arrivals_frame){
		.is_here = true,
		.more = frame->flags & FRAME_MORE,
		.is_compressed = frame->flags & FRAME_COMPRESSED,
		.len = (uint16_t)frame->body_len,
		.block = ARRIVALS_NO_BLOCK,
	};
	for (at = 0; at < frame->body_len; at += len) {
		len = frame->body_len - at;
		if (len > ARRIVALS_BLOCK_LEN)
			len = ARRIVALS_BLOCK_LEN;
		*link = arrivals->free;
		arrivals->free = arrivals->chain[*link];
		memcpy(arrivals->blocks[*link], frame->body + at, len);
		link = &arrivals->chain[*link];
	}
	*link = ARRIVALS_NO_BLOCK;
	arrivals->early++;
	arrivals->early_bytes += frame->body_len;
	return true;
}

/* Gather an early frame that is expected now, and free its blocks. */
static void gather_early(struct arrivals *arrivals,
			 struct arrivals_frame *early)
{
	uint16_t block = early->block;
	size_t left = early->len;
	uint16_t next;
	size_t len;

	for (; left; left -= len) {
		len = left < ARRIVALS_BLOCK_LEN ? left : ARRIVALS_BLOCK_LEN;
		gather(arrivals, arrivals->blocks[block], len);
		next = arrivals->chain[block];
		arrivals->chain[block] = arrivals->free;
		arrivals->free = block;
		block = next;
	}
	arrivals->is_compressed = early->is_compressed;
	early->is_here = false;
	arrivals->early--;
	arrivals->early_bytes -= early->len;
	arrivals->next++;
}

/**
 * arrivals_hear() - Handle a data frame
 * @arrivals: the frames; arrivals_take() has returned false
 * @frame:    the frame; its body must stay until arrivals_take() returns false
 *
 * Return: what became of it
 */
enum arrivals_news arrivals_hear(struct arrivals *arrivals,
				 const struct frame *frame)
{
	const uint8_t ahead = (uint8_t)(frame->seq - arrivals->next);

	if (!ahead) {
		accept(arrivals, frame);
		return ARRIVALS_IN_ORDER;
	}
	if (ahead >= WINDOW_FRAMES)
		return (uint8_t)-ahead <= WINDOW_FRAMES ? ARRIVALS_TWICE
							: ARRIVALS_OUTSIDE;
	if (frame_of(arrivals, frame->seq)->is_here)
		return ARRIVALS_TWICE;
	return keep(arrivals, frame) ? ARRIVALS_EARLY : ARRIVALS_FULL;
}

/**
 * arrivals_take() - Take the next packet in order
 * @arrivals: the frames
 * @packet:   set to the packet, valid until the next call of any function
 * @len:      set to its length, which may be 0
 *
 * Return: false if none is complete
 */
bool arrivals_take(struct arrivals *arrivals, const uint8_t **packet,
		   size_t *len)
{
	struct arrivals_frame *early;

	if (arrivals->ready) {
		*packet = arrivals->ready;
		*len = arrivals->ready_len;
		arrivals->ready = NULL;
		return true;
	}
	while (arrivals->early) {
		early = frame_of(arrivals, arrivals->next);
		if (!early->is_here)
			return false;
		begin_packet(arrivals);
		gather_early(arrivals, early);
		if (!early->more && end_packet(arrivals, packet, len))
			return true;
	}
	return false;
}

/**
 * arrivals_is_compressed() - Check whether the last packet taken is compressed
 * @arrivals: the frames
 *
 * Return: true if so
 */
bool arrivals_is_compressed(const struct arrivals *arrivals)
{
	return arrivals->is_compressed;
}

/**
 * arrivals_next() - Get the number of the frame that is expected
 * @arrivals: the frames
 *
 * Return: the number
 */
uint8_t arrivals_next(const struct arrivals *arrivals)
{
	return arrivals->next;
}

/**
 * arrivals_has_gap() - Check whether frames are missing before one that is here
 * @arrivals: the frames
 *
 * Return: true if so
 */
bool arrivals_has_gap(const struct arrivals *arrivals)
{
	return arrivals->early;
}

/**
 * arrivals_bits() - Write the bitmap of the early frames
 * @arrivals: the frames
 * @bits:     set; bit n stands for the frame n + 1 behind the expected one
 *
 * Return: length of the bitmap in bytes, without zeros at its end
 */
size_t arrivals_bits(const struct arrivals *arrivals,
		     uint8_t bits[FRAME_BITS_MAX])
{
	size_t len = 0;
	uint8_t seq;
	size_t i;

	memset(bits, 0, FRAME_BITS_MAX);
	for (i = 0; arrivals->early && i < WINDOW_FRAMES - 1; i++) {
		seq = (uint8_t)(arrivals->next + 1 + i);
		if (!arrivals->frames[seq % ARRIVALS_SLOTS].is_here)
			continue;
		bits[i / 8] |= (uint8_t)(1 << i % 8);
		len = i / 8 + 1;
	}
	return len;
}

/**
 * arrivals_too_long() - Count the packets that were too long
 * @arrivals: the frames
 *
 * Return: number of packets whose parts are longer than a packet can be
 */
uint64_t arrivals_too_long(const struct arrivals *arrivals)
{
	return arrivals->too_long;
}
