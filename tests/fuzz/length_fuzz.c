/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of the framing by length: any stream, in chunks of any size. It finds
 * what the byte by byte reference finds.
 *
 * The script is: chunks, as of fuzz_stream().
 */
#include "../unit/framing/length_reference.h"
#include "framing/length.h"
#include "fuzz.h"

#define STREAM_MAX (5 * PACKET_MAX / 2)

static struct length_decoder decoder;
static struct length_reference reference;

/* What the reference finds in bytes of which the decoder found one thing. */
static enum framing_status ask_reference(const uint8_t *bytes, size_t len)
{
	enum framing_status found = FRAMING_MORE;
	size_t i;

	for (i = 0; i < len; i++) {
		assert_true(found == FRAMING_MORE);
		found = length_reference_push(&reference, bytes[i]);
	}
	return found;
}

static void feed(const uint8_t *bytes, size_t len)
{
	uint8_t *chunk = testing_copy(bytes, len);
	struct framing_frame frame;
	enum framing_status status;
	size_t at = 0;
	size_t used;

	do {
		used = length_framing.decode(&decoder, chunk + at, len - at,
					     &status, &frame);
		assert_true(used <= len - at);
		assert_true(used || at == len);
		if (status == FRAMING_MORE)
			assert_int_equal(used, len - at);
		assert_int_equal(ask_reference(chunk + at, used), status);
		if (status != FRAMING_MORE) {
			assert_int_equal(frame.len, reference.len);
			assert_memory_equal(frame.bytes, reference.packet,
					    frame.len);
		}
		at += used;
		assert_int_equal(length_framing.pending(&decoder).len,
				 reference.seen ? reference.len : 0);
	} while (at < len);
	free(chunk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_script script = {data, size};

	decoder.len = 0;
	reference.seen = 0;
	fuzz_stream(&script, STREAM_MAX, feed);
	return 0;
}
