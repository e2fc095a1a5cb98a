/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tests of a speed, in one attempt, at one of the ends. The speed is good
 * if nearly all of them have arrived both ways, and no port has lost bytes.
 *
 * trial is pure.
 */
#include "pair/trial.h"
#include "pair/speed_message.h"

/**
 * trial_begin() - Forget the tests of the attempt before
 * @trial: the tests
 * @baud:  the speed to test
 */
void trial_begin(struct trial *trial, uint32_t baud)
{
	const uint32_t overruns = trial->overruns;

	*trial = (struct trial){.baud = baud, .overruns = overruns};
}

/**
 * trial_expect() - Note that the port has the speed
 * @trial: the tests, none of which has arrived
 */
void trial_expect(struct trial *trial)
{
	trial->overruns_before = trial->overruns;
}

/**
 * trial_send() - Begin to send this end's tests
 * @trial: the tests
 */
void trial_send(struct trial *trial)
{
	trial->left = speed_test_count(trial->baud);
}

/**
 * trial_stop() - Send no more tests
 * @trial: the tests
 */
void trial_stop(struct trial *trial)
{
	trial->left = 0;
}

/**
 * trial_take() - Take the next test to send
 * @trial:   the tests, of which some are left
 * @message: filled in
 * @k:       number of the attempt
 */
void trial_take(struct trial *trial, struct speed_message *message, uint8_t k)
{
	*message = (struct speed_message){
		.what = SPEED_TEST,
		.k = k,
		.count = (uint8_t)--trial->left,
		.baud = trial->baud,
	};
}

/**
 * trial_hear() - Note a test that has arrived
 * @trial: the tests
 */
void trial_hear(struct trial *trial)
{
	trial->mine++;
}

/**
 * trial_hear_count() - Note how many tests have arrived at the peer
 * @trial: the tests
 * @count: the peer's word, which may be older than the one before
 */
void trial_hear_count(struct trial *trial, unsigned int count)
{
	if (count > trial->theirs)
		trial->theirs = count;
}

/**
 * trial_heard() - Get the number of tests that have arrived here
 * @trial: the tests
 *
 * Return: the number; 0 if the port lost bytes
 */
unsigned int trial_heard(const struct trial *trial)
{
	return trial->overruns == trial->overruns_before ? trial->mine : 0;
}

/**
 * trial_has_all() - Check whether all of the peer's tests have arrived
 * @trial: the tests
 *
 * Return: true if so
 */
bool trial_has_all(const struct trial *trial)
{
	return trial->mine == speed_test_count(trial->baud);
}

/**
 * trial_is_good() - Check whether enough tests have arrived both ways
 * @trial: the tests
 *
 * Return: true if so, and this end has sent all of its own
 */
bool trial_is_good(const struct trial *trial)
{
	return !trial->left &&
	       speed_test_is_enough(trial->baud, trial->theirs) &&
	       speed_test_is_enough(trial->baud, trial_heard(trial));
}

/**
 * trial_has_any() - Check whether the line carries the speed at all
 * @trial: the tests
 *
 * Return: true if any test has arrived, and no port has lost bytes
 */
bool trial_has_any(const struct trial *trial)
{
	return trial_heard(trial) || trial->theirs;
}
