/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of visit: when a link gives its terminal back.
 */
#include "testing.h"

#include "clock.h"
#include "pump/stats.h"
#include "visit.h"

#define SOME_NS (7 * NS_PER_S)

/* Check once a second, from @from_s to before @to_s. Return: when it is over.
 */
static uint64_t check(struct visit *visit, const struct stats *stats,
		      uint64_t from_s, uint64_t to_s)
{
	uint64_t s;

	for (s = from_s; s < to_s; s++)
		if (visit_why_over(visit, stats, false, SOME_NS + s * NS_PER_S))
			return s;
	return UINT64_MAX;
}

static void test_visit_ends_after_silence(void **state)
{
	const struct stats nothing = {0};
	struct visit visit;

	(void)state;
	visit_begin(&visit, SOME_NS);
	assert_int_equal(visit.check_ns, SOME_NS + NS_PER_S);
	assert_int_equal(check(&visit, &nothing, 1, 100), 30);
}

static void test_visit_counts_packets_and_frames(void **state)
{
	struct stats stats = {0};
	struct visit visit;

	(void)state;
	visit_begin(&visit, SOME_NS);
	assert_int_equal(check(&visit, &stats, 1, 29), UINT64_MAX);
	stats.from_line.packets++;
	assert_int_equal(check(&visit, &stats, 29, 58), UINT64_MAX);
	stats.pair.heard.good++;
	assert_int_equal(check(&visit, &stats, 58, 200), 88);
}

static void test_visit_lasts_while_paired(void **state)
{
	struct stats stats = {.pair.state = PAIR_PAIRED};
	struct visit visit;

	(void)state;
	visit_begin(&visit, SOME_NS);
	assert_int_equal(check(&visit, &stats, 1, 1000), UINT64_MAX);
	stats.pair.state = PAIR_PLAIN;
	assert_int_equal(check(&visit, &stats, 1000, 2000), 1029);
}

static void test_visit_ends_with_the_peer(void **state)
{
	const struct stats stats = {.pair.state = PAIR_PAIRED};
	struct visit visit;

	(void)state;
	visit_begin(&visit, SOME_NS);
	assert_non_null(visit_why_over(&visit, &stats, true, SOME_NS));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_visit_ends_after_silence),
		cmocka_unit_test(test_visit_counts_packets_and_frames),
		cmocka_unit_test(test_visit_lasts_while_paired),
		cmocka_unit_test(test_visit_ends_with_the_peer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
