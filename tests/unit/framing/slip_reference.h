/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reference for slip: the simplest loops, byte by byte. */
#ifndef SERIALTUN_SLIP_REFERENCE_H
#define SERIALTUN_SLIP_REFERENCE_H

#include "framing/slip.h"

#include <stdbool.h>

/* The receiver of RFC 1055, with the differences that slip.c lists. */
struct slip_reference {
	enum slip_escapes escapes;
	bool escape;
	bool skip;
	bool ended; /* the packet is complete; the next byte begins another */
	bool takes_inner;
	bool is_inner; /* the packet is inside of another one */
	size_t at;     /* behind the part of that */
	size_t len;
	uint8_t packet[FRAMING_CONTENTS_MAX + FRAMING_INNER_MAX];
};

static inline void slip_reference_resume(struct slip_reference *reference)
{
	reference->len = reference->at;
	reference->at = 0;
	reference->is_inner = false;
}

/* A frame in the middle of another one; in an inner one, instead of it. */
static inline enum framing_status slip_reference_begin_inner(
	struct slip_reference *reference)
{
	bool was_inner = reference->is_inner;

	if (was_inner)
		slip_reference_resume(reference);
	reference->escape = false;
	reference->is_inner = true;
	reference->at = reference->len;
	return was_inner ? FRAMING_BAD_ESCAPE : FRAMING_MORE;
}

static inline enum framing_status slip_reference_give_up(
	struct slip_reference *reference, enum framing_status why)
{
	reference->escape = false;
	reference->skip = true;
	return why;
}

static inline enum framing_status slip_reference_end(
	struct slip_reference *reference)
{
	enum framing_status status = FRAMING_FRAME;

	if (reference->escape)
		status = FRAMING_BAD_ESCAPE;
	else if (reference->skip || reference->len == reference->at)
		status = FRAMING_MORE;
	reference->escape = false;
	reference->skip = false;
	return status;
}

static inline enum framing_status slip_reference_push(
	struct slip_reference *reference, uint8_t byte)
{
	bool xonxoff = reference->escapes == SLIP_ESCAPES_XONXOFF;

	if (reference->ended)
		slip_reference_resume(reference);
	reference->ended = byte == SLIP_END;
	if (reference->ended)
		return slip_reference_end(reference);
	if (reference->skip)
		return FRAMING_MORE;
	if (xonxoff && (byte == SLIP_XON || byte == SLIP_XOFF))
		return FRAMING_MORE;
	if (!reference->escape && byte == SLIP_ESC) {
		reference->escape = true;
		return FRAMING_MORE;
	}
	if (reference->escape && reference->takes_inner &&
	    byte == SLIP_ESC_INNER)
		return slip_reference_begin_inner(reference);
	if (reference->escape && byte == SLIP_ESC_END)
		byte = SLIP_END;
	else if (reference->escape && byte == SLIP_ESC_ESC)
		byte = SLIP_ESC;
	else if (reference->escape && xonxoff && byte == SLIP_ESC_XON)
		byte = SLIP_XON;
	else if (reference->escape && xonxoff && byte == SLIP_ESC_XOFF)
		byte = SLIP_XOFF;
	else if (reference->escape &&
		 (byte == SLIP_ESC_XON || byte == SLIP_ESC_XOFF))
		return slip_reference_give_up(reference,
					      FRAMING_XONXOFF_ESCAPE);
	else if (reference->escape)
		return slip_reference_give_up(reference, FRAMING_BAD_ESCAPE);
	reference->escape = false;
	if (reference->len == (reference->is_inner
				       ? reference->at + FRAMING_INNER_MAX
				       : FRAMING_CONTENTS_MAX)) {
		reference->is_inner = false;
		reference->at = 0;
		return slip_reference_give_up(reference, FRAMING_TOO_LONG);
	}
	reference->packet[reference->len++] = byte;
	return FRAMING_MORE;
}

static inline size_t slip_reference_encode(uint8_t *out, const uint8_t *packet,
					   size_t len,
					   enum slip_escapes escapes)
{
	bool xonxoff = escapes == SLIP_ESCAPES_XONXOFF;
	uint8_t *o = out;
	size_t i;

	for (i = 0; i < len; i++) {
		if (packet[i] == SLIP_END) {
			*o++ = SLIP_ESC;
			*o++ = SLIP_ESC_END;
		} else if (packet[i] == SLIP_ESC) {
			*o++ = SLIP_ESC;
			*o++ = SLIP_ESC_ESC;
		} else if (xonxoff && packet[i] == SLIP_XON) {
			*o++ = SLIP_ESC;
			*o++ = SLIP_ESC_XON;
		} else if (xonxoff && packet[i] == SLIP_XOFF) {
			*o++ = SLIP_ESC;
			*o++ = SLIP_ESC_XOFF;
		} else {
			*o++ = packet[i];
		}
	}
	*o++ = SLIP_END;
	return (size_t)(o - out);
}

#endif
