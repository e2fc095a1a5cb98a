/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Simulation of pairing: two or three ends and the lines between them in one
 * process, in virtual time. A scenario and a seed define a run, which is the
 * same each time:
 *
 *   pair_sim                      a few seeds of each scenario
 *   pair_sim -s 1-2000 [NAME...]  these seeds of these scenarios
 *   pair_sim -v -s 4711 NAME      one run, with its hellos, frames and events
 *   pair_sim -q ...               print failures only
 *
 * A scenario disturbs the ends for a while, and then leaves them alone. From
 * that moment on the simulation checks:
 *
 *   Within 5 s both ends are paired with each other, and carry packets.
 *   A paired end delivers no damaged packet, none twice, and all in order.
 *   In the 20 s after that the ends send few hellos and begin few sessions.
 *   Another program gets all packets, and few frames that it cannot read.
 */
#include "clock.h"
#include "end.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS NS_PER_MS
#define S  NS_PER_S

/* Bounds for the 20 s after both ends are paired. */
#define HELLOS_MAX   30
#define SESSIONS_MAX 8

/* The most hellos that another program may get. */
#define SHORT_MAX UINT64_C(17)

#define CAN                                                         \
	(HELLO_CAN_CHECK | HELLO_CAN_REPEAT | HELLO_CAN_INTERRUPT | \
	 HELLO_CAN_ZSTD | HELLO_CAN_SPEED)

/* Changes of an end's speed in the 20 s after both ends are paired. */
#define CHANGES_MAX 12

/* Of this many damaged bytes some belong to frames. */
#define HURT_SEEN 5

#define FAILED_SHOWN 5
#define WHY_MAX	     200

/* Packets behind a slow adapter, and how full the line is at least. */
#define ADAPTER_PACKET_LEN 60
#define ADAPTER_PERCENT	   85

/* Pings in a row, those that may be late, and the usual time of one. */
#define PINGS	       4000
#define PINGS_LATE_MAX 5
#define PING_IDLE_NS   (18 * MS)

/* The longest time between two pings. */
#define PING_PAUSE_MAX_NS (225 * MS)

#define SPEED_BASE  115200
#define SPEED_COUNT 9

static const uint32_t speeds_all[SPEED_COUNT] = {
	230400,	 460800,  500000,  921600,  1000000,
	1500000, 2000000, 3000000, 4000000,
};

enum traffic {
	TRAFFIC_LATE, /* none, until 3 s after the disturbance */
	TRAFFIC_PINGS,
	TRAFFIC_ANSWERS,
	TRAFFIC_ONE_WAY,
	TRAFFIC_STREAM, /* one way, and nothing comes back */
	TRAFFIC_BOTH_WAYS,
	TRAFFIC_COUNT,
};

struct world {
	uint64_t random;
	uint64_t now_ns;
	struct end ends[3];
	unsigned int end_count;
	struct wire lines[4];
	enum traffic traffic;
	double damage;
	uint64_t hurt_early; /* damaged bytes, before the ends are paired */
	char why[WHY_MAX];
};

struct scenario {
	const char *name;
	void (*run)(struct world *world);
	void (*check)(struct world *world);
};

static uint64_t draw(struct world *world, uint64_t from, uint64_t to)
{
	return sim_between(&world->random, from, to);
}

static struct end *any_end(struct world *world)
{
	return &world->ends[draw(world, 0, 1)];
}

static void fail(struct world *world, const char *why)
{
	if (!*world->why)
		snprintf(world->why, WHY_MAX, "%s (at %.3f ms)", why,
			 (double)world->now_ns / (double)MS);
}

/* Set the time at which an end notices the bytes that arrived: its adapter
 * passes them on after its latency. */
static void notice(struct world *world, struct end *end)
{
	uint64_t ns = UINT64_MAX;
	size_t i;

	if (!end->is_alive || end->read_ns != UINT64_MAX)
		return;
	for (i = 0; i < END_LINES_MAX; i++)
		if (end->in[i])
			ns = clock_earlier(ns, wire_next_ns(end->in[i]));
	if (ns != UINT64_MAX)
		end->read_ns =
			clock_later(ns, world->now_ns) +
			draw(world, end->latency_ns / 4, end->latency_ns);
}

static uint64_t turn_ns(const struct end *end)
{
	const uint64_t ns = clock_earlier(end->wake_ns, end->read_ns);

	return end->is_alive ? clock_later(ns, end->stopped_ns) : UINT64_MAX;
}

static void run_until(struct world *world, uint64_t until_ns)
{
	struct end *next;
	unsigned int i;

	for (;;) {
		next = &world->ends[0];
		for (i = 0; i < world->end_count; i++) {
			notice(world, &world->ends[i]);
			if (turn_ns(&world->ends[i]) < turn_ns(next))
				next = &world->ends[i];
		}
		if (turn_ns(next) >= until_ns)
			break;
		world->now_ns = clock_later(world->now_ns, turn_ns(next));
		next->read_ns = UINT64_MAX;
		end_turn(next, world->now_ns);
	}
	world->now_ns = until_ns;
}

static void run_for(struct world *world, uint64_t ns)
{
	run_until(world, world->now_ns + ns);
}

static void run_random(struct world *world, uint64_t from, uint64_t to)
{
	run_for(world, draw(world, from, to));
}

/* Run for a short or for a long time, with the same probability. */
static void run_short_or_long(struct world *world, uint64_t least,
			      uint64_t shorter, uint64_t longer)
{
	run_random(world, least, draw(world, 0, 1) ? shorter : longer);
}

static void start(struct world *world, unsigned int i)
{
	end_open(&world->ends[i], CAN, world->now_ns);
}

static void start_plain(struct world *world, unsigned int i)
{
	end_open(&world->ends[i], 0, world->now_ns);
}

static void set_traffic(struct world *world, enum traffic traffic)
{
	struct end *a = &world->ends[0];
	struct end *b = &world->ends[1];

	a->traffic = traffic == TRAFFIC_LATE ? END_QUIET : END_PINGS;
	b->traffic = traffic == TRAFFIC_PINGS ? END_PINGS : END_QUIET;
	if (traffic >= TRAFFIC_ONE_WAY)
		a->traffic = END_GREEDY;
	if (traffic == TRAFFIC_BOTH_WAYS)
		b->traffic = END_GREEDY;
	b->acks = traffic == TRAFFIC_ONE_WAY;
	/* Wake the ends that are running. */
	a->wake_ns = a->wake_ns ? world->now_ns : 0;
	b->wake_ns = b->wake_ns ? world->now_ns : 0;
}

