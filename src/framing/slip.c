/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SLIP, RFC 1055.
 *
 * A frame is the packet and END. Inside the packet, ESC ESC_END replaces END
 * and ESC ESC_ESC replaces ESC. An END before the frame ends the noise that the
 * line may have produced (RFC 1055 credits Phil Karn with the idea); most
 * receivers take it for an empty frame. Some receivers lose a packet on END
 * END, so the encoder adds no leading END: the sender decides when to add one.
 *
 * This decoder differs from the RFC's sample receiver, which keeps a byte that
 * is no escape code after ESC, and truncates a packet that is too long. Both
 * deliver a packet that nobody sent. This decoder drops such a frame whole,
 * tells the caller at once, and is in step again after the next END. ESC END is
 * a bad escape and also an END: a sender that aborts a frame writes just these
 * two bytes, so the decoder drops that frame and keeps the next one.
 *
 * A paired peer may put a short frame into a long one: ESC ESC_INNER, the short
 * frame, END. The decoder collects the short one behind the part of the long
 * one that it has. The short one has no more than FRAMING_INNER_MAX bytes: more
 * show that its END was lost, and then both are dropped.
 *
 * On a line with software flow control the encoder escapes XON and XOFF too. An
 * unescaped XON or XOFF comes from the peer's driver or from a modem, so the
 * decoder ignores it.
 *
 * Only 1 of 128 random bytes is special. So encoder and decoder scan sixteen
 * bytes at a time for the next special byte, and copy all bytes before it at
 * once. Both are compiled twice, so that plain SLIP does not scan for XON and
 * XOFF.
 */
#include "framing/slip.h"

#include <stdbool.h>
#include <string.h>

/* Inlined, so that the compiler sees a constant @xonxoff. */
#define SLIP_SPECIALISED static inline __attribute__((always_inline))

typedef uint8_t slip_vector __attribute__((vector_size(16)));

SLIP_SPECIALISED bool slip_is_special(uint8_t byte, bool xonxoff)
{
	return byte == SLIP_END || byte == SLIP_ESC ||
	       (xonxoff && (byte == SLIP_XON || byte == SLIP_XOFF));
}

/* Count the bytes before the first special one. */
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

/* The escape code of a special byte. */
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
 * slip_encode() - encode a packet as a frame without a leading END
 * @out: buffer for the frame, FRAMING_ENCODED_MAX(@len) bytes
 * @packet: the packet, not overlapping @out
 * @len: length of the packet in bytes
 * @escapes: which bytes to escape
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

/* Replace an escape code by its byte. Return: false if it is no valid code. */
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

/* Drop the frame, and go on with the one around it, if there is one. */
static void slip_resume(struct slip_decoder *decoder)
{
	decoder->state = SLIP_STATE_PACKET;
	decoder->len = decoder->frame_at;
	decoder->frame_at = 0;
	decoder->is_inner = false;
}

/*
 * Begin a frame inside of the present one. Frames inside of inner ones do not
 * exist, so there the END of the inner one was lost.
 */
static enum framing_status slip_begin_inner(struct slip_decoder *decoder)
{
	const bool was_inner = decoder->is_inner;

	if (was_inner)
		decoder->len = decoder->frame_at;
	decoder->state = SLIP_STATE_PACKET;
	decoder->is_inner = true;
	decoder->frame_at = decoder->len;
	return was_inner ? FRAMING_BAD_ESCAPE : FRAMING_MORE;
}

/* Drop the frame, and the one around it, because it is too long. */
static enum framing_status slip_overflow(struct slip_decoder *decoder)
{
	decoder->frame_at = 0;
	decoder->is_inner = false;
	return slip_skip(decoder, FRAMING_TOO_LONG);
}

/* Where the frame must end in the buffer. */
static size_t slip_end_max(const struct slip_decoder *decoder)
{
	return decoder->is_inner ? decoder->frame_at + FRAMING_INNER_MAX
				 : FRAMING_CONTENTS_MAX;
}

