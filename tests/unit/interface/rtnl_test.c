/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rtnl against the real kernel, in a network namespace of the test's own, on
 * a TUN interface. What was done is read back with iproute2, which knows
 * nothing of us.
 */
#include "interface/addr.h"
#include "interface/rtnl.h"
#include "interface/rtnl_change.h"
#include "interface/rtnl_read.h"
#include "interface/tun.h"
#include "interface/tun_make.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
	struct tun tun;
	struct rtnl *rtnl;
	struct rtnl_link link;
};

static struct fixture fixture;

static int set_up_mode(bool tap)
{
	return tun_open(&fixture.tun, "", tap) || rtnl_open(&fixture.rtnl) ||
	       rtnl_link_find(fixture.rtnl, fixture.tun.name, &fixture.link);
}

static int set_up(void **state)
{
	*state = &fixture;
	return set_up_mode(false);
}

static int set_up_tap(void **state)
{
	*state = &fixture;
	return set_up_mode(true);
}

static int tear_down(void **state)
{
	(void)state;
	rtnl_close(fixture.rtnl);
	tun_close(&fixture.tun);
	return 0;
}

/* What "ip -json ARGUMENTS" prints. */
static const char *ip_json(const char *arguments)
{
	static char text[16384];
	char command[128];
	size_t len;
	FILE *ip;

	snprintf(command, sizeof(command), "ip -json %s", arguments);
	/* The commands are all in this file. */
	ip = popen(command, "r"); /* NOLINT(cert-env33-c) */
	assert_non_null(ip);
	len = fread(text, 1, sizeof(text) - 1, ip);
	text[len] = '\0';
	assert_int_equal(pclose(ip), 0);
	return text;
}

static void assert_json_has(const char *arguments, const char *wanted)
{
	const char *json = ip_json(arguments);

	if (!strstr(json, wanted))
		fail_msg("ip %s: no %s in %s", arguments, wanted, json);
}

static void assert_json_lacks(const char *arguments, const char *unwanted)
{
	const char *json = ip_json(arguments);

	if (strstr(json, unwanted))
		fail_msg("ip %s: %s in %s", arguments, unwanted, json);
}

static struct addr addr(const char *text)
{
	struct addr parsed;

	assert_int_equal(addr_parse(&parsed, text), ADDR_OK);
	return parsed;
}

static int add_addr(const char *local, const char *peer)
{
	struct addr peer_addr = addr(peer ? peer : "::");
	struct addr local_addr = addr(local);

	return rtnl_addr_add(fixture.rtnl, fixture.link.index, &local_addr,
			     peer ? &peer_addr : NULL, NULL);
}

static int add_route(const char *dest, const uint32_t *metric)
{
	struct addr dest_addr = addr(dest);

	return rtnl_route_add(fixture.rtnl, fixture.link.index, &dest_addr,
			      NULL, metric);
}

static void bring_up(void)
{
	assert_int_equal(rtnl_link_set_up(fixture.rtnl, fixture.link.index), 0);
}

static void test_rtnl_link_get_tells_what_is(void **state)
{
	struct rtnl_link link;

	(void)state;
	assert_int_equal(fixture.link.mtu, 1500);
	assert_false(fixture.link.up);
	bring_up();
	assert_int_equal(rtnl_link_get(fixture.rtnl, fixture.link.index, &link),
			 0);
	assert_true(link.up);
	assert_int_equal(link.index, fixture.link.index);
	assert_int_equal(rtnl_link_find(fixture.rtnl, "none0", &link), -ENODEV);
}

static void test_rtnl_link_set_reaches_the_kernel(void **state)
{
	(void)state;
	assert_int_equal(
		rtnl_link_set_mtu(fixture.rtnl, fixture.link.index, 1006), 0);
	bring_up();
	assert_json_has("link show dev tun0", "\"mtu\":1006");
	assert_json_has("link show dev tun0", "\"UP\"");
}

