/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of length: decoding returns the encoded packets under every chunking,
 * and agrees with the byte-by-byte reference on any input.
 */
#include "../testing.h"
#include "framing/length.h"
#include "length_reference.h"

static struct length_decoder decoder;
static struct length_reference reference;

/* Decode one chunk, and compare with the promises and the reference. */
static size_t feed(const uint8_t *bytes, size_t len)
{
	uint8_t *chunk = testing_copy(bytes, len);
	enum framing_status wanted = FRAMING_MORE;
	enum framing_status status;
	struct framing_frame frame;
	size_t frames = 0;
	size_t at = 0;
	size_t used;
	size_t i;

	do {
		used = length_framing.decode(&decoder, chunk + at, len - at,
					     &status, &frame);
		assert_true(used <= len - at);
		assert_true(used || at == len);
		for (i = 0; i < used; i++) {
			wanted = length_reference_push(&reference,
						       chunk[at + i]);
			if (i + 1 < used)
				assert_int_equal(wanted, FRAMING_MORE);
		}
		at += used;
		if (used)
			assert_int_equal(status, wanted);
		if (status == FRAMING_MORE) {
			assert_int_equal(at, len);
			continue;
		}
		assert_int_equal(frame.len, reference.len);
		assert_memory_equal(frame.bytes, reference.packet, frame.len);
		assert_int_equal(length_framing.pending(&decoder).len, 0);
		frames++;
	} while (at < len);
	assert_int_equal(length_framing.pending(&decoder).len,
			 reference.seen ? reference.len : 0);
	free(chunk);
	return frames;
}

static int begin(void **state)
{
	(void)state;
	memset(&decoder, 0, sizeof(decoder));
	memset(&reference, 0, sizeof(reference));
	return 0;
}

static void test_length_encode(void **state)
{
	static const uint8_t packet[] = {0x45, 0xC0, 0xDB, 0};
	static const uint8_t wanted[] = {0, 4, 0x45, 0xC0, 0xDB, 0};
	uint8_t *out = malloc(FRAMING_ENCODED_MAX(PACKET_MAX));
	uint8_t *longest = calloc(1, PACKET_MAX);

	(void)state;
	assert_non_null(out);
	assert_non_null(longest);
	assert_int_equal(length_framing.encode(out, packet, sizeof(packet)),
			 sizeof(wanted));
	assert_memory_equal(out, wanted, sizeof(wanted));
	assert_int_equal(length_framing.encode(out, longest, PACKET_MAX),
			 PACKET_MAX + 2);
	assert_int_equal(out[0], 0xFF);
	assert_int_equal(out[1], 0xFF);
	free(longest);
	free(out);
}

/* Three frames, one of them empty, cut at any two places. */
static void test_length_every_chunking(void **state)
{
	static const uint8_t stream[] = {0, 3, 'a', 'b', 'c', 0, 0,
					 0, 5, 'd', 'e', 'f', 0, 1};
	size_t frames;
	size_t first;
	size_t second;

	(void)state;
	for (first = 0; first <= sizeof(stream); first++)
		for (second = first; second <= sizeof(stream); second++) {
			frames = feed(stream, first);
			frames += feed(stream + first, second - first);
			frames +=
				feed(stream + second, sizeof(stream) - second);
			assert_int_equal(frames, 3);
			assert_int_equal(reference.seen, 0);
		}
	for (first = 0; first < sizeof(stream); first++)
		feed(stream + first, 1);
	assert_int_equal(reference.seen, 0);
}

/* The decoder does not copy a frame that arrives in one piece. */
static void test_length_whole_frame_is_borrowed(void **state)
{
	static const uint8_t stream[] = {0, 2, 'a', 'b', 0};
	enum framing_status status;
	struct framing_frame frame;

	(void)state;
	assert_int_equal(length_framing.decode(&decoder, stream, sizeof(stream),
					       &status, &frame),
			 4);
	assert_int_equal(status, FRAMING_FRAME);
	assert_ptr_equal(frame.bytes, stream + 2);
	assert_int_equal(frame.len, 2);
}

/* The pending part of a packet excludes the length field. */
static void test_length_pending(void **state)
{
	static const uint8_t text[] = "gilogin: ";
	struct framing_frame pending;

	(void)state;
	feed(text, 1);
	assert_int_equal(length_framing.pending(&decoder).len, 0);
	feed(text + 1, sizeof(text) - 2);
	pending = length_framing.pending(&decoder);
	assert_int_equal(pending.len, sizeof(text) - 3);
	assert_memory_equal(pending.bytes, text + 2, pending.len);
}

static void test_length_round_trip(void **state)
{
	static const size_t lens[] = {1, 2, 255, 256, 1500, PACKET_MAX};
	uint8_t *packet = malloc(PACKET_MAX);
	uint8_t *stream = malloc(FRAMING_ENCODED_MAX(PACKET_MAX));
	uint64_t seed = 1;
	size_t chunk;
	size_t len;
	size_t at;
	size_t i;

	(void)state;
	assert_non_null(packet);
	assert_non_null(stream);
	for (i = 0; i < 4 * TESTING_COUNT(lens); i++) {
		size_t wanted = lens[i % TESTING_COUNT(lens)];

		memset(packet, (int)i, wanted);
		len = length_framing.encode(stream, packet, wanted);
		for (at = 0; at < len; at += chunk) {
			chunk = 1 + testing_random(&seed, len);
			if (chunk > len - at)
				chunk = len - at;
			assert_int_equal(feed(stream + at, chunk),
					 at + chunk == len);
		}
		assert_int_equal(reference.len, wanted);
		assert_memory_equal(reference.packet, packet, wanted);
	}
	free(stream);
	free(packet);
}

/* Random input, mostly with short lengths, so that frames end often. */
static void test_length_random_streams(void **state)
{
	uint8_t bytes[2048];
	uint64_t seed = 2;
	size_t frames = 0;
	size_t round;
	size_t len;
	size_t i;

	(void)state;
	for (round = 0; round < 3000; round++) {
		len = testing_random(&seed, sizeof(bytes) + 1);
		for (i = 0; i < len; i++)
			bytes[i] =
				(uint8_t)(testing_random(&seed, 50)
						  ? 0
						  : testing_random(&seed, 256));
		frames += feed(bytes, len);
	}
	assert_in_range(frames, 1000, SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_length_encode, begin),
		cmocka_unit_test_setup(test_length_every_chunking, begin),
		cmocka_unit_test_setup(test_length_whole_frame_is_borrowed,
				       begin),
		cmocka_unit_test_setup(test_length_pending, begin),
		cmocka_unit_test_setup(test_length_round_trip, begin),
		cmocka_unit_test_setup(test_length_random_streams, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
