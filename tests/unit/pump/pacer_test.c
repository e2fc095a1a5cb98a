/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of pacer, against models of real ports: a pty, which counts nothing; a
 * UART; USB adapters, which count in lumps and hide some bytes in the chip; a
 * device that is far faster than its baud rate; and a held line. A sender with
 * an endless supply of packets hands over frames when the pacer permits, and
 * wakes up a little late each time. Each test checks how long the wire was
 * idle, and how many bytes waited in the port when the sender chose a frame.
 */
#include "../testing.h"
#include "clock.h"
#include "pump/pacer.h"

#define FRAME_BYTES 1502

/* The real properties of a port. */
struct port_model {
	uint32_t rate; /* bytes per second on the wire */
	size_t hidden; /* bytes in the chip, which the count omits */
	size_t lump;   /* bytes per step of the count */
	bool counts;
	uint64_t held_from_ns; /* flow control stops it here ... */
	uint64_t held_to_ns;   /* ... and restarts it here */

	uint64_t free_ns; /* when the port will be empty */
};

/* The results of a run. */
struct run {
	uint64_t now_ns;
	uint64_t idle_ns;    /* time without anything to send */
	uint64_t bytes;	     /* bytes handed over */
	size_t waiting_max;  /* bytes in the port at a hand-over */
	size_t waiting_late; /* the same, in the last quarter of the run */
	unsigned int looks;
};

static size_t model_waiting(const struct port_model *port, uint64_t now_ns)
{
	uint64_t left_ns = port->free_ns > now_ns ? port->free_ns - now_ns : 0;

	return (size_t)(left_ns * port->rate / NS_PER_S);
}

/* The count that TIOCOUTQ would return. */
static size_t model_queued(const struct port_model *port, uint64_t now_ns)
{
	size_t waiting = model_waiting(port, now_ns);

	if (!port->counts || waiting <= port->hidden)
		return 0;
	return (waiting - port->hidden + port->lump - 1) / port->lump *
	       port->lump;
}

static void model_write(struct port_model *port, size_t bytes, uint64_t now_ns)
{
	if (port->free_ns < now_ns)
		port->free_ns = now_ns;
	port->free_ns += bytes * NS_PER_S / port->rate;
}

/* Skip the time in which flow control holds the line. */
static void model_hold(struct port_model *port, uint64_t now_ns)
{
	if (port->held_to_ns && now_ns >= port->held_from_ns) {
		port->free_ns += port->held_to_ns - port->held_from_ns;
		port->held_to_ns = 0;
	}
}

/* Send as the pacer permits until the end, each time @late_ns late. */
static struct run run(struct pacer *pacer, struct port_model *port,
		      uint64_t duration_ns, uint64_t late_ns)
{
	const uint64_t begin_ns = NS_PER_S;
	struct run run = {.now_ns = begin_ns};
	uint64_t end_ns = begin_ns + duration_ns;
	size_t waiting;

	port->free_ns = begin_ns;
	while (run.now_ns < end_ns) {
		model_hold(port, run.now_ns);
		run.looks++;
		if (!pacer_look(pacer, model_queued(port, run.now_ns),
				run.now_ns)) {
			assert_true(pacer_next_ns(pacer) > run.now_ns);
			run.now_ns = pacer_next_ns(pacer) + late_ns;
			continue;
		}
		/* Room for 4 KiB; POLLOUT comes below 256 bytes. */
		waiting = model_waiting(port, run.now_ns);
		if (!pacer_is_paced(pacer) && waiting > 4096) {
			run.now_ns += (waiting - 256) * NS_PER_S / port->rate;
			continue;
		}
		if (waiting > run.waiting_max)
			run.waiting_max = waiting;
		if (run.now_ns > end_ns - duration_ns / 4 &&
		    waiting > run.waiting_late)
			run.waiting_late = waiting;
		if (run.now_ns > port->free_ns)
			run.idle_ns += run.now_ns - port->free_ns;
		model_write(port, FRAME_BYTES, run.now_ns);
		run.bytes += FRAME_BYTES;
		pacer_hand_over(pacer, FRAME_BYTES,
				model_queued(port, run.now_ns), run.now_ns);
		if (pacer_next_ns(pacer) > run.now_ns)
			run.now_ns = pacer_next_ns(pacer) + late_ns;
	}
	return run;
}

struct wire_case {
	const char *name;
	uint32_t baud;		/* as the user gives it */
	uint32_t queue_slack;	/* as the driver has it */
	struct port_model port; /* the real port */
	size_t waiting_late;	/* most bytes that may wait at the end */
};

/* With a lead of 4 ms, 46 bytes wait at 115200 baud; 5 are rounding. */
static const struct wire_case cases[] = {
	{"pty", 115200, 0, {.rate = 11520}, 51},
	{"pty at 9600", 9600, 0, {.rate = 960}, 5},
	{"pty at 921600", 921600, 0, {.rate = 92160}, 370},
	{"8250", 115200, 0, {11520, 16, 1, true, 0, 0, 0}, 51},
	{"8250 at 9600", 9600, 0, {960, 16, 1, true, 0, 0, 0}, 5},
	{"8250, 1 % slow", 115200, 0, {11405, 16, 1, true, 0, 0, 0}, 70},
	{"8250, 1 % fast", 115200, 0, {11635, 16, 1, true, 0, 0, 0}, 51},
	{"FT232R", 115200, 256, {11520, 256, 256, true, 0, 0, 0}, 51},
	{"FT232R, 1 % slow",
	 115200,
	 256,
	 {11405, 256, 256, true, 0, 0, 0},
	 700},
	{"FT232R at 3 MBd",
	 3000000,
	 256,
	 {300000, 256, 256, true, 0, 0, 0},
	 1210},
	{"CH340", 115200, 256, {11520, 32, 256, true, 0, 0, 0}, 51},
	{"1024 bytes hidden",
	 115200,
	 256,
	 {11520, 1024, 256, true, 0, 0, 0},
	 51},
	{"FT2232H", 115200, 256, {11520, 4096, 256, true, 0, 0, 0}, 51},
};