/* Let both ports have other speeds, and let the line damage the higher ones. */
static void make_speeds(struct world *world)
{
	static const double fasts[] = {1, 0.05, 1e-2, 2e-3, 3e-4};
	const size_t clean = (size_t)draw(world, 0, SPEED_COUNT);
	const double fast = fasts[draw(world, 0, 4)];
	const unsigned int garbage = (unsigned int)draw(world, 0, 2);
	unsigned int one_way = (unsigned int)draw(world, 0, 5);
	unsigned int i;

	for (i = 0; i < 3; i++) {
		struct speed_config *speeds = &world->ends[i].speeds;

		world->ends[i].listens = draw(world, 0, 1);
		/* Most ports can do all speeds, some only the lower ones. */
		speeds->count = draw(world, 0, 2)
					? SPEED_COUNT
					: (size_t)draw(world, 0, SPEED_COUNT);
		memcpy(speeds->speeds, speeds_all, sizeof(speeds_all));
	}
	for (i = 0; i < 4; i++) {
		struct wire *line = &world->lines[i];

		line->garbage = garbage;
		if (one_way < 2 && one_way == i % 2)
			continue;
		line->fast = fast > line->damage ? fast : line->damage;
		line->clean_baud = clean ? speeds_all[clean - 1] : SPEED_BASE;
	}
}

/* Make two ends and a line between them, with random speed and noise. */
static void make_world(struct world *world, uint64_t seed)
{
	static const unsigned int bauds[] = {115200, 115200, 38400, 9600};
	static const unsigned int lens[] = {1500, 1500, 576, 280};
	static const double damages[] = {0, 0, 1e-5, 1e-4, 3e-4, 1e-3};
	unsigned int speed;
	unsigned int len;
	unsigned int i;

	memset(world, 0, sizeof(*world));
	world->random = seed;
	world->random = sim_random(&world->random);
	world->now_ns = 1000 * S;
	world->end_count = 2;
	world->traffic = (enum traffic)draw(world, 0, TRAFFIC_COUNT - 1);
	world->damage = damages[draw(world, 0, 5)];
	speed = (unsigned int)draw(world, 0, 3);
	len = lens[speed];
	/* Packets are short where the noise would damage more than one long
	 * packet in ten. */
	if (world->damage > 5e-5 && len > 576)
		len = 576;
	if (world->damage > 2e-4)
		len = 120;
	for (i = 0; i < 4; i++)
		wire_open(&world->lines[i], &world->random,
			  10 * S / bauds[speed], world->damage);
	for (i = 0; i < 3; i++) {
		struct end *end = &world->ends[i];

		end->name = (char)('A' + i);
		end->generation = i;
		end->random = &world->random;
		end->trusts = true;
		end->packet_len = len;
		end->latency_ns = draw(world, 0, 1) ? 2 * MS : 16 * MS;
		end->read_ns = UINT64_MAX;
		end->base_ns = world->lines[0].byte_ns;
		end->speeds.base = bauds[speed];
	}
	world->ends[0].out[0] = &world->lines[0];
	world->ends[1].in[0] = &world->lines[0];
	world->ends[1].out[0] = &world->lines[1];
	world->ends[0].in[0] = &world->lines[1];
	if (bauds[speed] == SPEED_BASE)
		make_speeds(world);
	set_traffic(world, world->traffic);
}

static void cut(struct world *world, bool is_cut)
{
	/* Bytes that are due by now still arrive. */
	run_for(world, 1);
	world->lines[0].is_cut = is_cut;
	world->lines[1].is_cut = is_cut;
}

static bool are_paired(const struct world *world)
{
	const struct end *a = &world->ends[0];
	const struct end *b = &world->ends[1];

	return end_state(a) == PAIR_PAIRED && end_state(b) == PAIR_PAIRED &&
	       end_baud(a) == end_baud(b) &&
	       pair_peer(a->pair)->id == pair_id(b->pair) &&
	       pair_peer(b->pair)->id == pair_id(a->pair);
}

static bool has_agreed(const struct world *world, unsigned int i)
{
	const struct agree *agree = pair_peer_agree(world->ends[i].pair);

	return agree && agree->name[0] == world->ends[1 - i].name;
}

/* Get the longest time without a packet on a line that carries packets. */
static uint64_t gap_max_ns(const struct world *world)
{
	const struct end *end = &world->ends[0];
	const bool is_noisy = world->damage > 5e-5;
	const uint64_t packet_ns = end->packet_len * world->lines[0].byte_ns;
	/* The packets behind a frame wait while its repetitions are damaged,
	 * too, and each takes the time of three frames. */
	const uint64_t packets_ns = (is_noisy ? 12 : 6) * packet_ns;

	/* A speed that passes its test may yet damage most long packets, until
	 * the ends go down. */
	if (end->speeds.count)
		return 2500 * MS;
	return clock_later(is_noisy ? 1500 * MS : S, packets_ns);
}

static void check_carries(struct world *world)
{
	const uint64_t gap_ns = gap_max_ns(world);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if (i == 0 && world->traffic == TRAFFIC_STREAM)
			continue;
		if (world->now_ns - world->ends[i].heard_ns > gap_ns)
			fail(world, i ? "B hears nothing" : "A hears nothing");
	}
}

static void check_faults(struct world *world)
{
	unsigned int faults = 0;
	unsigned int i;

	for (i = 0; i < world->end_count; i++)
		faults |= world->ends[i].faults;
	if (faults & END_DAMAGED)
		fail(world, "a damaged packet was delivered");
	if (faults & END_TWICE)
		fail(world, "a packet was delivered twice or out of order");
	if (faults & END_HOLE)
		fail(world, "a packet of a session is missing");
	if (faults & END_UNREADABLE)
		fail(world, "a compressed packet did not decode");
	if (faults & END_UNPAIRED)
		fail(world, "a plain packet was let in while paired");
}

static void check_calm(struct world *world)
{
	uint64_t hellos = 0;
	uint64_t sessions = 0;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		world->ends[i].changes = 0;
		hellos -= end_hellos(&world->ends[i]);
		sessions -= end_sessions(&world->ends[i]);
	}
	run_for(world, 20 * S);
	for (i = 0; i < 2; i++) {
		hellos += end_hellos(&world->ends[i]);
		sessions += end_sessions(&world->ends[i]);
		if (world->ends[i].changes > CHANGES_MAX)
			fail(world, "too many changes of the speed");
	}
	if (hellos > HELLOS_MAX)
		fail(world, "too many hellos");
	if (sessions > SESSIONS_MAX)
		fail(world, "too many sessions");
	check_carries(world);
}

