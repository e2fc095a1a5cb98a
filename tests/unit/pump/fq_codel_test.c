/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of fq_codel: drop times worked out by hand from RFC 8289, properties
 * that RFC 8290 promises, and a packet by packet comparison with a plain model
 * of both RFCs (fq_codel_model.h).
 */
#include "../testing.h"
#include "fq_codel_model.h"
#include "pump/fq_codel.h"

#include <errno.h>
#include <sys/param.h>

#define KIB ((size_t)1024)
#define MS  UINT64_C(1000000)
#define S   (1000 * MS)

static const struct fq_codel_config usual = {
	.flows = 64,
	.quantum = 1500,
	.mtu = 1500,
	.limit = 4096 * KIB,
	.target_ns = 5 * MS,
	.interval_ns = 100 * MS,
};

/* Packets carry the number of their flow, so a test sees which is served. */
static void enqueue_of_flow(struct fq_codel *q, uint32_t flow, size_t len,
			    size_t count, uint64_t now_ns)
{
	static uint8_t packet[PACKET_MAX];

	memset(packet, (int)flow, len);
	while (count--)
		fq_codel_enqueue(q, packet, len, flow, false, now_ns);
}

static uint32_t dequeue_flow(struct fq_codel *q, uint64_t now_ns, size_t *len)
{
	static uint8_t packet[PACKET_MAX];
	bool mark;
	size_t got = fq_codel_dequeue(q, packet, &mark, now_ns);

	assert_int_not_equal(got, 0);
	if (len)
		*len = got;
	return packet[0];
}

static size_t random_len(uint64_t *random)
{
	switch (testing_random(random, 100)) {
	case 0:
		return 1;
	case 1:
		return PACKET_MAX - testing_random(random, 300);
	case 2:
		return CELL_BYTES * (1 + testing_random(random, 8)) - 1 +
		       testing_random(random, 3);
	default:
		return 1 + testing_random(random, 1500);
	}
}

struct model_case {
	size_t limit;
	uint32_t quantum;
	uint64_t target_ns;
	/* Arrivals in 100 steps; most other steps are departures. */
	uint32_t arrivals;
	uint32_t ecn_capable;
};

static void model_step_arrival(struct fq_codel *q, const struct model_case *c,
			       uint32_t number, uint64_t now_ns,
			       uint64_t *random)
{
	/* The first flows are the busy ones. */
	uint32_t flow = (uint32_t)testing_random(
		random, 1 + testing_random(random, MODEL_FLOWS));
	struct model_packet packet = {
		.number = number,
		.len = (uint32_t)random_len(random),
		.ecn_capable = testing_random(random, 100) < c->ecn_capable,
		.tstamp = now_ns,
	};

	model_enqueue(packet, flow);
	enqueue(q, packet.len, number, flow, packet.ecn_capable, now_ns);
}

static void run_beside_model(const struct model_case *c, uint64_t seed)
{
	struct fq_codel_config config = usual;
	uint64_t random = seed;
	struct fq_codel *q;
	uint64_t now = 1;
	uint32_t number;

	config.flows = MODEL_FLOWS;
	config.limit = c->limit;
	config.quantum = c->quantum;
	config.target_ns = c->target_ns;
	q = fq_codel_new(&config);
	assert_non_null(q);
	model_init(&config);

	for (number = 0; number < 20000; number++) {
		now += testing_random(&random, 4 * MS);
		if (testing_random(&random, 100) < c->arrivals) {
			model_step_arrival(q, c, number, now, &random);
		} else if (testing_random(&random, 4000)) {
			model_step_departure(q, now);
		} else {
			model_purge();
			fq_codel_purge(q);
		}
		assert_memory_equal(fq_codel_get_stats(q), &model.stats,
				    sizeof(model.stats));
		assert_books_balance(q);
	}
	fq_codel_free(q);
}

static void test_fq_codel_equals_model(void **state)
{
	static const struct model_case cases[] = {
		{1024 * KIB, 1500, 5 * MS, 51, 0},
		{1024 * KIB, 300, 5 * MS, 51, 30},
		{1024 * KIB, 1, 20 * MS, 50, 100},
		{300 * KIB, 1500, 5 * MS, 55, 50},
		{100 * KIB, 300, 50 * MS, 60, 10},
		{80 * KIB, 65535, 2 * MS, 70, 0},
		{KIB, 300, 5 * MS, 50, 20},
	};
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= 3 * TESTING_COUNT(cases); seed++)
		run_beside_model(&cases[seed % TESTING_COUNT(cases)], seed);
}

