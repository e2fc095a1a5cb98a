/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The repetition of lost frames: each packet of a session arrives once, and in
 * order. window has the frames that this end sent, arrivals those that came.
 * This file has the frames that go and what the peer says about them,
 * repeat_acks.c what comes and what this end says about it, and repeat_check.c
 * the check for losses that no later frame shows.
 *
 * Where short frames may interrupt long ones, packets have two classes (lanes),
 * each with its own numbers. The line keeps the order within each class, also
 * if a frame is interrupted.
 *
 * repeat is pure: frames and times are arguments.
 */
#include "pair/repeat.h"
#include "clock.h"
#include "pair/repeat_state.h"

#include <stdlib.h>

/**
 * repeat_new() - Allocate the windows of both directions
 *
 * Return: they, to be freed with repeat_free(); NULL if memory is short
 */
struct repeat *repeat_new(void)
{
	struct repeat *repeat = calloc(1, sizeof(*repeat));
	bool is_whole;
	size_t i;

	if (!repeat)
		return NULL;
	is_whole = lanes_init(&repeat->lanes);
	for (i = 0; i < LANE_COUNT; i++) {
		repeat->classes[i].arrivals = arrivals_new();
		is_whole = is_whole && repeat->classes[i].arrivals;
	}
	if (is_whole)
		return repeat;
	repeat_free(repeat);
	return NULL;
}

/**
 * repeat_free() - Free the windows
 * @repeat: they, or NULL
 */
void repeat_free(struct repeat *repeat)
{
	size_t i;

	if (!repeat)
		return;
	lanes_fini(&repeat->lanes);
	for (i = 0; i < LANE_COUNT; i++)
		arrivals_free(repeat->classes[i].arrivals);
	free(repeat);
}

/**
 * repeat_begin() - Begin a session
 * @repeat: the repetition
 * @wire:   the wire, copied
 */
void repeat_begin(struct repeat *repeat, const struct repeat_wire *wire)
{
	struct repeat begun = {
		.lanes = repeat->lanes,
		.wire = *wire,
		.ack_ns = UINT64_MAX,
		.stats = repeat->stats,
	};
	size_t i;

	for (i = 0; i < LANE_COUNT; i++) {
		begun.classes[i].arrivals = repeat->classes[i].arrivals;
		begun.classes[i].check_ns = UINT64_MAX;
		arrivals_reset(repeat->classes[i].arrivals);
	}
	lanes_reset(&begun.lanes, wire->interrupts);
	*repeat = begun;
}

/**
 * repeat_set_inside() - Say where the next frames go
 * @repeat:    the repetition
 * @is_inside: in the middle of a bulk frame, which was taken last of its class
 */
void repeat_set_inside(struct repeat *repeat, bool is_inside)
{
	repeat->is_inside = is_inside;
}

/**
 * repeat_interrupts() - Check whether frames may interrupt others
 * @repeat: the repetition
 *
 * Return: true if so
 */
bool repeat_interrupts(const struct repeat *repeat)
{
	return repeat->wire.interrupts;
}

/**
 * repeat_set_byte_ns() - Note that the wire has another speed
 * @repeat:  the repetition
 * @byte_ns: time that a byte takes now
 * @now_ns:  the current time; no byte of the old speed waits
 */
void repeat_set_byte_ns(struct repeat *repeat, uint64_t byte_ns,
			uint64_t now_ns)
{
	size_t i;

	repeat->wire.byte_ns = byte_ns;
	repeat->wire_ns = clock_earlier(repeat->wire_ns, now_ns);
	for (i = 0; i < LANE_COUNT; i++)
		repeat->classes[i].ended_ns =
			clock_earlier(repeat->classes[i].ended_ns, now_ns);
}

/**
 * repeat_end() - Count the frames that a session leaves behind
 * @repeat: the repetition
 */
