/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SLIP, RFC 1055: packets to bytes and back.
 *
 * A frame is packet END, and inside it END travels as ESC ESC_END and ESC as
 * ESC ESC_ESC. An END in front of it ends whatever noise the line made in the
 * meantime (RFC 1055 credits it to Phil Karn); most receivers see it as an
 * empty frame. Some do not, so it is for the sender to say when one is needed:
 * to it, the leading END is what can be sent on an idle line.
 *
 * Where we differ from the RFC's sample receiver: it keeps a byte behind
 * ESC that should not be there, and cuts off what is too long. Both deliver a
 * packet that was never sent. Here such a frame is dropped whole, the caller
 * is told at once, and the decoder is in step again at the next END. ESC END
 * is a bad escape and an END: the frame is dropped, the next one is not
 * (a sender that gives up a frame half-way writes just this).
 *
 * On a line with software flow control XON and XOFF are escaped, too. Where
 * they arrive as they are, the other end's driver or a modem has put them
 * there, and ours has left them in: they are no part of any frame.
 *
 * Most bytes are not special (of random ones, 1 in 128 is), so both ways look
 * for the next special byte sixteen at a time and copy what lies before it in
 * one go. Each way is compiled twice, so that plain SLIP does not pay for
 * looking for XON and XOFF.
 */
#include "framing/slip.h"

#include <stdbool.h>
#include <string.h>

/* Made part of its caller, so that a constant @xonxoff there is one here. */
#define SLIP_SPECIALISED static inline __attribute__((always_inline))

typedef uint8_t slip_vector __attribute__((vector_size(16)));

SLIP_SPECIALISED bool slip_is_special(uint8_t byte, bool xonxoff)
{
	return byte == SLIP_END || byte == SLIP_ESC ||
	       (xonxoff && (byte == SLIP_XON || byte == SLIP_XOFF));
}

/* How many bytes from p on are not special. */
SLIP_SPECIALISED size_t slip_plain_run(const uint8_t *p, size_t len,
				       bool xonxoff)
{
	size_t run = 0;

	for (; len - run >= sizeof(slip_vector); run += sizeof(slip_vector)) {
		uint64_t special[sizeof(slip_vector) / sizeof(uint64_t)];
		slip_vector bytes;
		slip_vector found;

		memcpy(&bytes, p + run, sizeof(bytes));
		found = (slip_vector)(bytes == SLIP_END) |
			(slip_vector)(bytes == SLIP_ESC);
		if (xonxoff)
			found |= (slip_vector)(bytes == SLIP_XON) |
				 (slip_vector)(bytes == SLIP_XOFF);
		memcpy(special, &found, sizeof(special));
		if (special[0] | special[1])
			break;
	}
	while (run < len && !slip_is_special(p[run], xonxoff))
		run++;
	return run;
}

/* What stands behind ESC for a special byte. */
static uint8_t slip_escape(uint8_t byte)
{
	switch (byte) {
	case SLIP_END:
		return SLIP_ESC_END;
	case SLIP_XON:
		return SLIP_ESC_XON;
	case SLIP_XOFF:
		return SLIP_ESC_XOFF;
	default:
		return SLIP_ESC_ESC;
	}
}

SLIP_SPECIALISED size_t slip_encode_as(uint8_t *out, const uint8_t *packet,
				       size_t len, bool xonxoff)
{
	uint8_t *o = out;
	size_t run;

	while (len) {
		run = slip_plain_run(packet, len, xonxoff);
		memcpy(o, packet, run);
		o += run;
		packet += run;
		len -= run;
		for (; len && slip_is_special(*packet, xonxoff);
		     packet++, len--) {
			*o++ = SLIP_ESC;
			*o++ = slip_escape(*packet);
		}
	}
	*o++ = SLIP_END;
	return (size_t)(o - out);
}

