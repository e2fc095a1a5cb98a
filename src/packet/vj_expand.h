/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_VJ_EXPAND_H
#define SERIALTUN_VJ_EXPAND_H

#include "packet/vj_header.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * enum vj_result - result of an attempt to take a frame
 * @VJ_NONE:   no frame with compressed headers, as far as this end knows
 * @VJ_PACKET: a packet whose checksums are right
 * @VJ_BAD:    the frame is damaged, or an earlier one of the connection was
 *             lost
 * @VJ_TOSSED: the frame depends on one that was lost or damaged
 */
enum vj_result {
	VJ_NONE,
	VJ_PACKET,
	VJ_BAD,
	VJ_TOSSED,
};

/**
 * struct vj_slot - a connection at the receiving end
 * @last:      the last packet, even if its checksum was wrong
 * @good:      the last packet with a right checksum
 * @is_astray: @last had a wrong checksum
 * @is_bound:  the sequence number has to follow from the last packet
 */
struct vj_slot {
	struct vj_header last;
	struct vj_header good;
	bool is_astray;
	bool is_bound;
};

/**
 * struct vj_expander - state of the receiving end
 * @slots:     the connections
 * @current:   slot of the last frame; VJ_SLOTS: none
 * @is_tossed: drop frames without a connection number
 * @counters:  what it has received
 */
struct vj_expander {
	struct vj_slot slots[VJ_SLOTS];
	uint8_t current;
	bool is_tossed;
	struct vj_counters counters;
};

void vj_expand_reset(struct vj_expander *expander);
enum vj_result vj_expand_whole(struct vj_expander *expander, bool is_heard,
			       const uint8_t *frame, size_t len,
			       uint8_t *packet, size_t *packet_len);
enum vj_result vj_expand_compressed(struct vj_expander *expander,
				    const uint8_t *frame, size_t len,
				    uint8_t *packet, size_t *packet_len);
void vj_expand_see_plain(struct vj_expander *expander,
			 const struct vj_header *header);

#endif
