/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pair compresses a packet for the line, and puts it into a frame of the
 * session.
 */
#include "pair/meeting.h"
#include "pair/pair.h"
#include "pair/pair_squeeze.h"

/**
 * pair_has_room() - Check whether pair_wrap() may be called for any packet
 * @pair: the pair
 *
 * Return: false while too many packets wait for the peer's acknowledgement, or
 * one waits for others of its flow; a frame from the line changes that
 */
bool pair_has_room(const struct pair *pair)
{
	return !pair->session.repeat || repeat_has_room(pair->session.repeat);
}

/**
 * pair_may_be_urgent() - Check whether a packet may be urgent
 * @pair: the pair
 * @flow: number of the packet's flow, which sends little
 *
 * Return: true if pair_wrap() may be called for such a packet
 */
bool pair_may_be_urgent(const struct pair *pair, uint32_t flow)
{
	return pair_interrupts(pair) &&
	       repeat_may_be_urgent(pair->session.repeat, (uint16_t)flow);
}

/* Replace a packet by the frame that goes next. Return: false if none does. */
static bool pass_through_window(struct pair_session *session,
				struct frame *head, uint8_t *packet,
				const struct pair_packet *what, uint64_t now_ns)
{
	const struct lanes_packet one = {
		.len = what->len,
		.flow = (uint16_t)what->flow,
		.is_sparse = what->is_sparse,
	};
	struct repeat_packet added = {
		.len = what->len,
		.flow = (uint16_t)what->flow,
		.lane = repeat_choose(session->repeat, &one),
	};
	bool goes;

	added.flags =
		pair_squeeze_shrink(session, added.lane, packet, &added.len);
	repeat_add(session->repeat, packet, &added);
	repeat_set_inside(session->repeat, what->is_inside);
	goes = pair_session_take_data(session, head, packet, now_ns);
	repeat_set_inside(session->repeat, false);
	return goes;
}

/**
 * pair_wrap() - Prepare a packet for the line
 * @pair:   the pair; pair_has_room() or pair_may_be_urgent(), and pair_take()
 *          has returned 0, or pair_take_inside()
 * @packet: the packet; pair may write PAIR_HEADROOM bytes before it and
 *          PAIR_TAILROOM bytes behind it, and may change it
 * @what:   its length and flow
 * @now_ns: the current time
 * @frame:  set to the frame, which the caller still has to encode
 *
 * If the frame has only a part of the packet, pair_take() returns the others.
 * If the packet has to wait for others of its flow, pair_take() returns it
 * later.
 *
 * Return: length of @frame; 0: the packet waits
 */
size_t pair_wrap(struct pair *pair, uint8_t *packet,
		 const struct pair_packet *what, uint64_t now_ns,
		 uint8_t **frame)
{
	struct pair_session *session = &pair->session;
	struct frame head = {.kind = FRAME_DATA};
	size_t len = what->len;

	*frame = packet;
	if (pair->state == PAIR_PLAIN)
		return len;
	if (session->repeat) {
		if (!pass_through_window(session, &head, packet, what, now_ns))
			return 0;
		len = head.body_len;
	} else {
		head.flags =
			pair_squeeze_shrink(session, LANE_BULK, packet, &len);
		head.seq = session->data_out++;
		probe_sent(&session->probe, now_ns);
	}
	return frame_wrap(packet, len, &head, session->start_out, frame);
}

/**
 * pair_refused() - Note that the system refuses the last packet for good
 * @pair: the pair; the last frame was one of pair_wrap() or had a packet
 *
 * Without this the pair would repeat the packet until the session ends.
 */
void pair_refused(struct pair *pair)
{
	if (pair->session.repeat)
		repeat_refused(pair->session.repeat);
	/* It may be a part of the history. */
	if (pair->session.squeeze[LANE_BULK])
		pair->session.is_squeeze_lost = true;
}
