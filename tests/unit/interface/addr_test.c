/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of addr: addresses as people type them, and the sums done on them.
 */
#include "../testing.h"
#include "interface/addr.h"

#include <stdio.h>
#include <sys/socket.h>

/* Parse a good address. */
static struct addr parse(const char *text)
{
	struct addr addr;

	if (addr_parse(&addr, text) != ADDR_OK)
		fail_msg("\"%s\" was not read", text);
	return addr;
}

static void assert_addr(const char *what, const struct addr *addr,
			const char *wanted)
{
	char text[ADDR_TEXT_MAX];

	if (strcmp(addr_format(addr, text), wanted) != 0)
		fail_msg("%s: %s, wanted is %s", what, text, wanted);
}

static const struct {
	const char *text;
	struct addr addr;
} good[] = {
	{"10.10.10.1/24", {AF_INET, 24, {10, 10, 10, 1}}},
	{"10.10.10.1", {AF_INET, 32, {10, 10, 10, 1}}},
	{"10.10.10.1/32", {AF_INET, 32, {10, 10, 10, 1}}},
	{"10.10.10.1/31", {AF_INET, 31, {10, 10, 10, 1}}},
	{"10.10.10.1/9", {AF_INET, 9, {10, 10, 10, 1}}},
	{"10.10.10.1/0", {AF_INET, 0, {10, 10, 10, 1}}},
	{"10.10.10.1/255.255.255.0", {AF_INET, 24, {10, 10, 10, 1}}},
	{"10.10.10.1/255.255.255.255", {AF_INET, 32, {10, 10, 10, 1}}},
	{"10.10.10.1/255.255.255.254", {AF_INET, 31, {10, 10, 10, 1}}},
	{"10.10.10.1/128.0.0.0", {AF_INET, 1, {10, 10, 10, 1}}},
	{"10.10.10.1/0.0.0.0", {AF_INET, 0, {10, 10, 10, 1}}},
	{"0.0.0.0/0", {AF_INET, 0, {0, 0, 0, 0}}},
	{"255.255.255.255", {AF_INET, 32, {255, 255, 255, 255}}},
	{"1.2.3.4/8", {AF_INET, 8, {1, 2, 3, 4}}},
	{"fd00::1/64", {AF_INET6, 64, {0xFD, [15] = 1}}},
	{"fd00::1", {AF_INET6, 128, {0xFD, [15] = 1}}},
	{"fd00::1/128", {AF_INET6, 128, {0xFD, [15] = 1}}},
	{"fd00::1/127", {AF_INET6, 127, {0xFD, [15] = 1}}},
	{"FD00::A/100", {AF_INET6, 100, {0xFD, [15] = 0xA}}},
	{"::/0", {AF_INET6, 0, {0}}},
	{"::", {AF_INET6, 128, {0}}},
	{"::1", {AF_INET6, 128, {[15] = 1}}},
	{"1::/16", {AF_INET6, 16, {0, 1}}},
	{"1:2:3:4:5:6:7:8/77",
	 {AF_INET6, 77, {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}}},
	{"::ffff:1.2.3.4/120",
	 {AF_INET6, 120, {[10] = 0xFF, 0xFF, 1, 2, 3, 4}}},
	{"1111:2222:3333:4444:5555:6666:255.255.255.254/128",
	 {AF_INET6,
	  128,
	  {0x11, 0x11, 0x22, 0x22, 0x33, 0x33, 0x44, 0x44, 0x55, 0x55, 0x66,
	   0x66, 255, 255, 255, 254}}},
};

static void test_addr_parse_good(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(good); i++) {
		struct addr addr = parse(good[i].text);

		if (addr.family != good[i].addr.family ||
		    addr.prefix_len != good[i].addr.prefix_len ||
		    memcmp(addr.bytes, good[i].addr.bytes,
			   sizeof(addr.bytes)) != 0)
			fail_msg("\"%s\" was misread", good[i].text);
	}
}

#define FIFTY_ONES   "11111111111111111111111111111111111111111111111111"
#define HUNDRED_ONES FIFTY_ONES FIFTY_ONES

