/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of pair_squeeze: two pairs with nothing between them, one of which says
 * what the test wants.
 */
#include "../testing.h"
#include "clock.h"
#include "packet/packet.h"
#include "pair/pair.h"

#include <stdio.h>

#define MS NS_PER_MS
#define S  NS_PER_S

#define PACKET_LEN 1000
#define URGENT_LEN 100

#define ALL  (HELLO_CAN_CHECK | HELLO_CAN_REPEAT | HELLO_CAN_ZSTD)
#define SLOW (10 * NS_PER_S / 115200)

static uint64_t now;
static uint64_t random_state;

struct end {
	struct pair *pair;
	unsigned int can;
	uint64_t byte_ns;
	bool is_stream;
	unsigned int events; /* bits of enum pair_event */
	size_t delivered;
	size_t urgent;	/* of the urgent class, delivered */
	size_t on_line; /* bytes of its data frames */
};

static struct end a;
static struct end b;

static uint64_t draw(void *context)
{
	(void)context;
	return (uint64_t)testing_random(&random_state, UINT32_MAX) << 32 |
	       testing_random(&random_state, UINT32_MAX);
}

static int setup(void **state)
{
	(void)state;
	now = 1000 * S;
	random_state = 1;
	a = (struct end){.can = ALL, .byte_ns = SLOW};
	b = a;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pair_free(a.pair);
	pair_free(b.pair);
	return 0;
}

static void reopen(struct end *end)
{
	const struct pair_port port = {
		.byte_ns = end->byte_ns,
		.is_stream = end->is_stream,
	};

	pair_open(end->pair, &port, now);
}

static void open(struct end *end)
{
	const struct pair_config config = {.random = draw, .can = end->can};

	end->pair = pair_new(&config);
	assert_non_null(end->pair);
	reopen(end);
}

/* The packet with this number; all are nearly the same. */
static void make(uint8_t *packet, size_t len, size_t number)
{
	testing_ipv4(packet, len, (uint8_t)number);
	snprintf((char *)packet + 50, 30, "packet number %zu", number);
}

static void take_packets(struct end *end, const uint8_t *packet, size_t len)
{
	uint8_t wanted[PACKET_LEN];

	do {
		if (len == URGENT_LEN) {
			make(wanted, len, end->urgent++);
		} else {
			assert_int_equal(len, PACKET_LEN);
			make(wanted, len, end->delivered++);
		}
		assert_memory_equal(packet, wanted, len);
	} while (pair_next_packet(end->pair, &packet, &len));
}

static void hear(struct end *end, const uint8_t *frame, size_t len)
{
	uint8_t *copy = testing_copy(frame, len);
	const uint8_t *packet;
	size_t packet_len;

	pair_heard(end->pair, len, now);
	if (pair_receive(end->pair, copy, len, now, &packet, &packet_len) ==
	    PAIR_PACKET)
		take_packets(end, packet, packet_len);
	free(copy);
}

static size_t say(struct end *from, struct end *to)
{
	static uint8_t out[PAIR_FRAME_MAX];
	enum pair_event event;
	size_t count = 0;
	size_t len;

	for (; (len = pair_take(from->pair, out, now)); count++)
		hear(to, out, len);
	while ((event = pair_next_event(from->pair)))
		from->events |= 1U << event;
	return count;
}

static void run(uint64_t ns)
{
	const uint64_t until = now + ns;

	for (; now < until; now += 10 * MS)
		while (say(&a, &b) + say(&b, &a))
			;
}

/* Send a packet, which is lost if @to is NULL. */
static void send(struct end *from, struct end *to, size_t number)
{
	uint8_t room[PAIR_HEADROOM + PACKET_LEN + PAIR_TAILROOM];
	const struct pair_packet what = {.len = PACKET_LEN, .flow = 1};
	uint8_t *frame;
	size_t len;

	assert_true(pair_has_room(from->pair));
	make(room + PAIR_HEADROOM, PACKET_LEN, number);
	len = pair_wrap(from->pair, room + PAIR_HEADROOM, &what, now, &frame);
	assert_true(frame >= room);
	assert_true(frame + len <= room + sizeof(room));
	from->on_line += len;
	if (to)
		hear(to, frame, len);
}

