/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The frames that this end has sent, or is about to send, and that the peer has
 * not acknowledged. They have consecutive numbers of 8 bits:
 *
 *        first              fresh        next
 *   ... ---+-- sent ----------+-- unsent --+--- free ...
 *
 * The line keeps the order. So each transmission has a number of its own, in
 * the order in which their last bytes were written: a transmission is lost as
 * soon as the peer acknowledges a later one, and its frame is due again before
 * any unsent one. This holds for repeated frames, too, because a frame is sent
 * again only after its last transmission was found lost. The end of a burst has
 * no later frame; there the caller asks the peer by a probe, and the answer
 * shows the same: all that was sent before the probe and is not acknowledged in
 * the answer is lost.
 *
 * window is pure: bytes, numbers and times are arguments.
 */
#include "pair/window.h"

#include <stdlib.h>
#include <string.h>

/* A power of two above WINDOW_FRAMES, which divides the 256 numbers. */
#define WINDOW_SLOTS 128

/* A power of two. A frame of up to 65535 bytes may begin just below
 * WINDOW_BYTES. */
#define WINDOW_RING_LEN (2 * WINDOW_BYTES)

/**
 * struct window_frame - a frame that is not acknowledged yet
 * @at:           start of its body in the ring, counted on without end
 * @len:          length of its body
 * @flags:        the caller's flags
 * @flow:         number of its packet's flow
 * @is_acked:     the peer has it, but not all frames before it
 * @is_lost:      its last transmission was lost
 * @was_repeated: it was sent more than once
 * @transmission: number of its last transmission; 0: there was none
 * @ended_ns:     time at which the last byte of that was on the wire
 */
struct window_frame {
	uint32_t at;
	uint16_t len;
	uint8_t flags;
	uint16_t flow;
	bool is_acked;
	bool is_lost;
	bool was_repeated;
	uint64_t transmission;
	uint64_t ended_ns;
};

/**
 * struct window - the unacknowledged frames
 * @first:         number of the oldest of them
 * @fresh:         number of the first one that was never sent
 * @next:          number of the next new frame
 * @lost:          frames whose last transmission was lost
 * @awaited:       frames that were sent, are not lost and not acknowledged
 * @bytes:         bytes of all frames
 * @at:            where the body of the next new frame begins in the ring
 * @transmissions: transmissions so far
 * @heard:         number of the latest transmission that the peer acknowledged
 * @last_sent:     number of the frame of the last transmission
 * @flows:         frames of each flow
 * @frames:        the frames, at their numbers modulo WINDOW_SLOTS
 * @ring:          their bodies
 */
struct window {
	uint8_t first;
	uint8_t fresh;
	uint8_t next;
	unsigned int lost;
	unsigned int awaited;
	size_t bytes;
	uint32_t at;
	uint64_t transmissions;
	uint64_t heard;
	uint8_t last_sent;
	uint8_t flows[WINDOW_FLOWS];
	struct window_frame frames[WINDOW_SLOTS];
	uint8_t ring[WINDOW_RING_LEN];
};

/* Get the distance from one number to a later one. */
static uint8_t distance(uint8_t from, uint8_t to)
{
	return (uint8_t)(to - from);
}

static struct window_frame *frame_of(struct window *window, uint8_t seq)
{
	return &window->frames[seq % WINDOW_SLOTS];
}

/**
 * window_new() - Allocate a window
 *
 * Return: an empty window, to be freed with window_free(); NULL if memory is
 * short
 */
struct window *window_new(void)
{
	return calloc(1, sizeof(struct window));
}

/**
 * window_free() - Free a window
 * @window: the window, or NULL
 */
void window_free(struct window *window)
{
	free(window);
}

/**
 * window_reset() - Forget all frames; the next new frame has number 0
 * @window: the window
 */
void window_reset(struct window *window)
{
	/* The ring stays: pages that were never used cost no memory. */
	memset(window, 0, offsetof(struct window, ring));
}

/**
 * window_flow_frames() - Count the frames of a flow that may still arrive late
 * @window: the window
 * @flow:   number of the flow
 *
 * Return: number of its unacknowledged frames, unsent ones included, and of
 * those that the peer has, but not all frames before them
 */
unsigned int window_flow_frames(const struct window *window, uint16_t flow)
{
	return window->flows[flow % WINDOW_FLOWS];
}

