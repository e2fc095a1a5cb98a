/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of stranger: when the search begins, what it hears, and when it ends.
 */
#include "../testing.h"
#include "clock.h"
#include "pair/stranger.h"

#define MS    NS_PER_MS
#define S     NS_PER_S
#define START (1000 * S)
#define BASE  115200

static const struct stranger_config config = {
	.base = BASE,
	.packet_ns = 130 * MS,
	.speeds = {9600, 57600, 38400},
	.count = 3,
};

static struct stranger stranger;
static uint64_t now;
/* The port refuses any other speed, and the base speed. */
static bool refuses;
static bool refuses_base;
/* Speeds that the port had, in their order. */
static uint32_t had[100];
static size_t had_count;

static void set_up_stranger(void)
{
	now = START;
	refuses = false;
	refuses_base = false;
	had_count = 0;
	stranger_open(&stranger, &config, now);
}

/* Do what is due by now. */
static void attend(void)
{
	uint32_t baud;

	while ((baud = stranger_wanted(&stranger, now))) {
		stranger_changed(&stranger,
				 baud == BASE ? !refuses_base : !refuses, now);
		assert_true(had_count < sizeof(had) / sizeof(*had));
		had[had_count++] = baud;
	}
	assert_true(stranger_next_ns(&stranger) > now);
}

static void run_for(uint64_t ns)
{
	const uint64_t until = now + ns;
	uint64_t next;

	for (;;) {
		attend();
		if (stranger_is_draining(&stranger))
			stranger_set_dry(&stranger, now + MS);
		next = stranger_next_ns(&stranger);
		if (next >= until)
			break;
		now = next;
	}
	now = until;
	attend();
}

/* The peer sends a packet, which is good at its speed only. */
static void send_packet(uint32_t baud)
{
	stranger_heard(&stranger, 20, now);
	if (stranger.baud == baud)
		stranger_good(&stranger);
	else
		stranger_set_line(&stranger, true, false);
	attend();
}

/* Send a packet each second. */
static void send_packets(uint32_t baud, unsigned int count)
{
	while (count--) {
		send_packet(baud);
		run_for(S);
	}
}

static void begin_search(void)
{
	set_up_stranger();
	send_packets(9599, 11);
	assert_int_equal(stranger_take_news(&stranger), STRANGER_SEARCHES);
}

static void test_stranger_does_nothing_without_speeds(void **state)
{
	const struct stranger_config none = {.base = BASE};

	(void)state;
	now = START;
	stranger_open(&stranger, &none, now);
	send_packets(9600, 20);
	assert_true(stranger_next_ns(&stranger) == UINT64_MAX);
	assert_int_equal(stranger.baud, BASE);
	assert_int_equal(stranger_take_news(&stranger), STRANGER_NO_NEWS);
}

static void test_stranger_begins_after_10_s_of_garbage(void **state)
{
	(void)state;
	set_up_stranger();
	send_packets(9600, 10);
	assert_int_equal(stranger.baud, BASE);
	send_packet(9600);
	run_for(200 * MS);
	assert_int_equal(stranger.baud, 9600);
	assert_int_equal(stranger_take_news(&stranger), STRANGER_SEARCHES);
}

static void test_stranger_needs_garbage_all_the_time(void **state)
{
	unsigned int i;

	(void)state;
	set_up_stranger();
	/* Silence is no garbage, and a run now and then is an accident. */
	run_for(60 * S);
	send_packet(9600);
	run_for(60 * S);
	send_packet(9600);
	run_for(60 * S);
	send_packet(9600);
	run_for(200 * MS);
	assert_int_equal(had_count, 0);
	/* A packet now and then shows that the speed is right. */
	set_up_stranger();
	for (i = 0; i < 5; i++) {
		send_packets(9600, 9);
		send_packets(BASE, 1);
	}
	/* Idle bytes are no garbage. */
	for (i = 0; i < 20; i++) {
		stranger_heard(&stranger, 1, now);
		stranger_set_line(&stranger, false, false);
		run_for(S);
	}
	assert_int_equal(had_count, 0);
}

