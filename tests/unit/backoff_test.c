/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of backoff: how long the pauses are.
 */
#include "backoff.h"
#include "testing.h"

static void test_backoff_doubles_up_to_its_limit(void **state)
{
	static const uint64_t pauses[] = {50, 100, 200, 300, 300};
	struct backoff backoff = backoff_new(50, 300);
	uint64_t now_ns = 1000;
	size_t i;

	(void)state;
	assert_false(backoff_rests(&backoff, now_ns));
	for (i = 0; i < TESTING_COUNT(pauses); i++) {
		backoff_pause(&backoff, now_ns);
		assert_int_equal(backoff.next_ns, now_ns + pauses[i]);
		assert_true(backoff_rests(&backoff, backoff.next_ns - 1));
		assert_false(backoff_rests(&backoff, backoff.next_ns));
		now_ns = backoff.next_ns;
	}
}

static void test_backoff_begins_again(void **state)
{
	struct backoff backoff = backoff_new(50, 300);

	(void)state;
	backoff_pause(&backoff, 1000);
	backoff_pause(&backoff, 1050);
	backoff_reset(&backoff);
	assert_false(backoff_rests(&backoff, 1051));
	backoff_pause(&backoff, 2000);
	assert_int_equal(backoff.next_ns, 2050);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_backoff_doubles_up_to_its_limit),
		cmocka_unit_test(test_backoff_begins_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
