/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of probe: when the other end is asked, and when it is given up.
 */
#include "../testing.h"
#include "clock.h"
#include "pair/probe.h"

#define MS  NS_PER_MS
#define S   NS_PER_S
#define NOW (1000 * S)

#define NEVER UINT64_MAX

/* 1500 bytes at 9600 baud. */
#define PACKET_NS (1560 * MS)

static struct probe probe;

/* One that was heard once. */
static void begin_sure(uint64_t packet_ns, uint64_t idle_ns)
{
	probe_begin(&probe, packet_ns, idle_ns, NOW);
	probe_good(&probe, NOW);
}

/* Send all probes that are due until it is dead. Return: when, or @until. */
static uint64_t run(uint64_t from, uint64_t until, unsigned int *sent)
{
	uint64_t ns = from;

	for (*sent = 0;; *sent += probe_take(&probe, ns)) {
		ns = clock_later(ns, probe_next_ns(&probe));
		if (ns >= until)
			return until;
		if (probe_is_dead(&probe, ns))
			return ns;
	}
}

static void test_probe_new(void **state)
{
	unsigned int sent;

	(void)state;
	probe_begin(&probe, 0, 0, NOW);
	assert_int_equal(run(NOW, NEVER, &sent) - NOW, 1250 * MS);
	assert_int_equal(sent, 5);
	assert_int_equal(probe.doubt, PROBE_NEW);
}

static void test_probe_sure(void **state)
{
	(void)state;
	begin_sure(0, 0);
	assert_true(probe_next_ns(&probe) == NEVER);
	assert_false(probe_take(&probe, NOW + 100 * S));
	assert_false(probe_is_dead(&probe, NOW + 100 * S));
}

static void test_probe_silence_after_something_was_sent(void **state)
{
	unsigned int sent;

	(void)state;
	begin_sure(0, 0);
	probe_sent(&probe, NOW + 10 * S);
	probe_sent(&probe, NOW + 10 * S + 500 * MS);
	assert_int_equal(probe_next_ns(&probe) - NOW, 11 * S);
	assert_int_equal(run(NOW, NEVER, &sent) - NOW, 13 * S);
	assert_int_equal(sent, 8);
	assert_int_equal(probe.doubt, PROBE_SILENCE);
	/* Something good, and all begins anew. */
	begin_sure(0, 0);
	probe_sent(&probe, NOW);
	run(NOW, NOW + 2 * S, &sent);
	probe_good(&probe, NOW + 2 * S);
	assert_true(probe_next_ns(&probe) == NEVER);
}

static void test_probe_idle(void **state)
{
	unsigned int sent;

	(void)state;
	begin_sure(0, 3 * S);
	assert_int_equal(probe_next_ns(&probe) - NOW, 3 * S);
	assert_int_equal(run(NOW, NEVER, &sent) - NOW, 5 * S);
}

static void test_probe_garbage(void **state)
{
	unsigned int sent;
	int i;

	(void)state;
	begin_sure(0, 0);
	for (i = 0; i < 9; i++)
		probe_failed(&probe, NOW);
	assert_true(probe_next_ns(&probe) == NEVER);
	probe_good(&probe, NOW);
	for (i = 0; i < 10; i++) {
		assert_true(probe_next_ns(&probe) == NEVER);
		probe_failed(&probe, NOW);
	}
	assert_int_equal(run(NOW, NEVER, &sent) - NOW, 1 * S);
	assert_int_equal(probe.doubt, PROBE_GARBAGE);
	/* More of it puts nothing off. */
	begin_sure(0, 0);
	for (i = 0; i < 10; i++)
		probe_failed(&probe, NOW);
	run(NOW, NOW + 900 * MS, &sent);
	for (i = 0; i < 10; i++)
		probe_failed(&probe, NOW + 900 * MS);
	assert_int_equal(run(NOW + 900 * MS, NEVER, &sent) - NOW, 1 * S);
}

/* Where a packet takes long, so does an answer. */
static void test_probe_slow_line(void **state)
{
	unsigned int sent;

	(void)state;
	probe_begin(&probe, PACKET_NS, 0, NOW);
	assert_int_equal(run(NOW, NEVER, &sent) - NOW, 6 * PACKET_NS);
	assert_in_range(sent, 4, 7);
	begin_sure(PACKET_NS, 0);
	probe_sent(&probe, NOW);
	assert_int_equal(probe_next_ns(&probe) - NOW, 3 * PACKET_NS);
}

/* As long as our own port takes nothing, and when we were stopped. */
static void test_probe_not_sent_is_not_unanswered(void **state)
{
	unsigned int sent;

	(void)state;
	probe_begin(&probe, 0, 0, NOW);
	assert_false(probe_is_dead(&probe, NOW + 100 * S));
	assert_true(probe_take(&probe, NOW + 100 * S));
	/* Stopped for an hour: one question is not enough. */
	assert_false(probe_is_dead(&probe, NOW + 3600 * S));
	assert_int_equal(run(NOW + 3600 * S, NEVER, &sent) - NOW,
			 3600 * S + 750 * MS);
	assert_int_equal(sent, 3);
}

static void test_probe_round_trip(void **state)
{
	(void)state;
	probe_begin(&probe, 0, 0, NOW);
	assert_true(probe_take(&probe, NOW));
	assert_int_equal(probe.k, 1);
	probe_answered(&probe, 0, NOW + 5 * MS);
	probe_answered(&probe, 2, NOW + 5 * MS);
	assert_int_equal(probe.rtt_ns, 0);
	probe_answered(&probe, 1, NOW + 20 * MS);
	assert_int_equal(probe.rtt_ns, 20 * MS);
	probe_answered(&probe, 1, NOW + 90 * MS);
	assert_int_equal(probe.rtt_ns, 20 * MS);
	assert_true(probe_take(&probe, NOW + 250 * MS));
	probe_answered(&probe, 2, NOW + 280 * MS);
	assert_int_equal(probe.rtt_ns, 30 * MS);
	assert_int_equal(probe.rtt_min_ns, 20 * MS);
	/* 0 is for answers that nobody asked for. */
	probe.k = 255;
	assert_true(probe_take(&probe, NOW + 500 * MS));
	assert_int_equal(probe.k, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_probe_new),
		cmocka_unit_test(test_probe_sure),
		cmocka_unit_test(test_probe_silence_after_something_was_sent),
		cmocka_unit_test(test_probe_idle),
		cmocka_unit_test(test_probe_garbage),
		cmocka_unit_test(test_probe_slow_line),
		cmocka_unit_test(test_probe_not_sent_is_not_unanswered),
		cmocka_unit_test(test_probe_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
