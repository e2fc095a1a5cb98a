/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of udp: datagrams on the loopback, whose other end the test is.
 */
#include "../testing.h"
#include "line/udp.h"
#include "looking.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct {
	int peer; /* a socket on the loopback */
	uint16_t peer_port;
	char name[SOURCE_NAME_MAX];
	struct looking looking;
} world;

/* Bind a socket to the loopback, on this port; 0: on any port. */
static int bound_socket(const char *addr, uint16_t *port)
{
	struct sockaddr_in own = {.sin_family = AF_INET,
				  .sin_port = htons(*port)};
	socklen_t len = sizeof(own);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	assert_int_equal(inet_pton(AF_INET, addr, &own.sin_addr), 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof(own)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&own, &len), 0);
	*port = ntohs(own.sin_port);
	return fd;
}

static int open_world(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	looking_begin(&world.looking, world.name);
	world.peer = bound_socket("127.0.0.1", &world.peer_port);
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	looking_end(&world.looking);
	close(world.peer);
	return 0;
}

static int look(void)
{
	assert_int_equal(looking_open(&world.looking), 0);
	return looking_find(&world.looking);
}

static struct port_counts counts(void)
{
	struct port_counts counts;

	port_count(world.looking.port, &counts);
	return counts;
}

/* A port towards the peer, at some local port. */
static void open_port(const char *host)
{
	snprintf(world.name, sizeof(world.name), "udp:%s:%u", host,
		 world.peer_port);
	if (look())
		fail_msg("%s", world.looking.failure.text);
	assert_true(world.looking.port->kind->is_datagram);
	assert_int_equal(world.looking.port->baud, 0);
}

static uint16_t own_port(void)
{
	struct sockaddr_in6 own = {0};
	socklen_t len = sizeof(own);

	assert_int_equal(getsockname(world.looking.port->read_fd,
				     (struct sockaddr *)&own, &len),
			 0);
	return ntohs(own.sin6_port); /* at the same place in both */
}

static void send_from(int fd, const void *bytes, size_t len)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(own_port()),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	assert_int_equal(sendto(fd, bytes, len, 0, (struct sockaddr *)&to,
				sizeof(to)),
			 len);
}

static void assert_read(const char *wanted)
{
	uint8_t buffer[64];

	assert_int_equal(port_read(world.looking.port, buffer, sizeof(buffer)),
			 strlen(wanted));
	assert_memory_equal(buffer, wanted, strlen(wanted));
}

static void assert_nothing_to_read(void)
{
	uint8_t buffer[64];

	assert_int_equal(port_read(world.looking.port, buffer, sizeof(buffer)),
			 -EAGAIN);
}

static void test_udp_names(void **state)
{
	static const struct {
		const char *name;
		const char *why; /* NULL: it is one */
	} names[] = {
		{"udp:10.0.0.2:4000", NULL},
		{"udp:10.0.0.2:4000,4001", NULL},
		{"udp:board:4000", NULL},
		{"udp:[fe80::1%eth0]:4000,4001", NULL},
		{"udp:", "has no host and no port"},
		{"udp:board", "has no port"},
		{"udp:board:0", "has a port that is not a number"},
		{"udp:board:4000,", "has a local port that is not a number"},
		{"udp:board:4000,65536",
		 "has a local port that is not a number"},
		{"udp:fe80::1:4000", "has an IPv6 address without brackets"},
	};
	char why[SOURCE_WHY_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(names); i++) {
		if (source_check_name(names[i].name, why) != !names[i].why)
			fail_msg("%s: %s", names[i].name, why);
		if (names[i].why && !strstr(why, names[i].why))
			fail_msg("%s: %s", names[i].name, why);
	}
}

static void test_udp_other_end(void **state)
{
	char name[SOURCE_NAME_MAX] = "PORT";

	(void)state;
	udp_kind.other_end("10.0.0.2:4000", name);
	assert_string_equal(name, "PORT");
	udp_kind.other_end("10.0.0.2:4000,4001", name);
	assert_string_equal(name, "udp:HOST:4001,4000");
	udp_kind.other_end("127.0.0.1:4000,4001", name);
	assert_string_equal(name, "udp:127.0.0.1:4001,4000");
}

static void test_udp_both_ways(void **state)
{
	uint8_t buffer[64];

	(void)state;
	open_port("127.0.0.1");
	assert_int_equal(
		port_write(world.looking.port, (const uint8_t *)"abc", 3), 3);
	assert_int_equal(read(world.peer, buffer, sizeof(buffer)), 3);
	send_from(world.peer, "defg", 4);
	send_from(world.peer, "", 0);
	assert_read("defg");
	assert_read("");
	assert_nothing_to_read();
	assert_int_equal(port_queued(world.looking.port), 0);
}

/* The name has the local port. */
static void test_udp_local_port(void **state)
{
	char wanted[SOURCE_NAME_MAX + 8];
	uint16_t port = 0;
	int fd = bound_socket("0.0.0.0", &port);

	(void)state;
	close(fd);
	snprintf(world.name, sizeof(world.name), "udp:localhost:9,%u", port);
	assert_int_equal(look(), 0);
	assert_string_equal(world.looking.port->name, world.name);
	assert_int_equal(own_port(), port);
	close_world(state);
	open_world(state);
	open_port("127.0.0.1");
	snprintf(wanted, sizeof(wanted), "%s,%u", world.name, own_port());
	assert_string_equal(world.looking.port->name, wanted);
}