static void test_stranger_knows_text(void **state)
{
	unsigned int i;

	(void)state;
	set_up_stranger();
	for (i = 0; i < 20; i++) {
		stranger_heard(&stranger, 40, now);
		stranger_set_line(&stranger, true, true);
		run_for(S);
	}
	assert_int_equal(had_count, 0);
	begin_search();
	send_packets(9600, 3);
	for (i = 0; i < 20; i++) {
		stranger_heard(&stranger, 40, now);
		stranger_set_line(&stranger, true, true);
		run_for(S);
	}
	assert_int_equal(stranger.phase, STRANGER_FOUND);
	assert_int_equal(stranger.baud, 9600);
}

static void test_stranger_finds_each_speed(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < config.count; i++) {
		begin_search();
		send_packets(config.speeds[i], 7);
		assert_int_equal(stranger.phase, STRANGER_FOUND);
		assert_int_equal(stranger.baud, config.speeds[i]);
		assert_int_equal(stranger_take_news(&stranger),
				 STRANGER_IS_FOUND);
		assert_false(stranger_holds(&stranger));
	}
}

/* The base speed has every second slot, and each speed its turn. */
static void test_stranger_listens_in_turns(void **state)
{
	size_t i;

	(void)state;
	begin_search();
	send_packets(4800, 20);
	assert_true(had_count > 12);
	for (i = 0; i < had_count; i++)
		assert_int_equal(had[i],
				 i % 2 ? BASE : config.speeds[i / 2 % 3]);
}

/* In silence the same speed has its turn again, and then the search ends. */
static void test_stranger_ends_in_silence(void **state)
{
	size_t i;

	(void)state;
	begin_search();
	run_for(45 * S);
	for (i = 0; i < had_count; i++)
		assert_int_equal(had[i], i % 2 ? BASE : config.speeds[0]);
	assert_int_equal(stranger.phase, STRANGER_WATCH);
	assert_int_equal(stranger.baud, BASE);
}

static void test_stranger_ends_with_packets_at_the_base_speed(void **state)
{
	(void)state;
	begin_search();
	send_packets(BASE, 3);
	assert_int_equal(stranger.phase, STRANGER_WATCH);
	assert_int_equal(stranger.baud, BASE);
	assert_int_equal(stranger_take_news(&stranger), STRANGER_IS_FOUND);
	send_packets(BASE, 30);
	assert_int_equal(stranger.phase, STRANGER_WATCH);
}

static void test_stranger_ends_for_good_with_a_serialtun(void **state)
{
	(void)state;
	begin_search();
	while (stranger.baud != BASE)
		run_for(50 * MS);
	stranger_met(&stranger);
	assert_int_equal(stranger.phase, STRANGER_OFF);
	send_packets(9600, 30);
	assert_int_equal(stranger.baud, BASE);
}

static void test_stranger_stays_with_a_serialtun_of_fixed_speed(void **state)
{
	(void)state;
	begin_search();
	while (stranger.baud == BASE)
		run_for(50 * MS);
	stranger_met(&stranger);
	assert_int_equal(stranger.phase, STRANGER_FOUND);
	run_for(60 * S);
	assert_int_equal(stranger.baud, 9600);
	/* After its session, the first garbage means another peer. */
	stranger_lost(&stranger, now);
	run_for(60 * S);
	assert_int_equal(stranger.baud, 9600);
	stranger_lost(&stranger, now);
	send_packet(BASE);
	run_for(300 * MS);
	assert_int_equal(stranger.baud, BASE);
}

static void test_stranger_leaves_a_found_speed(void **state)
{
	(void)state;
	begin_search();
	send_packets(9600, 3);
	assert_int_equal(stranger.phase, STRANGER_FOUND);
	/* One damaged frame among good ones is an accident. */
	send_packets(BASE, 1);
	send_packets(9600, 1);
	send_packets(BASE, 1);
	assert_int_equal(stranger.baud, 9600);
	run_for(20 * S);
	send_packets(BASE, 1);
	assert_int_equal(stranger.baud, 9600);
	send_packet(BASE);
	run_for(300 * MS);
	assert_int_equal(stranger.baud, BASE);
}

