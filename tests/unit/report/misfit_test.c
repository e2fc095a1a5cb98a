/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of misfit: every problem has a sentence of its own that names what the
 * user can see and what helps.
 */
#include "../testing.h"
#include "report/misfit.h"

static struct addr address(const char *text)
{
	struct addr addr;

	assert_int_equal(addr_parse(&addr, text), ADDR_OK);
	return addr;
}

static const struct {
	enum agree_problem problem;
	const char *here; /* NULL: none */
	const char *there;
	const char *text;
} problems[] = {
	{AGREE_SAME_ADDR, "10.0.0.1/24", "10.0.0.1/24",
	 "both ends have the address 10.0.0.1/24: no packet crosses (give one "
	 "end another --addr, or none)"},
	{AGREE_APART, "10.0.0.1/24", "10.1.0.1/24",
	 "10.0.0.1/24 here and 10.1.0.1/24 at board are not in each other's "
	 "network (give both ends addresses of one network, or one end no "
	 "--addr)"},
	{AGREE_NOT_PEER, "10.0.0.1/32", "10.0.0.9/32",
	 "--peer names another address than the other end has: 10.0.0.1 "
	 "here, 10.0.0.9 at board (give --peer the other end's address, at "
	 "both ends)"},
	{AGREE_REFUSED, NULL, "8.8.8.1/24",
	 "no address is taken from board: 8.8.8.1/24 is not a private address "
	 "with a prefix of 24 or more (give both ends an --addr)"},
	{AGREE_REFUSED, "8.8.8.1/24", NULL,
	 "no address is taken from board: 8.8.8.1/24 is not a private address "
	 "with a prefix of 24 or more (give both ends an --addr)"},
	{AGREE_NO_POOL, NULL, NULL,
	 "no network is free at both ends, so the link has IPv6 link-local "
	 "addresses only (give both ends an --addr)"},
	{AGREE_MTU, NULL, NULL,
	 "the MTU is 1500 here and 576 at board (give both ends the same "
	 "--mtu, as --mtu 576)"},
};

static void test_misfit_problem_text(void **state)
{
	char text[MISFIT_TEXT_MAX];
	struct agree own;
	struct agree peer;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(problems); i++) {
		own = (struct agree){.mtu = 1500};
		peer = (struct agree){.mtu = 576};
		if (problems[i].here)
			own.addr = address(problems[i].here);
		if (problems[i].there)
			peer.addr = address(problems[i].there);
		assert_string_equal(misfit_problem_text(problems[i].problem,
							&own, &peer, "board",
							text),
				    problems[i].text);
	}
}

static void test_misfit_event_text(void **state)
{
	enum pair_event a;
	enum pair_event b;

	(void)state;
	for (a = PAIR_EVENT_LOOPED; a < PAIR_EVENT_COUNT; a++)
		for (b = PAIR_EVENT_LOOPED; b < a; b++)
			assert_string_not_equal(misfit_event_text(a, false),
						misfit_event_text(b, false));
	assert_string_not_equal(misfit_event_text(PAIR_EVENT_KIND, false),
				misfit_event_text(PAIR_EVENT_KIND, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_misfit_problem_text),
		cmocka_unit_test(test_misfit_event_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
