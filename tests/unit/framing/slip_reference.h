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
	size_t len;
	uint8_t packet[FRAMING_CONTENTS_MAX];
};

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
	else if (reference->skip || !reference->len)
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
		reference->len = 0;
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
	if (reference->len == sizeof(reference->packet))
		return slip_reference_give_up(reference, FRAMING_TOO_LONG);
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
