/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of trial. */
#include "../testing.h"
#include "pair/speed_message.h"
#include "pair/trial.h"

#define BAUD 230400
#define ALL  10

/* Tests that have arrived here and there, and overruns of the port. */
static struct trial trial_of(unsigned int mine, unsigned int theirs,
			     uint32_t overruns)
{
	struct trial trial = {.overruns = 5};
	unsigned int i;

	trial_begin(&trial, BAUD);
	trial_expect(&trial);
	for (i = 0; i < mine; i++)
		trial_hear(&trial);
	trial_hear_count(&trial, theirs);
	trial.overruns += overruns;
	return trial;
}

static void test_trial_needs_nine_of_ten_both_ways(void **state)
{
	static const struct {
		unsigned int mine;
		unsigned int theirs;
		uint32_t overruns;
		bool is_good;
		bool has_any;
	} cases[] = {
		{ALL, ALL, 0, true, true}, {9, 9, 0, true, true},
		{8, ALL, 0, false, true},  {ALL, 8, 0, false, true},
		{ALL, 0, 0, false, true},  {0, ALL, 0, false, true},
		{0, 0, 0, false, false},   {ALL, ALL, 1, false, true},
		{ALL, 0, 1, false, false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(cases); i++) {
		struct trial trial = trial_of(cases[i].mine, cases[i].theirs,
					      cases[i].overruns);

		assert_int_equal(trial_is_good(&trial), cases[i].is_good);
		assert_int_equal(trial_has_any(&trial), cases[i].has_any);
		assert_int_equal(trial_has_all(&trial), cases[i].mine == ALL);
	}
}

/* No verdict before this end has sent its tests, too. */
static void test_trial_sends_all(void **state)
{
	struct trial trial = trial_of(ALL, ALL, 0);
	struct speed_message message;
	unsigned int i;

	(void)state;
	trial_send(&trial);
	for (i = ALL; i-- > 0;) {
		assert_false(trial_is_good(&trial));
		trial_take(&trial, &message, 7);
		assert_int_equal(message.what, SPEED_TEST);
		assert_int_equal(message.k, 7);
		assert_int_equal(message.count, i);
		assert_int_equal(message.baud, BAUD);
	}
	assert_true(trial_is_good(&trial));
	trial_send(&trial);
	trial_stop(&trial);
	assert_int_equal(trial.left, 0);
}

/* An answer that comes late tells of fewer. */
static void test_trial_takes_the_highest_count(void **state)
{
	struct trial trial = trial_of(ALL, 9, 0);

	(void)state;
	trial_hear_count(&trial, 3);
	assert_true(trial_is_good(&trial));
}

static void test_trial_begins_anew(void **state)
{
	struct trial trial = trial_of(ALL, ALL, 1);

	(void)state;
	trial_begin(&trial, 2 * BAUD);
	trial_expect(&trial);
	assert_false(trial_has_any(&trial));
	assert_int_equal(trial.overruns, 6);
	trial_hear(&trial);
	assert_int_equal(trial_heard(&trial), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trial_needs_nine_of_ten_both_ways),
		cmocka_unit_test(test_trial_sends_all),
		cmocka_unit_test(test_trial_takes_the_highest_count),
		cmocka_unit_test(test_trial_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