/*
 * Enqueue all packets at from_ns, and dequeue one each millisecond. Record when
 * CoDel acts, until it has acted count times.
 */
static void run_codel(struct fq_codel *q, uint64_t from_ns, uint64_t *acted_ms,
		      size_t count)
{
	const struct fq_codel_stats *stats = fq_codel_get_stats(q);
	uint64_t acted = stats->dropped_codel + stats->marked;
	uint64_t now = from_ns;
	size_t i = 0;

	while (i < count) {
		now += MS;
		assert_true(now - from_ns < 2 * S);
		dequeue_flow(q, now, NULL);
		if (stats->dropped_codel + stats->marked != acted) {
			acted++;
			assert_int_equal(stats->dropped_codel + stats->marked,
					 acted);
			acted_ms[i++] = now / MS;
		}
	}
}

/*
 * RFC 8289, 5.5 and 5.6. The sojourn time is 5 ms, the target, at 5; the first
 * drop is an interval later, at 105, the second at 205, then at the last time
 * plus 100 / sqrt(2) = 275.71, plus 100 / sqrt(3) = 333.45, and so on: 383.45,
 * 428.17, 468.99, 506.79, 542.14, 575.48, 607.10. CoDel looks at a packet each
 * millisecond.
 */
static const uint64_t drop_times_ms[] = {105, 205, 276, 334, 384, 429,
					 469, 507, 543, 576, 608};

static void test_fq_codel_drops_by_the_control_law(void **state)
{
	struct fq_codel *q = fq_codel_new(&usual);
	uint64_t acted_ms[TESTING_COUNT(drop_times_ms)];

	(void)state;
	enqueue_of_flow(q, 0, 100, 1000, 0);
	run_codel(q, 0, acted_ms, TESTING_COUNT(acted_ms));
	assert_memory_equal(acted_ms, drop_times_ms, sizeof(acted_ms));
	assert_int_equal(fq_codel_get_stats(q)->dropped_codel,
			 TESTING_COUNT(drop_times_ms));
	assert_int_equal(fq_codel_get_stats(q)->sojourn_max_ns, 608 * MS);
	fq_codel_free(q);
}

static void test_fq_codel_marks_instead_of_dropping(void **state)
{
	struct fq_codel *q = fq_codel_new(&usual);
	uint64_t marked = 0;
	uint32_t ms;

	(void)state;
	for (ms = 0; ms < 1000; ms++)
		enqueue(q, 100, ms, 0, true, 0);
	for (ms = 1; ms <= 608; ms++) {
		bool due = ms == drop_times_ms[marked];

		assert_int_equal(expect_dequeue(q, 100, ms - 1, ms * MS), due);
		marked += due;
	}
	assert_int_equal(marked, TESTING_COUNT(drop_times_ms));
	assert_int_equal(fq_codel_get_stats(q)->marked, marked);
	assert_int_equal(fq_codel_get_stats(q)->dropped_codel, 0);
	fq_codel_free(q);
}

/* After a drop, CoDel marks the next head if that one is ECN capable. */
static void test_fq_codel_marks_what_follows_a_drop(void **state)
{
	struct fq_codel *q = fq_codel_new(&usual);
	uint32_t i;

	(void)state;
	for (i = 0; i < 100; i++)
		enqueue(q, 100, i, 0, i != 2, 0);
	assert_false(expect_dequeue(q, 100, 0, 5 * MS));
	assert_true(expect_dequeue(q, 100, 1, 105 * MS));
	/* Drops are due at 205 and 276; the one of packet 2 is the first. */
	assert_true(expect_dequeue(q, 100, 3, 300 * MS));
	assert_false(expect_dequeue(q, 100, 4, 301 * MS));
	assert_int_equal(fq_codel_get_stats(q)->dropped_codel, 1);
	fq_codel_free(q);
}

