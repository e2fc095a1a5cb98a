/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of repeat: when acknowledgements and probes are due, what an answer
 * shows, when the line is dead, and in what parts packets go.
 */
#include "../testing.h"
#include "clock.h"
#include "pair/repeat.h"
#include "pair/window.h"

#define MS  NS_PER_MS
#define S   NS_PER_S
#define NOW (1000 * S)

static struct repeat *repeat;
static uint64_t now;
static uint8_t body[65535];

static void begin(uint64_t packet_ns, uint64_t byte_ns)
{
	const struct repeat_wire wire = {.packet_ns = packet_ns,
					 .byte_ns = byte_ns};

	repeat_begin(repeat, &wire);
	now = NOW;
}

static int setup(void **state)
{
	(void)state;
	repeat = repeat_new();
	assert_non_null(repeat);
	begin(0, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	repeat_free(repeat);
	return 0;
}

static struct repeat_stats stats(void)
{
	struct repeat_stats stats;

	repeat_get_stats(repeat, &stats);
	return stats;
}

static void add_packet(const struct lanes_packet *what)
{
	const struct repeat_packet packet = {
		.len = what->len,
		.flow = what->flow,
		.lane = repeat_choose(repeat, what),
	};

	repeat_add(repeat, body, &packet);
}

static void add(size_t len)
{
	const struct lanes_packet what = {.len = len};

	add_packet(&what);
}

/* Send a packet, which is due as one frame. */
static struct frame send(size_t len)
{
	struct frame head = {0};

	assert_true(repeat_has_room(repeat));
	add(len);
	assert_true(repeat_take(repeat, &head, body, now));
	return head;
}

static bool hear(uint8_t seq)
{
	const struct frame frame = {
		.kind = FRAME_DATA, .seq = seq, .body = body, .body_len = 40};
	const uint8_t *packet;
	bool is_new = repeat_hear_data(repeat, &frame, now);
	size_t len;

	while (repeat_take_packet(repeat, &packet, &len))
		;
	return is_new;
}

static void hear_ack(enum frame_kind kind, uint8_t next)
{
	const struct frame frame = {.kind = kind, .next = {next}};

	repeat_hear_ack(repeat, &frame, now);
}

/* The acknowledgement that is due. Return: FRAME_UNKNOWN: none is. */
static struct frame ack(void)
{
	struct frame frame = {0};

	if (!repeat_take_ack(repeat, &frame, false, now))
		frame.kind = FRAME_UNKNOWN;
	return frame;
}

static void assert_no_ack(void)
{
	assert_int_equal(ack().kind, FRAME_UNKNOWN);
}

static void test_repeat_acknowledges_after_40_ms(void **state)
{
	(void)state;
	assert_no_ack();
	assert_true(repeat_next_ns(repeat, now) == UINT64_MAX);
	assert_true(hear(0));
	assert_no_ack();
	assert_true(repeat_next_ns(repeat, now) == NOW + 40 * MS);
	now += 40 * MS;
	assert_int_equal(ack().next[0], 1);
	assert_no_ack();
	/* On a slow line after the time of 500 bytes. */
	begin(308 * MS, MS);
	hear(0);
	assert_true(repeat_next_ns(repeat, now) == NOW + 500 * MS);
}

static void test_repeat_acknowledges_8_frames(void **state)
{
	uint8_t i;

	(void)state;
	for (i = 0; i < 7; i++)
		hear(i);
	assert_no_ack();
	hear(i);
	assert_int_equal(ack().next[0], 8);
	hear(8);
	assert_no_ack();
}

static void test_repeat_acknowledges_a_gap_at_once(void **state)
{
	struct frame frame;

	(void)state;
	assert_false(hear(2));
	frame = ack();
	assert_int_equal(frame.kind, FRAME_ACK);
	assert_int_equal(frame.next[0], 0);
	assert_int_equal(frame.bits_len[0], 1);
	assert_int_equal(frame.bits[0][0], 1 << 1);
	/* It fills one gap, and leaves the other. */
	assert_true(hear(0));
	frame = ack();
	assert_int_equal(frame.next[0], 1);
	assert_int_equal(frame.bits[0][0], 1 << 0);
	assert_true(hear(1));
	assert_int_equal(ack().next[0], 3);
	assert_true(hear(3));
	assert_no_ack();
	/* One that has come before. */
	assert_false(hear(1));
	frame = ack();
	assert_int_equal(frame.next[0], 4);
	assert_int_equal(frame.bits_len[0], 0);
	assert_true(stats().twice == 1);
	assert_true(stats().early == 1);
}

static void test_repeat_failed_once_in_20_ms(void **state)
{
	(void)state;
	repeat_hear_failure(repeat, now);
	assert_int_equal(ack().kind, FRAME_ACK_FAILED);
	now += 19 * MS;
	repeat_hear_failure(repeat, now);
	assert_no_ack();
	/* It is said a little later, for it may be about another frame. */
	assert_true(repeat_next_ns(repeat, now) == NOW + 20 * MS);
	now += MS;
	assert_int_equal(ack().kind, FRAME_ACK_FAILED);
	assert_no_ack();
	/* Another reason does not change that. */
	now += 10 * MS;
	repeat_hear_failure(repeat, now);
	hear(7);
	assert_int_equal(ack().kind, FRAME_ACK);
	assert_no_ack();
	now += 10 * MS;
	assert_int_equal(ack().kind, FRAME_ACK_FAILED);
	assert_no_ack();
}

static void test_repeat_acknowledgement_rides(void **state)
{
	struct frame head;

	(void)state;
	assert_int_equal(send(100).flags, 0);
	hear(0);
	hear(1);
	head = send(100);
	assert_int_equal(head.flags, FRAME_NEXT);
	assert_int_equal(head.next[0], 2);
	now += 40 * MS;
	assert_no_ack();
	assert_int_equal(send(100).flags, 0);
	/* Not beside a gap, and not instead of "failed". */
	hear(3);
	assert_int_equal(send(100).flags, 0);
	assert_int_equal(ack().next[0], 2);
	hear(2);
	repeat_hear_failure(repeat, now);
	assert_int_equal(send(100).flags, 0);
	assert_int_equal(ack().kind, FRAME_ACK_FAILED);
}

/* A probe goes, with this number. */
static void probe(uint8_t k)
{
	assert_true(repeat_wants_probe(repeat, now));
	repeat_probed(repeat, k, now);
}

static void test_repeat_lost_at_the_end(void **state)
{
	struct frame head = {0};

	(void)state;
	send(100);
	assert_true(repeat_next_ns(repeat, now) == NOW + 200 * MS);
	assert_false(repeat_wants_probe(repeat, now));
	now += 200 * MS;
	/* It is asked for, and not repeated by guess. */
	assert_false(repeat_take(repeat, &head, body, now));
	probe(1);
	now += 10 * MS;
	hear_ack(FRAME_ACK, 0);
	assert_false(repeat_take(repeat, &head, body, now));
	repeat_hear_answer(repeat, 1, now);
	assert_true(repeat_take(repeat, &head, body, now));
	assert_int_equal(head.seq, 0);
	assert_int_equal(head.body_len, 100);
	assert_true(stats().repeated == 1);
	/* The same answer again shows nothing. */
	repeat_hear_answer(repeat, 1, now);
	assert_false(repeat_take(repeat, &head, body, now));
}

static void test_repeat_answer_of_another_probe(void **state)
{
	struct frame head = {0};

	(void)state;
	send(100);
	repeat_hear_answer(repeat, 0, now);
	repeat_hear_answer(repeat, 1, now);
	repeat_hear_answer(repeat, 77, now);
	assert_false(repeat_take(repeat, &head, body, now));
	now += 200 * MS;
	probe(255);
	/* Sent after the probe, it is not lost before it. */
	send(50);
	repeat_probed(repeat, 1, now);
	send(40);
	repeat_hear_answer(repeat, 255, now);
	assert_true(repeat_take(repeat, &head, body, now));
	assert_int_equal(head.seq, 0);
	assert_false(repeat_take(repeat, &head, body, now));
	repeat_hear_answer(repeat, 1, now);
	assert_true(repeat_take(repeat, &head, body, now));
	assert_int_equal(head.seq, 1);
	assert_false(repeat_take(repeat, &head, body, now));
}

static void test_repeat_failed_asks_at_once(void **state)
{
	(void)state;
	hear_ack(FRAME_ACK_FAILED, 0);
	assert_false(repeat_wants_probe(repeat, now));
	send(100);
	now += 10 * MS;
	hear_ack(FRAME_ACK_FAILED, 0);
	probe(1);
	/* Not again before 20 ms have passed. */
	hear_ack(FRAME_ACK_FAILED, 0);
	assert_false(repeat_wants_probe(repeat, now));
	now += 20 * MS;
	hear_ack(FRAME_ACK_FAILED, 0);
	assert_true(repeat_wants_probe(repeat, now));
	assert_true(stats().failed == 4);
}

/* The frame that is on the wire will show what was lost before it. */
static void test_repeat_failed_waits_for_the_wire(void **state)
{
	(void)state;
	begin(100 * MS, MS);
	send(92);
	now += 50 * MS;
	hear_ack(FRAME_ACK_FAILED, 0);
	assert_false(repeat_wants_probe(repeat, now));
	now += 46 * MS;
	hear_ack(FRAME_ACK_FAILED, 0);
	assert_true(repeat_wants_probe(repeat, now));
}

static void test_repeat_probes_after_two_round_trips(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 50; i++) {
		send(100);
		now += 70 * MS;
		hear_ack(FRAME_ACK, (uint8_t)(i + 1));
		assert_true(repeat_next_ns(repeat, now) == UINT64_MAX);
	}
	send(100);
	assert_true(repeat_next_ns(repeat, now) == now + 140 * MS);
	hear_ack(FRAME_ACK, 51);
	for (i = 51; i < 150; i++) {
		send(100);
		now += 10 * MS;
		hear_ack(FRAME_ACK, (uint8_t)(i + 1));
	}
	send(100);
	assert_true(repeat_next_ns(repeat, now) == now + 90 * MS);
}