/* Not "fixture.link": what is looked at is what is there now. */
static struct rtnl_link look_up(const char *name)
{
	struct rtnl_link link;

	assert_int_equal(rtnl_link_find(fixture.rtnl, name, &link), 0);
	return link;
}

static void test_rtnl_link_set_mac(void **state)
{
	static const uint8_t mac[] = {0x02, 0, 0x5E, 0x10, 0, 0x0A};
	static const uint8_t group[] = {0x03, 0, 0x5E, 0x10, 0, 0x0A};

	(void)state;
	assert_int_equal(
		rtnl_link_set_mac(fixture.rtnl, fixture.link.index, mac), 0);
	assert_json_has("link show dev tap0",
			"\"address\":\"02:00:5e:10:00:0a\"");
	assert_memory_equal(look_up("tap0").mac, mac, sizeof(mac));
	assert_int_equal(rtnl_link_set_mac(fixture.rtnl, fixture.link.index,
					   group),
			 -EADDRNOTAVAIL);
}

static void test_rtnl_link_set_master(void **state)
{
	struct rtnl_link bridge;

	(void)state;
	ip_json("link add br0 type bridge");
	bridge = look_up("br0");
	assert_true(bridge.is_bridge);
	assert_false(fixture.link.is_bridge);
	assert_int_equal(fixture.link.master, 0);
	assert_int_equal(rtnl_link_set_master(fixture.rtnl, fixture.link.index,
					      bridge.index),
			 0);
	assert_json_has("link show dev tap0", "\"master\":\"br0\"");
	assert_int_equal(look_up("tap0").master, bridge.index);
	ip_json("link del br0");
	assert_int_equal(look_up("tap0").master, 0);
}

/* Through a router, which is somebody on the other side. */
static void test_rtnl_route_add_via(void **state)
{
	struct addr dest = addr("192.0.2.0/24");
	struct addr via = addr("10.0.0.2");
	struct addr dest6 = addr("fd01::/64");
	struct addr via6 = addr("fd00::2");

	(void)state;
	assert_int_equal(add_addr("10.0.0.1/24", NULL), 0);
	assert_int_equal(add_addr("fd00::1/64", NULL), 0);
	bring_up();
	assert_int_equal(rtnl_route_add(fixture.rtnl, fixture.link.index, &dest,
					&via, NULL),
			 0);
	assert_int_equal(rtnl_route_add(fixture.rtnl, fixture.link.index,
					&dest6, &via6, NULL),
			 0);
	assert_json_has("-4 route show",
			"\"dst\":\"192.0.2.0/24\",\"gateway\":\"10.0.0.2\"");
	assert_json_has("-6 route show",
			"\"dst\":\"fd01::/64\",\"gateway\":\"fd00::2\"");
	assert_true(rtnl_route_exists(fixture.rtnl, fixture.link.index, &dest,
				      NULL));
}

static void test_rtnl_addrgen_none_keeps_the_link_silent(void **state)
{
	struct rtnl *rtnl = fixture.rtnl;
	int index = fixture.link.index;
	struct addr found;

	(void)state;
	assert_int_equal(rtnl_link_set_addrgen_none(rtnl, index), 0);
	assert_json_has("-details link show dev tun0",
			"\"inet6_addr_gen_mode\":\"none\"");
	bring_up();
	assert_json_lacks("-6 addr show dev tun0", "fe80::");
	assert_int_equal(rtnl_addr_link_local(rtnl, index, &found),
			 -EADDRNOTAVAIL);
}

static void test_rtnl_addrgen_none_is_done_without_ipv6(void **state)
{
	struct rtnl *rtnl = fixture.rtnl;
	int index = fixture.link.index;

	(void)state;
	assert_int_equal(rtnl_link_set_mtu(rtnl, index, 576), 0);
	assert_int_equal(rtnl_link_set_addrgen_none(rtnl, index), 0);
}