/**
 * window_frames() - Count the unacknowledged frames
 * @window: the window
 *
 * Return: number of frames, unsent ones included
 */
unsigned int window_frames(const struct window *window)
{
	return distance(window->first, window->next);
}

/**
 * window_has_room() - Check whether new frames may be added
 * @window: the window
 * @frames: number of the new frames; all together have 65535 bytes at most
 *
 * Return: true if so
 */
bool window_has_room(const struct window *window, unsigned int frames)
{
	return window_frames(window) + frames <= WINDOW_FRAMES &&
	       window->bytes < WINDOW_BYTES;
}

/* Get the bytes from a place in the ring to its end, at most @len. */
static size_t before_wrap(uint32_t at, size_t len)
{
	const size_t most = WINDOW_RING_LEN - at % WINDOW_RING_LEN;

	return most < len ? most : len;
}

/**
 * window_add() - Add an unsent frame
 * @window: the window; window_has_room()
 * @body:   the body, copied
 * @len:    length of @body
 * @flags:  bits that the caller keeps with the frame, below 256
 * @flow:   number of the flow of the packet
 */
void window_add(struct window *window, const uint8_t *body, size_t len,
		unsigned int flags, uint16_t flow)
{
	size_t part;

	/* An empty ring begins at its start again, to use few pages. */
	if (!window_frames(window))
		window->at = 0;
	part = before_wrap(window->at, len);
	*frame_of(window, window->next++) = (struct window_frame){
		.at = window->at,
		.len = (uint16_t)len,
		.flags = (uint8_t)flags,
		.flow = flow % WINDOW_FLOWS,
	};
	window->flows[flow % WINDOW_FLOWS]++;
	if (len) {
		memcpy(window->ring + window->at % WINDOW_RING_LEN, body, part);
		memcpy(window->ring, body + part, len - part);
	}
	window->at += (uint32_t)len;
	window->bytes += len;
}

/**
 * window_has_due() - Check whether a frame is due
 * @window: the window
 *
 * Return: true if a frame is lost or unsent
 */
bool window_has_due(const struct window *window)
{
	return window->lost || window->fresh != window->next;
}

/**
 * window_has_lost() - Check whether a frame is to be repeated
 * @window: the window
 *
 * Return: true if the last transmission of a frame was lost
 */
bool window_has_lost(const struct window *window)
{
	return window->lost;
}

/**
 * window_next_due() - Find the frame to be sent next
 * @window: the window
 * @seq:    set to its number
 *
 * Return: false if none is due
 */
bool window_next_due(const struct window *window, uint8_t *seq)
{
	uint8_t at;

	if (window->lost) {
		for (at = window->first;
		     !window->frames[at % WINDOW_SLOTS].is_lost; at++)
			;
		*seq = at;
		return true;
	}
	*seq = window->fresh;
	return window->fresh != window->next;
}

/**
 * window_copy() - Copy the body of a frame
 * @window: the window
 * @seq:    number of the frame
 * @out:    buffer for the body
 * @flags:  set to the flags of the frame
 *
 * Return: length of the body
 */
size_t window_copy(const struct window *window, uint8_t seq, uint8_t *out,
		   unsigned int *flags)
{
	const struct window_frame *frame = &window->frames[seq % WINDOW_SLOTS];
	const size_t part = before_wrap(frame->at, frame->len);

	*flags = frame->flags;
	memcpy(out, window->ring + frame->at % WINDOW_RING_LEN, part);
	memcpy(out + part, window->ring, frame->len - part);
	return frame->len;
}

/**
 * window_sent() - Count a transmission
 * @window:   the window
 * @seq:      number of the frame, which window_next_due() has found
 * @ended_ns: time at which its last byte is on the wire
 *
 * Return: true if the frame was sent before
 */
bool window_sent(struct window *window, uint8_t seq, uint64_t ended_ns)
{
	struct window_frame *frame = frame_of(window, seq);

	if (frame->is_lost) {
		frame->is_lost = false;
		frame->was_repeated = true;
		window->lost--;
	} else {
		window->fresh++;
	}
	window->awaited++;
	window->last_sent = seq;
	frame->transmission = ++window->transmissions;
	frame->ended_ns = ended_ns;
	return frame->was_repeated;
}

