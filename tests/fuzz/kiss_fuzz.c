/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of KISS: any stream, in chunks of any size, on a TUN interface. Each
 * frame is one of SLIP, less its command and its packet information, and what
 * was decoded can be sent on.
 *
 * The script is: chunks, as of fuzz_stream().
 */
#include "framing/kiss.h"
#include "fuzz.h"
#include "packet/info.h"

#define STREAM_MAX (5 * FRAMING_CONTENTS_MAX / 2)

static const struct framing *framing;
static struct kiss_decoder decoder;
static struct slip_decoder slip;

/* Encode a packet and decode it again. */
static void send_on(const struct framing_frame *packet)
{
	static struct kiss_decoder other;
	uint8_t *out = malloc(FRAMING_ENCODED_MAX(packet->len));
	enum framing_status status;
	struct framing_frame frame;
	size_t len = framing->encode(out, packet->bytes, packet->len);

	assert_in_range(len, packet->len + 3, FRAMING_ENCODED_MAX(packet->len));
	memset(&other, 0, sizeof(other));
	assert_int_equal(kiss_framing.decode(&other, out, len, &status, &frame),
			 len);
	assert_int_equal(status, FRAMING_FRAME);
	assert_in_range(frame.len, packet->len, packet->len + INFO_LEN);
	assert_memory_equal(frame.bytes + frame.len - packet->len,
			    packet->bytes, packet->len);
	free(out);
}

/* Compare what was decoded with the frame of SLIP around it. */
static void compare(enum framing_status status,
		    const struct framing_frame *frame)
{
	const uint8_t *bytes = slip.packet;
	size_t cut;

	switch (status) {
	case FRAMING_COMMAND:
		assert_true(*bytes & KISS_COMMAND_MASK);
		assert_int_equal(frame->len, slip.len);
		break;
	case FRAMING_EMPTY:
		assert_int_equal(slip.len, 1);
		break;
	case FRAMING_TOO_LONG:
		assert_true(slip.len > PACKET_MAX);
		break;
	default:
		assert_int_equal(status, FRAMING_FRAME);
		assert_false(*bytes & KISS_COMMAND_MASK);
		cut = info_is_first(bytes + 1, slip.len - 1) ? 1 + INFO_LEN : 1;
		assert_int_equal(frame->len, slip.len - cut);
		assert_memory_equal(frame->bytes, bytes + cut, frame->len);
		if (frame->len <= PACKET_MAX)
			send_on(frame);
		break;
	}
}

static void feed(const uint8_t *bytes, size_t len)
{
	uint8_t *chunk = testing_copy(bytes, len);
	enum framing_status status;
	enum framing_status of_slip;
	struct framing_frame frame;
	size_t at = 0;
	size_t used;

	do {
		used = framing->decode(&decoder, chunk + at, len - at, &status,
				       &frame);
		assert_int_equal(slip_decode(&slip, chunk + at, len - at,
					     &of_slip),
				 used);
		if (of_slip == FRAMING_FRAME)
			compare(status, &frame);
		else
			assert_int_equal(status, of_slip);
		framing = framing->follow(&decoder);
		at += used;
		assert_int_equal(framing->pending(&decoder).len,
				 slip_decoder_pending(&slip));
	} while (at < len);
	free(chunk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_script script = {data, size};

	memset(&decoder, 0, offsetof(struct kiss_decoder, slip.packet));
	decoder.is_bare = false;
	memset(&slip, 0, offsetof(struct slip_decoder, packet));
	framing = kiss_framing.for_ip;
	fuzz_stream(&script, STREAM_MAX, feed);
	return 0;
}
