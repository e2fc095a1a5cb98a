/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of keepalive: when an END is due, and when a silent peer loses the
 * carrier.
 */
#include "../testing.h"
#include "pump/keepalive.h"

#define MS  UINT64_C(1000000)
#define S   (1000 * MS)
#define NOW (1000 * S) /* when the line opens */

static const uint8_t end[] = {0xC0};
static const uint8_t frame[] = {0xC0, 0x45, 0x00, 0xC0};

static struct keepalive opened(unsigned int period_s)
{
	struct keepalive keepalive;

	keepalive_init(&keepalive, period_s);
	keepalive_start(&keepalive, NOW);
	return keepalive;
}

static void hear(struct keepalive *keepalive, const uint8_t *bytes, size_t len,
		 uint64_t at_ns)
{
	keepalive_heard(keepalive, bytes, len, NOW + at_ns);
}

/* Check at each due time until then. Return: did the peer fall silent? */
static bool silent(struct keepalive *keepalive, uint64_t at_ns)
{
	bool before = false;

	while (keepalive->period_ns && keepalive->looked_ns + 500 * MS < at_ns)
		before |=
			keepalive_falls_silent(keepalive,
					       keepalive->looked_ns + 500 * MS);
	return keepalive_falls_silent(keepalive, at_ns) || before;
}

static void test_keepalive_off(void **state)
{
	struct keepalive keepalive = opened(0);

	(void)state;
	assert_false(keepalive_is_due(&keepalive, NOW + 1000000 * S));
	assert_false(silent(&keepalive, NOW + 1000000 * S));
	assert_true(keepalive_has_carrier(&keepalive));
	assert_true(keepalive_next_ns(&keepalive) == UINT64_MAX);
}

static void test_keepalive_due_after_silence_of_our_own(void **state)
{
	struct keepalive keepalive = opened(5);

	(void)state;
	assert_false(keepalive_is_due(&keepalive, NOW + 5 * S - 1));
	assert_true(keepalive_is_due(&keepalive, NOW + 5 * S));
	keepalive_sent(&keepalive, NOW + 4 * S);
	assert_false(keepalive_is_due(&keepalive, NOW + 9 * S - 1));
	assert_true(keepalive_is_due(&keepalive, NOW + 9 * S));
	/* Received bytes do not count as sent ones. */
	hear(&keepalive, frame, sizeof(frame), 8 * S);
	assert_true(keepalive_is_due(&keepalive, NOW + 9 * S));
}

static void test_keepalive_silent_after_three_periods(void **state)
{
	struct keepalive keepalive = opened(5);

	(void)state;
	hear(&keepalive, frame, sizeof(frame), 1 * S);
	assert_false(silent(&keepalive, NOW + 16 * S - 1));
	assert_true(silent(&keepalive, NOW + 16 * S));
	assert_false(silent(&keepalive, NOW + 17 * S));
	assert_true(keepalive.silent);
	hear(&keepalive, end, sizeof(end), 20 * S);
	assert_false(keepalive.silent);
	assert_true(silent(&keepalive, NOW + 35 * S));
}

static void test_keepalive_next_is_what_comes_first(void **state)
{
	struct keepalive keepalive = opened(5);

	(void)state;
	assert_true(keepalive_next_ns(&keepalive) == NOW + 5 * S);
	keepalive_sent(&keepalive, NOW + 14 * S);
	assert_true(keepalive_next_ns(&keepalive) == NOW + 15 * S);
	assert_true(silent(&keepalive, NOW + 15 * S));
	assert_true(keepalive_next_ns(&keepalive) == NOW + 19 * S);
}