static void test_repeat_dead_after_5_probes_and_2_s(void **state)
{
	uint64_t sent_ns[8] = {0};
	uint8_t probes = 0;

	(void)state;
	send(100);
	for (; !repeat_is_dead(repeat, now); now += MS) {
		if (!repeat_wants_probe(repeat, now))
			continue;
		assert_in_range(probes, 0, 7);
		sent_ns[probes++] = now;
		probe(probes);
	}
	assert_in_range(probes, 5, 6);
	assert_true(sent_ns[0] == NOW + 200 * MS);
	assert_true(sent_ns[1] == NOW + 400 * MS);
	assert_true(sent_ns[2] == NOW + 800 * MS);
	assert_true(sent_ns[3] == NOW + 1300 * MS);
	assert_in_range(now - NOW, 2 * S, 2500 * MS);
	repeat_end(repeat);
	assert_true(stats().given_up == 1);
}

/* Noise damages each repetition, but the peer answers. */
static void test_repeat_answers_are_life(void **state)
{
	struct frame head = {0};
	uint8_t k = 0;

	(void)state;
	send(100);
	for (; now < NOW + 9 * S; now += MS) {
		assert_false(repeat_is_dead(repeat, now));
		if (!repeat_wants_probe(repeat, now))
			continue;
		probe(++k);
		repeat_hear_answer(repeat, k, now);
		assert_true(repeat_take(repeat, &head, body, now));
	}
	/* A peer that answers for ever and acknowledges nothing is no peer. */
	for (; now < NOW + 15 * S; now += MS)
		if (repeat_wants_probe(repeat, now) &&
		    !repeat_is_dead(repeat, now)) {
			probe(++k ? k : ++k);
			repeat_hear_answer(repeat, k, now);
			repeat_take(repeat, &head, body, now);
		}
	assert_true(repeat_is_dead(repeat, now));
}

