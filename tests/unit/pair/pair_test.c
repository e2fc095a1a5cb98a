/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of pair: two of them, with nothing between them but this test, which
 * can lose, change and forge what they say. tests/pair/ has them on a line.
 */
#include "../testing.h"
#include "clock.h"
#include "packet/packet.h"
#include "pair/fcs.h"
#include "pair/pair.h"

#define MS NS_PER_MS
#define S  NS_PER_S

#define PACKET_LEN 100

static uint64_t now;
static uint64_t random_state;

struct end {
	struct pair *pair;
	struct pair_config config;
	unsigned int events; /* bits of enum pair_event */
	size_t delivered;
	size_t hellos; /* that were said */
};

static struct end a;
static struct end b;

static uint64_t draw(void *context)
{
	(void)context;
	return (uint64_t)testing_random(&random_state, UINT32_MAX) << 32 |
	       testing_random(&random_state, UINT32_MAX);
}

static void open(struct end *end)
{
	static const struct pair_config usual = {
		.random = draw,
		.kind = HELLO_KIND_IP,
		.flow = HELLO_FLOW_NONE,
		.can = HELLO_CAN_CHECK,
	};
	const struct pair_config set = end->config;

	end->config = usual;
	end->config.kind = set.kind;
	end->config.flow = set.flow;
	if (set.can)
		end->config.can = set.can;
	end->config.idle_ns = set.idle_ns;
	pair_free(end->pair);
	end->pair = pair_new(&end->config);
	assert_non_null(end->pair);
	pair_open(end->pair, &(struct pair_port){0}, now);
}

static int setup(void **state)
{
	(void)state;
	now = 1000 * S;
	random_state = 1;
	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pair_free(a.pair);
	pair_free(b.pair);
	return 0;
}

/* A frame from the line, as a receiver treats it. */
static enum pair_verdict hear(struct end *end, const uint8_t *frame, size_t len)
{
	uint8_t *copy = testing_copy(frame, len);
	enum pair_verdict verdict;
	const uint8_t *packet;
	enum pair_event event;
	size_t packet_len;

	pair_heard(end->pair, 1, now);
	verdict = pair_receive(end->pair, copy, len, now, &packet, &packet_len);
	if (verdict == PAIR_PACKET) {
		assert_true(packet >= copy);
		assert_true(packet + packet_len <= copy + len);
		end->delivered++;
	}
	if (verdict == PAIR_OTHER &&
	    pair_admit(end->pair, packet_is_good(packet_check(copy, len)), now))
		end->delivered++;
	while ((event = pair_next_event(end->pair)))
		end->events |= 1U << event;
	free(copy);
	return verdict;
}

/* What one has to say, of which @lost is lost. Return: frames said. */
static size_t say(struct end *from, struct end *to, bool lost)
{
	uint8_t out[PAIR_FRAME_MAX];
	enum pair_event event;
	size_t count = 0;
	size_t len;

	while (from->pair && (len = pair_take(from->pair, out, now))) {
		count++;
		from->hellos += out[0] == '#';
		if (!lost && to->pair)
			hear(to, out, len);
	}
	while (from->pair && (event = pair_next_event(from->pair)))
		from->events |= 1U << event;
	return count;
}

static void run(uint64_t ns)
{
	const uint64_t until = now + ns;

	for (; now < until; now += 10 * MS)
		while (say(&a, &b, false) + say(&b, &a, false))
			;
}

static enum pair_state state_of(const struct end *end)
{
	struct pair_stats stats;

	pair_get_stats(end->pair, &stats);
	return stats.state;
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
	run(S);
	assert_int_equal(state_of(&a), PAIR_PAIRED);
	assert_int_equal(state_of(&b), PAIR_PAIRED);
	a.events = 0;
	b.events = 0;
	a.hellos = 0;
	b.hellos = 0;
}

static bool was_told(struct end *end, enum pair_event event)
{
	const bool told = end->events >> event & 1;

	end->events &= ~(1U << event);
	return told;
}

/* A packet as it leaves an end. */
static size_t wrap(struct end *end, uint8_t out[PACKET_LEN + 10])
{
	const struct pair_packet what = {.len = PACKET_LEN};
	uint8_t room[PAIR_HEADROOM + PACKET_LEN + PAIR_TAILROOM];
	uint8_t *frame;
	size_t len;

	testing_ipv4(room + PAIR_HEADROOM, PACKET_LEN, 0x55);
	len = pair_wrap(end->pair, room + PAIR_HEADROOM, &what, now, &frame);
	memcpy(out, frame, len);
	return len;
}

