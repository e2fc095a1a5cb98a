/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of this_host: which address describes this end, and which networks it
 * offers.
 */
#include "testing.h"

#include "interface/addr.h"
#include "interface/link_config.h"
#include "interface/tun.h"
#include "this_host.h"

#include <string.h>

static struct addr address(const char *text)
{
	struct addr addr;

	assert_int_equal(addr_parse(&addr, text), ADDR_OK);
	return addr;
}

static void assert_addr(const struct addr *addr, const char *text)
{
	char formatted[ADDR_TEXT_MAX];

	assert_non_null(addr);
	assert_string_equal(addr_format(addr, formatted), text);
}

/* The first IPv4 address of the user counts, and --peer if it belongs to it. */
static void test_this_host_open(void **state)
{
	const struct tun tun = {.name = "absent0"};
	struct link_config link = {.addr_count = 3};
	struct this_host host;

	(void)state;
	link.addrs[0] = address("fd00::1/64");
	link.addrs[1] = address("10.0.0.1/32");
	link.addrs[2] = address("10.0.1.1/24");
	link.peer = address("10.0.0.9/32");
	link.peer_of = &link.addrs[1];
	this_host_open(&host, &tun, 1500, &link);
	assert_addr(this_host_addr(&host), "10.0.0.1");
	assert_addr(&host.agree.peer, "10.0.0.9");
	assert_int_equal(host.agree.mtu, 1500);
	assert_string_equal(host.agree.release, SERIALTUN_VERSION);
	this_host_close(&host);

	link.peer_of = &link.addrs[2];
	this_host_open(&host, &tun, 1500, &link);
	assert_int_equal(host.agree.peer.family, 0);
	this_host_close(&host);
}

/* Without an address of the user, it is the one that was taken. */
static void test_this_host_addr(void **state)
{
	const struct tun tun = {.name = "absent0"};
	const struct link_config link = {.addr_count = 0};
	struct this_host host;

	(void)state;
	this_host_open(&host, &tun, 1500, &link);
	assert_null(this_host_addr(&host));
	host.agree.took = address("10.10.20.2/24");
	assert_addr(this_host_addr(&host), "10.10.20.2/24");
	this_host_close(&host);
}

/* Only an end that takes an address lists networks, and none below 10. */
static void test_this_host_list_free(void **state)
{
	const struct tun tun = {.name = "absent0"};
	const struct link_config link = {.addr_count = 0};
	struct this_host host;
	size_t i;

	(void)state;
	this_host_open(&host, &tun, 1500, &link);
	this_host_list_free(&host);
	assert_int_equal(host.agree.free_count, 0);
	host.agree.takes = true;
	this_host_list_free(&host);
	if (!host.agree.free_count) /* routes of this host cover both pools */
		skip();
	for (i = 0; i < host.agree.free_count; i++)
		assert_true((host.agree.free[i] & ~AGREE_SECOND_POOL) >= 10);
	this_host_close(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_this_host_open),
		cmocka_unit_test(test_this_host_addr),
		cmocka_unit_test(test_this_host_list_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