static void test_rtnl_link_local_is_the_kernels(void **state)
{
	struct addr found = {0};
	char text[ADDR_TEXT_MAX];

	(void)state;
	bring_up();
	assert_int_equal(rtnl_addr_link_local(fixture.rtnl, fixture.link.index,
					      &found),
			 0);
	assert_int_equal(found.prefix_len, 64);
	assert_json_has("-6 addr show dev tun0",
			addr_format_host(&found, text));
}

static void test_rtnl_addr_add_ipv4(void **state)
{
	struct addr own = addr("10.10.10.1/24");
	struct addr longer = addr("10.10.10.1/25");

	(void)state;
	assert_int_equal(add_addr("10.10.10.1/24", NULL), 0);
	assert_json_has("-4 addr show dev tun0",
			"\"local\":\"10.10.10.1\",\"prefixlen\":24");
	assert_true(
		rtnl_addr_exists(fixture.rtnl, fixture.link.index, &own, NULL));
	assert_false(rtnl_addr_exists(fixture.rtnl, fixture.link.index, &longer,
				      NULL));
}

static void test_rtnl_addr_add_ipv6_is_usable_at_once(void **state)
{
	struct addr own = addr("fd00::1/64");

	(void)state;
	assert_int_equal(add_addr("fd00::1/64", NULL), 0);
	bring_up();
	assert_json_has("-6 addr show dev tun0",
			"\"local\":\"fd00::1\",\"prefixlen\":64");
	assert_json_has("-6 addr show dev tun0", "\"nodad\":true");
	assert_json_lacks("-6 addr show dev tun0 scope global", "tentative");
	assert_true(
		rtnl_addr_exists(fixture.rtnl, fixture.link.index, &own, NULL));
}

static void test_rtnl_addr_add_pairs(void **state)
{
	struct addr own = addr("10.0.0.1");
	struct addr peer = addr("192.168.7.2/24");
	struct addr own6 = addr("fd00::1");
	struct addr peer6 = addr("fd00:1::2");

	(void)state;
	assert_int_equal(add_addr("10.0.0.1", "192.168.7.2/24"), 0);
	assert_int_equal(add_addr("fd00::1", "fd00:1::2"), 0);
	bring_up();
	assert_json_has("-4 addr show dev tun0",
			"\"local\":\"10.0.0.1\",\"address\":\"192.168.7.2\","
			"\"prefixlen\":24");
	assert_json_has("-4 route show", "\"dst\":\"192.168.7.0/24\"");
	assert_json_has("-6 addr show dev tun0",
			"\"local\":\"fd00::1\",\"address\":\"fd00:1::2\"");
	assert_true(rtnl_addr_exists(fixture.rtnl, fixture.link.index, &own,
				     &peer));
	assert_false(
		rtnl_addr_exists(fixture.rtnl, fixture.link.index, &own, NULL));
	assert_true(rtnl_addr_exists(fixture.rtnl, fixture.link.index, &own6,
				     &peer6));
}

static void test_rtnl_refusals_bring_the_kernels_words(void **state)
{
	struct addr crooked = addr("10.0.0.1/24");

	(void)state;
	assert_int_equal(add_addr("10.10.10.1/24", NULL), 0);
	assert_int_equal(add_addr("10.10.10.1/24", NULL), -EEXIST);
	assert_string_not_equal(rtnl_strerror(fixture.rtnl, -EEXIST), "");

	crooked.prefix_len = 77;
	assert_int_equal(rtnl_addr_add(fixture.rtnl, fixture.link.index,
				       &crooked, NULL, NULL),
			 -EINVAL);
	/* Kernels differ in whether the last word is abbreviated. */
	assert_ptr_equal(strstr(rtnl_strerror(fixture.rtnl, -EINVAL),
				"ipv4: Invalid prefix len"),
			 rtnl_strerror(fixture.rtnl, -EINVAL));
	/* A request that succeeds takes them back. */
	bring_up();
	assert_string_equal(rtnl_strerror(fixture.rtnl, -EINVAL),
			    strerror(EINVAL));
}

