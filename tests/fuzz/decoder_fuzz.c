/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of the SLIP decoder: any stream, in chunks of any size, in either mode
 * of escaping, with frames inside of frames and without. It finds what the byte
 * by byte reference finds, and after an END, or two where there may be a frame
 * inside of another one, it is in step again, whatever came before.
 *
 * The script is: the mode, then chunks, as of fuzz_stream().
 */
#include "../unit/framing/slip_reference.h"
#include "framing/slip.h"
#include "fuzz.h"

#define STREAM_MAX (5 * FRAMING_CONTENTS_MAX / 2)

static struct slip_decoder decoder;
static struct slip_reference reference;

/* What the reference finds in bytes of which the decoder found one thing. */
static enum framing_status ask_reference(const uint8_t *bytes, size_t len)
{
	enum framing_status found = FRAMING_MORE;
	enum framing_status status;
	size_t i;

	for (i = 0; i < len; i++) {
		status = slip_reference_push(&reference, bytes[i]);
		assert_true(status == FRAMING_MORE || found == FRAMING_MORE);
		if (status != FRAMING_MORE)
			found = status;
	}
	return found;
}

static void feed(const uint8_t *bytes, size_t len)
{
	uint8_t *chunk = testing_copy(bytes, len);
	enum framing_status status;
	size_t at = 0;
	size_t used;

	do {
		used = slip_decode(&decoder, chunk + at, len - at, &status);
		assert_true(used <= len - at);
		assert_true(used || at == len);
		if (status == FRAMING_MORE)
			assert_int_equal(used, len - at);
		assert_int_equal(ask_reference(chunk + at, used), status);
		if (status == FRAMING_FRAME) {
			assert_in_range(decoder.len - decoder.frame_at, 1,
					decoder.is_inner
						? FRAMING_INNER_MAX
						: FRAMING_CONTENTS_MAX);
			assert_int_equal(decoder.len, reference.len);
			assert_int_equal(decoder.frame_at, reference.at);
			assert_memory_equal(decoder.packet, reference.packet,
					    decoder.len);
		}
		at += used;
	} while (at < len);
	free(chunk);
}

static void expect_in_step(void)
{
	static const uint8_t packet[] = {0x45, SLIP_END, 0, SLIP_ESC, SLIP_XON};
	uint8_t frame[FRAMING_ENCODED_MAX(sizeof(packet))];
	size_t len =
		slip_encode(frame, packet, sizeof(packet), decoder.escapes);
	const uint8_t lead = SLIP_END;
	enum framing_status status = FRAMING_MORE;
	size_t used;

	/* ENDs in front of it end what was under way. */
	used = slip_decode(&decoder, &lead, 1, &status);
	assert_int_equal(used, 1);
	used = slip_decode(&decoder, &lead, 1, &status);
	assert_int_equal(used, 1);
	used = slip_decode(&decoder, frame, len, &status);
	assert_int_equal(status, FRAMING_FRAME);
	assert_int_equal(used, len);
	assert_int_equal(decoder.len, sizeof(packet));
	assert_memory_equal(decoder.packet, packet, sizeof(packet));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_script script = {data, size};
	uint64_t mode;

	decoder.state = SLIP_STATE_PACKET;
	decoder.len = 0;
	decoder.frame_at = 0;
	decoder.is_inner = false;
	mode = fuzz_number(&script, 1);
	decoder.escapes =
		mode & 1 ? SLIP_ESCAPES_XONXOFF : SLIP_ESCAPES_RFC1055;
	decoder.takes_inner = mode & 2;
	reference.takes_inner = decoder.takes_inner;
	reference.is_inner = false;
	reference.at = 0;
	reference.len = 0;
	reference.escapes = decoder.escapes;
	reference.escape = false;
	reference.skip = false;
	reference.ended = true;
	fuzz_stream(&script, STREAM_MAX, feed);
	expect_in_step();
	return 0;
}