/* A probe and its answer, and the repetition of what that shows as lost. */
static void answer(uint8_t k, uint8_t next)
{
	struct frame head = {0};

	while (!repeat_wants_probe(repeat, now))
		now += MS;
	probe(k);
	hear_ack(FRAME_ACK, next);
	repeat_hear_answer(repeat, k, now);
	while (repeat_take(repeat, &head, body, now))
		;
}

static void test_repeat_astray(void **state)
{
	(void)state;
	send(100);
	send(100);
	/* A copy of an acknowledgement from 256 frames ago. */
	hear_ack(FRAME_ACK, 1);
	answer(1, 0);
	assert_false(repeat_is_astray(repeat));
	answer(2, 1);
	answer(3, 0);
	assert_false(repeat_is_astray(repeat));
	/* Not the answer to the last probe. */
	hear_ack(FRAME_ACK, 0);
	repeat_hear_answer(repeat, 3, now);
	repeat_hear_answer(repeat, 2, now);
	assert_false(repeat_is_astray(repeat));
	answer(4, 0);
	assert_true(repeat_is_astray(repeat));
	assert_true(repeat_next_ns(repeat, now) == now);
	/* The peer expects a frame behind all that it was sent. */
	begin(0, 0);
	assert_false(repeat_is_astray(repeat));
	send(100);
	answer(1, 2);
	answer(2, 3);
	assert_true(repeat_is_astray(repeat));
}

