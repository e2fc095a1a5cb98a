/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of tally: the counts of all ports of a link. */
#include "../testing.h"
#include "port/port.h"
#include "pump/stats.h"
#include "pump/tally.h"

static struct port_counts reported;

static void count(const struct port *port, struct port_counts *counts)
{
	(void)port;
	*counts = reported;
}

static const struct port_kind kind = {.count = count};
static const struct port port = {.kind = &kind};

static void test_tally_adds_the_counts_of_all_ports(void **state)
{
	struct tally tally = {0};
	struct stats stats = {0};

	(void)state;
	reported = (struct port_counts){
		.line_known = true, .frame = 2, .overrun = 3, .refused = 4};
	tally_end_port(&tally, &port);
	reported = (struct port_counts){.line_known = true,
					.frame = 10,
					.buf_overrun = 5};
	assert_int_equal(tally_overruns(&tally, &port), 8);
	tally_get_stats(&tally, &port, &stats);
	assert_true(stats.line.known);
	assert_int_equal(stats.line.frame, 12);
	assert_int_equal(stats.to_line.dropped[STATS_DROP_REFUSED], 4);
}

/* A port that hung up no longer reports counts. */
static void test_tally_keeps_the_last_counts_of_a_lost_port(void **state)
{
	struct tally tally = {0};

	(void)state;
	reported = (struct port_counts){.line_known = true, .overrun = 7};
	assert_int_equal(tally_overruns(&tally, &port), 7);
	reported = (struct port_counts){0};
	tally_end_port(&tally, &port);
	assert_int_equal(tally_overruns(&tally, NULL), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tally_adds_the_counts_of_all_ports),
		cmocka_unit_test(
			test_tally_keeps_the_last_counts_of_a_lost_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
