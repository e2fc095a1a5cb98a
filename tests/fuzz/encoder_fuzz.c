/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of the SLIP encoder: it encodes any packet as the reference does, and
 * the decoder returns the packet.
 *
 * The script is: the mode of escaping, where in memory the packet begins (the
 * encoder looks at 16 bytes at a time), and the packet.
 */
#include "../unit/framing/slip_reference.h"
#include "framing/slip.h"
#include "fuzz.h"

static void check_decoded(const uint8_t *frame, size_t frame_len,
			  const uint8_t *packet, size_t len,
			  enum slip_escapes escapes)
{
	static struct slip_decoder decoder;
	enum framing_status status;

	decoder.state = SLIP_STATE_PACKET;
	decoder.len = 0;
	decoder.escapes = escapes;
	assert_int_equal(slip_decode(&decoder, frame, frame_len, &status),
			 frame_len);
	assert_int_equal(status, len ? FRAMING_FRAME : FRAMING_MORE);
	assert_int_equal(decoder.len, len);
	assert_memory_equal(decoder.packet, packet, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t wanted[FRAMING_ENCODED_MAX(PACKET_MAX)];
	struct fuzz_script script = {data, size};
	enum slip_escapes escapes = fuzz_number(&script, 1) & 1
					    ? SLIP_ESCAPES_XONXOFF
					    : SLIP_ESCAPES_RFC1055;
	size_t skew = 1 + (fuzz_number(&script, 1) & 15);
	size_t len = PACKET_MAX;
	const uint8_t *bytes = fuzz_take(&script, &len);
	uint8_t *packet = malloc(skew + len);
	uint8_t *frame = malloc(FRAMING_ENCODED_MAX(len));
	size_t frame_len;

	assert_non_null(packet);
	assert_non_null(frame);
	memcpy(packet + skew, bytes, len);

	frame_len = slip_encode(frame, packet + skew, len, escapes);
	assert_int_equal(slip_reference_encode(wanted, bytes, len, escapes),
			 frame_len);
	assert_memory_equal(frame, wanted, frame_len);
	assert_null(memchr(frame, SLIP_END, frame_len - 1));
	check_decoded(frame, frame_len, bytes, len, escapes);
	free(frame);
	free(packet);
	return 0;
}
