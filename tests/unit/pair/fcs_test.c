/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of fcs: published values, and the same as bit by bit.
 */
#include "../testing.h"
#include "pair/fcs.h"

#define BYTES_MAX 2000

/* RFC 1662, section C.3: what is left behind a good frame and its check. */
#define GOOD_FCS 0xDEBB20E3

static uint32_t bit_by_bit(uint32_t fcs, const uint8_t *bytes, size_t len)
{
	size_t i;
	int bit;

	for (i = 0; i < len; i++) {
		fcs ^= bytes[i];
		for (bit = 0; bit < 8; bit++)
			fcs = fcs >> 1 ^ (fcs & 1 ? 0xEDB88320 : 0);
	}
	return fcs;
}

static void fill(uint8_t *bytes, size_t len)
{
	uint64_t random = 1;
	size_t i;

	for (i = 0; i < len; i++)
		bytes[i] = (uint8_t)testing_random(&random, 256);
}

static void test_fcs_published_values(void **state)
{
	static const struct {
		const char *bytes;
		uint32_t fcs;
	} cases[] = {
		{"", 0},
		{"123456789", 0xCBF43926}, /* the usual check value */
		{"a", 0xE8B7BE43},
		{"The quick brown fox jumps over the lazy dog", 0x414FA339},
	};
	static const uint8_t zeros[32];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(cases); i++)
		assert_int_equal(fcs_of(cases[i].bytes, strlen(cases[i].bytes)),
				 cases[i].fcs);
	assert_int_equal(fcs_of(zeros, sizeof(zeros)), 0x190A55AD);
}

/* RFC 1662, section C.3: the check is sent with its lowest byte first. */
static void test_fcs_good_frame(void **state)
{
	uint8_t frame[100 + 4];
	uint32_t fcs;
	size_t i;

	(void)state;
	fill(frame, 100);
	fcs = fcs_of(frame, 100);
	for (i = 0; i < 4; i++)
		frame[100 + i] = (uint8_t)(fcs >> (8 * i));
	assert_int_equal(fcs_add(FCS_START, frame, sizeof(frame)), GOOD_FCS);
}

static void test_fcs_any_start_length_and_place(void **state)
{
	static uint8_t bytes[BYTES_MAX];
	uint64_t random = 2;
	int i;

	(void)state;
	fill(bytes, sizeof(bytes));
	for (i = 0; i < 2000; i++) {
		const size_t at = testing_random(&random, BYTES_MAX);
		const size_t len = testing_random(&random, BYTES_MAX + 1 - at);
		const uint32_t start =
			(uint32_t)testing_random(&random, UINT32_MAX);

		assert_int_equal(fcs_add(start, bytes + at, len),
				 bit_by_bit(start, bytes + at, len));
	}
}

static void test_fcs_in_pieces(void **state)
{
	static uint8_t bytes[BYTES_MAX];
	uint32_t fcs = FCS_START;
	uint64_t random = 3;
	size_t at = 0;
	size_t len;

	(void)state;
	fill(bytes, sizeof(bytes));
	for (; at < sizeof(bytes); at += len) {
		len = testing_random(&random, 20);
		if (len > sizeof(bytes) - at)
			len = sizeof(bytes) - at;
		fcs = fcs_add(fcs, bytes + at, len);
	}
	assert_int_equal(~fcs, fcs_of(bytes, sizeof(bytes)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fcs_published_values),
		cmocka_unit_test(test_fcs_good_frame),
		cmocka_unit_test(test_fcs_any_start_length_and_place),
		cmocka_unit_test(test_fcs_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