static void send_packet(struct end *from, struct end *to)
{
	uint8_t out[PACKET_LEN + 10];

	hear(to, out, wrap(from, out));
}

static enum pair_verdict hear_plain(struct end *end)
{
	uint8_t packet[PACKET_LEN];

	testing_ipv4(packet, sizeof(packet), 0);
	return hear(end, packet, sizeof(packet));
}

static void hear_hello_of(struct end *end, uint64_t id, uint64_t to,
			  enum hello_kind kind)
{
	const struct hello hello = {.version = 1,
				    .id = id,
				    .to = to,
				    .kind = kind,
				    .flow = end->config.flow,
				    .can = HELLO_CAN_CHECK};
	char text[HELLO_TEXT_MAX];
	size_t len = hello_write(text, &hello);

	hear(end, (uint8_t *)text, len);
}

static void hear_hello(struct end *end, uint64_t id, uint64_t to)
{
	hear_hello_of(end, id, to, end->config.kind);
}

/* A frame that one could have said. */
static void forge(struct end *from, struct end *to, const struct frame *frame)
{
	const uint32_t start =
		frame_start(pair_id(from->pair), pair_id(to->pair));
	uint8_t out[FRAME_SHORT_MAX];

	hear(to, out, frame_write(out, frame, start));
}

static void test_pair_two_meet(void **state)
{
	(void)state;
	open(&a);
	open(&b);
	run(100 * MS);
	assert_int_equal(state_of(&a), PAIR_PAIRED);
	assert_int_equal(state_of(&b), PAIR_PAIRED);
	assert_true(was_told(&a, PAIR_EVENT_PAIRED));
	assert_true(was_told(&b, PAIR_EVENT_PAIRED));
	assert_true(pair_peer(a.pair)->id == pair_id(b.pair));
	assert_true(pair_peer(b.pair)->id == pair_id(a.pair));
	assert_int_equal(pair_state(a.pair), PAIR_PAIRED);
	assert_true(pair_had_any_session(a.pair));
	assert_false(pair_is_absent(a.pair, now));
	/* No hello more than it takes. */
	run(100 * S);
	assert_in_range(a.hellos + b.hellos, 2, 3);
	assert_int_equal(stats_of(&a).sessions, 1);
	assert_int_equal(stats_of(&b).sessions, 1);
}

static void test_pair_alone_is_plain(void **state)
{
	uint8_t out[PACKET_LEN + 10];
	uint8_t packet[PACKET_LEN];

	(void)state;
	open(&a);
	/* Packets wait for the first hello, and for no other. */
	assert_in_range(pair_quiet_until(a.pair) - now, 0, 20 * MS);
	run(100 * MS);
	assert_int_equal(a.hellos, 1);
	assert_true(pair_quiet_until(a.pair) <= now);
	run(100 * S);
	assert_int_equal(a.hellos, 5);
	testing_ipv4(packet, sizeof(packet), 0x55);
	assert_int_equal(wrap(&a, out), sizeof(packet));
	assert_memory_equal(out, packet, sizeof(packet));
	assert_int_equal(hear_plain(&a), PAIR_OTHER);
	assert_int_equal(a.delivered, 1);
	assert_int_equal(pair_state(a.pair), PAIR_PLAIN);
	assert_false(pair_had_any_session(a.pair));
	assert_false(pair_is_absent(a.pair, now));
}

static void test_pair_packets(void **state)
{
	int i;

	(void)state;
	open_and_pair();
	for (i = 0; i < 1000; i++)
		send_packet(&a, &b);
	assert_int_equal(b.delivered, 1000);
	assert_int_equal(stats_of(&b).missing, 0);
	assert_int_equal(stats_of(&b).heard.failed, 0);
}