static const struct {
	const char *text;
	enum addr_error error;
} bad[] = {
	{"", ADDR_MALFORMED},
	{" ", ADDR_MALFORMED},
	{"/", ADDR_MALFORMED},
	{"/24", ADDR_MALFORMED},
	{"/24/24", ADDR_MALFORMED},
	{"default", ADDR_MALFORMED},
	{"localhost", ADDR_MALFORMED},
	{"10", ADDR_MALFORMED},
	{"10/8", ADDR_MALFORMED},
	{"10.0.0", ADDR_MALFORMED},
	{"10.0.0/24", ADDR_MALFORMED},
	{"10.0.0.", ADDR_MALFORMED},
	{".10.0.0.1", ADDR_MALFORMED},
	{"10..0.1", ADDR_MALFORMED},
	{"10.0.0.1.", ADDR_MALFORMED},
	{"10.0.0.1.1", ADDR_MALFORMED},
	{"10.0.0.256", ADDR_MALFORMED},
	{"10.0.0.4294967297", ADDR_MALFORMED},
	{"10.0.0.-1", ADDR_MALFORMED},
	{"10.0.0.0x1", ADDR_MALFORMED},
	{"10.0.0.01", ADDR_MALFORMED},
	{"167772161", ADDR_MALFORMED},
	{" 10.0.0.1", ADDR_MALFORMED},
	{"10.0.0.1 ", ADDR_MALFORMED},
	{"10.0.0.1 /24", ADDR_MALFORMED},
	{"10.0.0.1\n", ADDR_MALFORMED},
	{"10.0.0.1x", ADDR_MALFORMED},
	{"10,0,0,1", ADDR_MALFORMED},
	{"10.0.0.1:80", ADDR_MALFORMED},
	{"10.0.0.1-24", ADDR_MALFORMED},
	{":", ADDR_MALFORMED},
	{":::", ADDR_MALFORMED},
	{"fd00", ADDR_MALFORMED},
	{"fd00:", ADDR_MALFORMED},
	{"fd00:::1", ADDR_MALFORMED},
	{"fd00::1::2", ADDR_MALFORMED},
	{"fd00::12345", ADDR_MALFORMED},
	{"fd00::g", ADDR_MALFORMED},
	{"fd00::1%tun0", ADDR_MALFORMED},
	{"fe80::1%tun0/64", ADDR_MALFORMED},
	{"[fd00::1]", ADDR_MALFORMED},
	{"[fd00::1]/64", ADDR_MALFORMED},
	{" fd00::1", ADDR_MALFORMED},
	{"1:2:3:4:5:6:7", ADDR_MALFORMED},
	{"1:2:3:4:5:6:7:8:9", ADDR_MALFORMED},
	{"1:2:3:4:5:6:7:8::", ADDR_MALFORMED},
	{"::1.2.3", ADDR_MALFORMED},
	{"::1.2.3.256", ADDR_MALFORMED},
	{"1111:2222:3333:4444:5555:6666:7777:255.255.255.255", ADDR_MALFORMED},
	{HUNDRED_ONES, ADDR_MALFORMED},
	{HUNDRED_ONES "/24", ADDR_MALFORMED},
	{"fd00::" HUNDRED_ONES HUNDRED_ONES, ADDR_MALFORMED},
	/* 45, 46 and 47 characters: what is about as long as room is made for
	 */
	{"1111:2222:3333:4444:5555:6666:255.255.255.2555", ADDR_MALFORMED},
	{"1111:2222:3333:4444:5555:6666:255.255.255.25555", ADDR_MALFORMED},
	{"1111:2222:3333:4444:5555:6666:255.255.255.255555", ADDR_MALFORMED},

	{"10.0.0.1/", ADDR_PREFIX_LEN},
	{"10.0.0.1/33", ADDR_PREFIX_LEN},
	{"10.0.0.1/128", ADDR_PREFIX_LEN},
	{"10.0.0.1/-1", ADDR_PREFIX_LEN},
	{"10.0.0.1/+8", ADDR_PREFIX_LEN},
	{"10.0.0.1/ 8", ADDR_PREFIX_LEN},
	{"10.0.0.1/8 ", ADDR_PREFIX_LEN},
	{"10.0.0.1/8x", ADDR_PREFIX_LEN},
	{"10.0.0.1/x8", ADDR_PREFIX_LEN},
	{"10.0.0.1/0x8", ADDR_PREFIX_LEN},
	{"10.0.0.1/8.0", ADDR_PREFIX_LEN},
	{"10.0.0.1/24/24", ADDR_PREFIX_LEN},
	{"10.0.0.1//24", ADDR_PREFIX_LEN},
	{"10.0.0.1/24/", ADDR_PREFIX_LEN},
	{"10.0.0.1/255.255.0.255", ADDR_PREFIX_LEN},
	{"10.0.0.1/0.0.0.255", ADDR_PREFIX_LEN},
	{"10.0.0.1/255.255.255.1", ADDR_PREFIX_LEN},
	{"10.0.0.1/255.255.255", ADDR_PREFIX_LEN},
	{"10.0.0.1/255.255.255.0.0", ADDR_PREFIX_LEN},
	{"10.0.0.1/255.255.255.0/24", ADDR_PREFIX_LEN},
	{"10.0.0.1/24.0", ADDR_PREFIX_LEN},
	{"fd00::1/255.255.255.0", ADDR_PREFIX_LEN},
	{"10.0.0.1/256", ADDR_PREFIX_LEN},
	/* 2^32 + 24, 2^64 + 24, and a number without end */
	{"10.0.0.1/4294967320", ADDR_PREFIX_LEN},
	{"10.0.0.1/18446744073709551640", ADDR_PREFIX_LEN},
	{"10.0.0.1/-18446744073709551592", ADDR_PREFIX_LEN},
	{"10.0.0.1/" HUNDRED_ONES, ADDR_PREFIX_LEN},
	{"fd00::1/", ADDR_PREFIX_LEN},
	{"fd00::1/129", ADDR_PREFIX_LEN},
	{"fd00::1/-1", ADDR_PREFIX_LEN},
	{"fd00::1/64x", ADDR_PREFIX_LEN},
	{"fd00::1/64/64", ADDR_PREFIX_LEN},
	{"fd00::1/4294967360", ADDR_PREFIX_LEN},
	{"fd00::1/ffff::", ADDR_PREFIX_LEN},
};