/* Note that the peer has a frame. Return: false if that was known. */
static bool acknowledge(struct window *window, uint8_t seq, uint64_t now_ns,
			uint64_t *rtt_ns)
{
	struct window_frame *frame = frame_of(window, seq);

	if (frame->is_acked)
		return false;
	frame->is_acked = true;
	if (frame->is_lost)
		window->lost--;
	else
		window->awaited--;
	frame->is_lost = false;
	if (frame->transmission > window->heard)
		window->heard = frame->transmission;
	if (!frame->was_repeated && now_ns > frame->ended_ns)
		*rtt_ns = now_ns - frame->ended_ns;
	return true;
}

/**
 * window_lose() - Find the transmissions that were lost
 * @window: the window
 * @until:  number of a transmission; unless it is acknowledged, it is lost, and
 *          so are all before it
 */
void window_lose(struct window *window, uint64_t until)
{
	struct window_frame *frame;
	uint8_t seq;

	if (!window->awaited)
		return;
	for (seq = window->first; seq != window->fresh; seq++) {
		frame = frame_of(window, seq);
		if (frame->is_acked || frame->is_lost ||
		    frame->transmission > until)
			continue;
		frame->is_lost = true;
		window->lost++;
		window->awaited--;
	}
}

/* Drop the frames from the front that the peer expects no more. */
static void advance(struct window *window, uint8_t next)
{
	const struct window_frame *frame;

	while (window->first != next) {
		frame = frame_of(window, window->first++);
		window->bytes -= frame->len;
		window->flows[frame->flow]--;
	}
}

/**
 * window_hear() - Handle an acknowledgement
 * @window: the window
 * @ack:    the acknowledgement
 * @now_ns: the current time
 * @rtt_ns: set to a round trip time if @ack gives one
 *
 * One that is WINDOW_OLD changes nothing. The line keeps the order, so it is a
 * copy of an earlier one, or the peer does not have what a copy of one has
 * acknowledged.
 *
 * Return: the verdict
 */
enum window_verdict window_hear(struct window *window,
				const struct window_ack *ack, uint64_t now_ns,
				uint64_t *rtt_ns)
{
	const uint8_t sent = distance(window->first, window->fresh);
	const uint8_t step = distance(window->first, ack->next);
	bool is_news = false;
	bool is_valid = true;
	uint8_t seq;
	size_t i;

	if (step > sent)
		return distance(ack->next, window->first) <= WINDOW_FRAMES
			       ? WINDOW_OLD
			       : WINDOW_INVALID;
	for (seq = window->first; seq != ack->next; seq++)
		is_news |= acknowledge(window, seq, now_ns, rtt_ns);
	for (i = 0; i < 8 * ack->bits_len; i++) {
		if (!(ack->bits[i / 8] >> i % 8 & 1))
			continue;
		if (step + 1 + i >= sent)
			is_valid = false;
		else
			is_news |= acknowledge(window,
					       (uint8_t)(ack->next + 1 + i),
					       now_ns, rtt_ns);
	}
	advance(window, ack->next);
	if (window->heard)
		window_lose(window, window->heard - 1);
	if (!is_valid)
		return WINDOW_INVALID;
	return is_news ? WINDOW_NEWS : WINDOW_NOTHING;
}

/**
 * window_transmissions() - Get the number of the last transmission
 * @window: the window
 *
 * Return: the number; 0: there was none
 */
uint64_t window_transmissions(const struct window *window)
{
	return window->transmissions;
}

/**
 * window_is_idle() - Check whether all that was sent is acknowledged
 * @window: the window
 *
 * Return: true if so
 */
bool window_is_idle(const struct window *window)
{
	return window->first == window->fresh;
}

/**
 * window_awaits() - Check whether an acknowledgement is awaited
 * @window: the window
 *
 * Return: true if a frame was sent, is not known to be lost and is not
 * acknowledged
 */
bool window_awaits(const struct window *window)
{
	return window->awaited;
}

/**
 * window_void_last() - Empty the body of the frame that was sent last
 * @window: the window; that frame may be acknowledged already
 *
 * The system refuses a frame for good. Its number must still arrive, or the
 * peer would wait for it; an empty body is no packet.
 */
void window_void_last(struct window *window)
{
	if (distance(window->first, window->last_sent) >=
	    distance(window->first, window->fresh))
		return;
	window->bytes -= frame_of(window, window->last_sent)->len;
	frame_of(window, window->last_sent)->len = 0;
}