static void test_pair_lost_and_doubled_packets_are_counted(void **state)
{
	uint8_t out[PACKET_LEN + 10];
	size_t len;
	int i;

	(void)state;
	open_and_pair();
	send_packet(&a, &b);
	for (i = 0; i < 7; i++)
		wrap(&a, out);
	len = wrap(&a, out);
	hear(&b, out, len);
	assert_int_equal(b.delivered, 2);
	assert_int_equal(stats_of(&b).missing, 7);
	hear(&b, out, len);
	assert_int_equal(b.delivered, 2);
	assert_int_equal(stats_of(&b).twice, 1);
	/* Across the end of the numbers. */
	for (i = 0; i < 600; i++)
		send_packet(&a, &b);
	assert_int_equal(b.delivered, 602);
	assert_int_equal(stats_of(&b).missing, 7);
}

static void test_pair_damaged_is_dropped(void **state)
{
	uint8_t out[PACKET_LEN + 10];
	uint64_t random = 1;
	size_t len;
	int i;

	(void)state;
	open_and_pair();
	for (i = 0; i < 2000; i++) {
		len = wrap(&a, out);
		out[testing_random(&random, len)] ^=
			(uint8_t)(1 + testing_random(&random, 255));
		hear(&b, out, len);
		if (i % 5 == 4)
			send_packet(&a, &b);
	}
	assert_int_equal(b.delivered, 400);
	assert_int_equal(stats_of(&b).heard.failed, 2000);
	assert_int_equal(stats_of(&b).missing, 2000);
	assert_int_equal(state_of(&b), PAIR_PAIRED);
	/* The other end is told when it asks. */
	forge(&a, &b, &(struct frame){.kind = FRAME_PROBE, .k = 1});
	run(10 * MS);
	assert_int_equal(stats_of(&a).theirs.failed, 2000);
}

/* The tail of a frame may be a good packet. */
static void test_pair_plain_is_dropped_then_believed(void **state)
{
	(void)state;
	open_and_pair();
	hear_plain(&a);
	assert_int_equal(a.delivered, 0);
	/* A hello goes to the other end, which is there, and says so. */
	run(MS);
	assert_int_equal(a.hellos, 1);
	assert_int_equal(b.hellos, 0);
	hear_plain(&a);
	send_packet(&b, &a);
	hear_plain(&a);
	hear_plain(&a);
	assert_int_equal(a.delivered, 1);
	assert_int_equal(stats_of(&a).plain, 4);
	assert_int_equal(state_of(&a), PAIR_PAIRED);
	/* The third in a row. */
	hear_plain(&a);
	assert_int_equal(a.delivered, 2);
	assert_int_equal(state_of(&a), PAIR_PLAIN);
	assert_true(was_told(&a, PAIR_EVENT_PLAIN));
	hear_plain(&a);
	assert_int_equal(a.delivered, 3);
}

static void test_pair_garbage(void **state)
{
	static const uint8_t garbage[] = {0x10, 1, 2, 3, 4, 5, 6, 7};
	int i;

	(void)state;
	open_and_pair();
	pair_free(b.pair);
	b.pair = NULL;
	for (i = 0; i < 20; i++)
		hear(&a, garbage, sizeof(garbage));
	run(500 * MS);
	assert_int_equal(state_of(&a), PAIR_PAIRED);
	run(S);
	assert_int_equal(state_of(&a), PAIR_PLAIN);
	assert_true(was_told(&a, PAIR_EVENT_GARBAGE));
}

/* All that was sent before the other end knew is let in, and no more. */
static void test_pair_met_lets_plain_in_for_a_moment(void **state)
{
	(void)state;
	open(&a);
	hear_hello(&a, 0xB0B, pair_id(a.pair));
	assert_int_equal(state_of(&a), PAIR_MET);
	hear_plain(&a);
	now += 740 * MS;
	hear_plain(&a);
	assert_int_equal(a.delivered, 2);
	now += 20 * MS;
	hear_plain(&a);
	hear_plain(&a);
	assert_int_equal(a.delivered, 2);
	hear_plain(&a);
	assert_int_equal(a.delivered, 3);
	assert_int_equal(state_of(&a), PAIR_PLAIN);
	/* Nobody has to know of a session that was none. */
	assert_false(was_told(&a, PAIR_EVENT_PLAIN));
}

static void test_pair_met_in_vain(void **state)
{
	uint64_t id;

	(void)state;
	open(&a);
	id = pair_id(a.pair);
	hear_hello(&a, 0xB0B, id);
	run(1200 * MS);
	assert_int_equal(state_of(&a), PAIR_MET);
	run(100 * MS);
	assert_int_equal(state_of(&a), PAIR_PLAIN);
	assert_true(pair_id(a.pair) != id);
	/* And it is sought. */
	a.hellos = 0;
	run(10 * S);
	assert_in_range(a.hellos, 18, 21);
}

