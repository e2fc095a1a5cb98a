/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of lead: it is as long as it is worth, and one late wake-up does not
 * cost delay.
 */
#include "../testing.h"
#include "clock.h"
#include "pump/lead.h"

#define MS	NS_PER_MS
#define LEAD_NS (2500 * NS_PER_US)

static uint64_t now = NS_PER_S;

static void wake(struct lead *lead, uint64_t late_ns, unsigned int times)
{
	while (times--) {
		now += 4 * MS;
		lead_note_wake(lead, now, now + late_ns);
		now += late_ns;
	}
}

static void test_lead_of_a_punctual_machine(void **state)
{
	struct lead lead = {0};

	(void)state;
	assert_int_equal(lead_ns(&lead), LEAD_NS);
	wake(&lead, 100 * NS_PER_US, 1000);
	assert_int_equal(lead_ns(&lead), LEAD_NS);
	wake(&lead, 2 * MS, 1);
	assert_int_equal(lead_ns(&lead), LEAD_NS);
}

/* The wire is idle once, whatever the lead is from then on. */
static void test_lead_after_one_late_wake_up(void **state)
{
	static const uint64_t late_ns[] = {10 * MS, 40 * MS, 3600 * NS_PER_S};
	struct lead lead = {0};

	(void)state;
	for (size_t i = 0; i < TESTING_COUNT(late_ns); i++) {
		wake(&lead, late_ns[i], 1);
		assert_in_range(lead_ns(&lead), LEAD_NS + 1, LEAD_NS + MS);
		wake(&lead, MS / 10, 2 * 250);
		assert_int_equal(lead_ns(&lead), LEAD_NS);
	}
}

/* A number that looks random, below @limit. */
static uint64_t dice(uint64_t limit)
{
	static uint64_t seed = 1;

	seed = seed * UINT64_C(6364136223846793005) + 1;
	return (seed >> 33) % limit;
}

/*
 * One in @part wake-ups is late by up to @worst_ns. Run until the lead is
 * steady, then for a minute or more. Return: how many in 1000 s are later than
 * the lead; one millisecond more would save so many.
 */
static uint64_t too_late(struct lead *lead, uint64_t part, uint64_t worst_ns)
{
	const unsigned int before = 10 * 250;
	const unsigned int wakes = 60 * 250;
	uint64_t begun_ns = 0;
	uint64_t count = 0;

	for (unsigned int i = 0; i < before + wakes; i++) {
		const uint64_t late_ns = dice(part) ? MS / 10 : dice(worst_ns);

		if (i == before)
			begun_ns = now;
		count += i >= before && late_ns > lead_ns(lead);
		wake(lead, late_ns, 1);
	}
	return count * 1000 * NS_PER_S / (now - begun_ns);
}

/*
 * A millisecond more would save 1 of 200, unless the shortest lead does. A
 * process that stops for long, but seldom, has a short one.
 */
static void test_lead_of_a_late_machine(void **state)
{
	static const struct {
		uint64_t part, worst_ns, least_ns, most_ns;
	} machines[] = {
		{10, 30 * MS, 20 * MS, 30 * MS},
		{100, 10 * MS, 2 * MS, 5 * MS},
		{250, 40 * MS, 2 * MS, 3 * MS},
		{1000, 40 * MS, 2 * MS, 3 * MS},
	};

	(void)state;
	for (size_t i = 0; i < TESTING_COUNT(machines); i++) {
		struct lead lead = {0};
		const uint64_t count =
			too_late(&lead, machines[i].part, machines[i].worst_ns);

		/* 5 a second, and those that need time to work (500 us). */
		assert_in_range(count, 0, 6000);
		assert_in_range(lead_ns(&lead), machines[i].least_ns,
				machines[i].most_ns);
	}
}

/* Always 100 ms late: the lead grows to its limit, and comes back. */
static void test_lead_has_a_limit(void **state)
{
	struct lead lead = {0};

	(void)state;
	wake(&lead, 100 * MS, 1000);
	assert_int_equal(lead_ns(&lead), 40 * MS);
	wake(&lead, MS / 10, 60 * 250);
	assert_int_equal(lead_ns(&lead), LEAD_NS);
}

/* A pause of the sender says nothing about the machine. */
static void test_lead_outlives_a_pause(void **state)
{
	struct lead lead = {0};

	(void)state;
	wake(&lead, 100 * MS, 1000);
	now += 3600 * NS_PER_S;
	wake(&lead, MS / 10, 1);
	assert_in_range(lead_ns(&lead), 39 * MS, 40 * MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lead_of_a_punctual_machine),
		cmocka_unit_test(test_lead_after_one_late_wake_up),
		cmocka_unit_test(test_lead_of_a_late_machine),
		cmocka_unit_test(test_lead_has_a_limit),
		cmocka_unit_test(test_lead_outlives_a_pause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
