/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reference for the length decoder: the simplest receiver, byte by byte. */
#ifndef SERIALTUN_LENGTH_REFERENCE_H
#define SERIALTUN_LENGTH_REFERENCE_H

#include "framing/length.h"

/* An all-zero reference has seen nothing. */
struct length_reference {
	size_t seen;   /* bytes of this frame */
	size_t wanted; /* value of the length field */
	size_t len;
	uint8_t packet[PACKET_MAX];
};

static inline enum framing_status length_reference_push(
	struct length_reference *reference, uint8_t byte)
{
	if (reference->seen == 0) {
		reference->wanted = (size_t)byte << 8;
		reference->len = 0;
	} else if (reference->seen == 1) {
		reference->wanted += byte;
	} else {
		reference->packet[reference->len++] = byte;
	}
	reference->seen++;
	if (reference->seen < 2 || reference->len < reference->wanted)
		return FRAMING_MORE;
	reference->seen = 0;
	return reference->wanted ? FRAMING_FRAME : FRAMING_EMPTY;
}

#endif
