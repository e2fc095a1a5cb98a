/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of weave: frames inside of a frame that is written in pieces, decoded
 * again by slip.
 */
#include "../testing.h"
#include "framing/slip.h"
#include "framing/weave.h"

#define LONG_LEN 400

static struct slip_decoder decoder;

static uint8_t line[4096];
static size_t line_len;

static void test_weave_piece_keeps_escapes_whole(void **state)
{
	static const uint8_t bytes[] = {'a', SLIP_ESC, SLIP_ESC_END, 'b',
					SLIP_END};

	(void)state;
	assert_int_equal(weave_piece(bytes, 5, 1), 1);
	assert_int_equal(weave_piece(bytes, 5, 2), 3);
	assert_int_equal(weave_piece(bytes, 5, 3), 3);
	assert_int_equal(weave_piece(bytes, 5, 4), 4);
	assert_int_equal(weave_piece(bytes, 5, 5), 5);
	assert_int_equal(weave_piece(bytes, 5, 100), 5);
	assert_int_equal(weave_piece(bytes + 4, 1, 1), 1);
}

static void test_weave_fits_not_behind_esc(void **state)
{
	static const uint8_t bytes[] = {'a', SLIP_ESC, SLIP_ESC_END, SLIP_END};

	(void)state;
	assert_true(weave_fits(bytes, 0));
	assert_true(weave_fits(bytes, 1));
	assert_false(weave_fits(bytes, 2));
	assert_true(weave_fits(bytes, 3));
}

/* Decode the line. Expect @count frames of @inner, and then @outer. */
static void check_line(const uint8_t *outer, size_t outer_len,
		       const uint8_t *inner, size_t inner_len,
		       unsigned int count)
{
	enum framing_status status;
	size_t at = 0;

	decoder = (struct slip_decoder){.takes_inner = true};
	while (at < line_len) {
		at += slip_decode(&decoder, line + at, line_len - at, &status);
		assert_int_equal(status, FRAMING_FRAME);
		if (!count) {
			assert_int_equal(decoder.len, outer_len);
			assert_memory_equal(decoder.packet, outer, outer_len);
			break;
		}
		count--;
		assert_int_equal(decoder.len - decoder.frame_at, inner_len);
		assert_memory_equal(decoder.packet + decoder.frame_at, inner,
				    inner_len);
	}
	assert_int_equal(at, line_len);
	assert_int_equal(count, 0);
}

/* Write a frame in pieces, with other frames between random ones. */
static void check_random(uint64_t seed, size_t most, unsigned int one_in)
{
	uint8_t bytes[FRAMING_ENCODED_MAX(LONG_LEN) + WEAVE_HEAD_LEN +
		      FRAMING_ENCODED_MAX(FRAMING_INNER_MAX)];
	static const uint8_t inner[] = {'i', SLIP_ESC, SLIP_END, 'n'};
	uint8_t inner_bytes[FRAMING_ENCODED_MAX(sizeof(inner))];
	uint8_t outer[LONG_LEN];
	unsigned int count = 0;
	size_t inner_end = 0;
	size_t inner_len;
	size_t at = 0;
	size_t len;
	size_t n;

	for (n = 0; n < LONG_LEN; n++)
		outer[n] = testing_random(&seed, 4)
				   ? (uint8_t)testing_random(&seed, 256)
				   : SLIP_ESC;
	len = slip_encode(bytes, outer, LONG_LEN, SLIP_ESCAPES_RFC1055);
	inner_len = slip_encode(inner_bytes, inner, sizeof(inner),
				SLIP_ESCAPES_RFC1055);
	line_len = 0;
	while (at < len) {
		assert_true(weave_fits(bytes, at));
		if (at >= inner_end && count < 100 &&
		    !testing_random(&seed, one_in)) {
			inner_end = weave_insert(bytes, &at, &len, inner_bytes,
						 inner_len);
			count++;
			assert_true(len <= sizeof(bytes));
		}
		n = weave_piece(bytes + at, len - at, most);
		memcpy(line + line_len, bytes + at, n);
		line_len += n;
		at += n;
	}
	check_line(outer, LONG_LEN, inner, sizeof(inner), count);
}

static void test_weave_undone_by_slip(void **state)
{
	uint64_t seed;
	size_t most;

	(void)state;
	for (most = 1; most < 70; most++)
		for (seed = 0; seed < 20; seed++)
			check_random(seed, most, 1 + (unsigned int)seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_weave_piece_keeps_escapes_whole),
		cmocka_unit_test(test_weave_fits_not_behind_esc),
		cmocka_unit_test(test_weave_undone_by_slip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
