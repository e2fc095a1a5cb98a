/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of lease: when it asks, and when it ends.
 */
#include "../testing.h"
#include "clock.h"
#include "pair/lease.h"

#define MS  NS_PER_MS
#define NOW (1000 * NS_PER_S)

static void test_lease_ends_without_good_frames(void **state)
{
	struct lease lease = {0};

	(void)state;
	assert_true(lease_next_ns(&lease) == UINT64_MAX);
	assert_false(lease_is_over(&lease, NOW));
	lease_begin(&lease, 5 * MS, NOW);
	assert_false(lease_is_over(&lease, NOW + 999 * MS));
	assert_true(lease_is_over(&lease, NOW + 1000 * MS));
	lease_good(&lease, NOW + 990 * MS);
	assert_false(lease_is_over(&lease, NOW + 1989 * MS));
	assert_true(lease_is_over(&lease, NOW + 1990 * MS));
	lease_end(&lease);
	assert_false(lease_is_over(&lease, NOW + 1990 * MS));
}

static void test_lease_asks_when_it_hears_nothing(void **state)
{
	struct lease lease = {0};
	uint64_t i;

	(void)state;
	lease_begin(&lease, 0, NOW);
	assert_true(lease_next_ns(&lease) == NOW + 250 * MS);
	for (i = 1; i <= 3; i++) {
		assert_false(lease_take_probe(&lease, NOW + i * 250 * MS - 1));
		assert_true(lease_take_probe(&lease, NOW + i * 250 * MS));
		assert_false(lease_take_probe(&lease, NOW + i * 250 * MS));
	}
	lease_good(&lease, NOW + 800 * MS);
	assert_true(lease_next_ns(&lease) == NOW + 1050 * MS);
}

static void test_lease_waits_for_long_frames(void **state)
{
	struct lease lease = {0};

	(void)state;
	lease_begin(&lease, 500 * MS, NOW);
	assert_false(lease_is_over(&lease, NOW + 2999 * MS));
	assert_true(lease_is_over(&lease, NOW + 3000 * MS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lease_ends_without_good_frames),
		cmocka_unit_test(test_lease_asks_when_it_hears_nothing),
		cmocka_unit_test(test_lease_waits_for_long_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
