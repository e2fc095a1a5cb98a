/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of outbox: what the port gets of frames that it takes in part, and what
 * is counted. (sender_test.c tests when there is a leading END.)
 */
#include "../testing.h"
#include "clock.h"
#include "framing/slip.h"
#include "pump/outbox.h"
#include "pump/pump.h"
#include "pump/stats.h"

#define NOW   (1000 * NS_PER_S)
#define PIECE 32

static struct pump_config config;
static struct stats_direction counters;
static struct outbox outbox;
static uint8_t contents[200];

static int open_outbox(void **state)
{
	(void)state;
	config = (struct pump_config){.framing = &slip_framing};
	counters = (struct stats_direction){0};
	outbox = (struct outbox){.config = &config, .counters = &counters};
	memset(contents, 'x', sizeof(contents));
	return 0;
}

/* Append a frame of @len bytes with a packet of one byte less. */
static void append(size_t len, bool in_pieces)
{
	const struct outbox_frame frame = {.bytes = contents,
					   .len = len,
					   .packet_len = len - 1,
					   .in_pieces = in_pieces};

	outbox_append(&outbox, &frame, NOW);
}

/* The port takes @most bytes of the next write. Return: bytes that it took. */
static size_t take(size_t most)
{
	const size_t len = outbox_next_len(&outbox, PIECE);
	const size_t taken = len < most ? len : most;

	outbox_take(&outbox, taken, len, NOW);
	return taken;
}

static void test_outbox_counts_a_packet_when_its_last_byte_left(void **state)
{
	(void)state;
	append(10, false); /* and an END before and behind it */
	assert_int_equal(take(8), 8);
	assert_true(outbox_waits(&outbox));
	assert_int_equal(counters.packets, 0);
	assert_int_equal(counters.short_writes, 1);
	assert_int_equal(take(8), 4);
	assert_true(outbox_is_empty(&outbox));
	assert_int_equal(counters.packets, 1);
	assert_int_equal(counters.bytes, 9);
	assert_int_equal(counters.line_bytes, 12);
}

static void test_outbox_leads_after_a_dropped_frame(void **state)
{
	(void)state;
	append(10, false);
	take(100);
	outbox_clear(&outbox);
	append(10, false);
	assert_int_equal(take(4), 4);
	outbox_drop(&outbox);
	assert_true(outbox_is_empty(&outbox));
	assert_int_equal(counters.dropped[STATS_DROP_NO_LINE], 1);
	append(10, false);
	assert_int_equal(outbox.bytes[0], SLIP_END);
	assert_int_equal(take(100), 12);
	assert_int_equal(counters.packets, 2);
}

static void test_outbox_counts_a_refused_frame(void **state)
{
	(void)state;
	append(10, false);
	append(10, false);
	outbox_refuse(&outbox);
	assert_true(outbox_is_empty(&outbox));
	assert_int_equal(counters.dropped[STATS_DROP_UNSENDABLE], 2);
	assert_int_equal(counters.packets, 0);
}

static void test_outbox_gives_a_frame_in_pieces(void **state)
{
	(void)state;
	append(100, true);
	assert_int_equal(take(100), PIECE);
	assert_true(outbox_is_between_pieces(&outbox));
	assert_false(outbox_waits(&outbox));
	assert_int_equal(take(PIECE - 1), PIECE - 1);
	assert_true(outbox_waits(&outbox));
	while (!outbox_is_empty(&outbox))
		take(PIECE);
	assert_int_equal(counters.line_bytes, 102);
}

static void test_outbox_writes_an_inner_frame_whole(void **state)
{
	const struct outbox_frame inner = {.bytes = contents,
					   .len = 50,
					   .packet_len = 50};

	(void)state;
	append(100, true);
	take(PIECE);
	assert_true(outbox_takes_inner(&outbox));
	outbox_insert(&outbox, &inner);
	assert_false(outbox_takes_inner(&outbox));
	assert_true(take(1000) > 50);
	assert_true(outbox_is_between_pieces(&outbox));
	assert_int_equal(counters.packets, 0);
	while (!outbox_is_empty(&outbox))
		take(PIECE);
	assert_int_equal(counters.packets, 2);
	/* The frame behind an interrupted one has a leading END. */
	outbox_clear(&outbox);
	append(10, false);
	assert_int_equal(outbox.len, 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			test_outbox_counts_a_packet_when_its_last_byte_left,
			open_outbox),
		cmocka_unit_test_setup(test_outbox_leads_after_a_dropped_frame,
				       open_outbox),
		cmocka_unit_test_setup(test_outbox_counts_a_refused_frame,
				       open_outbox),
		cmocka_unit_test_setup(test_outbox_gives_a_frame_in_pieces,
				       open_outbox),
		cmocka_unit_test_setup(test_outbox_writes_an_inner_frame_whole,
				       open_outbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