/* Does an end compress exactly if both can? */
static bool compresses_rightly(const struct end *end)
{
	const unsigned int both = end->can & pair_peer(end->pair)->can;
	struct pair_stats stats;

	pair_get_stats(end->pair, &stats);
	return stats.compresses ==
	       (squeeze_is_built_in() && both & HELLO_CAN_ZSTD);
}

/* Check the promises for two ends; the disturbance is over. */
static bool listens(const struct world *world)
{
	return world->ends[0].listens || world->ends[1].listens;
}

/*
 * Get the time in which two good ends pair. One that searches for the speed of
 * another program has the base speed only half of the time, and misses what the
 * other end says in the other half, until its search ends in silence.
 */
static uint64_t pairing_ns(const struct world *world)
{
	return listens(world) ? 35 * S : 5 * S;
}

static void check_paired(struct world *world)
{
	const uint64_t end_ns = world->now_ns + pairing_ns(world);
	const uint64_t late_ns = end_ns - pairing_ns(world) * 2 / 5;
	uint64_t paired_ns = 0;

	while (world->now_ns < end_ns) {
		/* One stream of packets may find no hello in time. */
		if ((world->traffic == TRAFFIC_LATE || listens(world)) &&
		    world->now_ns == late_ns)
			set_traffic(world, TRAFFIC_PINGS);
		run_for(world, 50 * MS);
		if (are_paired(world))
			paired_ns = world->now_ns;
	}
	if (world->now_ns - paired_ns >= S)
		fail(world, "not paired in time");
	check_carries(world);
	check_calm(world);
	if (!*world->why && world->ends[0].trusts && are_paired(world) &&
	    !(has_agreed(world, 0) && has_agreed(world, 1)))
		fail(world, "paired, and not told of the other host");
	if (!*world->why && world->ends[0].trusts && are_paired(world) &&
	    !(compresses_rightly(&world->ends[0]) &&
	      compresses_rightly(&world->ends[1])))
		fail(world, "compressed without agreement, or not at all");
	check_faults(world);
}

static void start_both(struct world *world)
{
	start(world, 0);
	run_random(world, 0, 400 * MS);
	start(world, 1);
}

static void start_and_pair(struct world *world)
{
	start_both(world);
	run_short_or_long(world, 0, 3 * S, 15 * S);
}

/* Check that each packet of the one session arrived. */
static void check_lossless(struct world *world)
{
	unsigned int i;

	if (end_sessions(&world->ends[0]) != 1 ||
	    end_sessions(&world->ends[1]) != 1)
		fail(world, "the session was lost");
	for (i = 0; i < 2; i++)
		world->ends[i].traffic = END_QUIET;
	/* A full window leaves a slow line only after a minute. */
	run_for(world, 120 * S);
	check_faults(world);
	for (i = 0; i < 2; i++) {
		const struct end *from = &world->ends[i];
		const struct end *to = &world->ends[1 - i];

		if (from->session_out && from->ordinals_out[0] &&
		    (to->session_in != from->session_out ||
		     memcmp(to->ordinals_in, from->ordinals_out,
			    sizeof(to->ordinals_in)) != 0))
			fail(world, i ? "B's packets are lost"
				      : "A's packets are lost");
	}
}

static void check_noise(struct world *world)
{
	check_paired(world);
	if (!*world->why)
		check_lossless(world);
}

/* Does the session of an end repeat lost frames? */
static bool repeats(const struct end *end)
{
	struct pair_stats stats;

	pair_get_stats(end->pair, &stats);
	return stats.repeats;
}

static void check_repeats(struct world *world, bool wanted)
{
	if (repeats(&world->ends[0]) != wanted ||
	    repeats(&world->ends[1]) != wanted)
		fail(world, wanted ? "the session does not repeat"
				   : "the session repeats");
}

static void check_old_end(struct world *world)
{
	check_repeats(world, false);
	check_paired(world);
}

/* Get the number of bytes that the line has damaged. */
static uint64_t hurt(const struct world *world)
{
	return world->lines[0].hurt + world->lines[1].hurt;
}

/* A stream repeats as soon as it damages a frame. Damage to an idle line, or to
 * an END between two frames, may pass unseen. */
static void check_stream(struct world *world)
{
	if (!hurt(world))
		check_repeats(world, false);
	else if (hurt(world) - world->hurt_early >= HURT_SEEN &&
		 world->traffic != TRAFFIC_LATE)
		check_repeats(world, true);
	check_paired(world);
}

/* The scenarios. */

static void run_apart(struct world *world)
{
	const unsigned int first = (unsigned int)draw(world, 0, 1);

	start(world, first);
	run_short_or_long(world, 0, 9 * S, 60 * S);
	start(world, 1 - first);
}

static void restart(struct world *world, struct end *end, uint64_t least,
		    uint64_t shorter, uint64_t longer)
{
	end_kill(end);
	run_short_or_long(world, least, shorter, longer);
	end_open(end, CAN, world->now_ns);
}

static void run_kill_one(struct world *world)
{
	start_and_pair(world);
	restart(world, any_end(world), MS, 2 * S, 12 * S);
}

static void run_kill_both(struct world *world)
{
	start_and_pair(world);
	end_kill(&world->ends[0]);
	run_random(world, 0, S);
	end_kill(&world->ends[1]);
	run_random(world, 0, 3 * S);
	start(world, 0);
	run_random(world, 0, 2 * S);
	start(world, 1);
}

/* Kill an end at any step of the first exchange, and of the next one. */
static void run_kill_early(struct world *world)
{
	start_both(world);
	run_random(world, 0, 500 * MS);
	restart(world, any_end(world), MS, 50 * MS, 500 * MS);
	run_random(world, 0, 200 * MS);
	restart(world, any_end(world), MS, 50 * MS, 500 * MS);
}

static void run_restart_often(struct world *world)
{
	int i;

	start_both(world);
	for (i = 0; i < 6; i++) {
		run_random(world, 0, S);
		restart(world, any_end(world), MS, 50 * MS, S);
	}
}

static void run_closed(struct world *world)
{
	struct end *end = any_end(world);

	start_and_pair(world);
	end_close(end, world->now_ns);
	run_short_or_long(world, MS, 2 * S, 30 * S);
	end_open(end, CAN, world->now_ns);
}

static void run_cable_out(struct world *world)
{
	start_and_pair(world);
	cut(world, true);
	run_short_or_long(world, 50 * MS, 2 * S, 30 * S);
	cut(world, false);
}

