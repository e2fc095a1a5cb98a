/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of compressed TCP headers. The script sends packets from one end to
 * the other, and damages, loses and invents frames. An undamaged packet whose
 * frames were all undamaged arrives as it was; whatever else arrives is a valid
 * packet with a right TCP checksum.
 */
#include "fuzz.h"
#include "packet/packet.h"
#include "packet/vj.h"

#include <stdbool.h>

enum action {
	SEND,
	LOSE,
	DAMAGE,
	INVENT,
	TOSS,
	ACTION_COUNT,
};

#define FRAME_MAX 512

static struct vj here;
static struct vj there;
static bool is_clean; /* no frame was lost or damaged so far */
static uint8_t expanded[PACKET_MAX];

/* A packet of the script, whose lengths and checksums are right, or not TCP. */
static size_t take_packet(struct fuzz_script *script, uint8_t *packet)
{
	size_t len = 20 + (size_t)fuzz_number(script, 1);
	size_t ip_len;
	size_t taken = len;
	const uint8_t *bytes = fuzz_take(script, &taken);

	memset(packet, 0, len);
	memcpy(packet, bytes, taken);
	packet[0] = (uint8_t)(0x40 | (packet[0] & 1 ? 6 : 5));
	packet[2] = 0;
	packet[3] = 0;
	ip_len = (size_t)(packet[0] & 0x0F) * 4;
	if (len < ip_len + 20)
		len = ip_len + 20;
	packet[2] = (uint8_t)(len >> 8);
	packet[3] = (uint8_t)len;
	packet[6] &= 0x40;
	packet[7] = 0;
	packet[9] = 6;
	/* Few connections, so that they come again. */
	memset(packet + 12, 10, 8);
	packet[ip_len] = 0;
	packet[ip_len + 1] &= 0x1F;
	testing_tcp_seal(packet, ip_len, len);
	testing_ipv4_seal(packet, ip_len);
	return len;
}

static void expand(const uint8_t *frame, size_t len, const uint8_t *packet,
		   size_t packet_len, bool is_sent)
{
	uint8_t *copy = testing_copy(frame, len);
	size_t out = 0;
	enum vj_result result = vj_expand(&there, copy, len, expanded, &out);

	free(copy);
	if (result == VJ_PACKET) {
		assert_int_equal(packet_check(expanded, out), PACKET_IPV4);
		assert_int_equal(packet_bad_sum(expanded), 0);
	}
	if (!is_sent)
		return;
	if (frame[0] >> 4 == 4) {
		assert_int_equal(result, VJ_NONE);
		vj_see_plain(&there, frame, len);
	} else if (result != VJ_PACKET) {
		is_clean = false; /* a sequence that TCP does not make */
	} else if (is_clean) {
		assert_int_equal(out, packet_len);
		assert_memory_equal(expanded, packet, out);
	}
}

static void play(struct fuzz_script *script)
{
	const unsigned int action =
		(unsigned int)fuzz_number(script, 1) % ACTION_COUNT;
	uint8_t packet[FRAME_MAX] = {0};
	uint8_t changed[FRAME_MAX];
	const uint8_t *invented;
	uint8_t *frame;
	size_t packet_len;
	size_t len;
	size_t at;

	if (action == TOSS) {
		vj_toss(&there);
		return;
	}
	if (action == INVENT) {
		len = (size_t)fuzz_number(script, 1);
		is_clean = false;
		invented = fuzz_take(script, &len);
		expand(invented, len, NULL, 0, false);
		return;
	}
	packet_len = take_packet(script, packet);
	memcpy(changed, packet, packet_len);
	len = packet_len;
	frame = vj_compress(&here, changed, &len);
	assert_true(frame >= changed);
	assert_true(frame + len <= changed + packet_len);
	if (action == DAMAGE) {
		at = (size_t)fuzz_number(script, 2) % len;
		frame[at] = (uint8_t)fuzz_number(script, 1);
	}
	if (action != SEND)
		is_clean = false;
	if (action != LOSE)
		expand(frame, len, packet, packet_len, action == SEND);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_script script = {data, size};

	memset(&here, 0, sizeof(here));
	memset(&there, 0, sizeof(there));
	vj_reset(&here, VJ_ON);
	vj_reset(&there, VJ_AUTO);
	is_clean = true;
	while (script.len)
		play(&script);
	return 0;
}
