/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of seek: when hellos are said, and how few they are.
 */
#include "../testing.h"
#include "clock.h"
#include "pair/seek.h"

#define MS  NS_PER_MS
#define S   NS_PER_S
#define NOW (1000 * S) /* when the port is opened */

#define SAID_MAX 1000

static struct seek seek;
static uint64_t said[SAID_MAX]; /* when, after the opening */
static size_t said_count;

static void open(void)
{
	seek_open(&seek, 0, NOW);
	said_count = 0;
}

/* Say all that is due until a time, when it is due. */
static void run_until(uint64_t at)
{
	uint64_t ns = NOW;

	while ((ns = clock_later(ns, seek_next_ns(&seek, ns))) < NOW + at)
		if (seek_take(&seek, 0, ns)) {
			assert_true(said_count < SAID_MAX);
			said[said_count++] = ns - NOW;
		}
}

static void assert_said(const unsigned int *ms, size_t count)
{
	size_t i;

	assert_int_equal(said_count, count);
	for (i = 0; i < count; i++)
		assert_int_equal(said[i] / MS, ms[i]);
	said_count = 0;
}

#define ASSERT_SAID(...)                                          \
	assert_said((const unsigned int[]){__VA_ARGS__},          \
		    sizeof((const unsigned int[]){__VA_ARGS__}) / \
			    sizeof(unsigned int))

static void hear(uint64_t at)
{
	run_until(at);
	seek_heard(&seek, NOW + at);
}

static void hear_plain(uint64_t at)
{
	hear(at);
	seek_plain(&seek, NOW + at);
}

static void hear_garbage(uint64_t at)
{
	hear(at);
	seek_garbage(&seek, NOW + at);
}

static void test_seek_after_opening(void **state)
{
	(void)state;
	open();
	run_until(100 * S);
	ASSERT_SAID(0, 300, 1000, 2000, 4000);
	assert_true(seek_next_ns(&seek, NOW) == UINT64_MAX);
}

/* Two that were started by one script do not speak at the same time. */
static void test_seek_spreads(void **state)
{
	static const uint64_t most[] = {20, 330, 1100, 2200, 4400};
	size_t i;

	(void)state;
	seek_open(&seek, UINT64_MAX, NOW);
	said_count = 0;
	run_until(100 * S);
	assert_int_equal(said_count, 5);
	for (i = 0; i < 5; i++)
		assert_in_range(said[i], most[i] * MS * 99 / 100, most[i] * MS);
}

static void test_seek_first_packet(void **state)
{
	(void)state;
	open();
	hear_plain(7 * S);
	hear_plain(7 * S + 100 * MS);
	run_until(20 * S);
	ASSERT_SAID(0, 300, 1000, 2000, 4000, 7000, 7500, 8000, 9000);
	/* Sooner it says nothing. */
	open();
	hear_plain(400 * MS);
	hear_plain(900 * MS);
	run_until(20 * S);
	ASSERT_SAID(0, 300, 1000, 2000, 4000);
}

static void test_seek_packet_after_a_second_without(void **state)
{
	uint64_t at;

	(void)state;
	open();
	for (at = 0; at < 6 * S; at += 200 * MS)
		hear_plain(at);
	ASSERT_SAID(0, 300, 1000, 2000, 4000);
	hear_plain(6 * S + 700 * MS);
	run_until(10 * S);
	ASSERT_SAID();
	hear_plain(20 * S);
	run_until(30 * S);
	ASSERT_SAID(20000, 20500, 21000, 22000);
}

/* Whatever another program does. */
static void test_seek_17_at_most(void **state)
{
	uint64_t random = 1;
	uint64_t at = 0;
	int run;

	(void)state;
	for (run = 0; run < 50; run++) {
		open();
		for (at = 0; at < 1000 * S;) {
			at += testing_random(&random, 3000) * MS;
			if (testing_random(&random, 2))
				hear_plain(at);
			else
				hear_garbage(at);
		}
		assert_in_range(said_count, 5, 17);
	}
}

static void test_seek_garbage(void **state)
{
	uint64_t at;

	(void)state;
	open();
	for (at = 0; at < 100 * S; at += 100 * MS)
		hear_garbage(at);
	/* One a second, and a series is kept for a packet. */
	assert_int_equal(said_count, 5 + 8);
	assert_in_range(said[12], 11 * S, 14 * S);
	said_count = 0;
	hear_plain(100 * S);
	run_until(200 * S);
	ASSERT_SAID(100000, 100500, 101000, 102000);
}

