/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of conflict: one address of ours, one address or route of this host,
 * and what they have against each other.
 */
#include "../testing.h"
#include "interface/conflict.h"
#include "interface/rtnl_read.h"

#include <stdio.h>
#include <sys/socket.h>

#define INDEX 7

static struct addr parse(const char *text)
{
	struct addr addr;

	if (addr_parse(&addr, text) != ADDR_OK)
		fail_msg("\"%s\" was not read", text);
	return addr;
}

/* Make a link with these addresses, valid until the next call. */
static struct conflict_ours ours(const char *local, const char *peer)
{
	static struct addr local_addr;
	static struct addr peer_addr;

	local_addr = parse(local);
	if (peer)
		peer_addr = parse(peer);
	return (struct conflict_ours){.local = &local_addr,
				      .peer = peer ? &peer_addr : NULL};
}

/* An address of another interface; @reached NULL: the network of @has. */
static const struct {
	const char *local;
	const char *peer;
	const char *has;
	const char *reached;
	bool is_down;
	enum conflict_kind kind;
} addrs[] = {
	/* the LAN of eth0, or a second link */
	{"192.168.1.20/24", NULL, "192.168.1.10/24", NULL, false,
	 CONFLICT_SAME},
	{"192.168.1.10/24", NULL, "192.168.1.10/24", NULL, false,
	 CONFLICT_ADDRESS},
	{"192.168.1.10", NULL, "192.168.1.10/24", NULL, false,
	 CONFLICT_ADDRESS},
	{"192.168.1.10/25", NULL, "192.168.1.10/24", NULL, false,
	 CONFLICT_ADDRESS},
	{"192.168.0.1/16", NULL, "192.168.1.10/24", NULL, false,
	 CONFLICT_CONTAINS},
	/* longer prefixes win; conflict_see_route() reports those */
	{"192.168.1.20/25", NULL, "192.168.1.10/24", NULL, false,
	 CONFLICT_NONE},
	{"192.168.1.20", NULL, "192.168.1.10/24", NULL, false, CONFLICT_NONE},
	{"192.168.2.20/24", NULL, "192.168.1.10/24", NULL, false,
	 CONFLICT_NONE},
	{"10.10.10.1/24", NULL, "172.17.0.1/16", NULL, false, CONFLICT_NONE},
	{"172.17.0.9/16", NULL, "172.17.0.1/16", NULL, false, CONFLICT_SAME},
	/* a pair takes no network, and may borrow an address */
	{"192.168.1.20", "192.168.1.21", "192.168.1.10/24", NULL, false,
	 CONFLICT_NONE},
	{"192.168.1.10/24", "10.9.9.9", "192.168.1.10/24", NULL, false,
	 CONFLICT_NONE},
	{"192.168.1.20", "192.168.1.10", "192.168.1.10/24", NULL, false,
	 CONFLICT_PEER},
	{"10.0.0.1", "192.168.1.10/24", "192.168.1.10/24", NULL, false,
	 CONFLICT_PEER},
	/* unless --peer has a prefix */
	{"10.0.0.1", "192.168.1.20/24", "192.168.1.10/24", NULL, false,
	 CONFLICT_SAME},
	{"192.168.1.10", "10.9.9.9/24", "192.168.1.10/24", NULL, false,
	 CONFLICT_ADDRESS},
	/* the peer of another pair */
	{"10.0.0.2/24", NULL, "10.0.0.1/32", "10.0.0.2/32", false,
	 CONFLICT_CONTAINS},
	{"10.0.0.9", NULL, "10.0.0.1/32", "10.0.0.2/32", false, CONFLICT_NONE},
	{"10.1.0.1/30", NULL, "10.0.0.1/30", NULL, false, CONFLICT_NONE},
	{"10.0.0.5/30", NULL, "10.0.0.1/30", NULL, false, CONFLICT_NONE},
	/* an interface that is down */
	{"192.168.1.20/24", NULL, "192.168.1.10/24", NULL, true,
	 CONFLICT_ASLEEP},
	{"192.168.1.10/24", NULL, "192.168.1.10/24", NULL, true,
	 CONFLICT_ASLEEP},
	{"192.168.2.20/24", NULL, "192.168.1.10/24", NULL, true, CONFLICT_NONE},
	/* IPv6 */
	{"fd00::2/64", NULL, "fd00::1/64", NULL, false, CONFLICT_SAME},
	{"fd00::1/64", NULL, "fd00::1/64", NULL, false, CONFLICT_ADDRESS},
	{"fd00::2/48", NULL, "fd00:0:0:7::1/64", NULL, false,
	 CONFLICT_CONTAINS},
	{"fd00:0:0:8::2/64", NULL, "fd00:0:0:7::1/64", NULL, false,
	 CONFLICT_NONE},
	{"fd00::2", "fd00::3", "fd00::1/64", NULL, false, CONFLICT_NONE},
	{"fd00::2", "fd00::1", "fd00::1/64", NULL, false, CONFLICT_PEER},
	{"fd00::2/64", NULL, "192.168.1.10/24", NULL, false, CONFLICT_NONE},
	{"192.168.1.20/24", NULL, "fd00::1/64", NULL, false, CONFLICT_NONE},
	/* link-local addresses, which every link has */
	{"fe80::2/64", NULL, "fe80::1/64", NULL, false, CONFLICT_NONE},
	{"fe80::1/64", NULL, "fe80::1/64", NULL, false, CONFLICT_NONE},
	{"10.0.0.1/0", NULL, "127.0.0.1/8", NULL, false, CONFLICT_NONE},
	{"fd00::1/0", NULL, "::1/128", NULL, false, CONFLICT_NONE},
};

