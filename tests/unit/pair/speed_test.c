/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of speed and attempt: two ends and a perfect line, in steps of a
 * millisecond. A test can lose messages of a kind, and can see each change.
 */
#include "../testing.h"
#include "clock.h"
#include "pair/speed.h"

#define MS NS_PER_MS
#define S  NS_PER_S

#define BASE 115200
#define RUN  77

/* Messages on their way. */
#define ROOM 512

struct end {
	struct speed speed;
	struct speed_message in[ROOM];
	size_t in_count;
	unsigned int said[SPEED_WHATS];
	unsigned int lost[SPEED_WHATS]; /* so many of a kind are still lost */
	unsigned int probes;
	uint64_t wrote_ns; /* time of the last message */
	unsigned int news;
	bool is_over;
	bool is_deaf;
};

static struct world {
	struct end ends[2]; /* the first leads */
	uint64_t now_ns;
	uint32_t clean; /* the line carries nothing at higher speeds */
} world;

static const struct speed_config config = {
	.base = BASE,
	.packet_ns = 130 * MS,
	.speeds = {230400, 460800, 500000, 921600, 1000000, 1500000, 2000000,
		   3000000},
	.count = 8,
	.run = RUN,
};

static int begin(void **state)
{
	unsigned int i;

	(void)state;
	memset(&world, 0, sizeof(world));
	world.now_ns = 1000 * S;
	world.clean = UINT32_MAX;
	for (i = 0; i < 2; i++) {
		speed_open(&world.ends[i].speed, &config);
		speed_begin(&world.ends[i].speed, true, !i);
		speed_hear_agree(&world.ends[i].speed, config.speeds,
				 config.count, RUN, world.now_ns);
	}
	return 0;
}

static struct speed *leader(void)
{
	return &world.ends[0].speed;
}

static struct speed *follower(void)
{
	return &world.ends[1].speed;
}

static bool carries(const struct end *from, const struct end *to)
{
	return from->speed.baud == to->speed.baud &&
	       from->speed.baud <= world.clean && !to->is_deaf;
}

static void change(struct end *end)
{
	if (speed_is_draining(&end->speed))
		speed_set_dry(&end->speed, end->wrote_ns);
	if (speed_wanted(&end->speed, world.now_ns))
		speed_changed(&end->speed, true, world.now_ns);
}

static void send(struct end *from, struct end *to)
{
	struct speed_message message;
	enum speed_frame frame;

	while ((frame = speed_take(&from->speed, &message, world.now_ns))) {
		if (frame == SPEED_FRAME_PROBE) {
			from->probes++;
			continue;
		}
		from->said[message.what]++;
		from->wrote_ns = world.now_ns;
		if (from->lost[message.what]) {
			from->lost[message.what]--;
			continue;
		}
		if (carries(from, to) && to->in_count < ROOM)
			to->in[to->in_count++] = message;
	}
}

static void hear(struct end *end)
{
	size_t i;

	for (i = 0; i < end->in_count; i++) {
		speed_good(&end->speed, world.now_ns);
		speed_hear(&end->speed, &end->in[i], world.now_ns);
	}
	end->in_count = 0;
}

/* Let time pass. A packet crosses each way every 20 ms. */
static void run(uint64_t ns)
{
	const uint64_t end_ns = world.now_ns + ns;
	unsigned int i;

	for (; world.now_ns < end_ns; world.now_ns += MS) {
		for (i = 0; i < 2; i++) {
			struct end *end = &world.ends[i];
			struct end *other = &world.ends[1 - i];

			hear(end);
			if (world.now_ns / MS % 20 == 0 &&
			    !speed_holds(&other->speed) && carries(other, end))
				speed_good(&end->speed, world.now_ns);
			end->is_over = end->is_over ||
				       speed_is_over(&end->speed, world.now_ns);
			send(end, other);
			change(end);
			end->news += speed_take_news(&end->speed, world.now_ns);
		}
	}
}

static void assert_both_have(uint32_t baud)
{
	assert_int_equal(leader()->baud, baud);
	assert_int_equal(follower()->baud, baud);
	assert_false(speed_holds(leader()));
	assert_false(speed_holds(follower()));
}

static void test_speed_finds_the_best(void **state)
{
	size_t i;

	for (i = 0; i < config.count; i++) {
		begin(state);
		world.clean = config.speeds[i];
		run(7 * S);
		assert_both_have(config.speeds[i]);
		assert_int_equal(world.ends[0].news, 1);
		run(3 * S);
		assert_int_equal(world.ends[1].news, 1);
		assert_false(world.ends[0].is_over || world.ends[1].is_over);
		assert_int_equal(leader()->stats.stop,
				 i + 1 < config.count ? SPEED_STOP_FAILED
						      : SPEED_STOP_TOP);
		assert_int_equal(follower()->stats.stop, SPEED_STOP_PEER);
	}
}

static void test_speed_is_found_in_three_seconds(void **state)
{
	(void)state;
	run(3 * S);
	assert_both_have(3000000);
	assert_int_equal(leader()->stats.attempts, 3);
	assert_int_equal(leader()->stats.failed, 0);
}