static void test_pair_other_end_begins_anew(void **state)
{
	uint64_t id;

	(void)state;
	open_and_pair();
	id = pair_id(a.pair);
	open(&b);
	run(300 * MS);
	assert_true(was_told(&a, PAIR_EVENT_ANEW));
	assert_int_equal(state_of(&a), PAIR_PAIRED);
	assert_int_equal(state_of(&b), PAIR_PAIRED);
	assert_int_equal(stats_of(&a).sessions, 2);
	assert_true(pair_id(a.pair) == id);
	send_packet(&a, &b);
	send_packet(&b, &a);
	assert_int_equal(a.delivered + b.delivered, 2);
	assert_int_equal(stats_of(&a).missing, 0);
}

/* What was said in an earlier session does not pass. */
static void test_pair_frames_of_an_earlier_session(void **state)
{
	uint8_t out[PACKET_LEN + 10];
	size_t len;

	(void)state;
	open_and_pair();
	len = wrap(&b, out);
	open(&b);
	run(300 * MS);
	hear(&a, out, len);
	assert_int_equal(a.delivered, 0);
	assert_int_equal(stats_of(&a).heard.failed, 1);
}

/* The same two ids never name two sessions. */
static void test_pair_no_session_twice(void **state)
{
	uint64_t id;

	(void)state;
	open_and_pair();
	id = pair_id(a.pair);
	/* Somebody else, and then the first again, which has forgotten. */
	hear_hello(&a, 0xC0C, id);
	assert_int_equal(state_of(&a), PAIR_MET);
	assert_true(pair_id(a.pair) == id);
	hear_hello(&a, pair_id(b.pair), id);
	assert_true(pair_id(a.pair) != id);
	run(2 * S);
	assert_int_equal(state_of(&a), PAIR_PAIRED);
	assert_int_equal(state_of(&b), PAIR_PAIRED);
	assert_true(pair_peer(b.pair)->id == pair_id(a.pair));
}

static void test_pair_close(void **state)
{
	uint8_t out[PAIR_FRAME_MAX];
	size_t len;

	(void)state;
	open_and_pair();
	len = pair_close(b.pair, out, now);
	assert_int_equal(len, 5);
	hear(&a, out, len);
	assert_true(was_told(&a, PAIR_EVENT_CLOSED));
	/* It may be restarting. */
	assert_false(pair_is_absent(a.pair, now + 3 * S - 1));
	assert_true(pair_is_absent(a.pair, now + 3 * S));
	/* Or another program may have taken its place, which only answers. */
	assert_true(pair_is_absent(a.pair, now + 60 * S - 1));
	assert_false(pair_is_given_up(a.pair, now + 60 * S - 1));
	assert_false(pair_is_absent(a.pair, now + 60 * S));
	assert_true(pair_is_given_up(a.pair, now + 60 * S));
	assert_int_equal(state_of(&a), PAIR_PLAIN);
	/* It is not sought. */
	pair_free(b.pair);
	b.pair = NULL;
	run(60 * S);
	assert_int_equal(a.hellos, 0);
	assert_int_equal(pair_close(a.pair, out, now), 0);
}

static void test_pair_silence(void **state)
{
	(void)state;
	a.config.idle_ns = 3 * S;
	open_and_pair();
	pair_free(b.pair);
	b.pair = NULL;
	run(3900 * MS);
	assert_int_equal(state_of(&a), PAIR_PAIRED);
	run(300 * MS);
	assert_int_equal(state_of(&a), PAIR_PLAIN);
	assert_true(was_told(&a, PAIR_EVENT_SILENT));
}

static void test_pair_idle(void **state)
{
	(void)state;
	a.config.idle_ns = 3 * S;
	open_and_pair();
	run(300 * S);
	assert_int_equal(state_of(&a), PAIR_PAIRED);
	assert_in_range(stats_of(&a).probes, 90, 105);
	assert_true(stats_of(&a).rtt_ns < MS);
	assert_int_equal(a.hellos + b.hellos, 0);
}

