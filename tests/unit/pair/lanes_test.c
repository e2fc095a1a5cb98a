/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of lanes: which packet is urgent, and that no flow is reordered. */
#include "../testing.h"
#include "pair/lanes.h"

static struct lanes lanes;
static const uint8_t body[2000];

static int setup(void **state)
{
	(void)state;
	assert_true(lanes_init(&lanes));
	lanes_reset(&lanes, true);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	lanes_fini(&lanes);
	return 0;
}

/* Add a packet. Return: its class. */
static enum lane add(uint8_t flow, size_t len, bool is_sparse)
{
	const struct lanes_packet packet = {len, flow, is_sparse};
	const enum lane lane = lanes_choose(&lanes, &packet);

	window_add(lanes.windows[lane], body, len, false, flow);
	return lane;
}

/* Take the frame that is due. Return: LANE_COUNT: none is. */
static enum lane send(bool is_inside)
{
	enum lane lane;
	uint8_t seq;

	if (!lanes_next_due(&lanes, is_inside, &lane, &seq))
		return LANE_COUNT;
	window_sent(lanes.windows[lane], seq, 1);
	return lane;
}

static void acknowledge(enum lane lane, uint8_t next, const char *bits)
{
	const struct window_ack ack = {.next = next,
				       .bits = (const uint8_t *)bits,
				       .bits_len = strlen(bits)};
	uint64_t rtt_ns;

	window_hear(lanes.windows[lane], &ack, 2, &rtt_ns);
}

static void test_lanes_choose_by_length_and_flow(void **state)
{
	(void)state;
	assert_int_equal(add(1, 256, true), LANE_URGENT);
	assert_int_equal(add(2, 257, true), LANE_BULK);
	assert_int_equal(add(3, 40, false), LANE_BULK);
	assert_false(lanes_is_held(&lanes));
}

static void test_lanes_one_class_only(void **state)
{
	(void)state;
	lanes_reset(&lanes, false);
	assert_false(lanes_may_be_urgent(&lanes, 1));
	assert_int_equal(add(1, 40, true), LANE_BULK);
	assert_int_equal(add(1, 1500, false), LANE_BULK);
	assert_false(lanes_is_held(&lanes));
}

/* A flow with bulk frames on their way stays bulk, until all of them have
 * arrived in order. */
static void test_lanes_bulk_until_acknowledged(void **state)
{
	(void)state;
	assert_int_equal(add(1, 1500, false), LANE_BULK);
	assert_int_equal(add(2, 1500, false), LANE_BULK);
	assert_false(lanes_may_be_urgent(&lanes, 2));
	assert_true(lanes_may_be_urgent(&lanes, 3));
	assert_int_equal(add(2, 40, true), LANE_BULK);
	send(false);
	send(false);
	send(false);
	/* Both of flow 2 have arrived, but wait for the first frame. */
	acknowledge(LANE_BULK, 0, "\3");
	assert_false(lanes_may_be_urgent(&lanes, 2));
	acknowledge(LANE_BULK, 2, "");
	assert_true(lanes_may_be_urgent(&lanes, 1));
	assert_false(lanes_may_be_urgent(&lanes, 2));
	acknowledge(LANE_BULK, 3, "");
	assert_true(lanes_may_be_urgent(&lanes, 2));
	assert_int_equal(add(2, 40, true), LANE_URGENT);
}

/* A short packet behind an urgent one of its flow stays urgent, and a long one
 * waits for it, with all that is bulk. */
static void test_lanes_hold_what_would_overtake(void **state)
{
	(void)state;
	assert_int_equal(add(1, 40, true), LANE_URGENT);
	assert_int_equal(add(1, 40, false), LANE_URGENT);
	assert_int_equal(add(2, 40, false), LANE_BULK);
	assert_true(lanes_has_room(&lanes, 1));
	assert_int_equal(send(false), LANE_URGENT);
	assert_int_equal(send(false), LANE_URGENT);
	assert_int_equal(send(false), LANE_BULK);
	assert_int_equal(add(1, 1500, false), LANE_BULK);
	assert_true(lanes_is_held(&lanes));
	assert_false(lanes_has_room(&lanes, 1));
	assert_int_equal(send(false), LANE_COUNT);
	/* Others may still be urgent. */
	assert_true(lanes_may_be_urgent(&lanes, 3));
	assert_false(lanes_may_be_urgent(&lanes, 1));
	assert_int_equal(add(3, 40, true), LANE_URGENT);
	assert_int_equal(send(true), LANE_URGENT);
	/* A bulk frame that was lost is sent again meanwhile. */
	window_lose(lanes.windows[LANE_BULK], 1);
	assert_int_equal(send(true), LANE_COUNT);
	assert_int_equal(send(false), LANE_BULK);
	assert_int_equal(send(false), LANE_COUNT);
	acknowledge(LANE_URGENT, 1, "");
	assert_int_equal(send(false), LANE_COUNT);
	acknowledge(LANE_URGENT, 2, "");
	assert_false(lanes_is_held(&lanes));
	assert_int_equal(send(false), LANE_BULK);
}

/* What is urgent goes first, and only that goes inside of a bulk frame. */
static void test_lanes_urgent_first(void **state)
{
	(void)state;
	add(1, 1500, false);
	add(2, 40, true);
	assert_int_equal(send(true), LANE_URGENT);
	assert_int_equal(send(true), LANE_COUNT);
	add(2, 40, true);
	assert_int_equal(send(false), LANE_URGENT);
	assert_int_equal(send(false), LANE_BULK);
	assert_int_equal(send(false), LANE_COUNT);
}

static void test_lanes_full(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; lanes_may_be_urgent(&lanes, 1); i++)
		add(1, 40, true);
	assert_int_equal(i, WINDOW_FRAMES);
	/* The next packet of any flow could be urgent. */
	assert_false(lanes_has_room(&lanes, 1));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lanes_choose_by_length_and_flow),
		TEST(test_lanes_one_class_only),
		TEST(test_lanes_bulk_until_acknowledged),
		TEST(test_lanes_hold_what_would_overtake),
		TEST(test_lanes_urgent_first),
		TEST(test_lanes_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