static void run_cable_late(struct world *world)
{
	cut(world, true);
	run_apart(world);
	run_short_or_long(world, 0, 9 * S, 60 * S);
	cut(world, false);
}

/* Restart an end while the cable is unplugged. */
static void run_kill_without_cable(struct world *world)
{
	start_and_pair(world);
	cut(world, true);
	run_random(world, 0, 3 * S);
	restart(world, any_end(world), MS, 2 * S, 12 * S);
	run_short_or_long(world, 0, 9 * S, 30 * S);
	cut(world, false);
}

static void run_one_way_dead(struct world *world)
{
	struct wire *line = &world->lines[draw(world, 0, 1)];

	if (world->traffic == TRAFFIC_STREAM)
		set_traffic(world, world->traffic = TRAFFIC_ONE_WAY);
	start_and_pair(world);
	line->is_cut = true;
	run_short_or_long(world, 50 * MS, 2 * S, 20 * S);
	line->is_cut = false;
}

static void run_one_way_dead_at_first(struct world *world)
{
	struct wire *line = &world->lines[draw(world, 0, 1)];

	/* An end that sends nothing would never be heard again. */
	if (world->traffic == TRAFFIC_STREAM)
		set_traffic(world, world->traffic = TRAFFIC_ONE_WAY);
	line->is_cut = true;
	start_both(world);
	run_short_or_long(world, 50 * MS, 2 * S, 20 * S);
	line->is_cut = false;
}

/* Unplug an adapter: the bytes on their way are lost, and a new port opens. */
static void run_port_lost(struct world *world)
{
	struct end *end = any_end(world);

	start_and_pair(world);
	end_kill(end);
	end->out[0]->len = 0;
	run_short_or_long(world, 50 * MS, 2 * S, 6 * S);
	end_open(end, CAN, world->now_ns);
}

static void run_stopped(struct world *world)
{
	struct end *end = any_end(world);
	const uint64_t ns =
		draw(world, 50 * MS, draw(world, 0, 1) ? 2 * S : 30 * S);

	start_and_pair(world);
	end->stopped_ns = world->now_ns + ns;
	run_for(world, ns);
}

static void run_stopped_early(struct world *world)
{
	struct end *end = any_end(world);
	const uint64_t ns = draw(world, 50 * MS, 5 * S);

	start_both(world);
	run_random(world, 0, 300 * MS);
	end->stopped_ns = world->now_ns + ns;
	run_for(world, ns);
}

static void run_plain_before(struct world *world)
{
	start(world, 0);
	run_random(world, 0, 400 * MS);
	start_plain(world, 1);
	run_short_or_long(world, S, 10 * S, 60 * S);
	end_kill(&world->ends[1]);
	run_random(world, 200 * MS, 3 * S);
	start(world, 1);
}

static void run_plain_between(struct world *world)
{
	start_and_pair(world);
	end_kill(&world->ends[1]);
	run_random(world, MS, 3 * S);
	start_plain(world, 1);
	run_short_or_long(world, S, 10 * S, 60 * S);
	end_kill(&world->ends[1]);
	run_random(world, MS, 3 * S);
	start(world, 1);
}

static void run_wrong_speed(struct world *world)
{
	struct end *end = any_end(world);

	start_and_pair(world);
	end_kill(end);
	world->lines[0].is_wrong = true;
	world->lines[1].is_wrong = true;
	run_random(world, 0, S);
	end_open(end, CAN, world->now_ns);
	run_short_or_long(world, 0, 3 * S, 30 * S);
	end_kill(end);
	run_random(world, 0, S);
	world->lines[0].is_wrong = false;
	world->lines[1].is_wrong = false;
	end_open(end, CAN, world->now_ns);
}

/* Let the line damage bytes for a minute, or in bursts. */
static void run_noise(struct world *world)
{
	start_both(world);
	run_for(world, 60 * S);
}

/* Have a line and ports that can change their speed. */
static void need_speeds(struct world *world)
{
	unsigned int i;

	if (world->ends[0].speeds.base == SPEED_BASE)
		return;
	for (i = 0; i < 4; i++)
		wire_open(&world->lines[i], &world->random, 10 * S / SPEED_BASE,
			  world->damage);
	for (i = 0; i < 3; i++) {
		world->ends[i].base_ns = world->lines[0].byte_ns;
		world->ends[i].speeds.base = SPEED_BASE;
	}
	make_speeds(world);
}

static void set_burst(struct world *world, double damage)
{
	unsigned int i;

	for (i = 0; i < 2; i++)
		wire_set_burst(&world->lines[i], damage, world->now_ns);
}

/*
 * Short packets at 3 Mbaud, behind an adapter that passes on after up to 16 ms
 * what it receives. Acknowledgements are as late, so a small window would leave
 * most of the line unused.
 */
static void run_adapter(struct world *world)
{
	struct end *b = &world->ends[1];
	uint64_t before;
	unsigned int i;

	world->damage = 0;
	world->traffic = TRAFFIC_STREAM;
	for (i = 0; i < 4; i++)
		wire_open(&world->lines[i], &world->random, 10 * S / 3000000,
			  0);
	for (i = 0; i < 2; i++) {
		world->ends[i].latency_ns = 16 * MS;
		world->ends[i].base_ns = world->lines[0].byte_ns;
		world->ends[i].speeds.count = 0;
		world->ends[i].packet_len = ADAPTER_PACKET_LEN;
		start(world, i);
	}
	set_traffic(world, TRAFFIC_STREAM);
	run_for(world, 5 * S);
	before = b->delivered;
	run_for(world, 5 * S);
	/* A frame has a head, a check and an END, too. */
	if ((b->delivered - before) * (ADAPTER_PACKET_LEN + 2 + 4 + 1) <
	    3000000 / 10 * 5 * ADAPTER_PERCENT / 100)
		fail(world, "the line was not full");
}

/*
 * Many pings over noise of one bit in 100000: none is lost, and those that were
 * repeated are back soon. The noise hits 3 of 200 pings. It seldom hits such a
 * ping again, or what the two ends say about it.
 */
