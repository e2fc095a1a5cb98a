/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of stall: when a port counts as stalled.
 */
#include "../testing.h"
#include "report/stall.h"

#define MS  UINT64_C(1000000)
#define S   (1000 * MS)
#define NOW (1000 * S) /* when the port opens */

/* A port without a rate. */
static struct stall opened(void)
{
	struct stall stall = {0};

	stall_start(&stall, STALL_S, 0, 0, NOW);
	return stall;
}

static void test_stall_after_five_seconds(void **state)
{
	struct stall stall = opened();

	(void)state;
	assert_false(stall_look(&stall, 100, true, NOW + 2 * S));
	assert_false(stall_look(&stall, 100, true, NOW + 7 * S - 1));
	assert_true(stall_look(&stall, 100, true, NOW + 7 * S));
	assert_true(stall_look(&stall, 100, true, NOW + 9 * S));
}

static void test_stall_of_one_that_never_sent(void **state)
{
	struct stall stall = opened();

	(void)state;
	assert_false(stall_look(&stall, 0, true, NOW + 5 * S - 1));
	assert_true(stall_look(&stall, 0, true, NOW + 5 * S));
}

static void test_stall_ends_when_an_byte_leaves(void **state)
{
	struct stall stall = opened();

	(void)state;
	assert_true(stall_look(&stall, 0, true, NOW + 5 * S));
	assert_false(stall_look(&stall, 1, true, NOW + 7 * S));
	assert_false(stall_look(&stall, 1, true, NOW + 12 * S - 1));
	assert_true(stall_look(&stall, 1, true, NOW + 12 * S));
}

/* A port without bytes to send does not stall. */
static void test_stall_not_of_an_idle_port(void **state)
{
	struct stall stall = opened();

	(void)state;
	assert_false(stall_look(&stall, 100, false, NOW + 2 * S));
	assert_false(stall_look(&stall, 100, false, NOW + 1000 * S));
	assert_false(stall_look(&stall, 100, true, NOW + 1002 * S));
	assert_true(stall_look(&stall, 100, true, NOW + 1005 * S));
}

/* Twice the time of 64 bytes at 10 bytes per second. */
static void test_stall_waits_for_a_transfer(void **state)
{
	struct stall stall = {0};

	(void)state;
	stall_start(&stall, STALL_S, 10, 64, NOW);
	assert_false(stall_look(&stall, 0, true, NOW + 17800 * MS - 1));
	assert_true(stall_look(&stall, 0, true, NOW + 17800 * MS));
}

static void test_stall_starts_anew_with_the_port(void **state)
{
	struct stall stall = opened();

	(void)state;
	assert_false(stall_look(&stall, 100, true, NOW + 2 * S));
	stall_start(&stall, STALL_S, 0, 0, NOW + 60 * S);
	assert_false(stall_look(&stall, 100, true, NOW + 62 * S));
	assert_true(stall_look(&stall, 100, true, NOW + 65 * S));
}

static void test_stall_is_news_once(void **state)
{
	struct stall stall = opened();

	(void)state;
	assert_true(stall_is_news(&stall));
	assert_false(stall_is_news(&stall));
	stall_start(&stall, STALL_S, 0, 0, NOW + 60 * S);
	assert_false(stall_is_news(&stall));
}

static void test_stall_texts_fit_the_port(void **state)
{
	static const struct {
		enum port_flow flow;
		bool is_serial;
		const char *word;
	} cases[] = {
		{PORT_FLOW_NONE, true, "asleep"},
		{PORT_FLOW_RTSCTS, true, "CTS is off"},
		{PORT_FLOW_XONXOFF, true, "XOFF"},
		{PORT_FLOW_NONE, false, "does the other end read"},
		{PORT_FLOW_XONXOFF, false, "does the other end read"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(cases); i++)
		assert_non_null(
			strstr(stall_text(cases[i].flow, cases[i].is_serial),
			       cases[i].word));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stall_after_five_seconds),
		cmocka_unit_test(test_stall_of_one_that_never_sent),
		cmocka_unit_test(test_stall_ends_when_an_byte_leaves),
		cmocka_unit_test(test_stall_not_of_an_idle_port),
		cmocka_unit_test(test_stall_waits_for_a_transfer),
		cmocka_unit_test(test_stall_starts_anew_with_the_port),
		cmocka_unit_test(test_stall_is_news_once),
		cmocka_unit_test(test_stall_texts_fit_the_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
