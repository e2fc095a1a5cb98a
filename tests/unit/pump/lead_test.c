/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of lead: it follows the latest wake-up, and forgets it slowly. */
#include "../testing.h"
#include "clock.h"
#include "pump/lead.h"

#define MS NS_PER_MS

static uint64_t now = NS_PER_S;

static void wake(struct lead *lead, uint64_t late_ns, unsigned int times)
{
	while (times--) {
		now += 4 * MS;
		lead_note_wake(lead, now, now + late_ns);
	}
}

static void test_lead_of_a_punctual_machine(void **state)
{
	struct lead lead = {0};

	(void)state;
	assert_int_equal(lead_ns(&lead), 2500 * NS_PER_US);
	wake(&lead, 100 * NS_PER_US, 1000);
	assert_int_equal(lead_ns(&lead), 2500 * NS_PER_US);
	wake(&lead, 2 * MS, 1);
	assert_int_equal(lead_ns(&lead), 2500 * NS_PER_US);
}

static void test_lead_follows_a_late_wake_up(void **state)
{
	struct lead lead = {0};

	(void)state;
	wake(&lead, 10 * MS, 1);
	assert_int_equal(lead_ns(&lead), 10 * MS + MS / 2);
	wake(&lead, MS, 100);
	assert_in_range(lead_ns(&lead), 9 * MS, 10 * MS);
	wake(&lead, MS, 3000);
	assert_int_equal(lead_ns(&lead), 2500 * NS_PER_US);
}

static void test_lead_after_a_stop(void **state)
{
	struct lead lead = {0};

	(void)state;
	wake(&lead, 3600 * NS_PER_S, 1);
	assert_int_equal(lead_ns(&lead), 40 * MS);
	/* At 250 wake-ups a second it is forgotten in some 12 seconds. */
	wake(&lead, MS / 10, 12 * 250);
	assert_int_equal(lead_ns(&lead), 2500 * NS_PER_US);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lead_of_a_punctual_machine),
		cmocka_unit_test(test_lead_follows_a_late_wake_up),
		cmocka_unit_test(test_lead_after_a_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
