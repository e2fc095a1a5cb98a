/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of checksum, against a literal implementation of RFC 1071.
 */
#include "../testing.h"
#include "packet/checksum.h"

/* RFC 1071, section 3: the example. */
static void test_checksum_rfc1071(void **state)
{
	static const uint8_t bytes[] = {0x00, 0x01, 0xF2, 0x03,
					0xF4, 0xF5, 0xF6, 0xF7};

	(void)state;
	assert_int_equal(checksum_sum(bytes, sizeof(bytes)), 0xDDF2);
}

static void test_checksum_fold(void **state)
{
	static const struct {
		uint32_t sum;
		uint16_t folded;
	} sums[] = {
		{0, 0},
		{0xFFFF, 0xFFFF},
		{0x10000, 1},
		{0x1FFFF, 1},
		{0x2FFFE, 1},
		{0xFFFF0000, 0xFFFF},
		{0xFFFE0002, 0x01},
		{0xFFFFFFFF, 0xFFFF},
		{0x12345678, 0x68AC},
	};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(sums); i++)
		assert_int_equal(checksum_fold(sums[i].sum), sums[i].folded);
}

static void assert_sum(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = testing_copy(bytes, len);

	assert_int_equal(checksum_sum(copy, len),
			 testing_checksum(0, bytes, len));
	free(copy);
}

/* Every length up to some rounds of the loop, at every alignment. */
static void test_checksum_lengths(void **state)
{
	static uint8_t bytes[65535 + 8];
	uint64_t seed = 1071;
	size_t at;
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(bytes); len++)
		bytes[len] = (uint8_t)testing_random(&seed, 256);
	for (at = 0; at < 8; at++) {
		for (len = 0; len <= 100; len++)
			assert_sum(bytes + at, len);
		assert_sum(bytes + at, 1499);
		assert_sum(bytes + at, 65535);
	}
}

/* The most carries, and none. */
static void test_checksum_extremes(void **state)
{
	static uint8_t bytes[65535];
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(bytes); len += 1 + len / 3)
		assert_sum(bytes, len);
	memset(bytes, 0xFF, sizeof(bytes));
	for (len = 0; len < sizeof(bytes); len += 1 + len / 3)
		assert_sum(bytes, len);
	assert_sum(bytes, sizeof(bytes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_checksum_rfc1071),
		cmocka_unit_test(test_checksum_fold),
		cmocka_unit_test(test_checksum_lengths),
		cmocka_unit_test(test_checksum_extremes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
