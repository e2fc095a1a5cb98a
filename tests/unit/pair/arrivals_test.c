/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of arrivals: in whatever order frames come, packets leave in the order
 * of their numbers, each once, and whole.
 */
#include "../testing.h"
#include "packet/packet.h"
#include "pair/arrivals.h"
#include "pair/window.h"

static struct arrivals *arrivals;

static int setup(void **state)
{
	(void)state;
	arrivals = arrivals_new();
	assert_non_null(arrivals);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arrivals_free(arrivals);
	return 0;
}

static uint8_t byte_of(unsigned long frame, size_t i)
{
	return (uint8_t)(frame * 31 + i * 7);
}

/* Each frame's length and whether more parts follow depend on its number. */
static size_t len_of(unsigned long frame)
{
	return frame * 2654435761U % 683;
}

static bool has_more(unsigned long frame)
{
	return frame * 40503 % 7 < 2;
}

static bool is_compressed(unsigned long frame)
{
	return frame * 2246822519U >> 16 & 1;
}

static enum arrivals_news hear(unsigned long number)
{
	static uint8_t body[UINT16_MAX];
	const struct frame frame = {
		.kind = FRAME_DATA,
		.flags = (has_more(number) ? FRAME_MORE : 0U) |
			 (is_compressed(number) ? FRAME_COMPRESSED : 0U),
		.seq = (uint8_t)number,
		.body = body,
		.body_len = len_of(number),
	};
	size_t i;

	for (i = 0; i < frame.body_len; i++)
		body[i] = byte_of(number, i);
	return arrivals_hear(arrivals, &frame);
}

/* Take all packets that are complete; the next frame to leave is @at. */
static unsigned long take(unsigned long at)
{
	const uint8_t *packet;
	size_t len;
	size_t i;

	while (arrivals_take(arrivals, &packet, &len)) {
		for (;; at++) {
			assert_true(len >= len_of(at));
			for (i = 0; i < len_of(at); i++)
				assert_int_equal(packet[i], byte_of(at, i));
			packet += len_of(at);
			len -= len_of(at);
			if (!has_more(at))
				break;
		}
		/* The parts of a packet agree, so the last one counts. */
		assert_int_equal(arrivals_is_compressed(arrivals),
				 is_compressed(at));
		at++;
		assert_int_equal(len, 0);
	}
	return at;
}

static void test_arrivals_any_order(void **state)
{
	static bool has[20000 + 2 * WINDOW_FRAMES]; /* read ahead */
	uint8_t bits[FRAME_BITS_MAX];
	unsigned long next = 0;
	unsigned long left = 0; /* frames before it left in packets */
	unsigned long number;
	uint64_t random = 1;
	unsigned long i;
	bool gap;

	(void)state;
	memset(has, 0, sizeof(has));
	while (next < 20000) {
		number = next +
			 testing_random(&random, testing_random(&random, 2)
							 ? 3
							 : WINDOW_FRAMES);
		assert_int_equal(hear(number), has[number] ? ARRIVALS_TWICE
					       : number == next
						       ? ARRIVALS_IN_ORDER
						       : ARRIVALS_EARLY);
		has[number] = true;
		while (has[next])
			next++;
		left = take(left);
		assert_int_equal(arrivals_next(arrivals), (uint8_t)next);
		assert_true(left <= next);
		for (i = left; i < next; i++)
			assert_true(has_more(i) || left == next);
		gap = arrivals_bits(arrivals, bits);
		assert_int_equal(arrivals_has_gap(arrivals), gap);
		for (i = 0; i + 1 < WINDOW_FRAMES; i++)
			assert_int_equal(bits[i / 8] >> i % 8 & 1,
					 has[next + 1 + i]);
		/* What has left is a repetition. */
		if (next > 100)
			assert_int_equal(hear(next - 1 -
					      testing_random(&random,
							     WINDOW_FRAMES)),
					 ARRIVALS_TWICE);
	}
}

static void test_arrivals_full_window(void **state)
{
	static uint8_t body[683];
	struct frame frame = {.body = body, .body_len = sizeof(body)};
	const uint8_t *packet;
	size_t count = 0;
	size_t len;

	(void)state;
	/* 95 frames of 683 bytes are just what a window may have. */
	for (frame.seq = 1; frame.seq < WINDOW_FRAMES; frame.seq++)
		assert_int_equal(arrivals_hear(arrivals, &frame),
				 ARRIVALS_EARLY);
	frame.seq = 0;
	assert_int_equal(arrivals_hear(arrivals, &frame), ARRIVALS_IN_ORDER);
	while (arrivals_take(arrivals, &packet, &len))
		count++;
	assert_int_equal(count, WINDOW_FRAMES);
	assert_false(arrivals_has_gap(arrivals));
}

