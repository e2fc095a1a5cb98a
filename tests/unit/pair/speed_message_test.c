/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of speed_message: what is written is read, and how many tests there
 * are.
 */
#include "../testing.h"
#include "pair/speed_message.h"

static void test_speed_message_is_read_as_written(void **state)
{
	const uint8_t wanted[] = {1, 7, 9, 0x00, 0x2D, 0xC6, 0xC0};
	struct speed_message message = {SPEED_TRY, 7, 9, 3000000};
	struct speed_message read;
	uint8_t out[SPEED_TEST_LEN];
	unsigned int what;
	size_t len;

	(void)state;
	assert_int_equal(speed_message_write(out, &message), sizeof(wanted));
	assert_memory_equal(out, wanted, sizeof(wanted));
	for (what = SPEED_TRY; what < SPEED_WHATS; what++) {
		message.what = (enum speed_what)what;
		len = speed_message_write(out, &message);
		assert_int_equal(len, what == SPEED_TEST ? SPEED_TEST_LEN
							 : SPEED_MESSAGE_LEN);
		memset(&read, 0, sizeof(read));
		assert_true(speed_message_read(&read, out, len));
		assert_int_equal(read.what, what);
		assert_int_equal(read.k, 7);
		assert_int_equal(read.count, 9);
		assert_int_equal(read.baud, 3000000);
	}
}

static void test_speed_message_refuses_others(void **state)
{
	const uint8_t zero[SPEED_MESSAGE_LEN] = {0};
	const uint8_t high[SPEED_MESSAGE_LEN] = {SPEED_WHATS};
	const uint8_t good[SPEED_MESSAGE_LEN] = {SPEED_POOR};
	struct speed_message message;

	(void)state;
	assert_false(speed_message_read(&message, zero, sizeof(zero)));
	assert_false(speed_message_read(&message, high, sizeof(high)));
	assert_false(speed_message_read(&message, good, sizeof(good) - 1));
	assert_true(speed_message_read(&message, good, sizeof(good)));
}

/* A test has the runs that are hard on a line, and two tests differ. */
static void test_speed_message_test_has_patterns(void **state)
{
	struct speed_message message = {SPEED_TEST, 1, 0, 921600};
	uint8_t one[SPEED_TEST_LEN];
	uint8_t two[SPEED_TEST_LEN];

	(void)state;
	speed_message_write(one, &message);
	message.count = 1;
	speed_message_write(two, &message);
	assert_int_equal(one[7], 0x00);
	assert_int_equal(one[19], 0xFF);
	assert_int_equal(one[31], 0x55);
	assert_int_equal(one[43], 0xAA);
	assert_memory_equal(one + 7, two + 7, 48);
	assert_memory_not_equal(one + 55, two + 55, SPEED_TEST_LEN - 55);
}

static void test_speed_message_counts_tests(void **state)
{
	(void)state;
	assert_int_equal(speed_test_count(230400), 10);
	assert_int_equal(speed_test_count(1000000), 23);
	assert_int_equal(speed_test_count(4000000), 60);
	assert_false(speed_test_is_enough(230400, 8));
	assert_true(speed_test_is_enough(230400, 9));
	assert_false(speed_test_is_enough(4000000, 53));
	assert_true(speed_test_is_enough(4000000, 54));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_speed_message_is_read_as_written),
		cmocka_unit_test(test_speed_message_refuses_others),
		cmocka_unit_test(test_speed_message_test_has_patterns),
		cmocka_unit_test(test_speed_message_counts_tests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