static void run_pings(struct world *world)
{
	static uint64_t trips[PINGS];
	struct end *a = &world->ends[0];
	unsigned int repeated = 0;
	unsigned int late = 0;
	unsigned int i;

	world->damage = 8e-5;
	for (i = 0; i < 4; i++)
		wire_open(&world->lines[i], &world->random, 10 * S / SPEED_BASE,
			  world->damage);
	for (i = 0; i < 2; i++) {
		world->ends[i].latency_ns = 2 * MS;
		world->ends[i].base_ns = world->lines[0].byte_ns;
		world->ends[i].speeds.count = 0;
		world->ends[i].packet_len = 1500;
		/* All pings take the same time only without compression. */
		end_open(&world->ends[i], CAN & ~(unsigned int)HELLO_CAN_ZSTD,
			 world->now_ns);
	}
	set_traffic(world, TRAFFIC_LATE);
	run_for(world, 5 * S);
	set_traffic(world, TRAFFIC_ANSWERS);
	a->trips = trips;
	a->ping_count = 0;
	a->trips_max = PINGS;
	run_for(world, PINGS * PING_PAUSE_MAX_NS);
	a->trips = NULL;
	if (a->trip_count < PINGS) {
		fail(world, "a ping was lost");
		return;
	}
	for (i = 0; i < PINGS; i++) {
		repeated += trips[i] > PING_IDLE_NS + 8 * MS;
		late += trips[i] > PING_IDLE_NS + 60 * MS;
	}
	if (repeated < PINGS / 200)
		fail(world, "few pings were repeated");
	if (late > PINGS_LATE_MAX)
		fail(world, "many pings were late");
}

static void make_bursts(struct world *world)
{
	uint64_t until_ns;

	start_and_pair(world);
	until_ns = world->now_ns + 30 * S;
	while (world->now_ns < until_ns) {
		run_random(world, 100 * MS, 2 * S);
		set_burst(world, 0.2);
		run_random(world, MS, 100 * MS);
		set_burst(world, 0);
	}
}

/* Bursts cost no session at the speed at which the ends met. */
static void run_bursts(struct world *world)
{
	unsigned int i;

	for (i = 0; i < 2; i++)
		world->ends[i].speeds.count = 0;
	make_bursts(world);
}

/* A burst may damage each message that announces a lower speed. Then the ends
 * have different speeds until the lease ends, and the session with it. */
static void run_speed_bursts(struct world *world)
{
	need_speeds(world);
	make_bursts(world);
}

/* Hold one end, or both, by flow control. */
static void run_held(struct world *world)
{
	const uint64_t which = draw(world, 1, 3);
	unsigned int i;

	start_and_pair(world);
	for (i = 0; i < 2; i++)
		wire_hold(&world->lines[i], which >> i & 1, world->now_ns);
	run_short_or_long(world, 50 * MS, 2 * S, 10 * S);
	for (i = 0; i < 2; i++)
		wire_hold(&world->lines[i], false, world->now_ns);
}

/* One end is of an earlier release, which does not repeat. */
static void run_old_end(struct world *world)
{
	end_open(&world->ends[0], CAN, world->now_ns);
	run_random(world, 0, S);
	end_open(&world->ends[1], HELLO_CAN_CHECK, world->now_ns);
	run_short_or_long(world, 0, 3 * S, 30 * S);
}

/* One end does not interrupt its frames, and cannot read interrupted ones. */
static void run_uninterrupted(struct world *world)
{
	end_open(&world->ends[0], CAN, world->now_ns);
	end_open(&world->ends[1], CAN & ~(unsigned int)HELLO_CAN_INTERRUPT,
		 world->now_ns);
	run_short_or_long(world, 0, 3 * S, 15 * S);
}

/*
 * Both ports are streams, but the line may be a serial line behind them. A
 * stream has no speed that its end could change.
 */
static void run_stream(struct world *world)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		world->ends[i].is_stream = true;
		world->ends[i].speeds.count = 0;
	}
	start_both(world);
	run_for(world, 5 * S);
	world->hurt_early = hurt(world);
	run_for(world, 15 * S);
}

/* Make noise on loose wires, and then connect them. */
static void run_floating(struct world *world)
{
	uint8_t noise[64];
	unsigned int i;
	size_t j;

	cut(world, true);
	start_both(world);
	const uint64_t until_ns = world->now_ns + draw(world, S, 60 * S);

	while (world->now_ns < until_ns) {
		run_random(world, 0, 500 * MS);
		for (j = 0; j < sizeof(noise); j++)
			noise[j] = draw(world, 0, 3)
					   ? (uint8_t)draw(world, 0, 255)
					   : SLIP_END;
		for (i = 0; i < 2; i++)
			wire_put(&world->lines[i], noise,
				 (size_t)draw(world, 1, sizeof(noise)));
	}
	cut(world, false);
}

static void put_frame(struct world *world, unsigned int to,
		      const uint8_t *frame, size_t len)
{
	end_write(&world->ends[1 - to], frame, len, world->now_ns);
}

static uint64_t any_id(struct world *world)
{
	switch (draw(world, 0, 3)) {
	case 0:
		return pair_id(world->ends[0].pair);
	case 1:
		return pair_id(world->ends[1].pair);
	case 2:
		return draw(world, 1, 12);
	default:
		return sim_random(&world->random) | 1;
	}
}

static void attack_by_hello(struct world *world, unsigned int to, bool knows)
{
	struct hello hello = {
		.version = draw(world, 0, 9) ? 1 : 2,
		.id = knows ? any_id(world) : draw(world, 1, 12),
		.to = knows ? any_id(world) : draw(world, 0, 12),
		.kind = draw(world, 0, 9) ? HELLO_KIND_IP : HELLO_KIND_ETHERNET,
		.can = CAN,
	};
	char text[HELLO_TEXT_MAX];
	size_t len;

	/* A stranger that sends our own hello back would be a looped line. */
	if (hello.id == pair_id(world->ends[to].pair))
		hello.id ^= 1;
	len = hello_write(text, &hello);
	put_frame(world, to, (uint8_t *)text, len);
}