static void test_speed_stays_on_a_line_for_the_base_speed(void **state)
{
	(void)state;
	world.clean = BASE;
	run(8 * S);
	assert_both_have(BASE);
	assert_int_equal(world.ends[0].news + world.ends[1].news, 0);
	assert_int_equal(leader()->stats.failed, leader()->stats.attempts);
}

/* Each kind of message is lost, once and always. */
static void test_speed_survives_lost_messages(void **state)
{
	static const unsigned int losses[] = {1, 2, 3, 1000};
	unsigned int what;
	unsigned int i;
	size_t j;

	for (what = SPEED_TRY; what <= SPEED_KEPT; what++)
		for (i = 0; i < 2; i++)
			for (j = 0; j < 4; j++) {
				begin(state);
				world.ends[i].lost[what] = losses[j];
				run(12 * S);
				if (world.ends[0].is_over ||
				    world.ends[1].is_over)
					continue;
				assert_int_equal(leader()->baud,
						 follower()->baud);
				assert_false(speed_holds(leader()));
				assert_false(speed_holds(follower()));
			}
}

static void test_speed_is_kept_without_kept(void **state)
{
	(void)state;
	world.ends[1].lost[SPEED_KEPT] = 1000;
	run(6 * S);
	assert_both_have(3000000);
	assert_false(world.ends[0].is_over);
}

static void test_speed_lease_ends(void **state)
{
	(void)state;
	run(10 * S);
	assert_both_have(3000000);
	world.ends[0].is_deaf = true;
	run(900 * MS);
	assert_false(world.ends[0].is_over);
	assert_true(world.ends[0].probes >= 3);
	run(200 * MS);
	assert_true(world.ends[0].is_over);
	speed_forget(leader());
	assert_int_equal(speed_wanted(leader(), world.now_ns), BASE);
	assert_true(speed_is_alone(leader()));
	speed_changed(leader(), true, world.now_ns);
	assert_int_equal(leader()->baud, BASE);
	assert_false(speed_is_alone(leader()));
	assert_int_equal(leader()->stats.ended, 1);
}

/* A speed whose lease ends soon after the change is not tried again, unless the
 * peer was restarted. */
static void test_speed_suspects(void **state)
{
	static const uint32_t runs[] = {RUN, RUN + 1};
	size_t i;

	for (i = 0; i < 2; i++) {
		begin(state);
		run(400 * MS);
		assert_both_have(1000000);
		leader()->next_ns = UINT64_MAX;
		world.ends[0].is_deaf = true;
		run(1500 * MS);
		assert_true(world.ends[0].is_over);
		speed_forget(leader());
		speed_changed(leader(), true, world.now_ns);
		speed_begin(leader(), true, true);
		speed_hear_agree(leader(), config.speeds, config.count, runs[i],
				 world.now_ns);
		assert_int_equal(leader()->ladder.count, i ? 8 : 4);
	}
}

/* Either end sees damage. */
static void test_speed_steps_down(void **state)
{
	static const uint32_t wanted[] = {2000000, 1000000, BASE};
	unsigned int which;
	size_t i;
	int j;

	for (which = 0; which < 2; which++) {
		begin(state);
		run(10 * S);
		for (i = 0; i < 3; i++) {
			for (j = 0; j < 13; j++)
				speed_failed(&world.ends[which].speed,
					     world.now_ns);
			run(3 * S);
			assert_both_have(wanted[i]);
		}
		assert_int_equal(leader()->stats.stop, SPEED_STOP_NOISE);
		run(30 * S);
		assert_both_have(BASE);
	}
}

static void test_speed_ignores_rare_damage(void **state)
{
	int i;

	(void)state;
	run(10 * S);
	for (i = 0; i < 1000; i++)
		if (i % 6)
			speed_good(leader(), world.now_ns);
		else
			speed_failed(leader(), world.now_ns);
	run(S);
	assert_both_have(3000000);
}

static struct speed_message try_of(uint32_t baud, uint8_t k)
{
	return (struct speed_message){.what = SPEED_TRY, .k = k, .baud = baud};
}

static void test_speed_follower_refuses(void **state)
{
	const struct speed_message odd = try_of(123456, 1);
	struct speed_message message;

	(void)state;
	speed_hear(follower(), &odd, world.now_ns);
	assert_int_equal(speed_take(follower(), &message, world.now_ns),
			 SPEED_FRAME_MESSAGE);
	assert_int_equal(message.what, SPEED_WONT);
	assert_int_equal(message.count, 1);
	assert_false(speed_holds(follower()));
}

/* A stranger can move an end only so often. */
static void test_speed_follower_counts_attempts(void **state)
{
	struct speed_message message;
	struct speed_message asked;
	unsigned int changes = 0;
	unsigned int i;

	(void)state;
	for (i = 0; i < 60; i++) {
		asked = try_of(230400, (uint8_t)i);
		speed_hear(follower(), &asked, world.now_ns);
		speed_take(follower(), &message, world.now_ns);
		changes += message.what == SPEED_WILL;
		/* Nothing comes of it, and the follower returns. */
		for (uint64_t end_ns = world.now_ns + 800 * MS;
		     world.now_ns < end_ns; world.now_ns += MS) {
			speed_take(follower(), &message, world.now_ns);
			change(&world.ends[1]);
		}
		assert_int_equal(follower()->baud, BASE);
	}
	assert_true(changes >= 8);
	assert_true(changes <= 24);
}

