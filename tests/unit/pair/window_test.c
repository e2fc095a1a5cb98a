/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of window, beside a model of it that keeps every frame and every
 * transmission of the run, and judges by the definition: a transmission is lost
 * as soon as the peer has acknowledged one that was completed later.
 */
#include "../testing.h"
#include "pair/window.h"

#include <limits.h>

#define FRAMES_MAX  4000
#define ON_LINE_MAX 512

/* The body of a frame begins at one of so many places in the bytes. */
#define PLACES 1021

static struct window *window;

static int setup(void **state)
{
	(void)state;
	window = window_new();
	assert_non_null(window);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	window_free(window);
	return 0;
}

/* The model. Frames have numbers without end. */
static struct {
	size_t len;
	unsigned long sent; /* its last transmission; 0: none */
	unsigned int flags;
	bool is_acked;
	bool is_lost;
} frames[FRAMES_MAX];
static unsigned long added;
static unsigned long fresh;
static unsigned long first; /* the oldest frame that the peer still expects */
static unsigned long transmissions;
static unsigned long newest; /* transmission that was acknowledged */

static const uint8_t *body_of(unsigned long frame)
{
	static uint8_t bytes[PLACES + UINT16_MAX];
	static size_t filled;
	static uint64_t random = 1;

	while (filled < sizeof(bytes))
		bytes[filled++] = (uint8_t)testing_random(&random, 256);
	return bytes + frame % PLACES;
}

static void add(size_t len, unsigned int flags)
{
	frames[added].len = len;
	frames[added].flags = flags;
	window_add(window, body_of(added), len, flags, 0);
	added++;
}

static size_t bytes(void)
{
	size_t sum = 0;
	unsigned long i;

	for (i = first; i < added; i++)
		sum += frames[i].len;
	return sum;
}

static void check_room(void)
{
	assert_int_equal(window_frames(window), added - first);
	assert_int_equal(window_has_room(window, 1),
			 added - first < WINDOW_FRAMES &&
				 bytes() < WINDOW_BYTES);
}

/* The frame that is due by the definition. Return: false if none is. */
static bool find_due(unsigned long *due)
{
	for (*due = first; *due < fresh; ++*due)
		if (frames[*due].is_lost)
			return true;
	return *due < added;
}

/* Send the frame that is due. Return: its number, or ULONG_MAX. */
static unsigned long send(void)
{
	static uint8_t body[UINT16_MAX];
	unsigned long due;
	uint8_t seq = 0;
	unsigned int flags;
	size_t len;

	assert_int_equal(window_has_due(window), find_due(&due));
	if (!find_due(&due)) {
		assert_false(window_next_due(window, &seq));
		return ULONG_MAX;
	}
	assert_true(window_next_due(window, &seq));
	assert_int_equal(seq, (uint8_t)due);
	len = window_copy(window, seq, body, &flags);
	assert_int_equal(len, frames[due].len);
	assert_int_equal(flags, frames[due].flags);
	/* A function call for each byte would take most of the time. */
	assert_true(memcmp(body, body_of(due), len) == 0);
	assert_int_equal(window_sent(window, seq, 1), frames[due].sent > 0);
	frames[due].sent = ++transmissions;
	frames[due].is_lost = false;
	fresh += due == fresh;
	assert_int_equal(window_transmissions(window), transmissions);
	return due;
}

/* Judge all transmissions up to one. */
static void lose(unsigned long until)
{
	unsigned long i;

	for (i = first; i < fresh; i++)
		if (!frames[i].is_acked && frames[i].sent <= until)
			frames[i].is_lost = true;
}

/* The peer has the frames of a set, and all before @next. */
static void acknowledge(unsigned long next, const bool *has)
{
	uint8_t bits[12] = {0};
	struct window_ack ack = {(uint8_t)next, bits, sizeof(bits)};
	bool is_news = false;
	uint64_t rtt_ns = 0;
	unsigned long i;

	for (i = next + 1; i < next + WINDOW_FRAMES && i < added; i++)
		if (has[i])
			bits[(i - next - 1) / 8] |=
				(uint8_t)(1 << (i - next - 1) % 8);
	for (i = first; i < fresh; i++) {
		if (i >= next && !has[i])
			continue;
		is_news |= !frames[i].is_acked;
		if (!frames[i].is_acked && frames[i].sent > newest)
			newest = frames[i].sent;
		frames[i].is_acked = true;
		frames[i].is_lost = false;
	}
	assert_int_equal(window_hear(window, &ack, 2, &rtt_ns),
			 is_news ? WINDOW_NEWS : WINDOW_NOTHING);
	if (next > first)
		first = next;
	if (newest)
		lose(newest - 1);
	check_room();
}

static void check_awaits(void)
{
	bool awaits = false;
	unsigned long i;

	for (i = first; i < fresh; i++)
		awaits |= !frames[i].is_acked && !frames[i].is_lost;
	assert_int_equal(window_awaits(window), awaits);
}

