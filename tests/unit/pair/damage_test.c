/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of damage: when a line is poor.
 */
#include "../testing.h"
#include "clock.h"
#include "pair/damage.h"

#define NOW   (1000 * NS_PER_S)
#define LATER (NOW + NS_PER_S)

static struct damage damage;

static int begin(void **state)
{
	(void)state;
	damage_begin(&damage, NOW);
	return 0;
}

/* Add frames of which every @nth is bad. Return: how often it was poor. */
static unsigned int add(unsigned int count, unsigned int nth, bool known)
{
	unsigned int poor = 0;
	unsigned int i;

	for (i = 0; i < count; i++)
		poor += damage_add(&damage, i % nth == 0, known, LATER);
	return poor;
}

static void test_damage_of_one_in_six(void **state)
{
	(void)state;
	assert_int_equal(add(6400, 6, false), 0);
}

static void test_damage_of_one_in_four(void **state)
{
	(void)state;
	assert_int_equal(add(64, 4, false), 1);
}

static void test_damage_of_all(void **state)
{
	(void)state;
	assert_int_equal(add(12, 1, false), 0);
	assert_int_equal(add(1, 1, false), 1);
	assert_int_equal(add(12, 1, false), 0);
}

static void test_damage_after_a_step(void **state)
{
	(void)state;
	assert_int_equal(add(7, 1, true), 1);
	assert_int_equal(add(6400, 16, true), 0);
}

/* The first frames after a change are those of the old speed. */
static void test_damage_has_a_grace(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		assert_false(
			damage_add(&damage, true, false, NOW + 99 * NS_PER_MS));
	assert_int_equal(damage.frames, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_damage_of_one_in_six, begin),
		cmocka_unit_test_setup(test_damage_of_one_in_four, begin),
		cmocka_unit_test_setup(test_damage_of_all, begin),
		cmocka_unit_test_setup(test_damage_after_a_step, begin),
		cmocka_unit_test_setup(test_damage_has_a_grace, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