/**
 * slip_encode() - make a frame of a packet, without an END in front
 * @out:     where the frame goes; room for FRAMING_ENCODED_MAX(@len) bytes
 * @packet:  the packet, not overlapping @out
 * @len:     its length in bytes
 * @escapes: which of them are escaped
 *
 * Return: length of the frame in bytes
 */
size_t slip_encode(uint8_t *out, const uint8_t *packet, size_t len,
		   enum slip_escapes escapes)
{
	return escapes == SLIP_ESCAPES_XONXOFF
		       ? slip_encode_as(out, packet, len, true)
		       : slip_encode_as(out, packet, len, false);
}

static enum framing_status slip_skip(struct slip_decoder *decoder,
				     enum framing_status why)
{
	decoder->state = SLIP_STATE_SKIP;
	return why;
}

/* What a good escape stands for. Return: false if it is a bad one. */
static bool slip_unescape(uint8_t *byte, bool xonxoff)
{
	switch (*byte) {
	case SLIP_ESC_END:
		*byte = SLIP_END;
		return true;
	case SLIP_ESC_ESC:
		*byte = SLIP_ESC;
		return true;
	case SLIP_ESC_XON:
		*byte = SLIP_XON;
		return xonxoff;
	case SLIP_ESC_XOFF:
		*byte = SLIP_XOFF;
		return xonxoff;
	default:
		return false;
	}
}

static enum framing_status slip_bad_escape(uint8_t byte)
{
	return byte == SLIP_ESC_XON || byte == SLIP_ESC_XOFF
		       ? FRAMING_XONXOFF_ESCAPE
		       : FRAMING_BAD_ESCAPE;
}

/* The byte behind ESC. */
static enum framing_status slip_end_escape(struct slip_decoder *decoder,
					   uint8_t byte, bool xonxoff)
{
	const uint8_t escape = byte;

	if (xonxoff && (byte == SLIP_XON || byte == SLIP_XOFF))
		return FRAMING_MORE;
	if (byte == SLIP_END) {
		decoder->state = SLIP_STATE_DONE;
		return FRAMING_BAD_ESCAPE;
	}
	if (!slip_unescape(&byte, xonxoff))
		return slip_skip(decoder, slip_bad_escape(escape));

	decoder->state = SLIP_STATE_PACKET;
	if (decoder->len == sizeof(decoder->packet))
		return slip_skip(decoder, FRAMING_TOO_LONG);
	decoder->packet[decoder->len++] = byte;
	return FRAMING_MORE;
}

/* A run of plain bytes of the packet. */
static enum framing_status slip_append(struct slip_decoder *decoder,
				       const uint8_t *run, size_t len)
{
	size_t room = sizeof(decoder->packet) - decoder->len;
	size_t part = len < room ? len : room;

	memcpy(decoder->packet + decoder->len, run, part);
	decoder->len += part;
	return part < len ? slip_skip(decoder, FRAMING_TOO_LONG) : FRAMING_MORE;
}

/* A special byte that ends a run of plain ones. */
static enum framing_status slip_push_special(struct slip_decoder *decoder,
					     uint8_t byte)
{
	if (byte == SLIP_ESC) {
		decoder->state = SLIP_STATE_ESCAPE;
	} else if (byte == SLIP_END && decoder->len) {
		decoder->state = SLIP_STATE_DONE;
		return FRAMING_FRAME;
	}
	return FRAMING_MORE;
}

SLIP_SPECIALISED size_t slip_decode_as(struct slip_decoder *decoder,
				       const uint8_t *in, size_t len,
				       enum framing_status *status,
				       bool xonxoff)
{
	const uint8_t *p = in;
	const uint8_t *const end = in + len;
	const uint8_t *frame_end;
	size_t run;

	*status = FRAMING_MORE;
	while (p < end && *status == FRAMING_MORE) {
		switch (decoder->state) {
		case SLIP_STATE_SKIP:
			frame_end = memchr(p, SLIP_END, (size_t)(end - p));
			if (!frame_end)
				return len;
			decoder->state = SLIP_STATE_PACKET;
			decoder->len = 0;
			p = frame_end + 1;
			break;
		case SLIP_STATE_ESCAPE:
			*status = slip_end_escape(decoder, *p++, xonxoff);
			break;
		default:
			run = slip_plain_run(p, (size_t)(end - p), xonxoff);
			*status = slip_append(decoder, p, run);
			p += run;
			if (p < end && *status == FRAMING_MORE)
				*status = slip_push_special(decoder, *p++);
			break;
		}
	}
	return (size_t)(p - in);
}