static void test_conflict_see_addr(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(addrs); i++) {
		const struct conflict_ours one =
			ours(addrs[i].local, addrs[i].peer);
		struct rtnl_addr there = {.index = INDEX,
					  .local = parse(addrs[i].has)};
		struct conflict worst = {0};

		there.is_link_local = there.local.family == AF_INET6 &&
				      there.local.bytes[0] == 0xFE;
		there.reached = addrs[i].reached ? parse(addrs[i].reached)
						 : there.local;
		conflict_see_addr(&worst, &one, &there, addrs[i].is_down);
		if (worst.kind != addrs[i].kind)
			fail_msg("%s peer %s beside %s: %d, wanted is %d",
				 addrs[i].local, addrs[i].peer, addrs[i].has,
				 (int)worst.kind, (int)addrs[i].kind);
		assert_int_equal(worst.index, worst.kind ? INDEX : 0);
	}
}

static void test_conflict_with_an_address_that_is_not_in_use(void **state)
{
	const struct conflict_ours one = ours("fd00::1/64", NULL);
	const struct rtnl_addr there = {.index = INDEX,
					.local = parse("fd00::1/64"),
					.reached = parse("fd00::1/64"),
					.is_refused = true};
	struct conflict worst = {0};

	(void)state;
	conflict_see_addr(&worst, &one, &there, false);
	assert_int_equal(worst.kind, CONFLICT_NONE);
}

static const struct {
	const char *local;
	const char *peer;
	const char *dest;
	const char *via;
	enum conflict_kind kind;
} routes[] = {
	{"10.10.10.1/24", NULL, "10.0.0.0/8", "192.168.1.1", CONFLICT_INSIDE},
	{"10.10.10.1/24", NULL, "10.0.0.0/8", NULL, CONFLICT_INSIDE},
	{"10.10.10.1/24", NULL, "10.10.10.0/24", "192.168.1.1",
	 CONFLICT_INSIDE},
	{"10.10.10.1/24", NULL, "10.10.10.128/25", "192.168.1.1",
	 CONFLICT_PART},
	{"10.10.10.1/24", NULL, "10.10.10.2", NULL, CONFLICT_PART},
	{"10.10.10.1/24", NULL, "10.10.11.0/24", NULL, CONFLICT_NONE},
	/* the default route, and a VPN's */
	{"10.10.10.1/24", NULL, "0.0.0.0/0", "192.168.1.1", CONFLICT_NONE},
	{"10.10.10.1/24", NULL, "0.0.0.0/1", NULL, CONFLICT_NONE},
	{"200.1.1.1/24", NULL, "128.0.0.0/1", NULL, CONFLICT_NONE},
	{"fd00::1/64", NULL, "::/0", "fe80::1", CONFLICT_NONE},
	{"2001:db8::1/64", NULL, "2000::/3", "fe80::1", CONFLICT_NONE},
	{"10.10.10.1/24", NULL, "10.0.0.0/4", NULL, CONFLICT_INSIDE},
	/* a pair hides no network */
	{"10.10.10.1", NULL, "10.0.0.0/8", NULL, CONFLICT_NONE},
	{"10.10.10.1", "10.10.10.2", "10.0.0.0/8", NULL, CONFLICT_NONE},
	{"10.10.10.1", "10.10.10.2/24", "10.0.0.0/8", NULL, CONFLICT_INSIDE},
	/* but the peer must not be a router of this host */
	{"10.10.10.1", "192.168.1.1", "0.0.0.0/0", "192.168.1.1",
	 CONFLICT_GATEWAY},
	{"192.168.1.1", NULL, "0.0.0.0/0", "192.168.1.1", CONFLICT_GATEWAY},
	{"192.168.1.3", NULL, "0.0.0.0/0", "192.168.1.1", CONFLICT_NONE},
	{"fd00::1/64", NULL, "fd00::/16", NULL, CONFLICT_INSIDE},
	{"fd00::1/64", NULL, "10.0.0.0/8", NULL, CONFLICT_NONE},
	{"fe80::1/64", NULL, "fe80::/64", NULL, CONFLICT_NONE},
	{"fe80::1/64", NULL, "fe80::/10", NULL, CONFLICT_NONE},
};