/* A stranger never sends the frame that is missing. */
static void test_arrivals_early_for_ever(void **state)
{
	static uint8_t body[1500];
	struct frame frame = {.body = body, .body_len = sizeof(body)};
	const uint8_t *packet;
	size_t early = 0;
	size_t full = 0;
	size_t len;
	int round;

	(void)state;
	for (round = 0; round < 3; round++)
		for (frame.seq = 1; frame.seq < WINDOW_FRAMES; frame.seq++)
			switch (arrivals_hear(arrivals, &frame)) {
			case ARRIVALS_EARLY:
				early++;
				break;
			case ARRIVALS_FULL:
				full++;
				break;
			default:
				assert_int_equal(round > 0, 1);
			}
	assert_int_equal(early, WINDOW_BYTES / sizeof(body));
	assert_true(full > 0);
	frame.seq = WINDOW_FRAMES;
	assert_int_equal(arrivals_hear(arrivals, &frame), ARRIVALS_OUTSIDE);
	frame.seq = 128;
	assert_int_equal(arrivals_hear(arrivals, &frame), ARRIVALS_OUTSIDE);
	frame.seq = 255;
	assert_int_equal(arrivals_hear(arrivals, &frame), ARRIVALS_TWICE);
	assert_false(arrivals_take(arrivals, &packet, &len));
	/* A new session has all the room again. */
	arrivals_reset(arrivals);
	test_arrivals_full_window(NULL);
}

static void test_arrivals_parts_without_end(void **state)
{
	static uint8_t body[1500];
	struct frame frame = {.flags = FRAME_MORE,
			      .body = body,
			      .body_len = sizeof(body)};
	const uint8_t *packet;
	size_t len;
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		assert_int_equal(arrivals_hear(arrivals, &frame),
				 ARRIVALS_IN_ORDER);
		assert_false(arrivals_take(arrivals, &packet, &len));
		frame.seq++;
	}
	assert_true(arrivals_too_long(arrivals) == 1);
	frame.flags = 0;
	arrivals_hear(arrivals, &frame);
	assert_false(arrivals_take(arrivals, &packet, &len));
	assert_true(arrivals_too_long(arrivals) == 1);
	/* The next packet is not affected. */
	frame.seq++;
	arrivals_hear(arrivals, &frame);
	assert_true(arrivals_take(arrivals, &packet, &len));
	assert_int_equal(len, sizeof(body));
}

/* The longest packet, in the most parts. */
static void test_arrivals_longest(void **state)
{
	static uint8_t body[PACKET_MAX];
	struct frame frame = {.flags = FRAME_MORE,
			      .body = body,
			      .body_len = PACKET_MAX / 3};
	const uint8_t *packet;
	size_t len;

	(void)state;
	for (; frame.seq < 3; frame.seq++) {
		frame.flags = frame.seq < 2 ? FRAME_MORE : 0;
		arrivals_hear(arrivals, &frame);
	}
	assert_true(arrivals_take(arrivals, &packet, &len));
	assert_int_equal(len, PACKET_MAX);
	assert_true(arrivals_too_long(arrivals) == 0);
}

/* A frame that is longer than any packet takes no room for ever. */
static void test_arrivals_too_long_to_keep(void **state)
{
	static uint8_t body[PACKET_MAX + 1];
	struct frame frame = {.seq = 1, .body = body, .body_len = sizeof(body)};
	const uint8_t *packet;
	size_t len;

	(void)state;
	assert_int_equal(arrivals_hear(arrivals, &frame), ARRIVALS_FULL);
	frame.body_len = 1;
	assert_int_equal(arrivals_hear(arrivals, &frame), ARRIVALS_EARLY);
	frame.seq = 0;
	assert_int_equal(arrivals_hear(arrivals, &frame), ARRIVALS_IN_ORDER);
	assert_true(arrivals_take(arrivals, &packet, &len));
	assert_true(arrivals_take(arrivals, &packet, &len));
	frame.seq = 3;
	frame.body_len = PACKET_MAX;
	assert_int_equal(arrivals_hear(arrivals, &frame), ARRIVALS_EARLY);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_arrivals_any_order),
		TEST(test_arrivals_full_window),
		TEST(test_arrivals_early_for_ever),
		TEST(test_arrivals_parts_without_end),
		TEST(test_arrivals_longest),
		TEST(test_arrivals_too_long_to_keep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