/* It receives from any port of the peer's host, and from no other host. */
static void test_udp_strangers(void **state)
{
	uint16_t port = 0;
	int same_host = bound_socket("127.0.0.1", &port);
	int stranger;
	int i;

	(void)state;
	port = 0;
	stranger = bound_socket("127.0.0.2", &port);
	open_port("127.0.0.1");
	send_from(same_host, "abc", 3);
	send_from(stranger, "spam", 4);
	send_from(same_host, "def", 3);
	assert_read("abc");
	assert_read("def");
	assert_nothing_to_read();
	assert_int_equal(counts().strangers, 1);

	/* It does not read a flood of strangers in one call. */
	for (i = 0; i < 20; i++)
		send_from(stranger, "spam", 4);
	send_from(same_host, "ghi", 3);
	assert_nothing_to_read();
	assert_read("ghi");
	assert_int_equal(counts().strangers, 21);
	close(same_host);
	close(stranger);
}

static short events(void)
{
	struct pollfd port = {.fd = world.looking.port->read_fd,
			      .events = POLLIN | POLLOUT};

	poll(&port, 1, 0);
	return port.revents;
}

/* Refusals are counted, and cause no endless events. */
static void test_udp_refused(void **state)
{
	uint8_t buffer[64];

	(void)state;
	open_port("127.0.0.1");
	close(world.peer);
	assert_int_equal(
		port_write(world.looking.port, (const uint8_t *)"abc", 3), 3);
	assert_int_equal(events(), POLLOUT | POLLERR);
	assert_nothing_to_read();
	assert_int_equal(counts().refused, 1);
	assert_int_equal(events(), POLLOUT);

	/* The next send sees the error, and still sends its datagram. */
	assert_int_equal(
		port_write(world.looking.port, (const uint8_t *)"abc", 3), 3);
	world.peer = bound_socket("127.0.0.1", &world.peer_port);
	assert_int_equal(
		port_write(world.looking.port, (const uint8_t *)"def", 3), 3);
	assert_int_equal(counts().refused, 2);
	assert_int_equal(read(world.peer, buffer, sizeof(buffer)), 3);
	assert_memory_equal(buffer, "def", 3);
}

/* A packet longer than any datagram is lost alone. */
static void test_udp_unsendable(void **state)
{
	static const uint8_t packet[65535];
	static uint8_t buffer[65536];

	(void)state;
	open_port("127.0.0.1");
	assert_int_equal(port_write(world.looking.port, packet, 65508), -ECOMM);
	assert_int_equal(counts().refused, 0);
	assert_int_equal(port_write(world.looking.port, packet, 65507), 65507);
	assert_int_equal(read(world.peer, buffer, sizeof(buffer)), 65507);
	assert_nothing_to_read();
	assert_int_equal(events(), POLLOUT);
}

static void test_udp_ipv6(void **state)
{
	struct sockaddr_in6 own = {.sin6_family = AF_INET6,
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	socklen_t len = sizeof(own);
	int peer = socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	uint8_t buffer[64];

	(void)state;
	if (peer < 0 || bind(peer, (struct sockaddr *)&own, sizeof(own)))
		skip();
	getsockname(peer, (struct sockaddr *)&own, &len);
	world.peer_port = ntohs(own.sin6_port);
	open_port("[::1]");
	assert_int_equal(
		port_write(world.looking.port, (const uint8_t *)"abc", 3), 3);
	assert_int_equal(read(peer, buffer, sizeof(buffer)), 3);
	own.sin6_port = htons(own_port());
	assert_int_equal(sendto(peer, "defg", 4, 0, (struct sockaddr *)&own,
				sizeof(own)),
			 4);
	assert_read("defg");
	close(peer);
	assert_int_equal(
		port_write(world.looking.port, (const uint8_t *)"abc", 3), 3);
	assert_nothing_to_read();
	assert_int_equal(counts().refused, 1);
	assert_int_equal(events(), POLLOUT);
}

/* An IPv4 address, written as an IPv6 one. */
static void test_udp_mapped(void **state)
{
	uint8_t buffer[64];

	(void)state;
	open_port("[::ffff:127.0.0.1]");
	assert_int_equal(
		port_write(world.looking.port, (const uint8_t *)"abc", 3), 3);
	assert_int_equal(read(world.peer, buffer, sizeof(buffer)), 3);
	send_from(world.peer, "defg", 4);
	assert_read("defg");
}

static void test_udp_refusals(void **state)
{
	char label[65] = "";
	uint16_t port = 0;
	int fd = bound_socket("0.0.0.0", &port);

	(void)state;
	snprintf(world.name, sizeof(world.name), "udp:127.0.0.1:9,%u", port);
	assert_int_equal(look(), -EADDRINUSE);
	assert_non_null(strstr(world.looking.failure.text,
			       ": Address already in use (another "
			       "program uses that local port"));
	source_close(world.looking.source);
	world.looking.source = NULL;
	/* No host name is so long, so no server is asked. */
	memset(label, 'h', sizeof(label) - 1);
	snprintf(world.name, sizeof(world.name), "udp:%s:9", label);
	assert_int_equal(look(), -EHOSTUNREACH);
	assert_ptr_equal(strstr(world.looking.failure.text,
				"cannot send to udp:hhh"),
			 world.looking.failure.text);
	close(fd);
}

#define UDP_TEST(test) \
	cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_udp_names),
		cmocka_unit_test(test_udp_other_end),
		UDP_TEST(test_udp_both_ways),
		UDP_TEST(test_udp_local_port),
		UDP_TEST(test_udp_strangers),
		UDP_TEST(test_udp_refused),
		UDP_TEST(test_udp_unsendable),
		UDP_TEST(test_udp_ipv6),
		UDP_TEST(test_udp_mapped),
		UDP_TEST(test_udp_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