static struct pair_stats stats_of(const struct end *end)
{
	struct pair_stats stats;

	pair_get_stats(end->pair, &stats);
	return stats;
}

static void open_and_pair(void)
{
	open(&a);
	open(&b);
	assert_false(stats_of(&a).compresses || stats_of(&b).compresses);
	run(S);
	assert_int_equal(pair_state(a.pair), PAIR_PAIRED);
	assert_int_equal(pair_state(b.pair), PAIR_PAIRED);
	a.events = 0;
	b.events = 0;
}

static void exchange(size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		send(&a, &b, b.delivered);
		send(&b, &a, a.delivered);
		run(50 * MS);
	}
}

static void assert_plain(void)
{
	assert_false(stats_of(&a).compresses);
	assert_false(stats_of(&b).compresses);
	a.on_line = 0;
	exchange(10);
	assert_true(a.on_line > (size_t)10 * PACKET_LEN);
	assert_int_equal(stats_of(&a).unknown, 0);
	assert_int_equal(stats_of(&b).unknown, 0);
}

static void test_pair_squeeze_both(void **state)
{
	(void)state;
	open_and_pair();
	assert_true(stats_of(&a).compresses);
	assert_true(stats_of(&b).compresses);
	exchange(100);
	assert_int_equal(a.delivered, 100);
	assert_int_equal(b.delivered, 100);
	assert_true(a.on_line < 100 * PACKET_LEN / 10);
	assert_true(b.on_line < 100 * PACKET_LEN / 10);
	assert_int_equal(stats_of(&a).squeeze.packets, 100);
	assert_int_equal(stats_of(&a).squeeze.packet_len, 100 * PACKET_LEN);
	assert_int_equal(stats_of(&a).squeeze.expanded, 100);
	assert_int_equal(a.events | b.events, 0);
}

static void test_pair_squeeze_other_cannot(void **state)
{
	(void)state;
	b.can &= ~(unsigned int)HELLO_CAN_ZSTD;
	open_and_pair();
	assert_plain();
}

static void test_pair_squeeze_needs_repeat(void **state)
{
	(void)state;
	b.can &= ~(unsigned int)HELLO_CAN_REPEAT;
	open_and_pair();
	assert_plain();
}

static void test_pair_squeeze_needs_speed(void **state)
{
	(void)state;
	a.byte_ns = 0;
	open_and_pair();
	assert_plain();
	teardown(state);
	setup(state);
	b.byte_ns = 10 * NS_PER_S / 16000000;
	open_and_pair();
	assert_plain();
}

static void assert_unreadable(struct end *end)
{
	assert_true(end->events >> PAIR_EVENT_UNREADABLE & 1);
	assert_int_equal(pair_state(a.pair), PAIR_PAIRED);
	assert_int_equal(pair_state(b.pair), PAIR_PAIRED);
	assert_plain();
}

/* Without repetition, a gap in the numbers is a gap in the history. */
static void test_pair_squeeze_stream(void **state)
{
	(void)state;
	a.is_stream = true;
	b.is_stream = true;
	open_and_pair();
	assert_false(stats_of(&a).repeats);
	exchange(20);
	assert_true(a.on_line < 20 * PACKET_LEN / 5);
	send(&a, NULL, 4711);
	send(&a, &b, 4712);
	run(S);
	assert_unreadable(&b);
}

/* A lost frame is repeated, and those behind it wait for it. */
static void test_pair_squeeze_repeat(void **state)
{
	size_t i;

	(void)state;
	open_and_pair();
	for (i = 0; i < 50; i++)
		send(&a, i % 7 ? &b : NULL, i);
	run(2 * S);
	assert_int_equal(b.delivered, 50);
	assert_int_equal(b.events, 0);
	assert_true(stats_of(&a).repeat.repeated >= 7);
}

