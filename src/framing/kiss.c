/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * KISS, the framing between a host and a radio modem (Chepponis and Karn, "The
 * KISS TNC", 1987).
 *
 * A frame is an END, a command, its data with the escapes of SLIP, and an END.
 * The END in front is not optional: tncattach takes bytes only after one
 * (KISS.c, kiss_serial_read()). Command 0 carries a packet. The others set up
 * the modem; the decoder drops those that come from the line. A modem may have
 * several radios, numbered in the upper half of the command. The decoder takes
 * packets of all of them, and the encoder sends to the first.
 *
 * On a TUN interface tncattach, the program that others run over KISS, puts the
 * kernel's packet information (struct tun_pi) in front of each packet, and
 * drops packets without it (TAP.c, open_tap(): no IFF_NO_PI). So the encoder
 * adds it, until a packet comes without. On a TAP interface tncattach adds
 * nothing.
 */
#include "framing/kiss.h"
#include "packet/info.h"
#include "packet/packet.h"

#include <string.h>

/* Start a frame. Return: bytes written. */
static size_t kiss_begin(uint8_t *out)
{
	out[0] = SLIP_END;
	out[1] = 0;
	return 2;
}

static size_t kiss_encode(uint8_t *out, const uint8_t *packet, size_t len)
{
	size_t at = kiss_begin(out);

	return at + slip_encode(out + at, packet, len, SLIP_ESCAPES_RFC1055);
}

static size_t kiss_encode_info(uint8_t *out, const uint8_t *packet, size_t len)
{
	size_t at = kiss_begin(out);

	/* None of its bytes needs an escape. */
	info_put(out + at, packet);
	at += INFO_LEN;
	return at + slip_encode(out + at, packet, len, SLIP_ESCAPES_RFC1055);
}

/* Take the command off a complete frame. Return: its status. */
static enum framing_status kiss_open(struct framing_frame *frame)
{
	if (*frame->bytes & KISS_COMMAND_MASK)
		return FRAMING_COMMAND;
	frame->bytes++;
	frame->len--;
	if (!frame->len)
		return FRAMING_EMPTY;
	return frame->len > PACKET_MAX + INFO_LEN ? FRAMING_TOO_LONG
						  : FRAMING_FRAME;
}

static size_t kiss_decode(void *decoder, const uint8_t *in, size_t len,
			  enum framing_status *status,
			  struct framing_frame *frame)
{
	struct slip_decoder *slip = &((struct kiss_decoder *)decoder)->slip;
	size_t used = slip_decode(slip, in, len, status);

	*frame = (struct framing_frame){slip->packet, slip->len};
	if (*status == FRAMING_FRAME)
		*status = kiss_open(frame);
	return used;
}

/* Take the packet information off, and remember whether there was any. */
static size_t kiss_decode_info(void *decoder, const uint8_t *in, size_t len,
			       enum framing_status *status,
			       struct framing_frame *frame)
{
	struct kiss_decoder *kiss = decoder;
	size_t used = kiss_decode(decoder, in, len, status, frame);

	if (*status != FRAMING_FRAME)
		return used;
	if (info_is_first(frame->bytes, frame->len)) {
		frame->bytes += INFO_LEN;
		frame->len -= INFO_LEN;
		kiss->is_bare = false;
	} else if (packet_is_good(packet_check(frame->bytes, frame->len))) {
		kiss->is_bare = true;
	}
	return used;
}

static struct framing_frame kiss_pending(const void *decoder)
{
	const struct slip_decoder *slip =
		&((const struct kiss_decoder *)decoder)->slip;

	return (struct framing_frame){slip->packet, slip_decoder_pending(slip)};
}

static const struct framing *kiss_follow(const void *decoder);

static const struct framing kiss_info_framing = {
	.name = "kiss",
	.has_end = true,
	.radio_rate = KISS_RADIO_RATE,
	.decoder_size = sizeof(struct kiss_decoder),
	.encode = kiss_encode_info,
	.decode = kiss_decode_info,
	.pending = kiss_pending,
	.follow = kiss_follow,
};

static const struct framing kiss_bare_framing = {
	.name = "kiss",
	.has_end = true,
	.radio_rate = KISS_RADIO_RATE,
	.decoder_size = sizeof(struct kiss_decoder),
	.encode = kiss_encode,
	.decode = kiss_decode_info,
	.pending = kiss_pending,
	.follow = kiss_follow,
};

static const struct framing *kiss_follow(const void *decoder)
{
	const struct kiss_decoder *kiss = decoder;

	return kiss->is_bare ? &kiss_bare_framing : &kiss_info_framing;
}

const struct framing kiss_framing = {
	.name = "kiss",
	.for_ip = &kiss_info_framing,
	.has_end = true,
	.radio_rate = KISS_RADIO_RATE,
	.decoder_size = sizeof(struct kiss_decoder),
	.encode = kiss_encode,
	.decode = kiss_decode,
	.pending = kiss_pending,
};