void repeat_end(struct repeat *repeat)
{
	size_t i;

	for (i = 0; i < LANE_COUNT; i++)
		repeat->stats.given_up +=
			window_frames(repeat->lanes.windows[i]);
	lanes_reset(&repeat->lanes, false);
}

/**
 * repeat_has_room() - Check whether the windows are open for any packet
 * @repeat: the repetition
 *
 * Return: true if repeat_add() may be called
 */
bool repeat_has_room(const struct repeat *repeat)
{
	return lanes_has_room(&repeat->lanes, parts_max(&repeat->parts));
}

/**
 * repeat_may_be_urgent() - Check whether an urgent packet may be added
 * @repeat: the repetition
 * @flow:   number of the packet's flow, which sends little
 *
 * Return: true if repeat_add() may be called for such a packet
 */
bool repeat_may_be_urgent(const struct repeat *repeat, uint16_t flow)
{
	return lanes_may_be_urgent(&repeat->lanes, flow);
}

/**
 * repeat_choose() - Choose the class of a packet, which repeat_add() adds next
 * @repeat: the repetition; repeat_has_room(), or repeat_may_be_urgent() for
 *          this packet
 * @what:   its length and flow
 *
 * Return: the class
 */
enum lane repeat_choose(struct repeat *repeat, const struct lanes_packet *what)
{
	return lanes_choose(&repeat->lanes, what);
}

/**
 * repeat_add() - Add a packet to those that this end sends
 * @repeat: the repetition; repeat_has_room(), or repeat_may_be_urgent() for
 *          this packet
 * @packet: the packet, copied
 * @what:   its length, flow and class
 *
 * If the packet has to wait for others of its flow, repeat_take() has no new
 * frame until the peer has acknowledged those.
 */
void repeat_add(struct repeat *repeat, const uint8_t *packet,
		const struct repeat_packet *what)
{
	struct window *window = repeat->lanes.windows[what->lane];
	size_t len = what->len;
	size_t part_len = len;

	/* The answer to a probe ends the wait soon. */
	if (lanes_is_held(&repeat->lanes))
		repeat->classes[LANE_URGENT].check_ns = 0;
	if (what->lane == LANE_BULK)
		part_len = parts_len_of(&repeat->parts, len);
	while (len > part_len) {
		window_add(window, packet, part_len, what->flags | FRAME_MORE,
			   what->flow);
		packet += part_len;
		len -= part_len;
	}
	window_add(window, packet, len, what->flags, what->flow);
}

/**
 * repeat_occupy_wire() - Note that the port gets bytes
 * @repeat: the repetition
 * @len:    number of the bytes
 * @now_ns: the current time
 */
void repeat_occupy_wire(struct repeat *repeat, size_t len, uint64_t now_ns)
{
	repeat->wire_ns = clock_later(repeat->wire_ns, now_ns) +
			  len * repeat->wire.byte_ns;
}

/* Check whether all that was sent is acknowledged. */
static bool is_idle(const struct repeat *repeat)
{
	return window_is_idle(repeat->lanes.windows[LANE_BULK]) &&
	       window_is_idle(repeat->lanes.windows[LANE_URGENT]);
}

/**
 * repeat_take() - Take the data frame that is due
 * @repeat: the repetition
 * @head:   flags, number, length of the body, and next are filled in
 * @body:   buffer for the body
 * @now_ns: the current time
 *
 * Return: false if none is due
 */