/* After a late dequeue, CoDel makes all drops that are due. */
static void test_fq_codel_makes_good_late_drops(void **state)
{
	struct fq_codel *q = fq_codel_new(&usual);
	uint32_t i;

	(void)state;
	for (i = 0; i < 100; i++)
		enqueue(q, 100, i, 0, false, 0);
	expect_dequeue(q, 100, 0, 5 * MS);
	/* However late, the first drop is a single one. */
	expect_dequeue(q, 100, 2, 200 * MS);
	/* Then 300, 371, 429, 479 are past. */
	expect_dequeue(q, 100, 7, 500 * MS);
	assert_int_equal(fq_codel_get_stats(q)->dropped_codel, 5);
	fq_codel_free(q);
}

/*
 * RFC 8289, 5.5: three drops, the next of which would be due at 333.45 ms, then
 * the queue runs empty. Within 16 intervals from then dropping begins again at
 * the rate where it was, less one: count is 2, the second drop comes after
 * 70.71 ms. Later, it begins anew.
 */
static void test_fq_codel_remembers_the_drop_rate(void **state)
{
	static const struct {
		uint64_t enter_ms;
		uint64_t next_ms;
	} cases[] = {
		{500, 500 + 71},
		{1933, 1933 + 71},
		{1934, 1934 + 100},
		{9000, 9000 + 100},
	};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(cases); i++) {
		struct fq_codel *q = fq_codel_new(&usual);
		uint64_t acted_ms[3];

		enqueue_of_flow(q, 0, 100, 1000, 0);
		run_codel(q, 0, acted_ms, 3);
		assert_int_equal(acted_ms[2], 276);
		while (!fq_codel_is_empty(q))
			dequeue_flow(q, 277 * MS, NULL);
		assert_int_equal(fq_codel_get_stats(q)->dropped_codel, 3);

		enqueue_of_flow(q, 0, 100, 1000,
				(cases[i].enter_ms - 105) * MS);
		run_codel(q, (cases[i].enter_ms - 105) * MS, acted_ms, 2);
		assert_int_equal(acted_ms[0], cases[i].enter_ms);
		assert_int_equal(acted_ms[1], cases[i].next_ms);
		fq_codel_free(q);
	}
}

/*
 * RFC 8289, 4.2 and 5.6: a queue of constant length. In each step one packet
 * arrives and one leaves.
 */
static void test_fq_codel_drops_only_what_stands(void **state)
{
	static const struct {
		uint64_t packets;
		size_t len;
		uint64_t step_ns;
		bool drops;
	} cases[] = {
		{2, 1500, S, false},	  {3, 1500, S, true},
		{2, 1501, S, true},	  {16, 100, S, false},
		{17, 100, S, true},	  {100, 1500, 49999, false},
		{100, 1500, 50000, true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(cases); i++) {
		struct fq_codel *q = fq_codel_new(&usual);
		const struct fq_codel_stats *stats = fq_codel_get_stats(q);
		uint64_t now = S;
		int n;

		for (n = 0; n < 5000; n++, now += cases[i].step_ns) {
			if (stats->backlog_packets == cases[i].packets)
				dequeue_flow(q, now, NULL);
			enqueue_of_flow(q, 0, cases[i].len, 1, now);
		}
		assert_int_equal(stats->dropped_codel > 0, cases[i].drops);
		fq_codel_free(q);
	}
}

/* RFC 8290, 3: equal bytes, whatever the number of flows and their packets. */
static void test_fq_codel_shares_bytes_equally(void **state)
{
	static const struct {
		uint32_t flows;
		uint32_t quantum;
		size_t lens[3];
	} cases[] = {
		{1, 1500, {1500, 1500, 1500}},	{2, 1500, {1500, 1500, 1500}},
		{50, 1500, {1500, 1500, 1500}}, {50, 300, {1500, 1500, 1500}},
		{2, 1500, {1500, 40, 1500}},	{3, 1500, {1500, 576, 100}},
		{3, 300, {1500, 576, 100}},	{50, 300, {1499, 1, 333}},
	};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(cases); i++) {
		struct fq_codel_config config = usual;
		uint64_t bytes[50] = {0};
		struct fq_codel *q;
		uint32_t flow;
		int n;

		config.quantum = cases[i].quantum;
		q = fq_codel_new(&config);
		for (flow = 0; flow < cases[i].flows; flow++)
			enqueue_of_flow(q, flow, cases[i].lens[flow % 3], 20,
					0);

		for (n = 0; n < 40000; n++) {
			uint64_t most = 0, least = UINT64_MAX;
			size_t len;

			flow = dequeue_flow(q, 0, &len);
			bytes[flow] += len;
			enqueue_of_flow(q, flow, len, 1, 0);
			for (flow = 0; flow < cases[i].flows; flow++) {
				most = MAX(most, bytes[flow]);
				least = MIN(least, bytes[flow]);
			}
			/* A turn ends up to a packet late. */
			assert_true(most - least < cases[i].quantum + 1500);
		}
		fq_codel_free(q);
	}
}