static void test_keepalive_carrier_of_one_that_only_answers(void **state)
{
	struct keepalive keepalive = opened(1);
	uint64_t at_ns;

	(void)state;
	/* A pause splits a frame after its first or before its last END. */
	for (at_ns = 0; at_ns < 60 * S; at_ns += 2 * S) {
		hear(&keepalive, frame, 1, at_ns);
		hear(&keepalive, frame + 1, sizeof(frame) - 2,
		     at_ns + 100 * MS);
		hear(&keepalive, frame + 3, 1, at_ns + 200 * MS);
	}
	assert_true(silent(&keepalive, NOW + 100 * S));
	assert_true(keepalive_has_carrier(&keepalive));
}

static void test_keepalive_carrier_of_one_that_keeps_alive(void **state)
{
	struct keepalive keepalive = opened(1);

	(void)state;
	hear(&keepalive, frame, sizeof(frame), 0);
	hear(&keepalive, end, sizeof(end), 1 * S);
	hear(&keepalive, end, sizeof(end), 2 * S);
	assert_true(silent(&keepalive, NOW + 5 * S));
	assert_false(keepalive_has_carrier(&keepalive));
	hear(&keepalive, end, sizeof(end), 6 * S);
	assert_true(keepalive_has_carrier(&keepalive));
	/* A new line starts without lone ENDs. */
	keepalive_start(&keepalive, NOW + 10 * S);
	assert_true(silent(&keepalive, NOW + 13 * S));
	assert_true(keepalive_has_carrier(&keepalive));
}

/* Flow control or a suspended host may delay the last END of a frame. */
static void test_keepalive_late_ends_are_not_lone(void **state)
{
	struct keepalive keepalive = opened(5);
	uint64_t at_ns;

	(void)state;
	for (at_ns = 0; at_ns < 60 * S; at_ns += 10 * S) {
		hear(&keepalive, frame, sizeof(frame) - 1, at_ns);
		hear(&keepalive, end, sizeof(end), at_ns + 3 * S);
	}
	assert_true(silent(&keepalive, NOW + 100 * S));
	assert_true(keepalive_has_carrier(&keepalive));
}

/* After a long silence a peer must show its keepalive again. */
static void test_keepalive_lone_ends_are_forgotten(void **state)
{
	struct keepalive keepalive = opened(1);

	(void)state;
	hear(&keepalive, end, sizeof(end), 1 * S);
	hear(&keepalive, end, sizeof(end), 2 * S);
	assert_true(silent(&keepalive, NOW + 100 * S));
	hear(&keepalive, frame, sizeof(frame), 100 * S);
	assert_true(silent(&keepalive, NOW + 200 * S));
	assert_true(keepalive_has_carrier(&keepalive));
}

/* But not because this process was stopped while they waited in the port. */
static void test_keepalive_lone_ends_outlive_a_stop(void **state)
{
	struct keepalive keepalive = opened(1);

	(void)state;
	hear(&keepalive, end, sizeof(end), 1 * S);
	hear(&keepalive, end, sizeof(end), 2 * S);
	assert_false(silent(&keepalive, NOW + 3 * S));
	assert_false(keepalive_falls_silent(&keepalive, NOW + 9 * S));
	hear(&keepalive, frame, sizeof(frame), 9 * S);
	assert_true(silent(&keepalive, NOW + 12 * S));
	assert_false(keepalive_has_carrier(&keepalive));
}

static void test_keepalive_one_end_may_be_noise(void **state)
{
	struct keepalive keepalive = opened(1);

	(void)state;
	hear(&keepalive, end, sizeof(end), 1 * S);
	assert_true(silent(&keepalive, NOW + 4 * S));
	assert_true(keepalive_has_carrier(&keepalive));
}