/* Run a line that loses some frames, with a receiver that tells all it has. */
static void run(uint64_t random, unsigned int lost_percent, size_t len_max)
{
	static bool has[FRAMES_MAX + WINDOW_FRAMES];
	unsigned long line[ON_LINE_MAX] = {0};
	unsigned long expected = 0;
	unsigned long sent_at;
	size_t on_line = 0;
	size_t i;

	memset(frames, 0, sizeof(frames));
	memset(has, 0, sizeof(has));
	added = fresh = first = transmissions = newest = 0;
	window_reset(window);
	while (first < FRAMES_MAX - WINDOW_FRAMES) {
		while (added < FRAMES_MAX && window_has_room(window, 1) &&
		       testing_random(&random, 4))
			add(testing_random(&random, len_max + 1),
			    (uint8_t)testing_random(&random, 256));
		while (on_line < ON_LINE_MAX && testing_random(&random, 8)) {
			sent_at = send();
			if (sent_at == ULONG_MAX)
				break;
			if (testing_random(&random, 100) >= lost_percent)
				line[on_line++] = sent_at;
		}
		/* Some of it arrives. */
		sent_at = testing_random(&random, on_line + 1);
		for (i = 0; i < sent_at; i++)
			has[line[i]] = true;
		memmove(line, line + i, (on_line - i) * sizeof(*line));
		on_line -= i;
		while (has[expected])
			expected++;
		if (testing_random(&random, 2))
			acknowledge(expected, has);
		check_awaits();
		/* A probe, its acknowledgement and its answer. */
		if (on_line || testing_random(&random, 4))
			continue;
		acknowledge(expected, has);
		window_lose(window, transmissions);
		lose(transmissions);
		check_awaits();
	}
}

static void test_window_as_the_model(void **state)
{
	static const unsigned int lost[] = {0, 1, 10, 50};
	static const size_t lens[] = {40, 1500, 65535};
	uint64_t random = 1;
	size_t i;
	size_t j;

	(void)state;
	for (i = 0; i < TESTING_COUNT(lost); i++)
		for (j = 0; j < TESTING_COUNT(lens); j++)
			run(random++, lost[i], lens[j]);
}

static enum window_verdict hear(uint8_t next, const char *bits, size_t len)
{
	const struct window_ack ack = {next, (const uint8_t *)bits, len};
	uint64_t rtt_ns = 0;

	return window_hear(window, &ack, 2, &rtt_ns);
}

static void send_new(unsigned int count)
{
	uint8_t seq;

	while (count--) {
		window_add(window, (const uint8_t *)"x", 1, false, 0);
		assert_true(window_next_due(window, &seq));
		window_sent(window, seq, 1);
	}
}

static void test_window_of_what_was_never_sent(void **state)
{
	(void)state;
	/* Nothing was sent. */
	assert_int_equal(hear(0, "", 0), WINDOW_NOTHING);
	assert_int_equal(hear(1, "", 0), WINDOW_INVALID);
	assert_int_equal(hear(0, "\x01", 1), WINDOW_INVALID);
	send_new(4);
	window_add(window, (const uint8_t *)"x", 1, false, 0);
	assert_int_equal(hear(5, "", 0), WINDOW_INVALID);
	assert_int_equal(hear(0, "\x08", 1), WINDOW_INVALID);
	assert_int_equal(hear(100, "\xFF\xFF\xFF\xFF", 4), WINDOW_INVALID);
	assert_true(window_awaits(window));
	assert_int_equal(window_frames(window), 5);
	/* Of such a bitmap the valid bits count. */
	assert_int_equal(hear(1, "\xFF", 1), WINDOW_INVALID);
	assert_int_equal(window_frames(window), 4);
	assert_int_equal(hear(4, "", 0), WINDOW_NEWS);
	assert_int_equal(window_frames(window), 1);
	/* An old one is none of these. */
	assert_int_equal(hear(2, "", 0), WINDOW_OLD);
	assert_int_equal(hear(4, "", 0), WINDOW_NOTHING);
}

static void test_window_round_trip(void **state)
{
	const struct window_ack one = {1, NULL, 0};
	const struct window_ack two = {2, NULL, 0};
	uint64_t rtt_ns = 0;
	uint8_t seq;

	(void)state;
	window_add(window, (const uint8_t *)"x", 1, false, 0);
	assert_true(window_next_due(window, &seq));
	window_sent(window, seq, 1000);
	assert_int_equal(window_hear(window, &one, 1300, &rtt_ns), WINDOW_NEWS);
	assert_true(rtt_ns == 300);
	/* Which transmission a repeated one acknowledges is not known. */
	rtt_ns = 0;
	window_add(window, (const uint8_t *)"x", 1, false, 0);
	window_next_due(window, &seq);
	window_sent(window, seq, 2000);
	window_lose(window, 2);
	window_next_due(window, &seq);
	assert_true(window_sent(window, seq, 3000));
	assert_int_equal(window_hear(window, &two, 3300, &rtt_ns), WINDOW_NEWS);
	assert_true(rtt_ns == 0);
}

static void test_window_void(void **state)
{
	uint8_t out[10];
	uint8_t seq;
	unsigned int flags;

	(void)state;
	send_new(2);
	window_void_last(window);
	window_lose(window, 2);
	assert_true(window_next_due(window, &seq));
	assert_int_equal(window_copy(window, seq, out, &flags), 1);
	window_sent(window, seq, 1);
	assert_true(window_next_due(window, &seq));
	assert_int_equal(window_copy(window, seq, out, &flags), 0);
	window_sent(window, seq, 1);
	assert_int_equal(hear(2, "", 0), WINDOW_NEWS);
	window_void_last(window);
	assert_int_equal(window_frames(window), 0);
	assert_true(window_has_room(window, WINDOW_FRAMES));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_window_as_the_model, setup,
					teardown),
	cmocka_unit_test_setup_teardown(test_window_of_what_was_never_sent,
					setup, teardown),
	cmocka_unit_test_setup_teardown(test_window_round_trip, setup,
					teardown),
	cmocka_unit_test_setup_teardown(test_window_void, setup, teardown),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
