/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An end that repeats acknowledges the frames that come to it.
 *
 * An acknowledgement goes at once when it brings news of a loss: after a frame
 * that leaves a gap or has come before, and after a failed check ("failed").
 * Otherwise it waits for a data frame, which carries it in two bytes.
 */
#include "clock.h"
#include "pair/repeat_state.h"

/* An acknowledgement without news of a loss waits for this many frames, or for
 * this time, or the time of this many bytes if that is longer. */
#define REPEAT_ACK_FRAMES 8
#define REPEAT_ACK_NS	  (40 * NS_PER_MS)
#define REPEAT_ACK_BYTES  500

static bool has_gap(const struct repeat *repeat)
{
	return arrivals_has_gap(repeat->classes[LANE_BULK].arrivals) ||
	       arrivals_has_gap(repeat->classes[LANE_URGENT].arrivals);
}

/* Fill in the numbers of an acknowledgement, and await new reasons for one. */
static void acknowledge(struct repeat *repeat, struct frame *frame)
{
	size_t i;

	for (i = 0; i < LANE_COUNT; i++)
		frame->next[i] = arrivals_next(repeat->classes[i].arrivals);
	repeat->is_ack_due = false;
	repeat->ack_ns = UINT64_MAX;
	repeat->unacked = 0;
}

/**
 * repeat_ride() - Let a data frame carry the acknowledgement that waits
 * @repeat: the repetition
 * @head:   the frame; its flags and next are set if it does
 */
void repeat_ride(struct repeat *repeat, struct frame *head)
{
	if (repeat->ack_ns == UINT64_MAX && !repeat->is_ack_due)
		return;
	if (repeat->has_failed || has_gap(repeat))
		return;
	head->flags |= FRAME_NEXT;
	acknowledge(repeat, head);
}

/* Get the time that an acknowledgement may wait. */
static uint64_t ack_wait_ns(const struct repeat *repeat)
{
	return clock_later(REPEAT_ACK_NS,
			   REPEAT_ACK_BYTES * repeat->wire.byte_ns);
}

static void acknowledge_later(struct repeat *repeat, uint64_t now_ns)
{
	if (++repeat->unacked >= REPEAT_ACK_FRAMES)
		repeat->is_ack_due = true;
	else if (repeat->ack_ns == UINT64_MAX)
		repeat->ack_ns = now_ns + ack_wait_ns(repeat);
}

/**
 * repeat_hear_data() - Handle a data frame
 * @repeat: the repetition; repeat_take_packet() has returned false
 * @frame:  the frame; its body must stay until repeat_take_packet() returns
 *          false
 * @now_ns: the current time
 *
 * Return: true if it is the expected frame: repeat_take_packet() may have
 * packets
 */
bool repeat_hear_data(struct repeat *repeat, const struct frame *frame,
		      uint64_t now_ns)
{
	const enum lane lane =
		frame->flags & FRAME_URGENT ? LANE_URGENT : LANE_BULK;
	const enum arrivals_news news =
		arrivals_hear(repeat->classes[lane].arrivals, frame);

	switch (news) {
	case ARRIVALS_IN_ORDER:
		break;
	case ARRIVALS_EARLY:
		repeat->stats.early++;
		break;
	case ARRIVALS_TWICE:
		repeat->stats.twice++;
		break;
	case ARRIVALS_FULL:
	case ARRIVALS_OUTSIDE:
		repeat->stats.invalid++;
		break;
	}
	/* The frame that closes a gap opens the window, so it is news, too. */
	if (news != ARRIVALS_IN_ORDER ||
	    arrivals_has_gap(repeat->classes[lane].arrivals))
		repeat->is_ack_due = true;
	else
		acknowledge_later(repeat, now_ns);
	return news == ARRIVALS_IN_ORDER;
}

/**
 * repeat_take_packet() - Take the next packet that has come, in order
 * @repeat: the repetition
 * @packet: set to the packet, valid until the next call of any function
 * @len:    set to its length, which may be 0
 *
 * Return: false if none is complete
 */
bool repeat_take_packet(struct repeat *repeat, const uint8_t **packet,
			size_t *len)
{
	repeat->taken = LANE_URGENT;
	if (arrivals_take(repeat->classes[LANE_URGENT].arrivals, packet, len))
		return true;
	repeat->taken = LANE_BULK;
	return arrivals_take(repeat->classes[LANE_BULK].arrivals, packet, len);
}

/**
 * repeat_is_compressed() - Check whether the last packet taken is compressed
 * @repeat: the repetition
 * @lane:   set to the class of the packet
 *
 * Return: true if so
 */
bool repeat_is_compressed(const struct repeat *repeat, enum lane *lane)
{
	*lane = repeat->taken;
	return arrivals_is_compressed(repeat->classes[repeat->taken].arrivals);
}

/* Get the time from which an acknowledgement may say "failed" again. */
static uint64_t next_failed_ns(const struct repeat *repeat)
{
	return repeat->failed_ns ? repeat->failed_ns + REPEAT_FAILED_NS : 0;
}

/**
 * repeat_hear_failure() - Note a frame that failed its check
 * @repeat: the repetition
 * @now_ns: the current time
 */
void repeat_hear_failure(struct repeat *repeat, uint64_t now_ns)
{
	repeat->has_failed = true;
	repeat->ack_ns =
		clock_earlier(repeat->ack_ns,
			      clock_later(now_ns, next_failed_ns(repeat)));
}

/* One without news of a loss interrupts no frame: the next one carries it. */
static bool is_ack_due(const struct repeat *repeat, uint64_t now_ns)
{
	return repeat->is_ack_due ||
	       (repeat->ack_ns <= now_ns &&
		(!repeat->is_inside || repeat->has_failed));
}

/**
 * repeat_take_ack() - Take the acknowledgement that is due
 * @repeat: the repetition
 * @frame:  kind, next and bits are filled in; they are valid until the next
 *          call
 * @is_due: it is due for another reason
 * @now_ns: the current time
 *
 * Return: false if none is due
 */
bool repeat_take_ack(struct repeat *repeat, struct frame *frame, bool is_due,
		     uint64_t now_ns)
{
	struct repeat_class *class;
	size_t i;

	if (!is_due && !is_ack_due(repeat, now_ns))
		return false;
	acknowledge(repeat, frame);
	frame->kind = FRAME_ACK;
	if (repeat->has_failed && next_failed_ns(repeat) <= now_ns) {
		frame->kind = FRAME_ACK_FAILED;
		repeat->has_failed = false;
		repeat->failed_ns = now_ns;
	} else if (repeat->has_failed) {
		repeat->ack_ns = next_failed_ns(repeat);
	}
	for (i = 0; i < LANE_COUNT; i++) {
		class = &repeat->classes[i];
		frame->bits[i] = class->bits;
		frame->bits_len[i] =
			arrivals_bits(class->arrivals, class->bits);
	}
	repeat_occupy_wire(repeat, 11 + frame->bits_len[0] + frame->bits_len[1],
			   now_ns);
	return true;
}