/* Nothing is sent while it listens, and the wire is dry before. */
static void test_stranger_holds(void **state)
{
	(void)state;
	set_up_stranger();
	send_packets(9600, 10);
	assert_false(stranger_holds(&stranger));
	send_packet(9600);
	now += 100 * MS;
	assert_int_equal(stranger_wanted(&stranger, now), 0);
	assert_true(stranger_holds(&stranger));
	assert_true(stranger_is_draining(&stranger));
	stranger_set_dry(&stranger, now + 20 * MS);
	assert_true(stranger_next_ns(&stranger) == now + 20 * MS);
	now += 20 * MS;
	assert_int_equal(stranger_wanted(&stranger, now), 9600);
	stranger_changed(&stranger, true, now);
	assert_true(stranger_holds(&stranger));
	assert_true(stranger_packet_ns(&stranger) == 1560 * MS);
}

/* A wire that is never dry, as one that is held, does not stop the search. */
static void test_stranger_does_not_wait_for_ever(void **state)
{
	(void)state;
	set_up_stranger();
	send_packets(9600, 10);
	send_packet(9600);
	now += 100 * MS;
	assert_int_equal(stranger_wanted(&stranger, now), 0);
	now += 300 * MS;
	assert_int_equal(stranger_wanted(&stranger, now), 9600);
}

static void test_stranger_takes_the_next_speed_if_one_is_refused(void **state)
{
	(void)state;
	begin_search();
	refuses = true;
	send_packets(4800, 20);
	assert_int_equal(stranger.baud, BASE);
	assert_true(had_count > 3);
	assert_int_equal(had[had_count - 2] != had[had_count - 1], 1);
}

/* It holds what it would send until it has the base speed again. */
static void test_stranger_tries_the_base_speed_again(void **state)
{
	(void)state;
	begin_search();
	while (stranger.baud == BASE)
		run_for(100 * MS);
	refuses_base = true;
	run_for(5 * S);
	assert_int_not_equal(stranger.baud, BASE);
	assert_true(stranger_holds(&stranger));
	assert_in_range(had_count, 5, 25);
	refuses_base = false;
	run_for(600 * MS);
	assert_int_equal(stranger.baud, BASE);
	assert_false(stranger_holds(&stranger));
}

/* Garbage without a pause has an end, too, and a long packet its time. */
static void test_stranger_judges_bytes_without_a_pause(void **state)
{
	unsigned int i;

	(void)state;
	set_up_stranger();
	for (i = 0; i < 3000; i++) {
		stranger_heard(&stranger, 10, now);
		stranger_set_line(&stranger, true, false);
		run_for(10 * MS);
	}
	assert_true(had_count >= 8);
	assert_int_equal(had[0], 9600);
	assert_int_equal(had[1], BASE);
	assert_int_equal(had[2], 57600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stranger_does_nothing_without_speeds),
		cmocka_unit_test(test_stranger_begins_after_10_s_of_garbage),
		cmocka_unit_test(test_stranger_needs_garbage_all_the_time),
		cmocka_unit_test(test_stranger_knows_text),
		cmocka_unit_test(test_stranger_finds_each_speed),
		cmocka_unit_test(test_stranger_listens_in_turns),
		cmocka_unit_test(test_stranger_ends_in_silence),
		cmocka_unit_test(
			test_stranger_ends_with_packets_at_the_base_speed),
		cmocka_unit_test(test_stranger_ends_for_good_with_a_serialtun),
		cmocka_unit_test(
			test_stranger_stays_with_a_serialtun_of_fixed_speed),
		cmocka_unit_test(test_stranger_leaves_a_found_speed),
		cmocka_unit_test(test_stranger_holds),
		cmocka_unit_test(test_stranger_does_not_wait_for_ever),
		cmocka_unit_test(
			test_stranger_takes_the_next_speed_if_one_is_refused),
		cmocka_unit_test(test_stranger_tries_the_base_speed_again),
		cmocka_unit_test(test_stranger_judges_bytes_without_a_pause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