/**
 * slip_decoder_pending() - how much has come of the frame under way
 * @decoder: a decoder
 *
 * Return: bytes in @decoder->packet; none of a frame that was dropped
 */
size_t slip_decoder_pending(const struct slip_decoder *decoder)
{
	switch (decoder->state) {
	case SLIP_STATE_PACKET:
	case SLIP_STATE_ESCAPE:
		return decoder->len;
	default:
		return 0;
	}
}

/**
 * slip_decode() - read on in a stream of frames
 * @decoder: state between calls
 * @in:      bytes as they came from the line, in pieces of any size
 * @len:     how many
 * @status:  what was found; unless it is FRAMING_MORE, call again with the rest
 *
 * Empty frames are passed over. With FRAMING_FRAME the packet is in
 * @decoder->packet, @decoder->len bytes of it, 1 to PACKET_MAX; with a
 * frame that was dropped, that is what there was of it so far.
 *
 * Return: how many bytes of @in were used; all of them with FRAMING_MORE
 */
size_t slip_decode(struct slip_decoder *decoder, const uint8_t *in, size_t len,
		   enum framing_status *status)
{
	if (decoder->state == SLIP_STATE_DONE) {
		decoder->state = SLIP_STATE_PACKET;
		decoder->len = 0;
	}
	return decoder->escapes == SLIP_ESCAPES_XONXOFF
		       ? slip_decode_as(decoder, in, len, status, true)
		       : slip_decode_as(decoder, in, len, status, false);
}

/* Behind the face of a framing. */

static size_t slip_encode_plain(uint8_t *out, const uint8_t *packet, size_t len)
{
	return slip_encode(out, packet, len, SLIP_ESCAPES_RFC1055);
}

static size_t slip_encode_xonxoff(uint8_t *out, const uint8_t *packet,
				  size_t len)
{
	return slip_encode(out, packet, len, SLIP_ESCAPES_XONXOFF);
}

static size_t slip_decode_plain(void *decoder, const uint8_t *in, size_t len,
				enum framing_status *status,
				struct framing_frame *frame)
{
	struct slip_decoder *slip = decoder;
	size_t used = slip_decode(slip, in, len, status);

	*frame = (struct framing_frame){slip->packet, slip->len};
	return used;
}

static size_t slip_decode_xonxoff(void *decoder, const uint8_t *in, size_t len,
				  enum framing_status *status,
				  struct framing_frame *frame)
{
	((struct slip_decoder *)decoder)->escapes = SLIP_ESCAPES_XONXOFF;
	return slip_decode_plain(decoder, in, len, status, frame);
}

static struct framing_frame slip_pending(const void *decoder)
{
	const struct slip_decoder *slip = decoder;

	return (struct framing_frame){slip->packet, slip_decoder_pending(slip)};
}

/* A frame that is empty. */
static size_t slip_idle(uint8_t *out)
{
	*out = SLIP_END;
	return 1;
}

static const struct framing slip_xonxoff_framing = {
	.name = "slip",
	.decoder_size = sizeof(struct slip_decoder),
	.encode = slip_encode_xonxoff,
	.decode = slip_decode_xonxoff,
	.pending = slip_pending,
	.idle = slip_idle,
};

const struct framing slip_framing = {
	.name = "slip",
	.xonxoff = &slip_xonxoff_framing,
	.decoder_size = sizeof(struct slip_decoder),
	.encode = slip_encode_plain,
	.decode = slip_decode_plain,
	.pending = slip_pending,
	.idle = slip_idle,
};
