/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two classes of packets, bulk and urgent, and the choice of a packet's
 * class. An urgent frame may pass bulk frames, even in the middle of one. Each
 * class arrives in order, and so must each flow. So a flow changes its class
 * only when the peer has got, in order, all frames of the flow in the other
 * class.
 *
 * - A packet becomes urgent only if no bulk frame of its flow is
 *   unacknowledged.
 * - A short packet stays urgent as long as urgent frames of its flow are
 *   unacknowledged.
 * - A long packet is bulk. While urgent frames of its flow are unacknowledged,
 *   it waits, and all new bulk frames with it.
 *
 * Flows whose numbers are equal modulo WINDOW_FLOWS count as one.
 *
 * lanes is pure.
 */
#include "pair/lanes.h"

/**
 * lanes_init() - Allocate the windows
 * @lanes: filled in
 *
 * Return: false if memory is short; the caller calls lanes_fini() all the same
 */
bool lanes_init(struct lanes *lanes)
{
	lanes->windows[LANE_BULK] = window_new();
	lanes->windows[LANE_URGENT] = window_new();
	return lanes->windows[LANE_BULK] && lanes->windows[LANE_URGENT];
}

/**
 * lanes_fini() - Free the windows
 * @lanes: the lanes
 */
void lanes_fini(struct lanes *lanes)
{
	window_free(lanes->windows[LANE_BULK]);
	window_free(lanes->windows[LANE_URGENT]);
}

/**
 * lanes_reset() - Forget all frames
 * @lanes:  the lanes
 * @is_two: both classes are in use from now on
 */
void lanes_reset(struct lanes *lanes, bool is_two)
{
	window_reset(lanes->windows[LANE_BULK]);
	window_reset(lanes->windows[LANE_URGENT]);
	lanes->is_two = is_two;
	lanes->is_held = false;
}

/**
 * lanes_has_room() - Check whether a packet of either class may be added
 * @lanes:  the lanes
 * @frames: number of its frames
 *
 * Return: true if so
 */
bool lanes_has_room(const struct lanes *lanes, unsigned int frames)
{
	return !lanes_is_held(lanes) &&
	       window_has_room(lanes->windows[LANE_BULK], frames) &&
	       window_has_room(lanes->windows[LANE_URGENT], 1);
}

/**
 * lanes_may_be_urgent() - Check whether a packet may be urgent
 * @lanes: the lanes
 * @flow:  number of the packet's flow, which sends little
 *
 * Return: true if lanes_choose() would call it so, and there is room for it
 */
bool lanes_may_be_urgent(const struct lanes *lanes, uint16_t flow)
{
	return lanes->is_two &&
	       window_has_room(lanes->windows[LANE_URGENT], 1) &&
	       !window_flow_frames(lanes->windows[LANE_BULK], flow);
}

/**
 * lanes_choose() - Choose the class of a packet, which is sent next
 * @lanes:  the lanes
 * @packet: the packet
 *
 * Return: the class
 */
enum lane lanes_choose(struct lanes *lanes, const struct lanes_packet *packet)
{
	bool is_bulk;
	bool is_urgent;

	if (!lanes->is_two)
		return LANE_BULK;
	is_bulk = window_flow_frames(lanes->windows[LANE_BULK], packet->flow);
	is_urgent =
		window_flow_frames(lanes->windows[LANE_URGENT], packet->flow);
	if (packet->len <= LANES_URGENT_MAX && !is_bulk &&
	    (is_urgent || packet->is_sparse))
		return LANE_URGENT;
	if (is_urgent) {
		lanes->is_held = true;
		lanes->flow = packet->flow;
	}
	return LANE_BULK;
}

/**
 * lanes_is_held() - Check whether new bulk frames wait for urgent ones
 * @lanes: the lanes
 *
 * Return: true if so
 */
bool lanes_is_held(const struct lanes *lanes)
{
	return lanes->is_held &&
	       window_flow_frames(lanes->windows[LANE_URGENT], lanes->flow);
}

/**
 * lanes_next_due() - Find the frame to be sent next
 * @lanes:     the lanes
 * @is_inside: it goes in the middle of a bulk frame
 * @lane:      set to its class
 * @seq:       set to its number
 *
 * Return: false if none is due
 */
bool lanes_next_due(const struct lanes *lanes, bool is_inside, enum lane *lane,
		    uint8_t *seq)
{
	*lane = LANE_URGENT;
	if (window_next_due(lanes->windows[LANE_URGENT], seq))
		return true;
	*lane = LANE_BULK;
	if (is_inside || (lanes_is_held(lanes) &&
			  !window_has_lost(lanes->windows[LANE_BULK])))
		return false;
	return window_next_due(lanes->windows[LANE_BULK], seq);
}