/* RFC 8290, 3: three packets of a third of the quantum to one of all of it. */
static void test_fq_codel_ends_a_turn_with_the_quantum(void **state)
{
	static const uint32_t turns[] = {0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1};
	struct fq_codel *q = fq_codel_new(&usual);
	size_t i;

	(void)state;
	enqueue_of_flow(q, 0, 1500, 10, 0);
	enqueue_of_flow(q, 1, 500, 30, 0);
	for (i = 0; i < TESTING_COUNT(turns); i++)
		assert_int_equal(dequeue_flow(q, 0, NULL), turns[i]);
	fq_codel_free(q);
}

/* RFC 8290, 1.3: a flow without a queue does not wait for other flows. */
static void test_fq_codel_serves_sparse_flows_at_once(void **state)
{
	struct fq_codel *q = fq_codel_new(&usual);
	uint32_t flow;
	int i, n;

	(void)state;
	for (flow = 1; flow <= 5; flow++)
		enqueue_of_flow(q, flow, 1500, 300, 0);
	for (i = 0; i < 100; i++) {
		for (n = 0; n < 12; n++)
			assert_int_not_equal(dequeue_flow(q, 0, NULL), 0);
		enqueue_of_flow(q, 0, 100, 1, 0);
		assert_int_equal(dequeue_flow(q, 0, NULL), 0);
	}
	fq_codel_free(q);
}

/*
 * RFC 8290, 4.2: two flows that send a packet whenever the scheduler has found
 * them empty could fill the list of new flows for ever. The test shows that a
 * third flow, with much to send, gets its third of the bytes.
 */
static void test_fq_codel_starves_no_old_flow(void **state)
{
	struct fq_codel *q = fq_codel_new(&usual);
	uint64_t bytes[3] = {0};
	uint32_t before = 0;
	int i;

	(void)state;
	enqueue_of_flow(q, 0, 1500, 600, 0);
	enqueue_of_flow(q, 1, 100, 1, 0);
	enqueue_of_flow(q, 2, 100, 1, 0);
	for (i = 0; i < 1000; i++) {
		size_t len;
		uint32_t flow = dequeue_flow(q, 0, &len);

		bytes[flow] += len;
		if (before != 0)
			enqueue_of_flow(q, before, 100, 1, 0);
		before = flow;
	}
	assert_true(bytes[0] + 3000 > bytes[1]);
	assert_true(bytes[0] + 3000 > bytes[2]);
	fq_codel_free(q);
}

/* Above the limit, the queue drops half of the fattest flow, head first. */
static void test_fq_codel_drops_from_the_fattest(void **state)
{
	struct fq_codel_config config = usual;
	const struct fq_codel_stats *stats;
	size_t cells;
	struct fq_codel *q;
	uint32_t fat, i;

	(void)state;
	config.limit = 64 * KIB;
	cells = find_cells(&config);
	q = fq_codel_new(&config);
	stats = fq_codel_get_stats(q);
	/* Thin flows of one cell each; packets of six cells fill the rest. */
	for (i = 1; i <= 3; i++)
		enqueue(q, 40, i, i, false, 0);
	fat = (uint32_t)(cells - 3) / 6;
	for (i = 0; i < fat; i++)
		enqueue(q, 1500, i, 0, false, 0);
	assert_int_equal(stats->dropped_limit, 0);

	/* A thin flow's packet exceeds the limit, and stays. */
	for (i = 4; stats->dropped_limit == 0; i++)
		enqueue(q, 40, i, i, false, 0);
	assert_int_equal(stats->dropped_limit, (fat + 1) / 2);
	assert_int_equal(stats->backlog_packets, fat / 2 + i - 1);

	for (i = 1; i <= 3; i++)
		expect_dequeue(q, 40, i, 0);
	expect_dequeue(q, 1500, (fat + 1) / 2, 0);
	for (i = 4; stats->backlog_packets > fat / 2 - 1; i++)
		expect_dequeue(q, 40, i, 0);
	for (i = (fat + 1) / 2 + 1; i < fat; i++)
		expect_dequeue(q, 1500, i, 0);
	assert_true(fq_codel_is_empty(q));
	assert_books_balance(q);
	fq_codel_free(q);
}