static void attack_by_frame(struct world *world, unsigned int to, bool knows)
{
	static const char text[] = "mtu=9 took=10.0.0.1/30 name=x";
	struct frame frame = {
		.kind = (enum frame_kind)draw(world, FRAME_ACK, FRAME_UNKNOWN),
		.k = (uint8_t)draw(world, 0, 255),
		.seq = (uint8_t)draw(world, 0, 3),
		.next = {(uint8_t)draw(world, 0, 255),
			 (uint8_t)draw(world, 0, 3)},
		.body = (const uint8_t *)text,
		.body_len = (size_t)draw(world, 0, sizeof(text) - 1),
	};
	const struct frame head = {
		.flags =
			draw(world, 0, 1) ? 0 : (unsigned int)draw(world, 0, 7),
		.seq = (uint8_t)draw(world, 0, 255),
	};
	const uint64_t any = sim_random(&world->random);
	uint32_t start = (uint32_t)sim_random(&world->random);
	uint8_t out[FRAME_SHORT_MAX + 100] = {0};
	uint8_t bits[FRAME_BITS_MAX];
	uint8_t *body;
	size_t i;

	for (i = 0; i < sizeof(bits); i++)
		bits[i] = (uint8_t)(any >> 5 * i);

	if (knows)
		start = frame_start(pair_id(world->ends[1 - to].pair),
				    pair_id(world->ends[to].pair));
	for (i = 0; i < FRAME_CLASSES; i++) {
		frame.bits[i] = bits;
		frame.bits_len[i] = (size_t)draw(world, 0, FRAME_BITS_MAX);
	}
	if (draw(world, 0, 3))
		put_frame(world, to, out, frame_write(out, &frame, start));
	else
		put_frame(world, to, out,
			  frame_wrap(out + FRAME_HEAD_LEN,
				     (size_t)draw(world, 0, 99), &head, start,
				     &body));
}

static void attack(struct world *world, bool knows)
{
	uint64_t until_ns;
	unsigned int to;

	start_and_pair(world);
	world->ends[0].trusts = false;
	world->ends[1].trusts = false;
	until_ns = world->now_ns + draw(world, 100 * MS, 10 * S);
	while (world->now_ns < until_ns) {
		run_random(world, 0, 300 * MS);
		to = (unsigned int)draw(world, 0, 1);
		if (draw(world, 0, 1))
			attack_by_hello(world, to, knows);
		else
			attack_by_frame(world, to, knows);
	}
	run_for(world, 200 * MS);
}

static void run_attack_blind(struct world *world)
{
	attack(world, false);
}

static void run_attack_knowing(struct world *world)
{
	attack(world, true);
}

/*
 * The attack may have looked like a crowd: then all is plain for a minute. It
 * may have fooled one end alone: then the other one sends plain packets when it
 * has heard nothing of the session for 5 s.
 */
static void check_attacked(struct world *world)
{
	if (world->traffic == TRAFFIC_LATE)
		set_traffic(world, TRAFFIC_PINGS);
	run_for(world, 8 * S);
	check_carries(world);
	run_for(world, 60 * S);
	check_paired(world);
}

/* Put another program at the other end, for the whole run. */
static void run_plain_instead(struct world *world)
{
	/* The other program starts first, so that it misses no packet. */
	start_plain(world, 1);
	run_random(world, 0, 3 * S);
	start(world, 0);
	run_short_or_long(world, S, 60 * S, 600 * S);
	if (draw(world, 0, 1)) {
		cut(world, true);
		run_random(world, 0, 20 * S);
		cut(world, false);
		run_random(world, S, 60 * S);
		/* Do not compare packets: the cut has cost some. */
		world->damage = 1;
	}
}

static void check_plain(struct world *world)
{
	struct end *a = &world->ends[0];
	struct end *b = &world->ends[1];

	a->traffic = END_QUIET;
	b->traffic = END_QUIET;
	run_for(world, 20 * S);
	if (end_hellos(a) > SHORT_MAX)
		fail(world, "too many hellos to another program");
	if (world->damage > 0)
		return;
	if (b->short_in != end_hellos(a))
		fail(world, "another program got something else");
	if (b->delivered != a->sent)
		fail(world, "another program did not get all packets");
	/* B sends before A is there. */
	if (a->delivered + a->delivered / 100 + 60 < b->sent &&
	    world->traffic == TRAFFIC_ANSWERS)
		fail(world, "packets of another program were dropped");
	check_faults(world);
}

static void run_version(struct world *world)
{
	static const char text[] =
		"#serialtun/2 id=00000000000000b2 to=0000000000000000"
		" crc=adf8cfc8";

	start(world, 0);
	start_plain(world, 1);
	run_for(world, S);
	put_frame(world, 0, (const uint8_t *)text, sizeof(text) - 1);
	run_for(world, 10 * S);
}

static void run_looped(struct world *world)
{
	world->end_count = 1;
	world->ends[0].in[0] = &world->lines[0];
	world->ends[0].trusts = false;
	start(world, 0);
	run_random(world, S, 60 * S);
}

static void check_looped(struct world *world)
{
	if (end_sessions(&world->ends[0]))
		fail(world, "paired with itself");
	if (end_hellos(&world->ends[0]) > SHORT_MAX)
		fail(world, "too many hellos to itself");
}

/* Open a loop, and connect another end. */
static void run_loop_opened(struct world *world)
{
	world->ends[0].in[0] = &world->lines[0];
	world->ends[0].trusts = false;
	start(world, 0);
	run_short_or_long(world, 0, 5 * S, 60 * S);
	world->ends[0].in[0] = &world->lines[1];
	wire_flush(&world->lines[0], world->now_ns);
	if (draw(world, 0, 1))
		run_random(world, 0, 10 * S);
	start(world, 1);
}

/* Connect both ends to a half-duplex bus, where each hears itself, too. */
static void run_bus(struct world *world)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		world->ends[i].in[1] = &world->lines[2 + i];
		world->ends[i].out[1] = &world->lines[2 + i];
		world->ends[i].trusts = false;
	}
	world->lines[2].damage = 0;
	world->lines[3].damage = 0;
	set_traffic(world, TRAFFIC_LATE);
	start_both(world);
	run_random(world, S, 60 * S);
}

static void check_bus(struct world *world)
{
	if (are_paired(world))
		fail(world, "paired on a bus");
	if (end_hellos(&world->ends[0]) + end_hellos(&world->ends[1]) >
	    2 * SHORT_MAX)
		fail(world, "too many hellos on a bus");
}

/* Connect B and C to A. */
static void run_crowd(struct world *world)
{
	world->end_count = 3;
	world->ends[0].out[1] = &world->lines[2];
	world->ends[2].in[0] = &world->lines[2];
	world->ends[2].out[0] = &world->lines[3];
	world->ends[0].in[1] = &world->lines[3];
	world->ends[0].trusts = false;
	start_and_pair(world);
	world->ends[2].traffic = END_PINGS;
	start(world, 2);
	run_random(world, S, 60 * S);
	end_kill(&world->ends[2]);
}

/* Choose a message of the search for the speed, and the end that says it. */
static struct end *watch_any(struct world *world, unsigned int len)
{
	struct end *end = any_end(world);

	end->watched = (enum speed_what)draw(world, SPEED_TRY, SPEED_KEPT);
	end->watch_at = (unsigned int)draw(world, 1, 4);
	end->watch_len = len;
	return end;
}