static void test_rtnl_route_add(void **state)
{
	struct addr dest = addr("192.0.2.0/24");
	const uint32_t metric = 77;
	const uint32_t other = 78;

	(void)state;
	assert_int_equal(add_addr("10.0.0.1/24", NULL), 0);
	assert_int_equal(add_addr("fd00::1/64", NULL), 0);
	bring_up();
	assert_int_equal(add_route("192.0.2.0/24", &metric), 0);
	assert_int_equal(add_route("0.0.0.0/0", NULL), 0);
	assert_int_equal(add_route("::/0", NULL), 0);
	assert_json_has("-4 route show",
			"\"dst\":\"192.0.2.0/24\",\"dev\":\"tun0\"");
	assert_json_has("-4 route show", "\"metric\":77");
	assert_json_has("-4 route show", "\"dst\":\"default\"");
	assert_json_has("-6 route show", "\"dst\":\"default\"");
	assert_int_equal(add_route("0.0.0.0/0", NULL), -EEXIST);

	assert_true(rtnl_route_exists(fixture.rtnl, fixture.link.index, &dest,
				      &metric));
	assert_true(rtnl_route_exists(fixture.rtnl, fixture.link.index, &dest,
				      NULL));
	assert_false(rtnl_route_exists(fixture.rtnl, fixture.link.index, &dest,
				       &other));
	dest = addr("::/0");
	assert_true(rtnl_route_exists(fixture.rtnl, fixture.link.index, &dest,
				      NULL));
	dest = addr("198.51.100.0/24");
	assert_false(rtnl_route_exists(fixture.rtnl, fixture.link.index, &dest,
				       NULL));
}

/* The route to the network of an address has the metric that was given. */
static void test_rtnl_addr_add_with_a_metric(void **state)
{
	const struct addr local = addr("10.0.0.1/24");
	const struct addr local6 = addr("fd00::1/64");
	const uint32_t metric = 4000;

	(void)state;
	assert_int_equal(rtnl_addr_add(fixture.rtnl, fixture.link.index, &local,
				       NULL, &metric),
			 0);
	assert_int_equal(rtnl_addr_add(fixture.rtnl, fixture.link.index,
				       &local6, NULL, &metric),
			 0);
	bring_up();
	assert_json_has("-4 route show 10.0.0.0/24", "\"metric\":4000");
	assert_json_has("-6 route show fd00::/64", "\"metric\":4000");
}

/* What was visited, as "10.0.0.1/24>10.0.0.1/24 ". */
struct visited {
	char text[2048];
};

static void note_link(const struct rtnl_link *link, void *data)
{
	struct visited *visited = data;

	text_append(visited->text, sizeof(visited->text), "%s%s ", link->name,
		    link->is_tun ? "!" : "");
}

static void note_addr(const struct rtnl_addr *there, void *data)
{
	struct visited *visited = data;
	char local[ADDR_TEXT_MAX];
	char reached[ADDR_TEXT_MAX];

	if (there->index == fixture.link.index && !there->is_link_local)
		text_append(visited->text, sizeof(visited->text), "%s>%s ",
			    addr_format_host(&there->local, local),
			    addr_format(&there->reached, reached));
}

static void note_route(const struct rtnl_route *route, void *data)
{
	struct visited *visited = data;
	char dest[ADDR_TEXT_MAX];
	char via[ADDR_TEXT_MAX] = "-";

	if (route->index != fixture.link.index)
		return;
	if (route->has_via)
		addr_format(&route->via, via);
	text_append(visited->text, sizeof(visited->text), "%s>%s ",
		    addr_format(&route->dest, dest), via);
}