static struct rtnl_route route(const char *dest, const char *via)
{
	struct rtnl_route parsed = {.index = INDEX,
				    .dest = parse(dest),
				    .has_via = via};

	if (via)
		parsed.via = parse(via);
	return parsed;
}

static void test_conflict_see_route(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(routes); i++) {
		const struct conflict_ours one =
			ours(routes[i].local, routes[i].peer);
		const struct rtnl_route there =
			route(routes[i].dest, routes[i].via);
		struct conflict worst = {0};

		conflict_see_route(&worst, &one, &there);
		if (worst.kind != routes[i].kind)
			fail_msg("%s peer %s and %s via %s: %d, wanted is %d",
				 routes[i].local, routes[i].peer,
				 routes[i].dest, routes[i].via, (int)worst.kind,
				 (int)routes[i].kind);
	}
}

/* A refusal takes precedence over a warning. */
static void test_conflict_keeps_the_worst(void **state)
{
	const struct conflict_ours one = ours("10.10.10.1/24", NULL);
	const struct rtnl_route wider = route("10.0.0.0/8", NULL);
	const struct rtnl_addr same = {.index = 9,
				       .local = parse("10.10.10.5/24"),
				       .reached = parse("10.10.10.5/24")};
	struct conflict worst = {0};

	(void)state;
	conflict_see_route(&worst, &one, &wider);
	assert_int_equal(worst.kind, CONFLICT_INSIDE);
	conflict_see_addr(&worst, &one, &same, false);
	assert_int_equal(worst.kind, CONFLICT_SAME);
	conflict_see_route(&worst, &one, &wider);
	assert_int_equal(worst.kind, CONFLICT_SAME);
	assert_int_equal(worst.index, 9);
}

static void test_conflict_take(void **state)
{
	const struct conflict_ours one = ours("10.10.10.1/24", NULL);
	struct conflict_taken taken = {0};
	struct addr addr = parse("10.10.10.2/8");
	char text[ADDR_TEXT_MAX];
	unsigned int i;

	(void)state;
	conflict_take(&taken, &one, &addr);
	conflict_take(&taken, &one, &addr);
	assert_int_equal(taken.count, 1);
	assert_string_equal(addr_format(&taken.addrs[0], text), "10.10.10.2");
	addr = parse("10.10.11.2/8");
	conflict_take(&taken, &one, &addr);
	addr = parse("fd00::1/64");
	conflict_take(&taken, &one, &addr);
	assert_int_equal(taken.count, 1);
	/* the list is full */
	for (i = 0; i < 2 * CONFLICT_TAKEN_MAX; i++) {
		addr = parse("10.10.10.0");
		addr.bytes[3] = (uint8_t)(100 + i);
		conflict_take(&taken, &one, &addr);
	}
	assert_int_equal(taken.count, CONFLICT_TAKEN_MAX);
}