static void test_addr_parse_bad(void **state)
{
	struct addr untouched;
	struct addr addr;
	size_t i;

	(void)state;
	memset(&untouched, 0xA5, sizeof(untouched));
	for (i = 0; i < TESTING_COUNT(bad); i++) {
		addr = untouched;
		if (addr_parse(&addr, bad[i].text) != bad[i].error)
			fail_msg("\"%s\" was not refused as it should be",
				 bad[i].text);
		assert_memory_equal(&addr, &untouched, sizeof(addr));
	}
}

static const char *const written[] = {
	"10.10.10.1/24",
	"10.10.10.1",
	"10.10.10.0/0",
	"0.0.0.0/0",
	"0.0.0.0",
	"255.255.255.255/31",
	"fd00::1/64",
	"fd00::1",
	"::/0",
	"::",
	"::1/127",
	"1:2:3:4:5:6:7:8/9",
	"::ffff:255.255.255.255/127",
	"1111:2222:3333:4444:5555:6666:7777:8888/127",
};

static void test_addr_format_is_read_again(void **state)
{
	char text[ADDR_TEXT_MAX];
	struct addr addr;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(written); i++) {
		addr = parse(written[i]);
		assert_ptr_equal(addr_format(&addr, text), text);
		assert_string_equal(text, written[i]);
	}
}

static void test_addr_format_leaves_out_full_prefix(void **state)
{
	struct addr addr = parse("10.0.0.1/32");

	(void)state;
	assert_addr("IPv4", &addr, "10.0.0.1");
	addr = parse("fd00::1/128");
	assert_addr("IPv6", &addr, "fd00::1");
	addr = parse("fd00::1/32");
	assert_addr("IPv6", &addr, "fd00::1/32");
}

static void test_addr_format_host(void **state)
{
	char text[ADDR_TEXT_MAX];
	struct addr addr = parse("10.0.0.1/24");

	(void)state;
	assert_ptr_equal(addr_format_host(&addr, text), text);
	assert_string_equal(text, "10.0.0.1");
	addr = parse("fd00::1/64");
	assert_string_equal(addr_format_host(&addr, text), "fd00::1");
}

static void test_addr_bits(void **state)
{
	(void)state;
	assert_int_equal(addr_bits(AF_INET), 32);
	assert_int_equal(addr_bits(AF_INET6), 128);
}