/* The limit counts memory, and at most 64 packets are dropped at once. */
static void test_fq_codel_blames_a_flood_of_tiny_packets(void **state)
{
	struct fq_codel_config config = usual;
	const struct fq_codel_stats *stats;
	struct fq_codel *q;
	uint32_t i;

	(void)state;
	config.limit = 64 * KIB;
	q = fq_codel_new(&config);
	stats = fq_codel_get_stats(q);
	for (i = 0; i < 10; i++)
		enqueue(q, 1500, i, 0, false, 0);
	for (i = 0; stats->dropped_limit == 0; i++)
		enqueue(q, 1, i, 1, false, 0);
	assert_int_equal(stats->dropped_limit, 64);
	expect_dequeue(q, 1500, 0, 0);
	expect_dequeue(q, 1, 64, 0);
	assert_int_equal(stats->backlog_packets, 9 + i - 65);
	assert_int_equal(stats->backlog_bytes, 9 * 1500 + i - 65);
	fq_codel_free(q);
}

static void test_fq_codel_takes_packets_of_any_length(void **state)
{
	static const size_t lens[] = {1,   2,	 40,   255,   256,  257,
				      512, 1500, 9000, 65534, 65535};
	struct fq_codel *q = fq_codel_new(&usual);
	uint32_t round, i;

	(void)state;
	for (round = 0; round < 100; round++) {
		for (i = 0; i < TESTING_COUNT(lens); i++)
			enqueue(q, lens[i], round + i, 0, false, 0);
		for (i = 0; i < TESTING_COUNT(lens); i++)
			expect_dequeue(q, lens[i], round + i, 0);
		assert_true(fq_codel_is_empty(q));
	}
	fq_codel_free(q);
}

static void test_fq_codel_uses_the_limit_to_the_full(void **state)
{
	struct fq_codel_config config = usual;
	size_t cell = 1;

	(void)state;
	for (config.limit = 1; find_cells(&config) == 0; config.limit++)
		cell++;
	config.limit = 10 * cell - 1;
	assert_int_equal(find_cells(&config), 9);
	config.limit = 10 * cell;
	assert_int_equal(find_cells(&config), 10);
}

/* A full pool still stores one more packet. */
static void test_fq_codel_survives_a_full_pool(void **state)
{
	static const size_t limits[] = {1, 1000, 70 * KIB, 100 * KIB};
	struct fq_codel_config config = usual;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(limits); i++) {
		const struct fq_codel_stats *stats;
		struct fq_codel *q;
		size_t cells;
		uint32_t n;

		config.limit = limits[i];
		cells = find_cells(&config);
		q = fq_codel_new(&config);
		stats = fq_codel_get_stats(q);
		for (n = 0; n < 3 * cells + 100; n++) {
			enqueue(q, 1 + n % 1500, n, n % 7, false, 0);
			if (n % 10 == 0)
				enqueue(q, PACKET_MAX, n, 8, false, 0);
			assert_books_balance(q);
		}
		assert_true(stats->dropped_limit > 0);

		/* A packet of the greatest length fits. */
		fq_codel_purge(q);
		enqueue(q, PACKET_MAX, 1, 0, false, 0);
		if (cells >= (PACKET_MAX - 1) / CELL_BYTES + 1)
			expect_dequeue(q, PACKET_MAX, 1, 0);
		assert_true(fq_codel_is_empty(q));

		/* No cell leaks. */
		for (n = 0; n < cells; n++) {
			uint64_t dropped = stats->dropped_limit;

			enqueue(q, 1, n, 0, false, 0);
			assert_int_equal(stats->dropped_limit, dropped);
		}
		for (n = 0; n < cells; n++)
			expect_dequeue(q, 1, n, 0);
		assert_true(fq_codel_is_empty(q));
		fq_codel_free(q);
	}
}