static void set_name(struct end *end, const char *name)
{
	struct agree agree = {.mtu = 1500};

	agree_set_name(agree.name, name);
	pair_set_agree(end->pair, &agree, now);
}

static void assert_knows(struct end *end, const char *name)
{
	assert_true(was_told(end, PAIR_EVENT_AGREE));
	assert_non_null(pair_peer_agree(end->pair));
	assert_string_equal(pair_peer_agree(end->pair)->name, name);
}

static void test_pair_agree(void **state)
{
	(void)state;
	open(&a);
	open(&b);
	set_name(&a, "ape");
	run(S);
	set_name(&b, "bee");
	run(100 * MS);
	assert_knows(&a, "bee");
	assert_knows(&b, "ape");
	/* Only if there is something new. */
	set_name(&b, "bee");
	run(10 * S);
	assert_false(was_told(&a, PAIR_EVENT_AGREE));
	set_name(&b, "bear");
	run(100 * MS);
	assert_knows(&a, "bear");
	/* Again in the next session. */
	open(&b);
	run(S);
	assert_knows(&b, "ape");
	assert_null(pair_peer_agree(a.pair));
}

/* Lost, its acknowledgement lost, and changed meanwhile. */
static void test_pair_agree_is_repeated(void **state)
{
	(void)state;
	open_and_pair();
	set_name(&a, "ape");
	assert_int_equal(say(&a, &b, true), 1);
	set_name(&a, "ant");
	assert_int_equal(say(&a, &b, true), 0);
	now += 250 * MS;
	say(&a, &b, false);
	assert_knows(&b, "ant");
	assert_int_equal(say(&b, &a, true), 1);
	now += 500 * MS;
	say(&a, &b, false);
	assert_false(was_told(&b, PAIR_EVENT_AGREE));
	run(100 * MS);
	assert_knows(&b, "ant");
	run(10 * S);
	assert_false(was_told(&b, PAIR_EVENT_AGREE));
	assert_int_equal(say(&a, &b, false), 0);
}

static void test_pair_misfits(void **state)
{
	static const struct {
		enum hello_kind kind;
		enum hello_flow flow;
		unsigned int can;
		enum pair_event event;
	} cases[] = {
		{HELLO_KIND_ETHERNET, HELLO_FLOW_NONE, 0, PAIR_EVENT_KIND},
		{HELLO_KIND_IP, HELLO_FLOW_XONXOFF, 0, PAIR_EVENT_FLOW},
		{HELLO_KIND_IP, HELLO_FLOW_NONE, HELLO_CAN_REPEAT,
		 PAIR_EVENT_CHECK},
	};
	size_t i;

	for (i = 0; i < TESTING_COUNT(cases); i++) {
		teardown(state);
		setup(state);
		b.config.kind = cases[i].kind;
		b.config.flow = cases[i].flow;
		b.config.can = cases[i].can;
		open(&a);
		open(&b);
		run(10 * S);
		assert_int_equal(state_of(&a), PAIR_PLAIN);
		assert_int_equal(state_of(&b), PAIR_PLAIN);
		assert_true(was_told(&a, cases[i].event));
		assert_true(was_told(&b, cases[i].event));
		assert_true(stats_of(&a).misfits && stats_of(&b).misfits);
		assert_in_range(a.hellos + b.hellos, 2, 20);
	}
}

/* A stranger says that the other end is another than it is. */
static void test_pair_forged_misfit(void **state)
{
	uint64_t id;

	(void)state;
	open_and_pair();
	hear_hello_of(&b, pair_id(a.pair), pair_id(b.pair),
		      HELLO_KIND_ETHERNET);
	assert_false(was_told(&b, PAIR_EVENT_KIND));
	assert_int_equal(state_of(&b), PAIR_PAIRED);
	send_packet(&a, &b);
	assert_int_equal(b.delivered, 1);
	assert_int_equal(b.hellos, 0);

	/* Before they have met: A meets B, and B takes no checked frame. */
	teardown(state);
	setup(state);
	open(&a);
	open(&b);
	id = pair_id(b.pair);
	hear_hello_of(&b, pair_id(a.pair), 0, HELLO_KIND_ETHERNET);
	run(500 * MS);
	assert_int_equal(state_of(&a), PAIR_PAIRED);
	assert_int_equal(state_of(&b), PAIR_PAIRED);
	assert_true(pair_id(b.pair) == id);
	assert_int_equal(stats_of(&a).sessions, 1);
}