/* After a stop, the process first reads the bytes that arrived meanwhile. */
static void test_keepalive_late_look(void **state)
{
	struct keepalive keepalive = opened(1);

	(void)state;
	assert_false(keepalive_falls_silent(&keepalive, NOW + 1 * S));
	assert_false(keepalive_falls_silent(&keepalive, NOW + 20 * S));
	/* The next check is due at once, and it counts. */
	assert_true(keepalive_next_ns(&keepalive) <= NOW + 20 * S);
	assert_true(keepalive_falls_silent(&keepalive, NOW + 20 * S + 1));

	keepalive = opened(1);
	assert_false(keepalive_falls_silent(&keepalive, NOW + 1 * S));
	assert_false(keepalive_falls_silent(&keepalive, NOW + 20 * S));
	hear(&keepalive, frame, sizeof(frame), 20 * S);
	assert_false(keepalive_falls_silent(&keepalive, NOW + 20 * S + 1));
}

/* On a busy line, marks show the peer's keepalive. */
static void test_keepalive_carrier_of_one_that_marks(void **state)
{
	static const uint8_t busy[] = {0x45, 0xC0, 0x46, 0xC0};
	static const uint8_t mark[] = {0x45, 0xC0, 0xC0, 0xC0,
				       0xC0, 0x46, 0xC0};
	struct keepalive keepalive = opened(1);
	uint64_t at_ns;
	size_t i;

	(void)state;
	for (at_ns = 0; at_ns < 3 * S; at_ns += 100 * MS) {
		hear(&keepalive, busy, sizeof(busy), at_ns);
		/* A mark may arrive in pieces of any size. */
		for (i = 0; at_ns % S == 0 && i < sizeof(mark); i++)
			hear(&keepalive, mark + i, 1, at_ns + 50 * MS);
	}
	assert_true(silent(&keepalive, NOW + 10 * S));
	assert_false(keepalive_has_carrier(&keepalive));
}

/* ENDs on both sides of a frame and a lone END between make no mark. */
static void test_keepalive_ends_that_are_no_marks(void **state)
{
	static const uint8_t ends[] = {0xC0, 0x45, 0xC0, 0xC0, 0xC0, 0x46};
	struct keepalive keepalive = opened(1);
	uint64_t at_ns;

	(void)state;
	for (at_ns = 0; at_ns < 30 * S; at_ns += 100 * MS)
		hear(&keepalive, ends, sizeof(ends), at_ns);
	assert_true(silent(&keepalive, NOW + 40 * S));
	assert_true(keepalive_has_carrier(&keepalive));
}

static void test_keepalive_wants_marks(void **state)
{
	struct keepalive keepalive = opened(5);

	(void)state;
	assert_false(keepalive_wants_mark(&keepalive, NOW + 5 * S - 1));
	/* A frame is not a sign of a keepalive. */
	keepalive_sent(&keepalive, NOW + 4 * S);
	assert_true(keepalive_wants_mark(&keepalive, NOW + 5 * S));
	keepalive_sent_sign(&keepalive, NOW + 5 * S);
	assert_false(keepalive_wants_mark(&keepalive, NOW + 10 * S - 1));
	keepalive = opened(0);
	assert_false(keepalive_wants_mark(&keepalive, NOW + 100 * S));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keepalive_off),
		cmocka_unit_test(test_keepalive_due_after_silence_of_our_own),
		cmocka_unit_test(test_keepalive_silent_after_three_periods),
		cmocka_unit_test(test_keepalive_next_is_what_comes_first),
		cmocka_unit_test(
			test_keepalive_carrier_of_one_that_only_answers),
		cmocka_unit_test(
			test_keepalive_carrier_of_one_that_keeps_alive),
		cmocka_unit_test(test_keepalive_late_ends_are_not_lone),
		cmocka_unit_test(test_keepalive_lone_ends_are_forgotten),
		cmocka_unit_test(test_keepalive_lone_ends_outlive_a_stop),
		cmocka_unit_test(test_keepalive_one_end_may_be_noise),
		cmocka_unit_test(test_keepalive_late_look),
		cmocka_unit_test(test_keepalive_carrier_of_one_that_marks),
		cmocka_unit_test(test_keepalive_ends_that_are_no_marks),
		cmocka_unit_test(test_keepalive_wants_marks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
