/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of endpoint: names of sockets as people type them, and what is said of
 * those that cannot be.
 */
#include "../testing.h"
#include "line/endpoint.h"

#include <stdio.h>
#include <sys/socket.h>

static const struct endpoint_form dial = {.looks_like = "tcp:HOST:PORT"};
static const struct endpoint_form listener = {
	.looks_like = "tcp-listen:[ADDR:]PORT",
	.is_host_optional = true,
};
static const struct endpoint_form both = {
	.looks_like = "udp:HOST:PORT[,LOCALPORT]",
	.has_local_port = true,
};

static const struct {
	const struct endpoint_form *form;
	const char *text;
	struct endpoint endpoint;
} good[] = {
	{&dial, "board:5000", {"board", 5000, 0}},
	{&dial, "board.example.net:1", {"board.example.net", 1, 0}},
	{&dial, "a_b-c:65535", {"a_b-c", 65535, 0}},
	{&dial, "192.0.2.1:00080", {"192.0.2.1", 80, 0}},
	{&dial, "[::1]:5000", {"::1", 5000, 0}},
	{&dial, "[fd00::1]:5000", {"fd00::1", 5000, 0}},
	{&dial, "[fe80::1%eth0]:5000", {"fe80::1%eth0", 5000, 0}},
	{&dial, "[::ffff:192.0.2.1]:7", {"::ffff:192.0.2.1", 7, 0}},
	{&listener, "5000", {"", 5000, 0}},
	{&listener, "0.0.0.0:5000", {"0.0.0.0", 5000, 0}},
	{&listener, "[::]:5000", {"::", 5000, 0}},
	{&both, "board:5000", {"board", 5000, 0}},
	{&both, "board:5000,5001", {"board", 5000, 5001}},
	{&both, "[::1]:5000,65535", {"::1", 5000, 65535}},
};

static void test_endpoint_reads_what_is_well_formed(void **state)
{
	char why[SOURCE_WHY_MAX];
	struct endpoint endpoint;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(good); i++) {
		if (!endpoint_parse(&endpoint, good[i].form, good[i].text, why))
			fail_msg("\"%s\" %s", good[i].text, why);
		assert_string_equal(endpoint.host, good[i].endpoint.host);
		assert_int_equal(endpoint.port, good[i].endpoint.port);
		assert_int_equal(endpoint.local_port,
				 good[i].endpoint.local_port);
	}
}

#define A255                                                   \
	"a23456789.a23456789.a23456789.a23456789.a23456789."   \
	"b23456789.b23456789.b23456789.b23456789.b23456789."   \
	"c23456789.c23456789.c23456789.c23456789.c23456789."   \
	"d23456789.d23456789.d23456789.d23456789.d23456789."   \
	"e23456789.e23456789.e23456789.e23456789.e23456789.e2" \
	"345"