/* B's hellos are over, and A's first answer is lost. */
static void test_pair_answer_is_lost(void **state)
{
	(void)state;
	open(&a);
	now += 10 * S;
	say(&a, &b, true);
	open(&b);
	for (; now < 1020 * S; now += 10 * MS)
		say(&b, &a, true);
	hear_hello(&a, pair_id(b.pair), 0);
	assert_int_equal(say(&a, &b, true), 1);
	assert_int_equal(say(&b, &a, false), 0);
	run(700 * MS);
	assert_int_equal(state_of(&a), PAIR_PAIRED);
	assert_int_equal(state_of(&b), PAIR_PAIRED);
}

/* RTS/CTS is nothing that the other end has to know. */
static void test_pair_other_flow_is_no_misfit(void **state)
{
	(void)state;
	a.config.flow = HELLO_FLOW_RTSCTS;
	open_and_pair();
}

static void test_pair_version(void **state)
{
	const struct hello other = {.version = 2, .id = 0xB0B};
	char text[HELLO_TEXT_MAX];
	uint8_t out[PAIR_FRAME_MAX];
	struct hello hello;

	(void)state;
	open(&a);
	run(10 * S);
	hear(&a, (uint8_t *)text, hello_write(text, &other));
	assert_true(was_told(&a, PAIR_EVENT_VERSION));
	assert_true(hello_read(out, pair_take(a.pair, out, now), &hello));
	assert_true(hello.to == 0xB0B);
	assert_int_equal(hello.version, 1);
	hear(&a, (uint8_t *)text, hello_write(text, &other));
	assert_false(was_told(&a, PAIR_EVENT_VERSION));
	assert_int_equal(state_of(&a), PAIR_PLAIN);
}

static void test_pair_looped(void **state)
{
	uint8_t out[PAIR_FRAME_MAX];
	size_t hellos = 0;
	uint64_t until;
	size_t len;

	(void)state;
	open(&a);
	for (until = now + 100 * S; now < until; now += 10 * MS)
		while ((len = pair_take(a.pair, out, now))) {
			hellos++;
			hear(&a, out, len);
		}
	assert_int_equal(hellos, 1);
	assert_true(was_told(&a, PAIR_EVENT_LOOPED));
	assert_int_equal(state_of(&a), PAIR_PLAIN);
	/* The loop is opened, and another is there. */
	open(&b);
	run(S);
	assert_int_equal(state_of(&a), PAIR_PAIRED);
}

/* A bus with an echo, on which the first hello's was lost. */
static void test_pair_own_frame_comes_back(void **state)
{
	uint8_t out[PACKET_LEN + 10];

	(void)state;
	open_and_pair();
	hear(&a, out, wrap(&a, out));
	assert_true(was_told(&a, PAIR_EVENT_LOOPED));
	assert_int_equal(state_of(&a), PAIR_PLAIN);
	assert_int_equal(a.delivered, 0);
}

static void test_pair_crowd(void **state)
{
	(void)state;
	open(&a);
	hear_hello(&a, 0xB0B, pair_id(a.pair));
	hear_hello(&a, 0xC0C, pair_id(a.pair));
	hear_hello(&a, 0xB0B, pair_id(a.pair));
	assert_false(was_told(&a, PAIR_EVENT_CROWD));
	hear_hello(&a, 0xC0C, pair_id(a.pair));
	hear_hello(&a, 0xB0B, pair_id(a.pair));
	hear_hello(&a, 0xC0C, pair_id(a.pair));
	assert_true(was_told(&a, PAIR_EVENT_CROWD));
	assert_int_equal(state_of(&a), PAIR_PLAIN);
	/* Plain, and quiet, for a minute. */
	open(&b);
	run(10 * S);
	hear_plain(&a);
	assert_int_equal(a.delivered, 1);
	a.hellos = 0;
	run(49 * S);
	assert_int_equal(a.hellos, 0);
	run(2 * S);
	assert_int_equal(state_of(&a), PAIR_PAIRED);
}