/* An urgent packet that passes a bulk packet decodes before it. */
static void test_pair_squeeze_classes(void **state)
{
	const struct pair_packet what = {.len = URGENT_LEN,
					 .flow = 2,
					 .is_sparse = true};
	uint8_t bulk[PAIR_HEADROOM + PACKET_LEN + PAIR_TAILROOM];
	uint8_t room[PAIR_HEADROOM + URGENT_LEN + PAIR_TAILROOM];
	const struct pair_packet long_one = {.len = PACKET_LEN, .flow = 1};
	size_t urgent_on_line = 0;
	uint8_t *bulk_frame;
	uint8_t *frame;
	size_t bulk_len;
	size_t len;
	size_t i;

	(void)state;
	a.can |= HELLO_CAN_INTERRUPT;
	b.can |= HELLO_CAN_INTERRUPT;
	open_and_pair();
	for (i = 0; i < 50; i++) {
		make(bulk + PAIR_HEADROOM, PACKET_LEN, i);
		bulk_len = pair_wrap(a.pair, bulk + PAIR_HEADROOM, &long_one,
				     now, &bulk_frame);
		make(room + PAIR_HEADROOM, URGENT_LEN, i);
		len = pair_wrap(a.pair, room + PAIR_HEADROOM, &what, now,
				&frame);
		assert_true(frame[0] & FRAME_URGENT);
		urgent_on_line += len;
		hear(&b, frame, len);
		assert_int_equal(b.urgent, i + 1);
		assert_int_equal(b.delivered, i);
		hear(&b, bulk_frame, bulk_len);
		assert_int_equal(b.delivered, i + 1);
		run(50 * MS);
	}
	assert_true(urgent_on_line < (size_t)50 * URGENT_LEN / 2);
	assert_int_equal(stats_of(&b).squeeze.expanded, 100);
	assert_int_equal(b.events, 0);
}

/* Send what a stranger says in the place of A, in the next data frame. */
static void forge(const char *body, size_t len, uint8_t seq)
{
	const struct frame head = {.flags = FRAME_COMPRESSED, .seq = seq};
	uint8_t room[PAIR_HEADROOM + 100 + PAIR_TAILROOM];
	uint8_t *frame;

	memcpy(room + PAIR_HEADROOM, body, len);
	len = frame_wrap(room + PAIR_HEADROOM, len, &head,
			 frame_start(pair_id(a.pair), pair_id(b.pair)), &frame);
	hear(&b, frame, len);
}

static void test_pair_squeeze_stranger(void **state)
{
	(void)state;
	open_and_pair();
	exchange(3);
	forge("\4no block", 9, 3);
	/* What follows is not delivered: it may depend on what is missing. */
	forge("\0abc", 4, 4);
	assert_int_equal(b.delivered, 3);
	assert_int_equal(stats_of(&b).squeeze.bad, 1);
	assert_true(pair_next_ns(b.pair, now) <= now);
	run(S);
	assert_unreadable(&b);

	/* A new port is a new chance. */
	reopen(&b);
	run(6 * S);
	assert_true(stats_of(&a).compresses && stats_of(&b).compresses);
	exchange(10);
}

/* A datagram that the system refuses is missing in the history. */
static void test_pair_squeeze_refused(void **state)
{
	(void)state;
	open_and_pair();
	exchange(3);
	send(&a, NULL, 4711);
	pair_refused(a.pair);
	run(2 * S);
	assert_unreadable(&a);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_pair_squeeze_both),
		TEST(test_pair_squeeze_other_cannot),
		TEST(test_pair_squeeze_needs_repeat),
		TEST(test_pair_squeeze_needs_speed),
		TEST(test_pair_squeeze_stream),
		TEST(test_pair_squeeze_repeat),
		TEST(test_pair_squeeze_classes),
		TEST(test_pair_squeeze_stranger),
		TEST(test_pair_squeeze_refused),
	};

	if (!squeeze_is_built_in()) {
		puts("1..0 # SKIP built without libzstd");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