static void test_repeat_held_port_is_not_dead(void **state)
{
	uint8_t k = 0;

	(void)state;
	send(100);
	repeat_set_queued(repeat, 108);
	for (; now < NOW + 4900 * MS; now += MS) {
		assert_false(repeat_is_dead(repeat, now));
		if (repeat_wants_probe(repeat, now))
			probe(++k);
	}
	/* For 3 s longer at most. */
	for (; now < NOW + 9 * S; now += MS)
		if (repeat_wants_probe(repeat, now) &&
		    !repeat_is_dead(repeat, now))
			probe(++k);
	assert_true(repeat_is_dead(repeat, now));
}

static void test_repeat_window_closes(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < WINDOW_FRAMES; i++)
		send(40);
	assert_false(repeat_has_room(repeat));
	hear_ack(FRAME_ACK, 1);
	assert_true(repeat_has_room(repeat));
	hear_ack(FRAME_ACK, WINDOW_FRAMES);
	for (i = 0; repeat_has_room(repeat); i++)
		send(1500);
	assert_int_equal(i, 44);
}

static void test_repeat_invalid_numbers_are_counted(void **state)
{
	struct frame head = {0};

	(void)state;
	hear_ack(FRAME_ACK, 1);
	hear(100);
	assert_true(stats().invalid == 2);
	send(100);
	hear_ack(FRAME_ACK, 120);
	assert_true(stats().invalid == 3);
	assert_false(repeat_take(repeat, &head, body, now));
	hear_ack(FRAME_ACK, 1);
	assert_true(stats().invalid == 3);
}

/* Send a packet, and let the line lose some of its frames. Return: frames. */
static unsigned int cross(size_t len, bool is_lost)
{
	static uint8_t k;
	struct frame head = {0};
	unsigned int frames = 0;

	add(len);
	while (repeat_take(repeat, &head, body, now)) {
		frames++;
		now += MS;
		if (is_lost) {
			is_lost = false;
			k = k == 255 ? 1 : k + 1;
			repeat_probed(repeat, k, now);
			repeat_hear_answer(repeat, k, now);
		} else {
			hear_ack(FRAME_ACK, (uint8_t)(head.seq + 1));
		}
	}
	return frames;
}

static void test_repeat_parts_where_there_is_noise(void **state)
{
	int i;

	(void)state;
	/* One in ten is none too many. */
	for (i = 0; i < 200; i++)
		cross(1500, i % 10 == 0);
	assert_int_equal(stats().part_len, 0);
	for (i = 0; i < 64 && !stats().part_len; i++)
		cross(1500, i % 5 == 0);
	assert_int_equal(stats().part_len, 512);
	assert_int_equal(cross(1500, false), 3);
	assert_int_equal(cross(512, false), 1);
	for (i = 0; i < 64 && stats().part_len == 512; i++)
		cross(1500, true);
	assert_int_equal(stats().part_len, 256);
	assert_int_equal(cross(1500, false), 6);
	assert_int_equal(cross(0, false), 1);
	/* A packet has 32 parts at most. */
	assert_int_equal(cross(65535, false), 32);
	/* Short packets tell nothing. */
	for (i = 0; i < 200; i++)
		cross(100, false);
	assert_int_equal(stats().part_len, 256);
	for (i = 0; i < 100; i++)
		cross(1500, false);
	assert_int_equal(stats().part_len, 0);
	assert_int_equal(cross(1500, false), 1);
}