/* Decode the byte after ESC. */
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
	if (byte == SLIP_ESC_INNER && decoder->takes_inner)
		return slip_begin_inner(decoder);
	if (!slip_unescape(&byte, xonxoff))
		return slip_skip(decoder, slip_bad_escape(escape));

	decoder->state = SLIP_STATE_PACKET;
	if (decoder->len == slip_end_max(decoder))
		return slip_overflow(decoder);
	decoder->packet[decoder->len++] = byte;
	return FRAMING_MORE;
}

/* Append bytes that are not special to the packet. */
static enum framing_status slip_append(struct slip_decoder *decoder,
				       const uint8_t *run, size_t len)
{
	size_t room = slip_end_max(decoder) - decoder->len;
	size_t part = len < room ? len : room;

	memcpy(decoder->packet + decoder->len, run, part);
	decoder->len += part;
	return part < len ? slip_overflow(decoder) : FRAMING_MORE;
}

/* Decode the special byte after a run of plain bytes. */
static enum framing_status slip_push_special(struct slip_decoder *decoder,
					     uint8_t byte)
{
	if (byte == SLIP_ESC) {
		decoder->state = SLIP_STATE_ESCAPE;
	} else if (byte == SLIP_END && decoder->len > decoder->frame_at) {
		decoder->state = SLIP_STATE_DONE;
		return FRAMING_FRAME;
	} else if (byte == SLIP_END) {
		slip_resume(decoder);
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
			slip_resume(decoder);
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
 * slip_decoder_pending() - length of the unfinished frame so far
 * @decoder: the decoder
 *
 * Return: valid bytes in @decoder->packet; 0 after a dropped frame. Behind a
 * frame inside of another one, they are those of the other one
 */
size_t slip_decoder_pending(const struct slip_decoder *decoder)
{
	switch (decoder->state) {
	case SLIP_STATE_PACKET:
	case SLIP_STATE_ESCAPE:
		return decoder->len;
	default:
		return decoder->frame_at;
	}
}

/**
 * slip_decode() - decode bytes up to the end of the first frame
 * @decoder: state between calls
 * @in: bytes from the line, in chunks of any size
 * @len: number of bytes
 * @status: result; unless it is FRAMING_MORE, call again with the rest
 *
 * The decoder skips empty frames. With FRAMING_FRAME, the contents are in
 * @decoder->packet from @decoder->frame_at to @decoder->len, 1 to
 * FRAMING_CONTENTS_MAX bytes. If the decoder drops a frame, the part decoded so
 * far is there.
 *
 * Return: bytes of @in used; @len with FRAMING_MORE
 */
size_t slip_decode(struct slip_decoder *decoder, const uint8_t *in, size_t len,
		   enum framing_status *status)
{
	if (decoder->state == SLIP_STATE_DONE)
		slip_resume(decoder);
	return decoder->escapes == SLIP_ESCAPES_XONXOFF
		       ? slip_decode_as(decoder, in, len, status, true)
		       : slip_decode_as(decoder, in, len, status, false);
}

/* The members of struct framing. */

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

	*frame = (struct framing_frame){slip->packet + slip->frame_at,
					slip->len - slip->frame_at};
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

static void slip_take_inner(void *decoder, bool takes)
{
	((struct slip_decoder *)decoder)->takes_inner = takes;
}

/* An empty frame. */
static size_t slip_idle(uint8_t *out)
{
	*out = SLIP_END;
	return 1;
}

static const struct framing slip_xonxoff_framing = {
	.name = "slip",
	.has_end = true,
	.decoder_size = sizeof(struct slip_decoder),
	.encode = slip_encode_xonxoff,
	.decode = slip_decode_xonxoff,
	.pending = slip_pending,
	.take_inner = slip_take_inner,
	.idle = slip_idle,
};

const struct framing slip_framing = {
	.name = "slip",
	.xonxoff = &slip_xonxoff_framing,
	.has_end = true,
	.decoder_size = sizeof(struct slip_decoder),
	.encode = slip_encode_plain,
	.decode = slip_decode_plain,
	.pending = slip_pending,
	.take_inner = slip_take_inner,
	.idle = slip_idle,
};
