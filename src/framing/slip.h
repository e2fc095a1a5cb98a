/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SLIP_H
#define SERIALTUN_SLIP_H

#include "framing/framing.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The four special bytes of RFC 1055, "PROTOCOL" and "slip.h". */
#define SLIP_END     0xC0
#define SLIP_ESC     0xDB
#define SLIP_ESC_END 0xDC
#define SLIP_ESC_ESC 0xDD

/* The flow control bytes, and their escape codes as in tunslip6 -X. */
#define SLIP_XON      0x11
#define SLIP_XOFF     0x13
#define SLIP_ESC_XON  0xDE
#define SLIP_ESC_XOFF 0xDF

/*
 * Between two serialtuns ESC ESC_INNER begins a frame in the middle of another
 * one, which goes on behind the END of the inner one.
 */
#define SLIP_ESC_INNER 0xE0

/**
 * enum slip_escapes - which bytes of a packet the encoder escapes
 * @SLIP_ESCAPES_RFC1055: END and ESC
 * @SLIP_ESCAPES_XONXOFF: also XON and XOFF, which the line would take for flow
 *                        control
 */
enum slip_escapes {
	SLIP_ESCAPES_RFC1055,
	SLIP_ESCAPES_XONXOFF,
};

/**
 * struct slip_decoder - the receiver's position in the stream
 * @escapes: which bytes the peer escapes; set before the first byte
 * @takes_inner: the peer may put a short frame into a long one
 * @state: meaning of the next byte
 * @is_inner: the frame is inside of another one
 * @frame_at: where the frame begins in @packet: behind the part of the frame
 *            around it
 * @len: bytes in @packet
 * @packet: the frame so far
 *
 * An all-zero decoder is a decoder of RFC 1055 at the start of a stream. The
 * caller may read @len and @packet from @frame_at on after FRAMING_FRAME, until
 * the next call, and the first slip_decoder_pending() bytes of @packet at any
 * time. It may set @takes_inner between two calls; without it @frame_at is 0.
 * All else is private to the decoder.
 */
struct slip_decoder {
	enum slip_escapes escapes;
	bool takes_inner;
	enum {
		SLIP_STATE_PACKET,
		SLIP_STATE_ESCAPE,
		SLIP_STATE_SKIP,
		SLIP_STATE_DONE,
	} state;
	bool is_inner;
	size_t frame_at;
	size_t len;
	uint8_t packet[FRAMING_CONTENTS_MAX + FRAMING_INNER_MAX];
};

size_t slip_decoder_pending(const struct slip_decoder *decoder);
size_t slip_encode(uint8_t *out, const uint8_t *packet, size_t len,
		   enum slip_escapes escapes);
size_t slip_decode(struct slip_decoder *decoder, const uint8_t *in, size_t len,
		   enum framing_status *status);

extern const struct framing slip_framing;

#endif