static const struct {
	const char *addr;
	const char *network;
} networks[] = {
	{"10.1.2.3/24", "10.1.2.0/24"},
	{"10.1.2.3", "10.1.2.3"},
	{"10.1.2.3/31", "10.1.2.2/31"},
	{"10.1.2.3/30", "10.1.2.0/30"},
	{"255.255.255.255/17", "255.255.128.0/17"},
	{"255.255.255.255/1", "128.0.0.0/1"},
	{"255.255.255.255/0", "0.0.0.0/0"},
	{"10.1.2.0/24", "10.1.2.0/24"},
	{"fd00::1/64", "fd00::/64"},
	{"fd00::1", "fd00::1"},
	{"fd00::1/127", "fd00::/127"},
	{"fd00::ffff/121", "fd00::ff80/121"},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/65",
	 "ffff:ffff:ffff:ffff:8000::/65"},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/3", "e000::/3"},
	{"ffff::1/0", "::/0"},
};

static void test_addr_network(void **state)
{
	struct addr network;
	struct addr again;
	struct addr addr;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(networks); i++) {
		addr = parse(networks[i].addr);
		network = addr_network(&addr);
		assert_addr(networks[i].addr, &network, networks[i].network);
		assert_addr("left as it was", &addr, networks[i].addr);
		again = addr_network(&network);
		assert_addr("network of a network", &again,
			    networks[i].network);
	}
}

static const struct {
	const char *own;
	const char *other; /* NULL: there is none */
} neighbours[] = {
	{"10.10.10.1/24", "10.10.10.2/24"},
	{"10.10.10.2/24", "10.10.10.1/24"},
	{"10.10.10.77/24", "10.10.10.1/24"},
	{"10.10.10.0/24", "10.10.10.1/24"},
	{"10.10.10.255/24", "10.10.10.1/24"},
	{"10.10.10.129/25", "10.10.10.130/25"},
	{"10.10.10.200/25", "10.10.10.129/25"},
	{"10.0.0.1/30", "10.0.0.2/30"},
	{"10.0.0.2/30", "10.0.0.1/30"},
	{"10.0.0.253/30", "10.0.0.254/30"},
	{"10.0.0.254/30", "10.0.0.253/30"},
	{"10.0.0.0/31", "10.0.0.1/31"},
	{"10.0.0.1/31", "10.0.0.0/31"},
	{"10.0.0.254/31", "10.0.0.255/31"},
	{"10.0.0.255/31", "10.0.0.254/31"},
	{"10.0.0.1/32", NULL},
	{"0.0.0.1/0", "0.0.0.2/0"},
	{"10.0.0.1/0", "0.0.0.1/0"},
	{"10.0.0.1/1", "0.0.0.1/1"},
	{"10.0.0.1/8", "10.0.0.2/8"},
	{"10.1.0.1/8", "10.0.0.1/8"},
	{"fd00::1/64", "fd00::2/64"},
	{"fd00::2/64", "fd00::1/64"},
	{"fd00::/64", "fd00::1/64"},
	{"fd00::1:0:0:1/64", "fd00::1/64"},
	{"fd00::a/126", "fd00::9/126"},
	{"fd00::9/126", "fd00::a/126"},
	{"fd00::/127", "fd00::1/127"},
	{"fd00::1/127", "fd00::/127"},
	{"fd00::fe/127", "fd00::ff/127"},
	{"fd00::ff/127", "fd00::fe/127"},
	{"fd00::1/128", NULL},
	{"::1/0", "::2/0"},
	{"fd00::1/0", "::1/0"},
	/* IPv6 addresses differ behind the length of an IPv4 address, too. */
	{"fd00::1/31", "fd00::2/31"},
	{"fd00::1/32", "fd00::2/32"},
	{"fe80::1/10", "fe80::2/10"},
};

static void test_addr_neighbour(void **state)
{
	struct addr untouched;
	struct addr other;
	struct addr own;
	size_t i;

	(void)state;
	memset(&untouched, 0xA5, sizeof(untouched));
	for (i = 0; i < TESTING_COUNT(neighbours); i++) {
		own = parse(neighbours[i].own);
		other = untouched;
		if (addr_neighbour(&own, &own, 1, &other) !=
		    !!neighbours[i].other)
			fail_msg("%s: has one, or has none", neighbours[i].own);
		if (neighbours[i].other)
			assert_addr(neighbours[i].own, &other,
				    neighbours[i].other);
		else
			assert_memory_equal(&other, &untouched, sizeof(other));
	}
}