/* Lose one message of the search, or some in a row. */
static void run_speed_lost(struct world *world)
{
	need_speeds(world);
	watch_any(world, (unsigned int)draw(world, 1, 6));
	start_both(world);
	run_random(world, 0, 8 * S);
}

/* Run until an end says a message of the search, and a moment longer. */
static void run_to_message(struct world *world)
{
	const uint64_t until_ns = world->now_ns + 12 * S;
	struct end *end;

	need_speeds(world);
	end = watch_any(world, 0);
	start_both(world);
	while (end->seen < end->watch_at && world->now_ns < until_ns)
		run_for(world, MS);
	run_random(world, 0, draw(world, 0, 1) ? 20 * MS : 300 * MS);
}

static void run_speed_kill(struct world *world)
{
	run_to_message(world);
	restart(world, any_end(world), MS, 300 * MS, 3 * S);
}

static void run_speed_kill_both(struct world *world)
{
	run_to_message(world);
	end_kill(&world->ends[0]);
	end_kill(&world->ends[1]);
	run_random(world, MS, S);
	start_both(world);
}

static void run_speed_close(struct world *world)
{
	struct end *end;

	run_to_message(world);
	end = any_end(world);
	end_close(end, world->now_ns);
	run_short_or_long(world, MS, 300 * MS, 3 * S);
	end_open(end, CAN, world->now_ns);
}

static void run_speed_stop(struct world *world)
{
	struct end *end;
	uint64_t ns;

	run_to_message(world);
	end = any_end(world);
	ns = draw(world, 10 * MS, draw(world, 0, 1) ? 500 * MS : 6 * S);
	end->stopped_ns = world->now_ns + ns;
	run_for(world, ns);
}

static void run_speed_replug(struct world *world)
{
	struct end *end;

	run_to_message(world);
	end = any_end(world);
	end_kill(end);
	end->out[0]->len = 0;
	run_short_or_long(world, 50 * MS, 2 * S, 6 * S);
	end_open(end, CAN, world->now_ns);
}

static void run_speed_cut(struct world *world)
{
	run_to_message(world);
	cut(world, true);
	run_short_or_long(world, 10 * MS, 500 * MS, 6 * S);
	cut(world, false);
}

static void run_speed_one_way(struct world *world)
{
	struct wire *line = &world->lines[draw(world, 0, 1)];

	if (world->traffic == TRAFFIC_STREAM)
		set_traffic(world, world->traffic = TRAFFIC_ONE_WAY);
	run_to_message(world);
	line->is_cut = true;
	run_short_or_long(world, 10 * MS, 500 * MS, 6 * S);
	line->is_cut = false;
}

/* Put another program in the place of an end, and a serialtun back. */
static void run_speed_replace(struct world *world)
{
	run_to_message(world);
	end_kill(&world->ends[1]);
	run_random(world, MS, S);
	start_plain(world, 1);
	run_random(world, 100 * MS, 10 * S);
	end_kill(&world->ends[1]);
	run_random(world, MS, S);
	start(world, 1);
}

/* A port that has announced speeds refuses to be set to them. */
static void run_speed_refused(struct world *world)
{
	need_speeds(world);
	any_end(world)->refuses = true;
	start_both(world);
	run_random(world, 0, 8 * S);
}

/* A clean line, and ports with all speeds: the best one has to be found. */
static void run_speed_best(struct world *world)
{
	const size_t clean = (size_t)draw(world, 0, SPEED_COUNT);
	unsigned int i;

	world->damage = 0;
	need_speeds(world);
	for (i = 0; i < 4; i++) {
		world->lines[i].usual = 0;
		world->lines[i].damage = 0;
		world->lines[i].clean = UINT64_MAX;
		world->lines[i].fast = 0.05;
		world->lines[i].clean_baud =
			clean ? speeds_all[clean - 1] : SPEED_BASE;
	}
	for (i = 0; i < 2; i++)
		world->ends[i].speeds.count = SPEED_COUNT;
	world->ends[0].packet_len = 1500;
	world->ends[1].packet_len = 1500;
	start_both(world);
}

static void check_best(struct world *world)
{
	run_for(world, 8 * S);
	if (end_baud(&world->ends[0]) != world->lines[0].clean_baud ||
	    end_baud(&world->ends[1]) != world->lines[0].clean_baud)
		fail(world, "not the best speed after 8 s");
	check_paired(world);
	if (end_baud(&world->ends[0]) != world->lines[0].clean_baud)
		fail(world, "not the best speed at the end");
}

/* Put another program with another speed at B's end. */
static void start_stranger(struct world *world)
{
	static const uint32_t bauds[] = {9600, 57600, 38400, 230400, 921600};
	struct end *stranger = &world->ends[1];
	unsigned int i;

	need_speeds(world);
	/* Each port receives something of the bytes of another speed. */
	for (i = 0; i < 2; i++) {
		world->lines[i].garbage = (unsigned int)draw(world, 1, 2);
		world->lines[i].clean_baud = UINT32_MAX;
		world->ends[i].speeds.count = SPEED_COUNT;
	}
	/* As make_world() has it for the slowest of these speeds. */
	world->ends[0].packet_len = 280;
	stranger->packet_len = 280;
	world->ends[0].listens = true;
	start(world, 0);
	run_random(world, 0, S);
	stranger->fixed_baud = bauds[draw(world, 0, 4)];
	stranger->traffic = END_PINGS;
	start_plain(world, 1);
}

/* Put a serialtun in the place of the other program. */
static void replace_stranger(struct world *world)
{
	end_kill(&world->ends[1]);
	world->ends[1].fixed_baud = 0;
	set_traffic(world, world->traffic);
	run_short_or_long(world, MS, 3 * S, 60 * S);
	start(world, 1);
}

/* Find the speed of another program, and lose it to a serialtun. */
static void run_stranger(struct world *world)
{
	const uint64_t until_ns = world->now_ns + 60 * S;
	struct end *a = &world->ends[0];

	start_stranger(world);
	while ((end_baud(a) != world->ends[1].fixed_baud ||
		pair_is_searching(a->pair)) &&
	       world->now_ns < until_ns)
		run_for(world, 100 * MS);
	run_random(world, 2 * S, 10 * S);
	if (end_baud(a) != world->ends[1].fixed_baud)
		fail(world, "the speed of the stranger is not found");
	if (world->now_ns - a->heard_ns > 2 * S)
		fail(world, "packets of the stranger are lost");
	replace_stranger(world);
}