static void test_speed_port_refuses(void **state)
{
	struct speed_message message;

	(void)state;
	world.now_ns += 100 * MS;
	assert_int_equal(speed_take(leader(), &message, world.now_ns),
			 SPEED_FRAME_MESSAGE);
	message.what = SPEED_WILL;
	speed_hear(leader(), &message, world.now_ns);
	assert_true(speed_is_draining(leader()));
	speed_set_dry(leader(), world.now_ns);
	world.now_ns += 10 * MS;
	assert_int_equal(speed_wanted(leader(), world.now_ns), message.baud);
	speed_changed(leader(), false, world.now_ns);
	assert_int_equal(leader()->baud, BASE);
	assert_false(speed_holds(leader()));
	assert_int_equal(leader()->stats.failed, 1);
}

/* A test with overruns does not count. */
static void test_speed_overruns(void **state)
{
	(void)state;
	run(130 * MS);
	assert_int_equal(follower()->attempt.phase, ATTEMPT_FOLLOWING);
	speed_set_overruns(follower(), 1);
	run(600 * MS);
	assert_int_equal(leader()->stats.failed, 1);
	assert_both_have(BASE);
}

/* Some tests have arrived: an end may have been late. */
static void test_speed_repeats_an_unclear_attempt(void **state)
{
	(void)state;
	world.ends[1].lost[SPEED_TEST] = 4;
	run(3 * S);
	assert_both_have(3000000);
	assert_int_equal(leader()->stats.attempts, 4);
	assert_int_equal(leader()->stats.failed, 1);
}

/* A line that is clean one way only fails each time. */
static void test_speed_repeats_not_for_ever(void **state)
{
	(void)state;
	world.ends[1].lost[SPEED_TEST] = 10000;
	run(7 * S);
	assert_both_have(BASE);
	assert_int_equal(leader()->stats.stop, SPEED_STOP_FAILED);
	assert_int_equal(leader()->stats.attempts, 4 + 2);
}

/* Nothing has arrived: the line cannot do the speed, unless the follower was
 * late to agree, and has returned before the tests. */
static void test_speed_repeats_after_a_late_answer(void **state)
{
	static const uint64_t answers[] = {200 * MS, 300 * MS};
	struct speed_message message;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		begin(state);
		world.ends[1].is_deaf = true;
		run(130 * MS);
		message = try_of(leader()->attempt.to, leader()->attempt.k);
		message.what = SPEED_WILL;
		run(answers[i] - 30 * MS);
		assert_int_equal(leader()->attempt.phase, ATTEMPT_ASKING);
		speed_hear(leader(), &message, world.now_ns);
		run(400 * MS);
		assert_int_equal(leader()->attempt.phase, ATTEMPT_NONE);
		assert_int_equal(leader()->stats.failed, 1);
		assert_int_equal(leader()->unclear, i);
	}
}

/* Without the word of both ends nothing happens. */
static void test_speed_is_not_used(void **state)
{
	const struct speed_message asked = try_of(230400, 1);
	struct speed_message message;

	(void)state;
	speed_forget(leader());
	speed_begin(leader(), false, true);
	speed_hear_agree(leader(), config.speeds, config.count, RUN,
			 world.now_ns);
	assert_true(speed_next_ns(leader()) == UINT64_MAX);
	speed_forget(follower());
	speed_begin(follower(), false, false);
	speed_hear(follower(), &asked, world.now_ns);
	assert_int_equal(speed_take(follower(), &message, world.now_ns),
			 SPEED_FRAME_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_speed_finds_the_best, begin),
		cmocka_unit_test_setup(test_speed_is_found_in_three_seconds,
				       begin),
		cmocka_unit_test_setup(
			test_speed_stays_on_a_line_for_the_base_speed, begin),
		cmocka_unit_test_setup(test_speed_survives_lost_messages,
				       begin),
		cmocka_unit_test_setup(test_speed_is_kept_without_kept, begin),
		cmocka_unit_test_setup(test_speed_lease_ends, begin),
		cmocka_unit_test_setup(test_speed_suspects, begin),
		cmocka_unit_test_setup(test_speed_steps_down, begin),
		cmocka_unit_test_setup(test_speed_ignores_rare_damage, begin),
		cmocka_unit_test_setup(test_speed_follower_refuses, begin),
		cmocka_unit_test_setup(test_speed_follower_counts_attempts,
				       begin),
		cmocka_unit_test_setup(test_speed_port_refuses, begin),
		cmocka_unit_test_setup(test_speed_overruns, begin),
		cmocka_unit_test_setup(test_speed_repeats_an_unclear_attempt,
				       begin),
		cmocka_unit_test_setup(test_speed_repeats_not_for_ever, begin),
		cmocka_unit_test_setup(test_speed_repeats_after_a_late_answer,
				       begin),
		cmocka_unit_test_setup(test_speed_is_not_used, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