static void test_fq_codel_purges_everything(void **state)
{
	struct fq_codel *q = fq_codel_new(&usual);
	const struct fq_codel_stats *stats = fq_codel_get_stats(q);
	uint32_t i;

	(void)state;
	fq_codel_purge(q);
	assert_int_equal(stats->purged, 0);
	for (i = 0; i < 100; i++)
		enqueue(q, 1500, i, i % 10, false, 0);
	/* CoDel is dropping from flow 0 when the line is lost. */
	for (i = 0; i < 10; i++)
		dequeue_flow(q, 5 * MS, NULL);
	for (i = 0; i < 10; i++)
		dequeue_flow(q, 150 * MS, NULL);
	assert_int_equal(stats->dropped_codel, 10);
	fq_codel_purge(q);
	assert_true(fq_codel_is_empty(q));
	assert_int_equal(stats->purged, 70);
	assert_int_equal(stats->backlog_bytes, 0);
	assert_books_balance(q);

	/* The flow starts again as a new flow. */
	for (i = 0; i < 10; i++)
		enqueue(q, 1500, i, 0, false, 200 * MS);
	expect_dequeue(q, 1500, 0, 260 * MS);
	expect_dequeue(q, 1500, 1, 359 * MS);
	expect_dequeue(q, 1500, 3, 360 * MS);
	assert_books_balance(q);
	fq_codel_free(q);
}

static void test_fq_codel_is_empty_at_first(void **state)
{
	struct fq_codel *q = fq_codel_new(&usual);
	struct fq_codel_stats nothing;

	(void)state;
	memset(&nothing, 0, sizeof(nothing));
	expect_nothing(q, 0);
	assert_memory_equal(fq_codel_get_stats(q), &nothing, sizeof(nothing));
	fq_codel_free(q);
	fq_codel_free(NULL);
}

static void test_fq_codel_refuses_nonsense(void **state)
{
	struct fq_codel_config configs[8];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(configs); i++)
		configs[i] = usual;
	configs[0].flows = 0;
	configs[1].quantum = 0;
	configs[2].quantum = UINT32_C(1) << 31;
	configs[3].mtu = 0;
	configs[4].limit = 0;
	configs[5].target_ns = 0;
	configs[6].interval_ns = 0;
	configs[7].interval_ns = UINT64_C(1) << 48;
	for (i = 0; i < TESTING_COUNT(configs); i++) {
		errno = 0;
		assert_null(fq_codel_new(&configs[i]));
		assert_int_equal(errno, EINVAL);
	}
}

/* More memory than exists; AddressSanitizer allows the attempt. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void test_fq_codel_without_memory(void **state)
{
	struct fq_codel_config config = usual;

	(void)state;
	config.limit = SIZE_MAX;
	assert_null(fq_codel_new(&config));
}

static void test_fq_codel_suits_the_line(void **state)
{
	static const struct {
		uint32_t rate;
		uint32_t mtu;
		uint32_t quantum;
		size_t limit_min;
		size_t limit_max;
		uint64_t target_us;
		uint64_t interval_us;
	} cases[] = {
		/* 1500 bytes take 50 s, 1.56 s, 130 ms and 3.75 ms. */
		{30, 1500, 300, 48000, 96000, 75000000, 300080000},
		{960, 1500, 300, 48000, 96000, 2343750, 9455000},
		{11520, 1500, 300, 92160, 92160, 195312, 861250},
		{400000, 1500, 300, 524288, 524288, 5625, 102500},
		{500000, 1500, 300, 524288, 524288, 5000, 100000},
		{960, 296, 296, 9472, 20000, 462500, 1930000},
		{960, 65535, 300, 524288, 524288, 102398437, 409673750},
		{UINT32_MAX, 1500, 300, 524288, 524288, 5000, 100000},
		{0, 1500, 1500, 524288, 524288, 5000, 100000},
		{0, 65535, 65535, 524288, 524288, 5000, 100000},
	};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(cases); i++) {
		struct fq_codel_config config;
		struct fq_codel *q;

		fq_codel_derive_config(&config, cases[i].rate, cases[i].mtu);
		assert_int_equal(config.flows, 1024);
		assert_int_equal(config.mtu, cases[i].mtu);
		assert_int_equal(config.quantum, cases[i].quantum);
		assert_in_range(config.limit, cases[i].limit_min,
				cases[i].limit_max);
		assert_int_equal(config.target_ns / 1000, cases[i].target_us);
		assert_int_equal(config.interval_ns / 1000,
				 cases[i].interval_us);
		q = fq_codel_new(&config);
		assert_non_null(q);
		fq_codel_free(q);
	}
}