static void test_seek_answers(void **state)
{
	(void)state;
	open();
	seek_stop(&seek);
	seek_answer(&seek, NOW + 10 * S);
	run_until(10 * S + MS);
	ASSERT_SAID(10000);
	/* The second is due when the 100 ms are over, with all behind it. */
	run_until(10 * S + 20 * MS);
	seek_answer(&seek, NOW + 10 * S + 20 * MS);
	seek_answer(&seek, NOW + 10 * S + 30 * MS);
	run_until(11 * S);
	ASSERT_SAID(10100);
	seek_answer(&seek, NOW + 11 * S);
	run_until(12 * S);
	ASSERT_SAID(11000);
}

static void test_seek_lost(void **state)
{
	(void)state;
	open();
	seek_stop(&seek);
	seek_lost(&seek, NOW + 10 * S);
	run_until(20 * S);
	assert_int_equal(said_count, 20);
	run_until(30 * S);
	assert_in_range(said_count, 24, 26);
	/* For as long as it takes. */
	run_until(1000 * S);
	assert_in_range(said_count, 500, 520);
}

static void test_seek_lost_and_replaced(void **state)
{
	uint64_t at;

	(void)state;
	open();
	seek_stop(&seek);
	seek_lost(&seek, NOW);
	for (at = 50 * MS; at < 60 * S; at += 200 * MS)
		hear_plain(at);
	/* The first was said before any packet had come. */
	assert_int_equal(said_count, 6);
	said_count = 0;
	/* One that is answered is not replaced. */
	seek_lost(&seek, NOW + at);
	for (; at < 70 * S; at += 200 * MS) {
		hear_plain(at);
		seek_found(&seek);
	}
	assert_in_range(said_count, 18, 21);
}

/* A serialtun was heard, and has not heard this end. */
static void test_seek_unheard(void **state)
{
	(void)state;
	open();
	run_until(10 * S);
	said_count = 0;
	seek_answer(&seek, NOW + 10 * S);
	seek_unheard(&seek, NOW + 10 * S);
	run_until(12 * S - MS);
	ASSERT_SAID(10000, 10500, 11000, 11500);
	/* An answer counts, too. */
	run_until(12 * S + 100 * MS);
	seek_answer(&seek, NOW + 12 * S + 100 * MS);
	seek_unheard(&seek, NOW + 12 * S + 100 * MS);
	run_until(12 * S + 700 * MS);
	ASSERT_SAID(12000, 12100, 12600);
	run_until(20 * S);
	said_count = 0;
	run_until(30 * S);
	assert_in_range(said_count, 4, 6);
	seek_stop(&seek);
	said_count = 0;
	run_until(100 * S);
	assert_int_equal(said_count, 0);
}

static void test_seek_fast_again(void **state)
{
	(void)state;
	open();
	seek_stop(&seek);
	seek_lost(&seek, NOW);
	run_until(100 * S + 100 * MS);
	said_count = 0;
	hear_garbage(100 * S + 200 * MS);
	run_until(102 * S);
	ASSERT_SAID(100200, 100700, 101200, 101700);
}

static void test_seek_waits_for_a_frame(void **state)
{
	(void)state;
	open();
	/* A frame that goes on and on. */
	run_until(200 * MS);
	said_count = 0;
	seek.line.in_frame = true;
	for (uint64_t at = 280; at < 600; at += 10)
		hear(at * MS);
	ASSERT_SAID(500);
	/* One that has stopped in its midst. */
	hear(980 * MS);
	run_until(1500 * MS);
	ASSERT_SAID(1030);
	/* An answer does not wait. */
	hear(1510 * MS);
	seek_answer(&seek, NOW + 1510 * MS);
	run_until(1520 * MS);
	ASSERT_SAID(1510);
}

static void test_seek_waits_for_text(void **state)
{
	uint64_t at;

	(void)state;
	open();
	run_until(100 * MS);
	said_count = 0;
	seek.line = (struct seek_line){.in_frame = true, .is_text = true};
	for (at = 200; at < 3300; at += 100)
		hear(at * MS);
	run_until(3900 * MS);
	ASSERT_SAID(3700);
	for (at = 3900; at < 20000; at += 100)
		hear(at * MS);
	ASSERT_SAID(14000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seek_after_opening),
		cmocka_unit_test(test_seek_spreads),
		cmocka_unit_test(test_seek_first_packet),
		cmocka_unit_test(test_seek_packet_after_a_second_without),
		cmocka_unit_test(test_seek_17_at_most),
		cmocka_unit_test(test_seek_garbage),
		cmocka_unit_test(test_seek_answers),
		cmocka_unit_test(test_seek_lost),
		cmocka_unit_test(test_seek_lost_and_replaced),
		cmocka_unit_test(test_seek_unheard),
		cmocka_unit_test(test_seek_fast_again),
		cmocka_unit_test(test_seek_waits_for_a_frame),
		cmocka_unit_test(test_seek_waits_for_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