static const struct {
	const struct endpoint_form *form;
	const char *text;
	const char *wrong;
} bad[] = {
	{&dial, "", "has no host and no port"},
	{&dial, "host", "has no port"},
	{&dial, "5000", "has no port"},
	{&dial, "host:", "has no port"},
	{&dial, ":5000", "has no host"},
	{&dial, ":", "has no host"},
	{&dial, "host:http", "has a port that is not a number from 1 to 65535"},
	{&dial, "host:0", "has a port that is not a number from 1 to 65535"},
	{&dial, "host:65536",
	 "has a port that is not a number from 1 to 65535"},
	{&dial, "host:99999999999999999999",
	 "has a port that is not a number from 1 to 65535"},
	{&dial, "host:-1", "has a port that is not a number from 1 to 65535"},
	{&dial, "host: 1", "has a port that is not a number from 1 to 65535"},
	{&dial, "host:5000x",
	 "has a port that is not a number from 1 to 65535"},
	{&dial, "host:5000,5001",
	 "has a port that is not a number from 1 to 65535"},
	{&dial, "ho st:5000", "has a malformed host"},
	{&dial, "a/b:5000", "has a malformed host"},
	{&dial, "host:1:2", "has a malformed host"},
	{&dial, A255 ":5000", "has a malformed host"},
	{&dial, "//board:5000", "has slashes, as a URL: leave them out"},
	{&dial, "//[::1]:5000", "has slashes, as a URL: leave them out"},
	{&both, "//board:5000", "has slashes, as a URL: leave them out"},
	{&dial, "/board:5000", "has a malformed host"},
	{&dial, "::1", "has an IPv6 address without brackets"},
	{&dial, "fd00::1:5000", "has an IPv6 address without brackets"},
	{&dial, "1:2:3:4:5:6:7:8:5000", "has an IPv6 address without brackets"},
	{&dial, "fe80::1%eth0:5000", "has an IPv6 address without brackets"},
	{&listener, "::", "has an IPv6 address without brackets"},
	{&dial, "[::1", "has no \"]\" behind the address"},
	{&dial, "[::1:5000", "has no \"]\" behind the address"},
	{&dial, "[]:5000", "has no IPv6 address between the brackets"},
	{&dial, "[host]:5000", "has no IPv6 address between the brackets"},
	{&dial, "[192.0.2.1]:5000", "has no IPv6 address between the brackets"},
	{&dial, "[fe80::1%]:5000", "has no IPv6 address between the brackets"},
	{&dial, "[fe80::1%" A255 "]:5000",
	 "has no IPv6 address between the brackets"},
	{&dial, "[::1]", "has no port"},
	{&dial, "[::1]5000", "has no port"},
	{&dial, "[::1]:", "has no port"},
	{&listener, "", "has no port"},
	{&listener, "http", "has a port that is not a number from 1 to 65535"},
	{&listener, "0", "has a port that is not a number from 1 to 65535"},
	{&both, "host:1,",
	 "has a local port that is not a number from 1 to "
	 "65535"},
	{&both, "host:1,0",
	 "has a local port that is not a number from 1 to "
	 "65535"},
	{&both, "host:1,2,3",
	 "has a local port that is not a number from 1 to "
	 "65535"},
};

static void test_endpoint_says_what_is_wrong(void **state)
{
	static const struct endpoint untouched = {"untouched", 1, 2};
	struct endpoint endpoint = untouched;
	char wanted[SOURCE_WHY_MAX];
	char why[SOURCE_WHY_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(bad); i++) {
		if (endpoint_parse(&endpoint, bad[i].form, bad[i].text, why))
			fail_msg("\"%s\" was taken", bad[i].text);
		snprintf(wanted, sizeof(wanted), "%s: it should look like %s",
			 bad[i].wrong, bad[i].form->looks_like);
		if (strcmp(why, wanted) != 0)
			fail_msg("\"%s\" %s, wanted is %s", bad[i].text, why,
				 wanted);
		assert_memory_equal(&endpoint, &untouched, sizeof(endpoint));
	}
}

static void test_endpoint_reads_paths(void **state)
{
	char text[sizeof(((struct sockaddr_un *)NULL)->sun_path) + 1];
	char why[SOURCE_WHY_MAX];
	struct sockaddr_un addr;

	(void)state;
	assert_true(endpoint_parse_path(&addr, "unix:PATH", "/run/x", why));
	assert_int_equal(addr.sun_family, AF_UNIX);
	assert_string_equal(addr.sun_path, "/run/x");

	assert_false(endpoint_parse_path(&addr, "unix:PATH", "", why));
	assert_string_equal(why, "has no path: it should look like unix:PATH");

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_false(endpoint_parse_path(&addr, "unix:PATH", text, why));
	assert_string_equal(why, "has a path of 108 bytes, but the path "
				 "of a socket has at most 107: a relative path "
				 "may be shorter");
	assert_string_equal(addr.sun_path, "/run/x");
	assert_true(endpoint_parse_path(&addr, "unix:PATH", text + 1, why));
	assert_string_equal(addr.sun_path, text + 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_endpoint_reads_what_is_well_formed),
		cmocka_unit_test(test_endpoint_says_what_is_wrong),
		cmocka_unit_test(test_endpoint_reads_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