static void test_wire_stays_full_and_short(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(cases); i++) {
		const struct wire_case *c = &cases[i];
		struct port_model port = c->port;
		struct pacer pacer;
		struct run result;
		uint64_t nominal = 60 * ((uint64_t)c->baud / 10);
		uint64_t wanted;

		pacer_init(&pacer, c->baud / 10, c->queue_slack);
		result = run(&pacer, &port, 60 * NS_PER_S, NS_PER_MS);
		wanted = 60 * (uint64_t)port.rate;
		if (wanted > nominal)
			wanted = nominal;
		if (result.bytes < wanted / 1000 * 998 ||
		    result.waiting_late > c->waiting_late ||
		    !pacer_is_paced(&pacer))
			fail_msg("%s: %ju of %ju bytes, %zu waiting at most "
				 "and %zu late, %u looks, %spaced",
				 c->name, (uintmax_t)result.bytes,
				 (uintmax_t)wanted, result.waiting_max,
				 result.waiting_late, result.looks,
				 pacer_is_paced(&pacer) ? "" : "not ");
		/* No busy loop: a few looks per frame, and the probe. */
		assert_in_range(result.looks, 1,
				3 * result.bytes / FRAME_BYTES + 4000);
	}
}

/* A USB CDC-ACM device sends 1 MB/s, whatever the baud rate. */
static void test_wire_lets_a_fast_port_run(void **state)
{
	struct port_model port = {
		.rate = 1000000, .hidden = 64, .lump = 64, .counts = true};
	struct pacer pacer;
	struct run result;

	(void)state;
	pacer_init(&pacer, 11520, 256);
	result = run(&pacer, &port, NS_PER_S, NS_PER_MS / 10);
	assert_false(pacer_is_paced(&pacer));
	assert_true(result.bytes > 900000);
}

/* No chip can hide a port of twice the speed. */
static void test_wire_notices_a_port_of_twice_the_rate(void **state)
{
	struct port_model port = {
		.rate = 23040, .hidden = 256, .lump = 64, .counts = true};
	struct pacer pacer;

	(void)state;
	pacer_init(&pacer, 11520, 256);
	run(&pacer, &port, 10 * NS_PER_S, NS_PER_MS);
	assert_false(pacer_is_paced(&pacer));
}

/* A held line takes one frame, not all of them. */
static void test_wire_does_not_fill_a_port_that_is_held(void **state)
{
	struct port_model port = {.rate = 11520,
				  .hidden = 16,
				  .lump = 1,
				  .counts = true,
				  .held_from_ns = 3 * NS_PER_S,
				  .held_to_ns = 8 * NS_PER_S};
	struct pacer pacer;
	struct run result;

	(void)state;
	pacer_init(&pacer, 11520, 0);
	result = run(&pacer, &port, 20 * NS_PER_S, NS_PER_MS);
	assert_in_range(result.bytes, 15 * 11520 * 97 / 100, 15 * 11520 * 1.02);
	assert_in_range(result.waiting_max, 0, FRAME_BYTES);
	assert_in_range(result.waiting_late, 0, 51);
}

/* At half the speed, the count keeps the port short. */
static void test_wire_follows_a_slow_port(void **state)
{
	struct port_model port = {
		.rate = 5760, .hidden = 16, .lump = 1, .counts = true};
	struct pacer pacer;
	struct run result;

	(void)state;
	pacer_init(&pacer, 11520, 0);
	result = run(&pacer, &port, 60 * NS_PER_S, NS_PER_MS);
	assert_in_range(result.bytes, 60 * 5760 * 98 / 100, 60 * 5760 * 1.01);
	assert_in_range(result.waiting_late, 0, 150);
}

static void test_wire_without_a_rate_is_not_paced(void **state)
{
	struct pacer pacer;

	(void)state;
	pacer_init(&pacer, 0, 0);
	assert_false(pacer_is_paced(&pacer));
	pacer_hand_over(&pacer, 100000, 0, 5);
	assert_true(pacer_look(&pacer, 5000, 5));
	assert_int_equal(pacer_next_ns(&pacer), 0);
}

/* The pacer works from the first nanosecond on. */
static void test_wire_begins_at_any_time(void **state)
{
	struct pacer pacer;

	(void)state;
	pacer_init(&pacer, 300000, 0);
	assert_true(pacer_look(&pacer, 0, 0));
	pacer_hand_over(&pacer, 30, 0, 0);
	assert_true(pacer_look(&pacer, 0, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wire_stays_full_and_short),
		cmocka_unit_test(test_wire_lets_a_fast_port_run),
		cmocka_unit_test(test_wire_notices_a_port_of_twice_the_rate),
		cmocka_unit_test(test_wire_does_not_fill_a_port_that_is_held),
		cmocka_unit_test(test_wire_follows_a_slow_port),
		cmocka_unit_test(test_wire_without_a_rate_is_not_paced),
		cmocka_unit_test(test_wire_begins_at_any_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