/* The system refuses a frame: its number arrives, and its body does not. */
static void test_repeat_refused(void **state)
{
	struct frame head = {0};

	(void)state;
	send(1500);
	repeat_refused(repeat);
	now += 200 * MS;
	probe(1);
	repeat_hear_answer(repeat, 1, now);
	assert_true(repeat_take(repeat, &head, body, now));
	assert_int_equal(head.seq, 0);
	assert_int_equal(head.body_len, 0);
}

/* At 1 ms a byte, 1500 bytes take 1.5 s; at a thousandth of that, no time. */
static void test_repeat_follows_the_speed(void **state)
{
	(void)state;
	begin(0, MS);
	send(1500);
	assert_true(repeat_next_ns(repeat, now) > now + 3 * S / 2);
	repeat_set_byte_ns(repeat, MS / 1000, now);
	send(1500);
	assert_true(repeat_next_ns(repeat, now) < now + 3 * S / 2);
}

/* Begin a session with both classes, and send a bulk frame. */
static void begin_inside(void)
{
	const struct repeat_wire wire = {.packet_ns = 130 * MS,
					 .byte_ns = 87 * MS / 1000,
					 .interrupts = true};

	repeat_begin(repeat, &wire);
	now = NOW;
	send(1500);
	repeat_set_inside(repeat, true);
}

/* Send an urgent packet in the middle of a bulk frame. */
static struct frame send_inside(uint8_t flow)
{
	const struct lanes_packet what = {.len = 80,
					  .flow = flow,
					  .is_sparse = true};
	struct frame head = {0};

	assert_true(repeat_may_be_urgent(repeat, flow));
	add_packet(&what);
	assert_true(repeat_take(repeat, &head, body, now));
	assert_true(head.flags & FRAME_URGENT);
	return head;
}

static void hear_both(enum frame_kind kind, uint8_t bulk, uint8_t urgent)
{
	const struct frame frame = {.kind = kind, .next = {bulk, urgent}};

	repeat_hear_ack(repeat, &frame, now);
}

/* Each class has its own numbers, in both directions. */
static void test_repeat_classes_have_their_own_numbers(void **state)
{
	const struct frame urgent = {.kind = FRAME_DATA,
				     .flags = FRAME_URGENT,
				     .seq = 1,
				     .body = body,
				     .body_len = 40};
	struct frame frame;

	(void)state;
	begin_inside();
	assert_int_equal(send_inside(1).seq, 0);
	assert_int_equal(send_inside(1).seq, 1);
	assert_int_equal(stats().inside, 2);
	repeat_set_inside(repeat, false);
	assert_int_equal(send(1500).seq, 1);
	assert_true(hear(0));
	assert_false(repeat_hear_data(repeat, &urgent, now));
	frame = ack();
	assert_int_equal(frame.next[0], 1);
	assert_int_equal(frame.bits_len[0], 0);
	assert_int_equal(frame.next[1], 0);
	assert_int_equal(frame.bits_len[1], 1);
	assert_int_equal(frame.bits[1][0], 1);
}

/* A probe inside of a bulk frame proves nothing about that frame. */
static void test_repeat_probe_inside_of_a_frame(void **state)
{
	struct frame head = {0};

	(void)state;
	begin_inside();
	send_inside(1);
	repeat_probed(repeat, 1, now);
	now += 20 * MS;
	hear_both(FRAME_ACK, 0, 0);
	repeat_hear_answer(repeat, 1, now);
	assert_true(repeat_take(repeat, &head, body, now));
	assert_int_equal(head.flags, FRAME_URGENT);
	assert_int_equal(head.seq, 0);
	repeat_set_inside(repeat, false);
	assert_false(repeat_take(repeat, &head, body, now));
	/* One behind it does. */
	repeat_probed(repeat, 2, now);
	hear_both(FRAME_ACK, 0, 1);
	repeat_hear_answer(repeat, 2, now);
	assert_true(repeat_take(repeat, &head, body, now));
	assert_int_equal(head.flags, 0);
}

