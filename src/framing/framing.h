/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A framing: how packets become bytes on a line, and bytes packets again.
 * Each is one row of the table in framing.c, and one file, but for datagrams,
 * which are little work. A framing is pure: it does no I/O and reads no clock.
 */
#ifndef SERIALTUN_FRAMING_H
#define SERIALTUN_FRAMING_H

#include "packet/packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest frame of a packet of len bytes, and idle bytes in front of it. */
#define FRAMING_ENCODED_MAX(len) (2 * (size_t)(len) + 2)

/**
 * enum framing_status - what was found in bytes from the line
 * @FRAMING_MORE:       they are used up, no frame has ended yet
 * @FRAMING_FRAME:      a frame is complete
 * @FRAMING_BAD_ESCAPE: a frame was dropped: ESC was followed by what has no
 *                      meaning there
 * @FRAMING_XONXOFF_ESCAPE: the same, and it has one on a line with software
 * flow control
 * @FRAMING_TOO_LONG:   a frame was dropped: over PACKET_MAX bytes
 * @FRAMING_EMPTY:      a frame was dropped: there is nothing in it
 */
enum framing_status {
	FRAMING_MORE,
	FRAMING_FRAME,
	FRAMING_BAD_ESCAPE,
	FRAMING_XONXOFF_ESCAPE,
	FRAMING_TOO_LONG,
	FRAMING_EMPTY,
};

/**
 * enum framing_lead - when idle bytes are sent in front of a frame
 * @FRAMING_LEAD_ALWAYS: in front of each
 * @FRAMING_LEAD_AUTO:   where a receiver may have heard noise since our last
 *                       frame, or a part of one
 * @FRAMING_LEAD_NEVER:  in front of none
 */
enum framing_lead {
	FRAMING_LEAD_ALWAYS,
	FRAMING_LEAD_AUTO,
	FRAMING_LEAD_NEVER,
};

/**
 * struct framing_frame - the packet in a frame
 * @bytes: borrowed from the decoder, or from what it was given
 * @len:    how many
 */
struct framing_frame {
	const uint8_t *bytes;
	size_t len;
};

/**
 * struct framing - one kind of framing
 * @name:         what it is called
 * @xonxoff:      the same, for a line that takes XON and XOFF for flow control;
 *                NULL: there is none
 * @needs_bounds: a frame is what one read brings and one write sends, so the
 *                port has to keep them apart
 * @cannot_resync: one that is out of step stays so: a lost byte is never made
 *                good
 * @decoder_size: bytes of memory that a decoder needs; all zero is one that
 *                has seen nothing
 * @encode:       make a frame of a packet of @len bytes at @out, with room for
 *                FRAMING_ENCODED_MAX(@len); the frame's length
 * @decode:       read on: how many bytes of @in were used, all of them with
 *                FRAMING_MORE; otherwise it is to be called again with the
 *                rest. @frame is set unless it is FRAMING_MORE, to what there
 *                was of it if it was dropped
 * @pending:      what has come of the frame under way
 * @idle:         bytes that end no packet and make none, for a line on which
 *                nothing is to be sent, and in front of a frame, to end the
 *                noise that came before: how many were put at @out; NULL:
 *                there are none
 */
struct framing {
	const char *name;
	const struct framing *xonxoff;
	bool needs_bounds;
	bool cannot_resync;
	size_t decoder_size;
	size_t (*encode)(uint8_t *out, const uint8_t *packet, size_t len);
	size_t (*decode)(void *decoder, const uint8_t *in, size_t len,
			 enum framing_status *status,
			 struct framing_frame *frame);
	struct framing_frame (*pending)(const void *decoder);
	size_t (*idle)(uint8_t *out);
};

/* Room for framing_names(). */
#define FRAMING_NAMES_MAX 64

extern const struct framing datagram_framing;

const struct framing *framing_find(const char *name);
const char *framing_names(char text[FRAMING_NAMES_MAX]);

#endif
