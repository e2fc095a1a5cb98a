/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of monitor: the real kernel, in a network namespace of the test's own,
 * and iproute2 as the one who changes things.
 */
#include "../testing.h"
#include "interface/monitor.h"
#include "interface/tun.h"
#include "interface/tun_make.h"

#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

static struct {
	struct tun tun;
	struct monitor *monitor;
	char text[MONITOR_TEXT_MAX];
} world;

static void ip(const char *arguments)
{
	char command[256];

	snprintf(command, sizeof(command), "ip %s", arguments);
	/* The commands are all in this file. */
	if (system(command)) /* NOLINT(cert-env33-c) */
		fail_msg("ip %s failed", arguments);
}

static int set_up(void **state)
{
	(void)state;
	if (tun_open(&world.tun, "", false))
		return -1;
	ip("address add 10.0.0.1/24 dev tun0");
	ip("address add 10.1.0.1 peer 10.1.0.2 dev tun0");
	ip("address add fd00::1/64 dev tun0 nodad");
	ip("link set tun0 up");
	return monitor_open(&world.monitor, "tun0");
}

static int tear_down(void **state)
{
	(void)state;
	monitor_close(world.monitor);
	tun_close(&world.tun);
	return 0;
}

/* When ip ends, its announcements have arrived. */
static void assert_told(const char *wanted)
{
	assert_true(monitor_read(world.monitor, world.text));
	assert_string_equal(world.text, wanted);
	assert_false(monitor_read(world.monitor, world.text));
}

static void assert_quiet(void)
{
	if (monitor_read(world.monitor, world.text))
		fail_msg("it was told: %s", world.text);
}

static void test_monitor_wakes_and_does_not_wait(void **state)
{
	struct pollfd waited = {.events = POLLIN};

	(void)state;
	waited.fd = monitor_fd(world.monitor);
	assert_quiet();
	assert_int_equal(poll(&waited, 1, 0), 0);
	ip("link set tun0 mtu 1400");
	assert_int_equal(poll(&waited, 1, 0), 1);
	assert_told(
		"tun0 was changed by another program: its MTU is 1400 instead "
		"of 1500");
	assert_int_equal(poll(&waited, 1, 0), 0);
}

static void test_monitor_tells_lost_addresses(void **state)
{
	(void)state;
	ip("address del 10.1.0.1 peer 10.1.0.2 dev tun0");
	assert_told(
		"tun0 was changed by another program: it has lost its address "
		"10.1.0.1 (sudo ip address add 10.1.0.1 peer 10.1.0.2 dev "
		"tun0)");
	ip("address add 10.1.0.1 peer 10.1.0.2 dev tun0");
	assert_quiet();
	/* the report has the present state */
	ip("address del 10.0.0.1/24 dev tun0");
	ip("address add 10.0.0.1/24 dev tun0");
	assert_quiet();
	ip("address flush dev tun0 scope global");
	assert_told(
		"tun0 was changed by another program: it has lost its address "
		"10.0.0.1/24; it has lost its address 10.1.0.1; it has lost "
		"its address fd00::1/64 (sudo ip address add 10.0.0.1/24 "
		"dev tun0; sudo ip address add 10.1.0.1 peer 10.1.0.2 dev "
		"tun0; sudo ip address add fd00::1/64 dev tun0)");
}

static void test_monitor_tells_down_and_up(void **state)
{
	(void)state;
	ip("-4 address del 10.1.0.1 peer 10.1.0.2 dev tun0");
	ip("-6 address flush dev tun0");
	monitor_read(world.monitor, world.text);
	ip("link set tun0 down");
	assert_told("tun0 was changed by another program: it is down, so no "
		    "packet crosses (sudo ip link set tun0 up; routes through "
		    "it are gone: add them again)");
	ip("link set tun0 up");
	assert_told("tun0 was changed by another program: it is up again");
	ip("link set tun0 down");
	ip("link set tun0 up");
	assert_told(
		"tun0 was changed by another program: it was taken down and "
		"up again (routes through it are gone: add them again)");
}

/* The carrier, which we set, and addresses of other programs. */
static void test_monitor_does_not_tell(void **state)
{
	int i;

	(void)state;
	tun_set_carrier(&world.tun, false);
	tun_set_carrier(&world.tun, true);
	ip("address add 192.0.2.1/24 dev tun0");
	ip("address del 192.0.2.1/24 dev tun0");
	ip("route add 198.51.100.0/24 dev tun0");
	ip("link set tun0 txqueuelen 77");
	ip("link add other0 type bridge");
	ip("address add 10.0.0.1/24 dev other0");
	ip("link set other0 mtu 1000");
	ip("link set other0 up");
	ip("address flush dev other0");
	ip("link del other0");
	for (i = 0; i < 3; i++)
		assert_quiet();
}

/* Lost announcements: the monitor asks the kernel. */
static void test_monitor_loses_no_change(void **state)
{
	/* The command is in this file. */
	FILE *batch = popen("ip -batch -", "we"); /* NOLINT(cert-env33-c) */
	bool is_told = false;
	int i;

	(void)state;
	assert_non_null(batch);
	for (i = 0; i < 2000; i++)
		fprintf(batch, "link set lo mtu %d\n", 60000 + i % 2);
	fprintf(batch, "link set tun0 mtu 1300\n");
	assert_int_equal(pclose(batch), 0);
	for (i = 0; i < 100 && !is_told; i++)
		is_told = monitor_read(world.monitor, world.text);
	assert_string_equal(world.text,
			    "tun0 was changed by another program: its MTU is "
			    "1300 instead of 1500");
	assert_quiet();
}

static void test_monitor_does_not_tell_of_deletion(void **state)
{
	(void)state;
	ip("link del tun0");
	assert_quiet();
	assert_quiet();
}

#define MONITOR_TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MONITOR_TEST(test_monitor_wakes_and_does_not_wait),
		MONITOR_TEST(test_monitor_tells_lost_addresses),
		MONITOR_TEST(test_monitor_tells_down_and_up),
		MONITOR_TEST(test_monitor_does_not_tell),
		MONITOR_TEST(test_monitor_loses_no_change),
		MONITOR_TEST(test_monitor_does_not_tell_of_deletion),
	};

	/* Without root, become root of a user namespace. */
	if (access("/dev/net/tun", R_OK | W_OK) ||
	    (unshare(CLONE_NEWNET) && unshare(CLONE_NEWUSER | CLONE_NEWNET))) {
		puts("1..0 # SKIP no /dev/net/tun or no namespace to be had");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
