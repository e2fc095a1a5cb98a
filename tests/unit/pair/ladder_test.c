/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of ladder: which speeds are on it, and which is tried next.
 */
#include "../testing.h"
#include "pair/ladder.h"

static const uint32_t all[] = {230400,	460800,	 500000,  921600, 1000000,
			       1500000, 2000000, 3000000, 4000000};

#define ALL (sizeof(all) / sizeof(*all))

static void test_ladder_sort(void **state)
{
	uint32_t speeds[] = {3, 1, 2, 3, 1, 9};
	const uint32_t wanted[] = {1, 2, 3, 9};

	(void)state;
	assert_int_equal(ladder_sort(speeds, 6), 4);
	assert_memory_equal(speeds, wanted, sizeof(wanted));
	assert_int_equal(ladder_sort(speeds, 0), 0);
}

static void test_ladder_takes_what_both_can(void **state)
{
	static const uint32_t own[] = {3000000, 500000, 230400, 921600, 115200};
	static const uint32_t other[] = {230400, 115200, 921600, 3000000};
	struct ladder ladder;

	(void)state;
	ladder_begin(&ladder, own, 5, other, 4, 115200, UINT32_MAX);
	assert_int_equal(ladder.count, 3);
	assert_int_equal(ladder.rungs[0], 230400);
	assert_int_equal(ladder.rungs[1], 921600);
	assert_int_equal(ladder.rungs[2], 3000000);
	ladder_begin(&ladder, own, 5, other, 4, 115200, 921599);
	assert_int_equal(ladder.count, 1);
	ladder_begin(&ladder, own, 5, other, 0, 115200, UINT32_MAX);
	assert_int_equal(ladder_next(&ladder), 0);
}

/* Search on a line that is clean up to a speed. Return: what is found. */
static uint32_t search(uint32_t clean, unsigned int *attempts)
{
	uint32_t found = 115200;
	struct ladder ladder;
	uint32_t baud;

	*attempts = 0;
	ladder_begin(&ladder, all, ALL, all, ALL, 115200, UINT32_MAX);
	while ((baud = ladder_next(&ladder))) {
		++*attempts;
		ladder_note(&ladder, baud, baud <= clean);
		if (baud <= clean)
			found = baud;
	}
	return found;
}

static void test_ladder_finds_the_best(void **state)
{
	unsigned int attempts;
	size_t i;

	(void)state;
	for (i = 0; i < ALL; i++) {
		assert_int_equal(search(all[i], &attempts), all[i]);
		assert_true(attempts <= 4);
	}
	assert_int_equal(search(115200, &attempts), 115200);
	assert_true(attempts <= 4);
}

static void test_ladder_goes_down(void **state)
{
	struct ladder ladder;

	(void)state;
	ladder_begin(&ladder, all, ALL, all, ALL, 115200, UINT32_MAX);
	assert_int_equal(ladder_lower(&ladder, 3000000), 2000000);
	assert_int_equal(ladder_lower(&ladder, 2000000), 1000000);
	assert_int_equal(ladder_lower(&ladder, 1000000), 500000);
	assert_int_equal(ladder_lower(&ladder, 460800), 230400);
	assert_int_equal(ladder_lower(&ladder, 230400), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ladder_sort),
		cmocka_unit_test(test_ladder_takes_what_both_can),
		cmocka_unit_test(test_ladder_finds_the_best),
		cmocka_unit_test(test_ladder_goes_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
