/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The length framing sends each packet after its length, two bytes in
 * big-endian order, as simpletun and other tunnels over TCP do.
 *
 * No byte is escaped, so no byte marks the start of a frame. A decoder that is
 * out of step stays out of step: each wrong length leads it to the next wrong
 * length. The receiver detects this by the bad packets, and the session opens a
 * new connection.
 *
 * The decoder returns a frame that lies whole in one chunk without copying it.
 * It collects only a frame that is split between chunks.
 */
#include "framing/length.h"

#include <string.h>

/* The length that the header announces. */
static size_t length_of_packet(const uint8_t header[LENGTH_HEADER_LEN])
{
	return (size_t)header[0] << 8 | header[1];
}

static size_t length_encode(uint8_t *out, const uint8_t *packet, size_t len)
{
	out[0] = (uint8_t)(len >> 8);
	out[1] = (uint8_t)len;
	memcpy(out + LENGTH_HEADER_LEN, packet, len);
	return LENGTH_HEADER_LEN + len;
}

/* Point @frame at the packet of a complete frame. Return: its status. */
static enum framing_status give_out(const uint8_t *whole,
				    struct framing_frame *frame)
{
	frame->bytes = whole + LENGTH_HEADER_LEN;
	frame->len = length_of_packet(whole);
	return frame->len ? FRAMING_FRAME : FRAMING_EMPTY;
}

/* Do these bytes begin with a complete frame? */
static bool is_whole(const uint8_t *in, size_t len)
{
	return len >= LENGTH_HEADER_LEN &&
	       len - LENGTH_HEADER_LEN >= length_of_packet(in);
}

/* Extend the collected frame to @wanted bytes. Return: bytes taken from @in. */
static size_t collect(struct length_decoder *decoder, size_t wanted,
		      const uint8_t *in, size_t len)
{
	size_t missing = wanted > decoder->len ? wanted - decoder->len : 0;
	size_t taken = len < missing ? len : missing;

	memcpy(decoder->frame + decoder->len, in, taken);
	decoder->len += taken;
	return taken;
}

static size_t length_decode(void *state, const uint8_t *in, size_t len,
			    enum framing_status *status,
			    struct framing_frame *frame)
{
	struct length_decoder *decoder = state;
	size_t used;

	if (!decoder->len && is_whole(in, len)) {
		*status = give_out(in, frame);
		return LENGTH_HEADER_LEN + frame->len;
	}
	*status = FRAMING_MORE;
	used = collect(decoder, LENGTH_HEADER_LEN, in, len);
	if (decoder->len < LENGTH_HEADER_LEN)
		return used;
	used += collect(decoder,
			LENGTH_HEADER_LEN + length_of_packet(decoder->frame),
			in + used, len - used);
	if (is_whole(decoder->frame, decoder->len)) {
		*status = give_out(decoder->frame, frame);
		decoder->len = 0;
	}
	return used;
}

static struct framing_frame length_pending(const void *state)
{
	const struct length_decoder *decoder = state;
	size_t header = decoder->len < LENGTH_HEADER_LEN ? decoder->len
							 : LENGTH_HEADER_LEN;

	return (struct framing_frame){decoder->frame + header,
				      decoder->len - header};
}

const struct framing length_framing = {
	.name = "length",
	.cannot_resync = true,
	.decoder_size = sizeof(struct length_decoder),
	.encode = length_encode,
	.decode = length_decode,
	.pending = length_pending,
};