/* The line becomes faster, and slower again: no waiting packet is lost, and the
 * new limits hold for the packets that come. */
static void test_fq_codel_adapts_in_place(void **state)
{
	struct fq_codel_config slow;
	struct fq_codel_config fast;
	struct fq_codel *q;
	uint64_t waiting;

	(void)state;
	fq_codel_derive_config(&slow, 11520, 1500);
	fq_codel_derive_config(&fast, 300000, 1500);
	assert_true(fast.limit > 4 * slow.limit);
	q = fq_codel_new(&slow);
	assert_non_null(q);
	enqueue_of_flow(q, 1, 1500, 1000, 1);
	waiting = fq_codel_get_stats(q)->backlog_packets;
	assert_in_range(waiting, 20, 200);
	fq_codel_adapt(q, &fast);
	assert_int_equal(fq_codel_get_stats(q)->backlog_packets, waiting);
	enqueue_of_flow(q, 1, 1500, 1000, 1);
	assert_true(fq_codel_get_stats(q)->backlog_packets > 3 * waiting);
	waiting = fq_codel_get_stats(q)->backlog_packets;
	fq_codel_adapt(q, &slow);
	assert_int_equal(fq_codel_get_stats(q)->backlog_packets, waiting);
	/* One goes, and no more than one may come. */
	dequeue_flow(q, 2, NULL);
	enqueue_of_flow(q, 2, 1500, 1, 2);
	assert_true(fq_codel_get_stats(q)->backlog_packets <= waiting);
	/* When they are gone, the limit is that of the slow line. */
	while (!fq_codel_is_empty(q))
		dequeue_flow(q, 3, NULL);
	enqueue_of_flow(q, 1, 1500, 1000, 4);
	assert_in_range(fq_codel_get_stats(q)->backlog_packets, 20, 200);
	fq_codel_free(q);
}

static bool may_all(const void *context, uint32_t flow)
{
	(void)context;
	(void)flow;
	return true;
}

static bool may_not(const void *context, uint32_t flow)
{
	return flow != *(const uint32_t *)context;
}

static const struct fq_codel_choice all_flows = {.may = may_all};

/* Take a sparse packet. Return: its flow; UINT32_MAX: there is none. */
static uint32_t take_sparse(struct fq_codel *q,
			    const struct fq_codel_choice *choice)
{
	static uint8_t packet[PACKET_MAX];
	const bool has = fq_codel_has_sparse(q, choice);
	const size_t len = fq_codel_dequeue_sparse(q, packet, choice, 0);

	assert_int_equal(has, len > 0);
	assert_books_balance(q);
	if (!len)
		return UINT32_MAX;
	assert_int_equal(packet[0], fq_codel_last_flow(q));
	return packet[0];
}

/* Only a short packet of a flow with little else is sparse. */
static void test_fq_codel_knows_sparse_packets(void **state)
{
	struct fq_codel *q = fq_codel_new(&usual);
	uint32_t denied = 4;
	const struct fq_codel_choice choice = {may_not, &denied};

	(void)state;
	assert_int_equal(take_sparse(q, &all_flows), UINT32_MAX);
	enqueue_of_flow(q, 1, 257, 1, 0);
	enqueue_of_flow(q, 2, 151, 2, 0);
	enqueue_of_flow(q, 3, 1500, 9, 0);
	assert_int_equal(take_sparse(q, &all_flows), UINT32_MAX);
	enqueue_of_flow(q, 4, 256, 1, 0);
	enqueue_of_flow(q, 5, 150, 2, 0);
	assert_int_equal(take_sparse(q, &choice), 5);
	assert_int_equal(take_sparse(q, &choice), 5);
	assert_int_equal(take_sparse(q, &choice), UINT32_MAX);
	assert_int_equal(take_sparse(q, &all_flows), 4);
	assert_int_equal(take_sparse(q, &all_flows), UINT32_MAX);
	fq_codel_free(q);
}