/* "Failed" may mean the urgent frame, also while a bulk frame goes. */
static void test_repeat_failed_asks_inside_of_a_frame(void **state)
{
	(void)state;
	begin_inside();
	now += 10 * MS;
	hear_both(FRAME_ACK_FAILED, 0, 0);
	assert_false(repeat_wants_probe(repeat, now));
	send_inside(1);
	now += 30 * MS;
	hear_both(FRAME_ACK_FAILED, 0, 0);
	assert_true(repeat_wants_probe(repeat, now));
}

/* Bulk frames that arrive prove nothing about an urgent one. */
static void test_repeat_probes_for_the_urgent_class(void **state)
{
	uint8_t seq;

	(void)state;
	begin_inside();
	send_inside(1);
	repeat_set_inside(repeat, false);
	for (seq = 1; seq < 100; seq++) {
		now += 130 * MS;
		hear_both(FRAME_ACK, seq, 0);
		if (repeat_wants_probe(repeat, now))
			break;
		send(1500);
	}
	assert_in_range(seq, 3, 5);
}

/* An acknowledgement that nobody waits for rides on the next bulk frame. */
static void test_repeat_acknowledgement_does_not_interrupt(void **state)
{
	struct frame head;

	(void)state;
	begin_inside();
	hear(0);
	now += 100 * MS;
	assert_no_ack();
	repeat_set_inside(repeat, false);
	head = send(1500);
	assert_true(head.flags & FRAME_NEXT);
	assert_int_equal(head.next[0], 1);
	/* News of a loss does interrupt. */
	repeat_set_inside(repeat, true);
	hear(5);
	assert_int_equal(ack().kind, FRAME_ACK);
}

/* A long packet behind an urgent one of its flow waits, and a probe ends that
 * soon. */
static void test_repeat_long_packet_waits_for_its_flow(void **state)
{
	const struct lanes_packet what = {.len = 1500, .flow = 1};
	struct frame head = {0};

	(void)state;
	begin_inside();
	send_inside(1);
	repeat_set_inside(repeat, false);
	add_packet(&what);
	assert_false(repeat_has_room(repeat));
	assert_false(repeat_take(repeat, &head, body, now));
	assert_true(repeat_wants_probe(repeat, now));
	repeat_probed(repeat, 1, now);
	assert_false(repeat_wants_probe(repeat, now));
	assert_true(repeat_next_ns(repeat, now) > now);
	now += 20 * MS;
	hear_both(FRAME_ACK, 0, 1);
	assert_true(repeat_take(repeat, &head, body, now));
	assert_int_equal(head.body_len, 1500);
	assert_true(repeat_has_room(repeat));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_repeat_acknowledges_after_40_ms),
		TEST(test_repeat_acknowledges_8_frames),
		TEST(test_repeat_acknowledges_a_gap_at_once),
		TEST(test_repeat_failed_once_in_20_ms),
		TEST(test_repeat_acknowledgement_rides),
		TEST(test_repeat_lost_at_the_end),
		TEST(test_repeat_answer_of_another_probe),
		TEST(test_repeat_failed_asks_at_once),
		TEST(test_repeat_failed_waits_for_the_wire),
		TEST(test_repeat_probes_after_two_round_trips),
		TEST(test_repeat_dead_after_5_probes_and_2_s),
		TEST(test_repeat_answers_are_life),
		TEST(test_repeat_astray),
		TEST(test_repeat_held_port_is_not_dead),
		TEST(test_repeat_window_closes),
		TEST(test_repeat_invalid_numbers_are_counted),
		TEST(test_repeat_parts_where_there_is_noise),
		TEST(test_repeat_refused),
		TEST(test_repeat_classes_have_their_own_numbers),
		TEST(test_repeat_probe_inside_of_a_frame),
		TEST(test_repeat_failed_asks_inside_of_a_frame),
		TEST(test_repeat_probes_for_the_urgent_class),
		TEST(test_repeat_acknowledgement_does_not_interrupt),
		TEST(test_repeat_long_packet_waits_for_its_flow),
		TEST(test_repeat_follows_the_speed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
