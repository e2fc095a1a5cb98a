/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What length is compared with: the plainest receiver there is, octet by octet.
 */
#ifndef SERIALTUN_LENGTH_REFERENCE_H
#define SERIALTUN_LENGTH_REFERENCE_H

#include "length.h"

/* All zero has seen nothing. */
struct length_reference {
	size_t seen;   /* octets of this frame */
	size_t wanted; /* what its length says */
	size_t len;
	uint8_t packet[FRAMING_PACKET_MAX];
};

static inline enum framing_status length_reference_push(
	struct length_reference *reference, uint8_t octet)
{
	if (reference->seen == 0) {
		reference->wanted = (size_t)octet << 8;
		reference->len = 0;
	} else if (reference->seen == 1) {
		reference->wanted += octet;
	} else {
		reference->packet[reference->len++] = octet;
	}
	reference->seen++;
	if (reference->seen < 2 || reference->len < reference->wanted)
		return FRAMING_MORE;
	reference->seen = 0;
	return reference->wanted ? FRAMING_FRAME : FRAMING_EMPTY;
}

#endif