static const struct {
	const char *local;
	const char *peer;
	enum conflict_kind kind;
	const char *other;
	const char *says;
} texts[] = {
	{"192.168.1.20/24", NULL, CONFLICT_SAME, "192.168.1.10/24",
	 "cannot use --addr 192.168.1.20/24: 192.168.1.0/24 is already the "
	 "network of eth0, whose hosts would become unreachable (choose "
	 "another network for the link, or reach only the peer: --addr "
	 "192.168.1.20 --peer ADDR)"},
	{"10.0.0.1/8", NULL, CONFLICT_CONTAINS, "10.1.2.3/24",
	 "cannot use --addr 10.0.0.1/8: its network contains that of eth0, "
	 "10.1.2.0/24 (choose another network for the link, or reach only the "
	 "peer: --addr 10.0.0.1 --peer ADDR)"},
	{"fd00::1/64", NULL, CONFLICT_ADDRESS, "fd00::1",
	 "cannot use --addr fd00::1/64: eth0 has this address already (choose "
	 "another network for the link, or reach only the peer: --addr "
	 "fd00::1 --peer ADDR)"},
	{"10.0.0.1", "10.0.0.2", CONFLICT_PEER, "10.0.0.2",
	 "cannot use --peer 10.0.0.2: it is an address of this host, of eth0 "
	 "(give the peer's address)"},
	{"10.10.10.1/24", NULL, CONFLICT_INSIDE, "10.0.0.0/8",
	 "10.10.10.0/24 lies inside 10.0.0.0/8, which goes through eth0: "
	 "hosts there with such addresses become unreachable (if they matter, "
	 "choose another network for the link, or reach only the peer: --addr "
	 "10.10.10.1 --peer ADDR)"},
	{"10.10.10.1/24", NULL, CONFLICT_PART, "10.10.10.128/25",
	 "10.10.10.128/25, a part of 10.10.10.0/24, goes through eth0: hosts "
	 "behind the link with such addresses are unreachable (if they "
	 "matter, choose another network for the link, or reach only the "
	 "peer: --addr 10.10.10.1 --peer ADDR)"},
	{"10.10.10.1/24", NULL, CONFLICT_ASLEEP, "10.10.10.9/24",
	 "eth0, which is down, has 10.10.10.0/24: when it comes up, "
	 "10.10.10.0/24 has two routes (if it will, choose another network "
	 "for the link, or reach only the peer: --addr 10.10.10.1 --peer ADDR)"},
	{"10.0.0.1", "192.168.1.1", CONFLICT_GATEWAY, "192.168.1.1",
	 "--peer 192.168.1.1 is the address of a router of this host, reached "
	 "through eth0: the router becomes unreachable (give the link an "
	 "unused address)"},
};

static void test_conflict_text(void **state)
{
	char text[CONFLICT_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(texts); i++) {
		const struct conflict_ours one =
			ours(texts[i].local, texts[i].peer);
		const struct conflict conflict = {.kind = texts[i].kind,
						  .index = INDEX,
						  .other = parse(
							  texts[i].other)};

		assert_string_equal(conflict_text(&conflict, &one, "eth0",
						  text),
				    texts[i].says);
	}
}

static const struct {
	const char *a;
	const char *b;
	bool overlap;
} networks[] = {
	{"10.10.10.1/30", "10.10.10.2/30", true},
	{"10.10.10.1/30", "10.10.10.5/30", false},
	{"10.10.10.1/30", "10.0.0.0/8", true},
	{"10.10.10.1/24", "10.10.10.9", true},
	{"10.10.10.1/24", "10.10.11.9", false},
	{"10.10.10.1", "10.10.10.1", true},
	{"10.10.10.1", "10.10.10.2", false},
	{"10.10.10.1/24", "0.0.0.0/0", true},
	{"10.10.10.1/24", "a0a:a01::/32", false},
	{"fd00::1/64", "fd00::/16", true},
};

static void test_conflict_overlaps(void **state)
{
	struct addr a;
	struct addr b;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(networks); i++) {
		a = parse(networks[i].a);
		b = parse(networks[i].b);
		if (conflict_overlaps(&a, &b) != networks[i].overlap ||
		    conflict_overlaps(&b, &a) != networks[i].overlap)
			fail_msg("%s and %s", networks[i].a, networks[i].b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conflict_see_addr),
		cmocka_unit_test(
			test_conflict_with_an_address_that_is_not_in_use),
		cmocka_unit_test(test_conflict_see_route),
		cmocka_unit_test(test_conflict_keeps_the_worst),
		cmocka_unit_test(test_conflict_take),
		cmocka_unit_test(test_conflict_text),
		cmocka_unit_test(test_conflict_overlaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