static void test_rtnl_each_tells_what_is_there(void **state)
{
	struct visited visited = {""};

	(void)state;
	assert_int_equal(add_addr("10.0.0.1/24", NULL), 0);
	assert_int_equal(add_addr("10.1.0.1", "10.1.0.2"), 0);
	assert_int_equal(add_addr("fd00::1/64", NULL), 0);
	bring_up();
	ip_json("route add 192.0.2.0/24 nexthop via 10.0.0.8 dev tun0 "
		"nexthop via 10.0.0.9 dev tun0");
	ip_json("route add blackhole 203.0.113.0/24");
	ip_json("route add 198.51.100.0/24 dev tun0 table 77");

	assert_int_equal(rtnl_link_each(fixture.rtnl, note_link, &visited), 0);
	assert_non_null(strstr(visited.text, "lo "));
	assert_non_null(strstr(visited.text, "tun0! "));

	*visited.text = '\0';
	assert_int_equal(rtnl_addr_each(fixture.rtnl, AF_UNSPEC, note_addr,
					&visited),
			 0);
	assert_string_equal(visited.text, "10.0.0.1>10.0.0.1/24 "
					  "10.1.0.1>10.1.0.2 "
					  "fd00::1>fd00::1/64 ");

	*visited.text = '\0';
	assert_int_equal(rtnl_route_each(fixture.rtnl, AF_INET, note_route,
					 &visited),
			 0);
	assert_string_equal(visited.text, "10.0.0.0/24>- 10.1.0.2>- "
					  "192.0.2.0/24>10.0.0.8 "
					  "192.0.2.0/24>10.0.0.9 ");
}

static void test_rtnl_route_add_refuses_a_link_that_is_down(void **state)
{
	(void)state;
	assert_int_equal(add_route("192.0.2.0/24", NULL), -ENETDOWN);
}

#define RTNL_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define TAP_TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up_tap, tear_down)

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t written;

	if (fd < 0)
		return -1;
	written = write(fd, text, strlen(text));
	close(fd);
	return written == (ssize_t)strlen(text) ? 0 : -1;
}

/*
 * A network namespace of our own. Without root it is in a user namespace in
 * which we are root: ip(8) loses its capabilities when it is run by anybody
 * else (capabilities(7)).
 */
static int enter_network(void)
{
	unsigned int uid = getuid();
	unsigned int gid = getgid();
	char uid_map[32];
	char gid_map[32];

	if (!unshare(CLONE_NEWNET))
		return 0;
	snprintf(uid_map, sizeof(uid_map), "0 %u 1", uid);
	snprintf(gid_map, sizeof(gid_map), "0 %u 1", gid);
	return unshare(CLONE_NEWUSER | CLONE_NEWNET) ||
	       write_file("/proc/self/uid_map", uid_map) ||
	       write_file("/proc/self/setgroups", "deny") ||
	       write_file("/proc/self/gid_map", gid_map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RTNL_TEST(test_rtnl_link_get_tells_what_is),
		RTNL_TEST(test_rtnl_link_set_reaches_the_kernel),
		TAP_TEST(test_rtnl_link_set_mac),
		TAP_TEST(test_rtnl_link_set_master),
		TAP_TEST(test_rtnl_route_add_via),
		RTNL_TEST(test_rtnl_addrgen_none_keeps_the_link_silent),
		RTNL_TEST(test_rtnl_addrgen_none_is_done_without_ipv6),
		RTNL_TEST(test_rtnl_link_local_is_the_kernels),
		RTNL_TEST(test_rtnl_addr_add_ipv4),
		RTNL_TEST(test_rtnl_addr_add_ipv6_is_usable_at_once),
		RTNL_TEST(test_rtnl_addr_add_pairs),
		RTNL_TEST(test_rtnl_addr_add_with_a_metric),
		RTNL_TEST(test_rtnl_each_tells_what_is_there),
		RTNL_TEST(test_rtnl_refusals_bring_the_kernels_words),
		RTNL_TEST(test_rtnl_route_add),
		RTNL_TEST(test_rtnl_route_add_refuses_a_link_that_is_down),
	};

	if (access("/dev/net/tun", R_OK | W_OK)) {
		printf("1..0 # SKIP /dev/net/tun: %s\n", strerror(errno));
		return 0;
	}
	if (enter_network()) {
		printf("1..0 # SKIP no namespace to be had: %s\n",
		       strerror(errno));
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