/* All hosts of the last prefix are taken. */
static void test_addr_neighbour_behind_the_last(void **state)
{
	const struct addr taken[] = {parse("255.255.255.254/31"),
				     parse("255.255.255.255/31")};
	struct addr other;

	(void)state;
	assert_false(
		addr_neighbour(&taken[0], taken, TESTING_COUNT(taken), &other));
}

static const struct {
	const char *addr;
	bool is_host;
} hosts[] = {
	{"10.0.0.1/24", true},
	{"10.0.0.0/31", true},
	{"127.0.0.1", true},
	{"192.168.255.255/16", true},
	{"223.255.255.255", true},
	{"240.0.0.1", true},
	{"255.255.255.254", true},
	{"0.0.0.0", false},
	{"0.0.0.0/8", false},
	{"224.0.0.0", false},
	{"224.0.0.1/24", false},
	{"239.255.255.255", false},
	{"fd00::1/64", true},
	{"fe80::1/64", true},
	{"::1", true},
	{"e000::", true},
	{"feff::1", true},
	{"::ffff:0.0.0.0", true},
	{"::", false},
	{"::/64", false},
	{"ff00::", false},
	{"ff02::1", false},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false},
};

static void test_addr_is_host(void **state)
{
	struct addr addr;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(hosts); i++) {
		addr = parse(hosts[i].addr);
		if (addr_is_host(&addr) != hosts[i].is_host)
			fail_msg("%s %s a host", hosts[i].addr,
				 hosts[i].is_host ? "is" : "is not");
	}
}

/* RFC 1122, section 3.2.1.3 (c): no host may use it as a source. */
static const struct {
	const char *text;
	bool is_network;
	bool is_broadcast;
} places[] = {
	{"10.10.10.0/24", true, false},
	{"10.10.10.255/24", false, true},
	{"10.10.10.1/24", false, false},
	{"10.10.10.0/23", true, false},
	{"10.10.10.255/23", false, false},
	{"10.10.11.0/23", false, false},
	{"10.10.11.255/23", false, true},
	{"10.10.10.0/31", false, false},
	{"10.10.10.1/31", false, false},
	{"10.10.10.0/32", false, false},
	{"10.10.10.255/32", false, false},
	{"10.10.10.4/30", true, false},
	{"10.10.10.7/30", false, true},
	{"0.0.0.0/0", true, false},
	{"255.255.255.255/0", false, true},
	{"fd00::/64", true, false},
	{"fd00::1/64", false, false},
	{"fd00::/127", false, false},
	{"fd00::/128", false, false},
	{"fd00::ffff:ffff:ffff:ffff/64", false, false},
};

static void test_addr_is_network_or_broadcast(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(places); i++) {
		struct addr addr = parse(places[i].text);

		if (addr_is_network(&addr) != places[i].is_network ||
		    addr_is_broadcast(&addr) != places[i].is_broadcast)
			fail_msg("%s is taken for another", places[i].text);
	}
}

static void test_addr_is_loopback(void **state)
{
	const struct addr in[] = {parse("127.0.0.1"), parse("127.9.9.9/8"),
				  parse("::1")};
	const struct addr out[] = {parse("128.0.0.1"), parse("::2"),
				   parse("::"), parse("7f00::1")};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(in); i++)
		assert_true(addr_is_loopback(&in[i]));
	for (i = 0; i < TESTING_COUNT(out); i++)
		assert_false(addr_is_loopback(&out[i]));
}

static void test_addr_is_link_local(void **state)
{
	const struct addr in[] = {parse("fe80::1/64"), parse("febf::1")};
	const struct addr out[] = {parse("fec0::1"), parse("fd80::1"),
				   parse("254.128.0.1")};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(in); i++)
		assert_true(addr_is_link_local(&in[i]));
	for (i = 0; i < TESTING_COUNT(out); i++)
		assert_false(addr_is_link_local(&out[i]));
}

