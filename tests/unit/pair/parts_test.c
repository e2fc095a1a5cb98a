/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of parts: when packets go in parts, and how long these are. */
#include "../testing.h"
#include "pair/parts.h"

static void note(struct parts *parts, unsigned int count, bool is_repeated)
{
	while (count--)
		parts_note(parts, is_repeated, 1500);
}

static void test_parts_follow_the_losses(void **state)
{
	struct parts parts = {0};

	(void)state;
	assert_int_equal(parts_len(&parts), 0);
	assert_int_equal(parts_max(&parts), 1);
	/* 6 repetitions of the last 64 transmissions are none too many. */
	note(&parts, 6, true);
	note(&parts, 57, false);
	assert_int_equal(parts_len(&parts), 0);
	note(&parts, 1, true);
	assert_int_equal(parts_len(&parts), 512);
	note(&parts, 7, true);
	assert_int_equal(parts_len(&parts), 256);
	note(&parts, 100, true);
	assert_int_equal(parts_len(&parts), 256);
	/* Longer parts need 64 transmissions without a repetition. */
	note(&parts, 63, false);
	assert_int_equal(parts_len(&parts), 256);
	note(&parts, 1, false);
	assert_int_equal(parts_len(&parts), 512);
	note(&parts, 64, false);
	assert_int_equal(parts_len(&parts), 0);
}

static void test_parts_ignore_short_frames(void **state)
{
	struct parts parts = {0};
	unsigned int i;

	(void)state;
	for (i = 0; i < 100; i++)
		parts_note(&parts, true, 127);
	assert_int_equal(parts_len(&parts), 0);
	for (i = 0; i < 7; i++)
		parts_note(&parts, true, 128);
	assert_int_equal(parts_len(&parts), 512);
}

static void test_parts_of_a_packet(void **state)
{
	struct parts parts = {0};

	(void)state;
	assert_int_equal(parts_len_of(&parts, 65535), 65535);
	note(&parts, 7, true);
	assert_int_equal(parts_max(&parts), 32);
	assert_int_equal(parts_len_of(&parts, 0), 512);
	assert_int_equal(parts_len_of(&parts, 1500), 512);
	assert_int_equal(parts_len_of(&parts, 16384), 512);
	/* A longer one has 32 parts all the same. */
	assert_int_equal(parts_len_of(&parts, 16385), 513);
	assert_int_equal(parts_len_of(&parts, 65535), 2048);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts_follow_the_losses),
		cmocka_unit_test(test_parts_ignore_short_frames),
		cmocka_unit_test(test_parts_of_a_packet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