bool repeat_take(struct repeat *repeat, struct frame *head, uint8_t *body,
		 uint64_t now_ns)
{
	struct repeat_class *class;
	struct window *window;
	bool is_repeated;
	enum lane lane;
	size_t len;

	if (!lanes_next_due(&repeat->lanes, repeat->is_inside, &lane,
			    &head->seq))
		return false;
	class = &repeat->classes[lane];
	window = repeat->lanes.windows[lane];
	head->kind = FRAME_DATA;
	head->body = body;
	head->body_len = window_copy(window, head->seq, body, &head->flags);
	if (lane == LANE_URGENT)
		head->flags |= FRAME_URGENT;
	repeat_ride(repeat, head);
	/* Two ENDs, and the head and the check. */
	len = head->body_len + FRAME_HEAD_LEN + FRAME_FCS_LEN + 2;
	repeat_occupy_wire(repeat, len, now_ns);
	if (is_idle(repeat))
		repeat_note_progress(repeat, now_ns);
	/* The wire sends it before the rest of the frame around it. */
	class->ended_ns = repeat->is_inside
				  ? now_ns + len * repeat->wire.byte_ns
				  : repeat->wire_ns;
	is_repeated = window_sent(window, head->seq, class->ended_ns);
	repeat->stats.repeated += is_repeated;
	repeat->stats.inside += repeat->is_inside;
	parts_note(&repeat->parts, is_repeated, head->body_len);
	repeat_await(repeat, lane, now_ns);
	repeat->last_lane = lane;
	return true;
}

/**
 * repeat_refused() - Note that the system refuses the last data frame for good
 * @repeat: the repetition
 */
void repeat_refused(struct repeat *repeat)
{
	window_void_last(repeat->lanes.windows[repeat->last_lane]);
}

static void hear_ack(struct repeat *repeat, enum lane lane,
		     const struct frame *frame, uint64_t now_ns)
{
	const struct window_ack ack = {
		.next = frame->next[lane],
		.bits = frame->bits[lane],
		.bits_len = frame->bits_len[lane],
	};
	uint64_t rtt_ns = 0;

	repeat->classes[lane].verdict =
		window_hear(repeat->lanes.windows[lane], &ack, now_ns, &rtt_ns);
	switch (repeat->classes[lane].verdict) {
	case WINDOW_NOTHING:
	case WINDOW_OLD:
		break;
	case WINDOW_NEWS:
		repeat_measure(repeat, rtt_ns);
		repeat_note_progress(repeat, now_ns);
		repeat_await(repeat, lane, now_ns);
		break;
	case WINDOW_INVALID:
		repeat->stats.invalid++;
		break;
	}
}

/**
 * repeat_hear_ack() - Handle an acknowledgement
 * @repeat: the repetition
 * @frame:  the acknowledgement, or a data frame that carries one
 * @now_ns: the current time
 */
void repeat_hear_ack(struct repeat *repeat, const struct frame *frame,
		     uint64_t now_ns)
{
	hear_ack(repeat, LANE_BULK, frame, now_ns);
	if (repeat->lanes.is_two)
		hear_ack(repeat, LANE_URGENT, frame, now_ns);
	if (frame->kind == FRAME_ACK_FAILED) {
		repeat->stats.failed++;
		repeat_check_soon(repeat, LANE_BULK, now_ns);
		repeat_check_soon(repeat, LANE_URGENT, now_ns);
	}
}

/**
 * repeat_next_ns() - Get the time at which something is due
 * @repeat: the repetition
 * @now_ns: the current time
 *
 * Return: the time, which may have passed; UINT64_MAX: never
 */
uint64_t repeat_next_ns(const struct repeat *repeat, uint64_t now_ns)
{
	enum lane lane;
	uint8_t seq;

	if (repeat->is_ack_due || repeat_is_astray(repeat) ||
	    lanes_next_due(&repeat->lanes, false, &lane, &seq))
		return now_ns;
	return clock_earlier(repeat->ack_ns, repeat_check_ns(repeat));
}

/**
 * repeat_get_stats() - Get the counters
 * @repeat: the repetition
 * @stats:  filled in
 */
void repeat_get_stats(const struct repeat *repeat, struct repeat_stats *stats)
{
	*stats = repeat->stats;
	stats->invalid +=
		arrivals_too_long(repeat->classes[LANE_BULK].arrivals) +
		arrivals_too_long(repeat->classes[LANE_URGENT].arrivals);
	stats->part_len = parts_len(&repeat->parts);
}
