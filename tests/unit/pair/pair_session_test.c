/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of pair_session: what a frame brings, and what is due when.
 */
#include "../testing.h"
#include "clock.h"
#include "pair/pair_session.h"

#define MS  NS_PER_MS
#define S   NS_PER_S
#define NOW (1000 * S)

static struct pair_session session;

static int begin(void **state)
{
	(void)state;
	pair_session_forget(&session);
	pair_session_begin(&session, 1, NULL, 0, 0, NOW);
	return 0;
}

static enum pair_session_news hear(struct frame frame)
{
	return pair_session_hear(&session, &frame, NOW);
}

static enum pair_session_news hear_data(uint8_t seq)
{
	return hear((struct frame){.kind = FRAME_DATA, .seq = seq});
}

static enum pair_session_news hear_agree(uint8_t seq, const char *text)
{
	return hear((struct frame){.kind = FRAME_AGREE,
				   .seq = seq,
				   .body = (const uint8_t *)text,
				   .body_len = strlen(text)});
}

/* What is due at a time; FRAME_UNKNOWN: nothing. */
static struct frame take(uint64_t now_ns)
{
	struct frame frame;

	if (!pair_session_take(&session, &frame, NULL, now_ns))
		frame.kind = FRAME_UNKNOWN;
	return frame;
}

static void test_pair_session_counts_packets(void **state)
{
	(void)state;
	assert_int_equal(hear_data(0), PAIR_SESSION_PACKET);
	assert_int_equal(hear_data(0), PAIR_SESSION_TWICE);
	assert_int_equal(hear_data(1), PAIR_SESSION_PACKET);
	assert_true(session.missing == 0);
	assert_int_equal(hear_data(5), PAIR_SESSION_PACKET);
	assert_true(session.missing == 3);
	/* Around the end of the numbers. */
	assert_int_equal(hear_data(255), PAIR_SESSION_PACKET);
	assert_int_equal(hear_data(0), PAIR_SESSION_PACKET);
	assert_true(session.missing == 3 + 249);
	assert_int_equal(session.heard.good, 6);
}

static void test_pair_session_refuses_the_unknown(void **state)
{
	(void)state;
	assert_int_equal(hear((struct frame){.kind = FRAME_DATA,
					     .flags = FRAME_COMPRESSED}),
			 PAIR_SESSION_UNKNOWN);
	assert_int_equal(hear((struct frame){.kind = FRAME_SPEED}),
			 PAIR_SESSION_SPEED);
	assert_int_equal(hear((struct frame){.kind = FRAME_UNKNOWN}),
			 PAIR_SESSION_UNKNOWN);
	assert_int_equal(hear_data(0), PAIR_SESSION_PACKET);
	assert_int_equal(hear((struct frame){.kind = FRAME_CLOSE}),
			 PAIR_SESSION_CLOSE);
}

static void test_pair_session_answers_first(void **state)
{
	struct frame frame;

	(void)state;
	session.agree_is_new = true;
	pair_session_say_agree(&session, NOW);
	pair_session_failed(&session, NOW);
	assert_int_equal(hear_agree(0, "mtu=1006"), PAIR_SESSION_AGREE);
	assert_int_equal(hear((struct frame){.kind = FRAME_PROBE, .k = 7}),
			 PAIR_SESSION_NOTHING);
	assert_true(pair_session_next_ns(&session, NOW) == 0);

	frame = take(NOW);
	assert_int_equal(frame.kind, FRAME_ANSWER);
	assert_int_equal(frame.k, 7);
	assert_int_equal(frame.counters.good, 2);
	assert_int_equal(frame.counters.failed, 1);
	frame = take(NOW);
	assert_int_equal(frame.kind, FRAME_ACK);
	assert_int_equal(frame.next[1], 1);
	assert_int_equal(take(NOW).kind, FRAME_AGREE);
	assert_int_equal(take(NOW).kind, FRAME_UNKNOWN);
}

/* 250 ms, 500 ms, 1 s, and then every 2 s. */
static void test_pair_session_repeats_an_agree(void **state)
{
	static const uint64_t at_ms[] = {0, 250, 750, 1750, 3750, 5750};
	size_t i;

	(void)state;
	hear_data(0);
	session.agree_is_new = true;
	pair_session_say_agree(&session, NOW);
	for (i = 0; i < TESTING_COUNT(at_ms); i++) {
		const uint64_t due_ns = NOW + at_ms[i] * MS;

		/* Probes ask for an answer; one has come. */
		probe_good(&session.probe, due_ns);
		assert_true(pair_session_next_ns(&session, NOW) == due_ns);
		if (i)
			assert_int_equal(take(due_ns - 1).kind, FRAME_UNKNOWN);
		assert_int_equal(take(due_ns).kind, FRAME_AGREE);
	}
}

static void test_pair_session_agree_is_acknowledged(void **state)
{
	struct frame ack = {.kind = FRAME_ACK};

	(void)state;
	hear_data(0);
	session.agree_is_new = true;
	pair_session_say_agree(&session, NOW);
	assert_int_equal(take(NOW).seq, 0);
	/* Something new waits for the acknowledgement of the one before. */
	session.agree_is_new = true;
	pair_session_say_agree(&session, NOW);
	ack.next[1] = 2;
	hear(ack);
	assert_int_equal(take(NOW).kind, FRAME_UNKNOWN);
	ack.next[1] = 1;
	hear(ack);
	assert_int_equal(take(NOW).seq, 1);
	ack.next[1] = 2;
	hear(ack);
	assert_int_equal(take(NOW + 100 * S).kind, FRAME_UNKNOWN);
}

static void test_pair_session_hears_an_agree_once(void **state)
{
	(void)state;
	assert_int_equal(hear_agree(0, "mtu=1006"), PAIR_SESSION_AGREE);
	assert_int_equal(session.agree.mtu, 1006);
	assert_int_equal(hear_agree(0, "mtu=500"), PAIR_SESSION_NOTHING);
	assert_int_equal(hear_agree(2, "mtu=500"), PAIR_SESSION_NOTHING);
	assert_int_equal(session.agree.mtu, 1006);
	/* Each is acknowledged: the acknowledgement may have been lost. */
	assert_int_equal(take(NOW).next[1], 1);
}

#define SESSION_TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SESSION_TEST(test_pair_session_counts_packets),
		SESSION_TEST(test_pair_session_refuses_the_unknown),
		SESSION_TEST(test_pair_session_answers_first),
		SESSION_TEST(test_pair_session_repeats_an_agree),
		SESSION_TEST(test_pair_session_agree_is_acknowledged),
		SESSION_TEST(test_pair_session_hears_an_agree_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
