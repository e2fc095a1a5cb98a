/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LANES_H
#define SERIALTUN_LANES_H

#include "pair/frame.h"
#include "pair/window.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest packet of the urgent class. */
#define LANES_URGENT_MAX 256

/**
 * enum lane - the classes of packets
 * @LANE_BULK:   the most
 * @LANE_URGENT: short packets of flows that send little
 */
enum lane {
	LANE_BULK,
	LANE_URGENT,
	LANE_COUNT,
};

_Static_assert(LANE_COUNT == FRAME_CLASSES, "a number for each class");

/**
 * struct lanes - the frames of both classes that are not acknowledged
 * @windows: the frames of each class
 * @is_two:  both classes are in use; otherwise all packets are bulk
 * @is_held: new bulk frames wait for urgent frames of @flow
 * @flow:    then their flow
 */
struct lanes {
	struct window *windows[LANE_COUNT];
	bool is_two;
	bool is_held;
	uint16_t flow;
};

/**
 * struct lanes_packet - what the choice of a class depends on
 * @len:       length of the packet
 * @flow:      number of its flow
 * @is_sparse: the flow sends little
 */
struct lanes_packet {
	size_t len;
	uint16_t flow;
	bool is_sparse;
};

bool lanes_init(struct lanes *lanes);
void lanes_fini(struct lanes *lanes);
void lanes_reset(struct lanes *lanes, bool is_two);
bool lanes_has_room(const struct lanes *lanes, unsigned int frames);
bool lanes_may_be_urgent(const struct lanes *lanes, uint16_t flow);
enum lane lanes_choose(struct lanes *lanes, const struct lanes_packet *packet);
bool lanes_is_held(const struct lanes *lanes);
bool lanes_next_due(const struct lanes *lanes, bool is_inside, enum lane *lane,
		    uint8_t *seq);

#endif
