/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A framing turns packets into bytes on a line, and those bytes back into
 * packets. Each framing has one row in the table of framing.c and one file of
 * its own; the datagram framing is short enough to live in framing.c. A framing
 * is pure: it does no I/O and reads no clock.
 */
#ifndef SERIALTUN_FRAMING_H
#define SERIALTUN_FRAMING_H

#include "packet/packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The longest contents of a frame: a packet, and what a pair puts around it
 * (pair/frame.h).
 */
#define FRAMING_CONTENTS_MAX (PACKET_MAX + 8)

/* The longest contents of a frame inside of another one. */
#define FRAMING_INNER_MAX 320

/*
 * The longest frame of a packet of len bytes, with its leading idle bytes. The
 * longest of all is that of KISS: an END, a command, packet information, the
 * packet with its escapes, and an END.
 */
#define FRAMING_ENCODED_MAX(len) (2 * (size_t)(len) + 7)

/**
 * enum framing_status - result of decoding bytes from the line
 * @FRAMING_MORE: the decoder used all bytes and no frame has ended yet
 * @FRAMING_FRAME: a frame is complete
 * @FRAMING_BAD_ESCAPE: dropped a frame: the byte after ESC is no escape code
 * @FRAMING_XONXOFF_ESCAPE: dropped a frame: the byte after ESC is an escape
 *                          code only on a line with software flow control
 * @FRAMING_TOO_LONG: dropped a frame of more than FRAMING_CONTENTS_MAX bytes,
 *                    or than PACKET_MAX where no pair can be, or than
 *                    FRAMING_INNER_MAX inside of another frame
 * @FRAMING_EMPTY: dropped a frame without a packet
 * @FRAMING_COMMAND: dropped a frame with a command for a modem
 */
enum framing_status {
	FRAMING_MORE,
	FRAMING_FRAME,
	FRAMING_BAD_ESCAPE,
	FRAMING_XONXOFF_ESCAPE,
	FRAMING_TOO_LONG,
	FRAMING_EMPTY,
	FRAMING_COMMAND,
};

/**
 * enum framing_lead - when the sender puts idle bytes in front of a frame
 * @FRAMING_LEAD_ALWAYS: before every frame
 * @FRAMING_LEAD_AUTO: only where the receiver may have seen noise, or part of a
 *                     frame, since our last complete frame
 * @FRAMING_LEAD_NEVER: before no frame
 */
enum framing_lead {
	FRAMING_LEAD_ALWAYS,
	FRAMING_LEAD_AUTO,
	FRAMING_LEAD_NEVER,
};

/**
 * struct framing_frame - the packet in a frame
 * @bytes: the packet; borrowed from the decoder or from the decoder's input
 * @len: length of the packet in bytes
 */
struct framing_frame {
	const uint8_t *bytes;
	size_t len;
};

/**
 * struct framing - one kind of framing
 * @name: name on the command line
 * @xonxoff: variant that escapes XON and XOFF, for a line with software flow
 *           control; NULL if there is none
 * @for_ip: variant for IP packets, if Ethernet frames travel in another way;
 *          NULL if there is none
 * @has_end: a frame ends with the END of SLIP, and text from the line with it
 * @radio_rate: bytes per second of the radio that is behind the port, and takes
 *              turns with its peer; 0: there is none
 * @needs_bounds: one read must return exactly one frame and one write must send
 *                exactly one, so the port has to preserve write boundaries
 * @cannot_resync: a decoder that has lost a byte never finds the next frame
 * @decoder_size: bytes of memory for a decoder; an all-zero decoder is ready
 *                for the first byte of a stream
 * @encode: encode a packet of @len bytes into @out, which has room for
 *          FRAMING_ENCODED_MAX(@len) bytes; returns the length of the frame
 * @decode: decode bytes of @in up to the end of the first frame; returns the
 *          number of bytes used, which is @len with FRAMING_MORE. With any
 *          other status the caller calls again with the rest, and @frame is the
 *          packet, or the decoded part of a dropped frame
 * @pending: returns the part of an unfinished frame that has arrived
 * @take_inner: say whether the peer of this decoder may put short frames into
 *              long ones; NULL: the framing has no such frames
 * @follow: returns the variant of the framing that the peer of this decoder
 *          uses, with which the caller goes on; NULL: there is one only
 * @idle: write bytes that neither end nor start a packet to @out; returns their
 *        number. The sender sends them on an idle line, and before a frame to
 *        end preceding noise. NULL if the framing has none
 */
struct framing {
	const char *name;
	const struct framing *xonxoff;
	const struct framing *for_ip;
	bool has_end;
	uint32_t radio_rate;
	bool needs_bounds;
	bool cannot_resync;
	size_t decoder_size;
	size_t (*encode)(uint8_t *out, const uint8_t *packet, size_t len);
	size_t (*decode)(void *decoder, const uint8_t *in, size_t len,
			 enum framing_status *status,
			 struct framing_frame *frame);
	struct framing_frame (*pending)(const void *decoder);
	void (*take_inner)(void *decoder, bool takes);
	const struct framing *(*follow)(const void *decoder);
	size_t (*idle)(uint8_t *out);
};

/* Size of the buffer for framing_names(). */
#define FRAMING_NAMES_MAX 64

extern const struct framing datagram_framing;

const struct framing *framing_find(const char *name);
const char *framing_names(char text[FRAMING_NAMES_MAX]);

#endif