/* One that is restarted has a new id each time. */
static void test_pair_restarts_are_no_crowd(void **state)
{
	int i;

	(void)state;
	open_and_pair();
	for (i = 0; i < 30; i++) {
		open(&b);
		run(300 * MS);
		assert_int_equal(state_of(&a), PAIR_PAIRED);
		assert_int_equal(state_of(&b), PAIR_PAIRED);
	}
	assert_false(was_told(&a, PAIR_EVENT_CROWD));
}

static void test_pair_deaf(void **state)
{
	(void)state;
	open(&a);
	open(&b);
	for (; now < 1006 * S; now += 10 * MS) {
		say(&a, &b, true);
		say(&b, &a, false);
	}
	assert_true(was_told(&a, PAIR_EVENT_DEAF));
	assert_int_equal(state_of(&a), PAIR_PLAIN);
}

/* The peer's XOFF has stopped this end: the wires are in order. */
static void test_pair_deaf_of_misfit(void **state)
{
	(void)state;
	a.config.flow = HELLO_FLOW_XONXOFF;
	open(&a);
	open(&b);
	for (; now < 1006 * S; now += 10 * MS) {
		say(&a, &b, true);
		say(&b, &a, false);
	}
	assert_true(was_told(&a, PAIR_EVENT_FLOW));
	assert_false(was_told(&a, PAIR_EVENT_DEAF));
}

/* Data whose flags mean something that nobody has agreed on. */
static void hear_flags(struct end *from, struct end *to, unsigned int flags)
{
	uint8_t out[FRAME_HEAD_LEN + FRAME_FCS_LEN] = {(uint8_t)(0x10 | flags)};
	const uint32_t fcs =
		~fcs_add(frame_start(pair_id(from->pair), pair_id(to->pair)),
			 out, FRAME_HEAD_LEN);
	size_t i;

	for (i = 0; i < FRAME_FCS_LEN; i++)
		out[FRAME_HEAD_LEN + i] = (uint8_t)(fcs >> (8 * i));
	hear(to, out, sizeof(out));
}

static void test_pair_unknown_frames(void **state)
{
	unsigned int flags;

	(void)state;
	open_and_pair();
	forge(&a, &b, &(struct frame){.kind = FRAME_UNKNOWN});
	forge(&a, &b, &(struct frame){.kind = FRAME_SPEED});
	assert_int_equal(stats_of(&b).unknown, 2);
	for (flags = 1; flags < 16; flags++)
		hear_flags(&a, &b, flags);
	assert_int_equal(stats_of(&b).unknown, 17);
	assert_int_equal(b.delivered, 0);
	assert_int_equal(state_of(&b), PAIR_PAIRED);
}

/* A stranger that says hello as fast as it can. */
static void test_pair_hellos_are_answered_ten_times_a_second(void **state)
{
	int i;

	(void)state;
	open(&a);
	run(10 * S);
	a.hellos = 0;
	for (i = 0; i < 1000; i++) {
		hear_hello(&a, 0x1000 + (uint64_t)i, 0);
		run(10 * MS);
	}
	assert_in_range(a.hellos, 90, 102);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pair_two_meet),
		TEST(test_pair_alone_is_plain),
		TEST(test_pair_packets),
		TEST(test_pair_lost_and_doubled_packets_are_counted),
		TEST(test_pair_damaged_is_dropped),
		TEST(test_pair_plain_is_dropped_then_believed),
		TEST(test_pair_garbage),
		TEST(test_pair_met_lets_plain_in_for_a_moment),
		TEST(test_pair_met_in_vain),
		TEST(test_pair_other_end_begins_anew),
		TEST(test_pair_frames_of_an_earlier_session),
		TEST(test_pair_no_session_twice),
		TEST(test_pair_close),
		TEST(test_pair_silence),
		TEST(test_pair_idle),
		TEST(test_pair_agree),
		TEST(test_pair_agree_is_repeated),
		TEST(test_pair_misfits),
		TEST(test_pair_forged_misfit),
		TEST(test_pair_answer_is_lost),
		TEST(test_pair_other_flow_is_no_misfit),
		TEST(test_pair_version),
		TEST(test_pair_looped),
		TEST(test_pair_own_frame_comes_back),
		TEST(test_pair_crowd),
		TEST(test_pair_restarts_are_no_crowd),
		TEST(test_pair_deaf),
		TEST(test_pair_deaf_of_misfit),
		TEST(test_pair_unknown_frames),
		TEST(test_pair_hellos_are_answered_ten_times_a_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
