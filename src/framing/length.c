/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each packet behind its length: two bytes, big-endian, then the packet, as
 * simpletun has it, and others that tunnel over TCP.
 *
 * Nothing is escaped, so nothing marks where a frame begins. What is out of
 * step stays so: whatever it takes for a length says where it takes the next
 * one from. That is noticed by what comes out (pump), and mended by a new
 * connection.
 *
 * A frame that lies whole in what has arrived is given out from there. Only one
 * that is cut in two is put together, in the decoder.
 */
#include "framing/length.h"

#include <string.h>

/* What the bytes in front of a packet say. */
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

/* A frame is complete. Return: what it is. */
static enum framing_status give_out(const uint8_t *whole,
				    struct framing_frame *frame)
{
	frame->bytes = whole + LENGTH_HEADER_LEN;
	frame->len = length_of_packet(whole);
	return frame->len ? FRAMING_FRAME : FRAMING_EMPTY;
}

/* Is a frame whole in these bytes? */
static bool is_whole(const uint8_t *in, size_t len)
{
	return len >= LENGTH_HEADER_LEN &&
	       len - LENGTH_HEADER_LEN >= length_of_packet(in);
}

/* Have so many bytes of the frame, if there are. Return: how many are new. */
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