static void test_addr_is_private(void **state)
{
	const struct addr in[] = {
		parse("10.0.0.0"),	 parse("10.255.255.255"),
		parse("172.16.0.0"),	 parse("172.31.255.255/8"),
		parse("192.168.0.0/24"), parse("192.168.255.255"),
	};
	const struct addr out[] = {
		parse("9.255.255.255"),	  parse("11.0.0.0"),
		parse("172.15.255.255"),  parse("172.32.0.0"),
		parse("192.167.255.255"), parse("192.169.0.0"),
		parse("8.8.8.8"),	  parse("100.64.0.1"),
		parse("169.254.0.1"),	  parse("a00::1"),
		parse("fd00::1"),
	};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(in); i++)
		assert_true(addr_is_private(&in[i]));
	for (i = 0; i < TESTING_COUNT(out); i++)
		assert_false(addr_is_private(&out[i]));
}

static void test_addr_is_host_not_limited_broadcast(void **state)
{
	struct addr addr = parse("255.255.255.255");

	(void)state;
	assert_false(addr_is_host(&addr));
}

static const struct {
	const char *a;
	const char *b;
	bool same;
} pairs[] = {
	{"10.0.0.1/24", "10.0.0.1/24", true},
	{"10.0.0.1/24", "10.0.0.1", true},
	{"10.0.0.1/24", "10.0.0.2/24", false},
	{"10.0.0.1", "11.0.0.1", false},
	{"fd00::1/64", "fd00::1", true},
	{"fd00::1", "fd00::2", false},
	{"fd00::1", "fd01::1", false},
	{"fd00::1", "fd00:0:0:0:1::1", false},
	{"0.0.0.0", "::", false},
	/* The first four bytes are the same. */
	{"1.2.3.4", "102:304::", false},
};

static void test_addr_same_host(void **state)
{
	struct addr a;
	struct addr b;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(pairs); i++) {
		a = parse(pairs[i].a);
		b = parse(pairs[i].b);
		if (addr_same_host(&a, &b) != pairs[i].same ||
		    addr_same_host(&b, &a) != pairs[i].same)
			fail_msg("%s and %s are %sthe same", pairs[i].a,
				 pairs[i].b, pairs[i].same ? "" : "not ");
	}
}

/* IPv4 compares only four bytes. */
static void test_addr_same_host_ignores_the_rest(void **state)
{
	struct addr a = parse("10.0.0.1");
	struct addr b = a;

	(void)state;
	b.bytes[4] = 1;
	assert_true(addr_same_host(&a, &b));
}

/* It skips taken addresses, with a carry; a full prefix has none. */
static void test_addr_neighbour_not_taken(void **state)
{
	struct addr taken[300];
	struct addr other = {0};
	char text[ADDR_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(taken); i++) {
		snprintf(text, sizeof(text), "10.0.%zu.%zu/16", (i + 1) / 256,
			 (i + 1) % 256);
		assert_int_equal(addr_parse(&taken[i], text), ADDR_OK);
	}
	assert_true(addr_neighbour(&taken[7], taken, 255, &other));
	assert_string_equal(addr_format(&other, text), "10.0.1.0/16");
	assert_true(addr_neighbour(&taken[0], taken, 300, &other));
	assert_string_equal(addr_format(&other, text), "10.0.1.45/16");
	taken[0].prefix_len = 30;
	assert_true(addr_neighbour(&taken[0], taken, 1, &other));
	assert_string_equal(addr_format(&other, text), "10.0.0.2/30");
	assert_false(addr_neighbour(&taken[0], taken, 2, &other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addr_parse_good),
		cmocka_unit_test(test_addr_parse_bad),
		cmocka_unit_test(test_addr_format_is_read_again),
		cmocka_unit_test(test_addr_format_leaves_out_full_prefix),
		cmocka_unit_test(test_addr_format_host),
		cmocka_unit_test(test_addr_bits),
		cmocka_unit_test(test_addr_network),
		cmocka_unit_test(test_addr_neighbour),
		cmocka_unit_test(test_addr_neighbour_not_taken),
		cmocka_unit_test(test_addr_neighbour_behind_the_last),
		cmocka_unit_test(test_addr_is_host),
		cmocka_unit_test(test_addr_is_network_or_broadcast),
		cmocka_unit_test(test_addr_is_loopback),
		cmocka_unit_test(test_addr_is_link_local),
		cmocka_unit_test(test_addr_is_private),
		cmocka_unit_test(test_addr_is_host_not_limited_broadcast),
		cmocka_unit_test(test_addr_same_host),
		cmocka_unit_test(test_addr_same_host_ignores_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
