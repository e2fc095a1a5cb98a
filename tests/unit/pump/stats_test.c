/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of stats: the sums, and the names of the counters. */
#include "../testing.h"
#include "pump/stats.h"

static void test_stats_sums(void **state)
{
	static const struct stats_direction direction = {
		.dropped = {[STATS_DROP_BAD_ESCAPE] = 1,
			    [STATS_DROP_NO_LINE] = 20,
			    [STATS_DROP_INTERFACE_REFUSED] = 300},
	};
	static const struct stats_line line = {
		.frame = 1,
		.parity = 20,
		.overrun = 300,
		.buffer_overrun = 4000,
		.breaks = 50000,
	};

	(void)state;
	assert_int_equal(stats_dropped(&direction), 321);
	assert_int_equal(stats_line_errors(&line), 4321);
}

/* Each reason has unique words, and a key of lower case and underscores. */
static void test_stats_drop_names(void **state)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_0123456789";
	enum stats_drop i;
	enum stats_drop j;

	(void)state;
	for (i = 0; i < STATS_DROP_COUNT; i++) {
		const char *name = stats_drop_name(i);
		const char *key = stats_drop_key(i);

		assert_true(*name);
		assert_true(*key);
		assert_int_equal(strspn(key, letters), strlen(key));
		for (j = 0; j < i; j++) {
			assert_string_not_equal(name, stats_drop_name(j));
			assert_string_not_equal(key, stats_drop_key(j));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stats_sums),
		cmocka_unit_test(test_stats_drop_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