/* Put a serialtun in the place of the other program during the search. */
static void run_stranger_early(struct world *world)
{
	start_stranger(world);
	run_random(world, 0, 40 * S);
	replace_stranger(world);
}

/* Pair at the fixed speed of a serialtun, which then has no fixed speed. */
static void run_stranger_fixed(struct world *world)
{
	start_stranger(world);
	end_kill(&world->ends[1]);
	start(world, 1);
	run_random(world, 30 * S, 60 * S);
	if (!are_paired(world))
		fail(world, "not paired at a fixed speed");
	replace_stranger(world);
}

/* Both ends search, because their wires were loose for a long time. */
static void run_stranger_floating(struct world *world)
{
	uint8_t noise[64];
	uint64_t until_ns;
	unsigned int i;
	size_t j;

	need_speeds(world);
	for (i = 0; i < 2; i++) {
		world->ends[i].listens = true;
		world->ends[i].speeds.count = SPEED_COUNT;
		world->lines[i].garbage = (unsigned int)draw(world, 1, 2);
	}
	cut(world, true);
	start_both(world);
	until_ns = world->now_ns + draw(world, 12 * S, 60 * S);
	while (world->now_ns < until_ns) {
		run_random(world, 0, 500 * MS);
		for (j = 0; j < sizeof(noise); j++)
			noise[j] = (uint8_t)draw(world, 0, 255);
		for (i = 0; i < 2; i++)
			wire_put(&world->lines[i], noise,
				 (size_t)draw(world, 1, sizeof(noise)));
	}
	cut(world, false);
}

static const struct scenario scenarios[] = {
	{"apart", run_apart, check_paired},
	{"kill-one", run_kill_one, check_paired},
	{"kill-both", run_kill_both, check_paired},
	{"kill-early", run_kill_early, check_paired},
	{"restart-often", run_restart_often, check_paired},
	{"closed", run_closed, check_paired},
	{"cable-out", run_cable_out, check_paired},
	{"cable-late", run_cable_late, check_paired},
	{"kill-without-cable", run_kill_without_cable, check_paired},
	{"one-way-dead", run_one_way_dead, check_paired},
	{"one-way-dead-at-first", run_one_way_dead_at_first, check_paired},
	{"port-lost", run_port_lost, check_paired},
	{"stopped", run_stopped, check_paired},
	{"stopped-early", run_stopped_early, check_paired},
	{"plain-before", run_plain_before, check_paired},
	{"plain-between", run_plain_between, check_paired},
	{"plain-instead", run_plain_instead, check_plain},
	{"wrong-speed", run_wrong_speed, check_paired},
	{"noise", run_noise, check_noise},
	{"bursts", run_bursts, check_noise},
	{"held", run_held, check_paired},
	{"pings", run_pings, check_noise},
	{"adapter", run_adapter, check_noise},
	{"old-end", run_old_end, check_old_end},
	{"uninterrupted", run_uninterrupted, check_paired},
	{"stream", run_stream, check_stream},
	{"floating", run_floating, check_paired},
	{"attack-blind", run_attack_blind, check_attacked},
	{"attack-knowing", run_attack_knowing, check_attacked},
	{"version", run_version, check_plain},
	{"looped", run_looped, check_looped},
	{"loop-opened", run_loop_opened, check_paired},
	{"bus", run_bus, check_bus},
	{"crowd", run_crowd, check_attacked},
	{"speed-best", run_speed_best, check_best},
	{"speed-lost", run_speed_lost, check_paired},
	{"speed-kill", run_speed_kill, check_paired},
	{"speed-kill-both", run_speed_kill_both, check_paired},
	{"speed-close", run_speed_close, check_paired},
	{"speed-stop", run_speed_stop, check_paired},
	{"speed-replug", run_speed_replug, check_paired},
	{"speed-cut", run_speed_cut, check_paired},
	{"speed-one-way", run_speed_one_way, check_paired},
	{"speed-replace", run_speed_replace, check_paired},
	{"speed-refused", run_speed_refused, check_paired},
	{"speed-bursts", run_speed_bursts, check_paired},
	{"stranger", run_stranger, check_paired},
	{"stranger-early", run_stranger_early, check_paired},
	{"stranger-fixed", run_stranger_fixed, check_paired},
	{"stranger-floating", run_stranger_floating, check_paired},
};

#define SCENARIO_COUNT (sizeof(scenarios) / sizeof(*scenarios))

/* Do one run. Return: true if it passes. */
static bool run_one(const struct scenario *scenario, uint64_t seed)
{
	static struct world world;
	unsigned int i;

	make_world(&world, seed);
	scenario->run(&world);
	if (end_is_verbose)
		printf("%10.3f all is well\n",
		       (double)world.now_ns / (double)MS);
	scenario->check(&world);
	for (i = 0; i < world.end_count; i++)
		if (world.ends[i].is_alive)
			end_kill(&world.ends[i]);
	if (*world.why)
		printf("# %s, seed %" PRIu64 ": %s; traffic %d, damage %g, "
		       "%.0f baud\n",
		       scenario->name, seed, world.why, world.traffic,
		       world.damage, 10e9 / (double)world.lines[0].byte_ns);
	return !*world.why;
}

static bool is_wanted(const char *name, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	uint64_t from = 1;
	uint64_t to = 10;
	bool quiet = false;
	uint64_t seed;
	unsigned int failed;
	unsigned int count = 0;
	int status = 0;
	size_t i;

	(void)argc;
	while (*++argv && **argv == '-') {
		if (!strcmp(*argv, "-v")) {
			end_is_verbose = true;
		} else if (!strcmp(*argv, "-q")) {
			quiet = true;
		} else if (!strcmp(*argv, "-s") && argv[1]) {
			char *end;

			from = strtoull(*++argv, &end, 10);
			to = *end == '-' ? strtoull(end + 1, NULL, 10) : from;
		} else {
			errx(64, "usage: pair_sim [-qv] [-s FROM[-TO]] "
				 "[SCENARIO...]");
		}
	}
	for (i = 0; i < SCENARIO_COUNT; i++) {
		if (!is_wanted(scenarios[i].name, argv))
			continue;
		failed = 0;
		for (seed = from; seed <= to && failed < FAILED_SHOWN; seed++)
			failed += !run_one(&scenarios[i], seed);
		count++;
		if (!quiet)
			printf("%s %u - %s\n", failed ? "not ok" : "ok", count,
			       scenarios[i].name);
		fflush(stdout);
		if (failed)
			status = 1;
	}
	if (!quiet)
		printf("1..%u\n", count);
	return status;
}