/* The second way out uses credits and moves no turn: a flow of small packets
 * gets no more than its quantum before the others had their turn. */
static void test_fq_codel_sparse_packets_use_credits(void **state)
{
	struct fq_codel_config config = usual;
	struct fq_codel *q;
	unsigned int sent;

	(void)state;
	config.quantum = 300;
	q = fq_codel_new(&config);
	enqueue_of_flow(q, 1, 1500, 20, 0);
	assert_int_equal(dequeue_flow(q, 0, NULL), 1);
	for (sent = 0; sent < 10; sent++) {
		enqueue_of_flow(q, 2, 100, 1, 0);
		if (take_sparse(q, &all_flows) != 2)
			break;
	}
	assert_int_equal(sent, 3);
	assert_true(fq_codel_last_was_sparse(q, 100));
	/* It had its quantum, so it is the other flow's turn now. */
	enqueue_of_flow(q, 2, 100, 2, 0);
	assert_int_equal(take_sparse(q, &all_flows), UINT32_MAX);
	/* In its turn its packets are still sparse. */
	while (dequeue_flow(q, 0, NULL) != 2)
		assert_false(fq_codel_last_was_sparse(q, 1500));
	assert_true(fq_codel_last_was_sparse(q, 100));
	assert_false(fq_codel_last_was_sparse(q, 257));
	enqueue_of_flow(q, 2, 100, 3, 0);
	assert_false(fq_codel_last_was_sparse(q, 100));
	fq_codel_purge(q);
	fq_codel_free(q);
}

/* A flow that had its turn, and is an old one, is sparse, too. */
static void test_fq_codel_finds_sparse_old_flows(void **state)
{
	struct fq_codel_config config = usual;
	struct fq_codel *q;

	(void)state;
	config.quantum = 300;
	q = fq_codel_new(&config);
	enqueue_of_flow(q, 1, 1500, 20, 0);
	enqueue_of_flow(q, 2, 100, 1, 0);
	/* The first has used its credits, the second is empty: both are old. */
	assert_int_equal(dequeue_flow(q, 0, NULL), 1);
	assert_int_equal(dequeue_flow(q, 0, NULL), 2);
	assert_int_equal(dequeue_flow(q, 0, NULL), 1);
	enqueue_of_flow(q, 2, 100, 1, 0);
	assert_int_equal(take_sparse(q, &all_flows), 2);
	fq_codel_free(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fq_codel_is_empty_at_first),
		cmocka_unit_test(test_fq_codel_refuses_nonsense),
		cmocka_unit_test(test_fq_codel_without_memory),
		cmocka_unit_test(test_fq_codel_suits_the_line),
		cmocka_unit_test(test_fq_codel_takes_packets_of_any_length),
		cmocka_unit_test(test_fq_codel_drops_by_the_control_law),
		cmocka_unit_test(test_fq_codel_marks_instead_of_dropping),
		cmocka_unit_test(test_fq_codel_marks_what_follows_a_drop),
		cmocka_unit_test(test_fq_codel_makes_good_late_drops),
		cmocka_unit_test(test_fq_codel_remembers_the_drop_rate),
		cmocka_unit_test(test_fq_codel_drops_only_what_stands),
		cmocka_unit_test(test_fq_codel_shares_bytes_equally),
		cmocka_unit_test(test_fq_codel_ends_a_turn_with_the_quantum),
		cmocka_unit_test(test_fq_codel_serves_sparse_flows_at_once),
		cmocka_unit_test(test_fq_codel_starves_no_old_flow),
		cmocka_unit_test(test_fq_codel_drops_from_the_fattest),
		cmocka_unit_test(test_fq_codel_blames_a_flood_of_tiny_packets),
		cmocka_unit_test(test_fq_codel_uses_the_limit_to_the_full),
		cmocka_unit_test(test_fq_codel_survives_a_full_pool),
		cmocka_unit_test(test_fq_codel_purges_everything),
		cmocka_unit_test(test_fq_codel_equals_model),
		cmocka_unit_test(test_fq_codel_adapts_in_place),
		cmocka_unit_test(test_fq_codel_knows_sparse_packets),
		cmocka_unit_test(test_fq_codel_sparse_packets_use_credits),
		cmocka_unit_test(test_fq_codel_finds_sparse_old_flows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
