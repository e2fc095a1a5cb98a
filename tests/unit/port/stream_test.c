/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of stream: connections as ports, of which the test holds the other end.
 */
#include "../socket.h"
#include "failure.h"
#include "port/port.h"
#include "port/port_config.h"
#include "port/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>

/* More bytes than fit between two ends on one machine. */
#define FLOOD_LEN ((size_t)64 << 20)

static struct {
	struct port *port;
	int peer;
} world;

static const struct port_config config = {.name = "test", .stop_bits = 1};

static void set_non_blocking(int fd)
{
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
}

static void open_port(int fd, const struct port_config *wanted)
{
	struct failure failure;

	set_non_blocking(fd);
	set_non_blocking(world.peer);
	assert_int_equal(stream_open(&world.port, fd, "test", wanted, &failure),
			 0);
}

static int open_tcp(void **state)
{
	unsigned int port;
	int listener = socket_listen(&port);
	int fd = socket_connect(port);

	(void)state;
	world.peer = accept(listener, NULL, NULL);
	assert_true(world.peer >= 0);
	close(listener);
	open_port(fd, &config);
	return 0;
}

static int open_unix(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	world.peer = fds[1];
	open_port(fds[0], &config);
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	port_close(world.port);
	if (world.peer >= 0)
		close(world.peer);
	return 0;
}

static void hang_up(void)
{
	close(world.peer);
	world.peer = -1;
}

static bool is_ready(int fd, short events)
{
	struct pollfd poll_fd = {.fd = fd, .events = events};

	return poll(&poll_fd, 1, 100) == 1;
}

static int option(int level, int name)
{
	socklen_t len = sizeof(int);
	int value;

	assert_int_equal(
		getsockopt(world.port->write_fd, level, name, &value, &len), 0);
	return value;
}

static void test_stream_reads_and_writes(void **state)
{
	uint8_t buffer[8];

	(void)state;
	assert_string_equal(world.port->name, "test");
	assert_int_equal(world.port->read_fd, world.port->write_fd);
	assert_int_equal(port_read(world.port, buffer, sizeof(buffer)),
			 -EAGAIN);
	assert_null(world.port->how_lost);
	assert_int_equal(port_write(world.port, (const uint8_t *)"abc", 3), 3);
	assert_true(is_ready(world.peer, POLLIN));
	assert_int_equal(read(world.peer, buffer, sizeof(buffer)), 3);
	assert_memory_equal(buffer, "abc", 3);
	assert_int_equal(write(world.peer, "\0x", 2), 2);
	assert_true(is_ready(world.port->read_fd, POLLIN));
	assert_int_equal(port_read(world.port, buffer, sizeof(buffer)), 2);
	assert_memory_equal(buffer, "\0x", 2);
}

static void test_stream_closed(void **state)
{
	uint8_t byte = 0;

	(void)state;
	hang_up();
	assert_true(is_ready(world.port->read_fd, POLLIN));
	assert_int_equal(port_read(world.port, &byte, 1), -EIO);
	assert_string_equal(world.port->how_lost,
			    "the peer closed the connection");
	/* SIGPIPE would end the test here. */
	while (port_write(world.port, &byte, 1) >= 0)
		is_ready(world.port->write_fd, POLLERR);
}

/* The peer closes with unread bytes, which is a reset. */
static void test_stream_broken_off(void **state)
{
	uint8_t byte = 0;

	(void)state;
	assert_int_equal(port_write(world.port, &byte, 1), 1);
	assert_true(is_ready(world.peer, POLLIN));
	hang_up();
	assert_true(is_ready(world.port->read_fd, POLLERR));
	assert_int_equal(port_read(world.port, &byte, 1), -ECONNRESET);
	assert_string_equal(world.port->how_lost,
			    "the peer reset the connection");
}

/*
 * Write until it holds more than it should, as the pump does. Return: bytes
 * written.
 */
static size_t fill(void)
{
	static const uint8_t bytes[1000];
	size_t written = 0;
	ssize_t n;

	while (port_queued(world.port) <= world.port->queue_max) {
		n = port_write(world.port, bytes, sizeof(bytes));
		assert_true(n > 0);
		written += (size_t)n;
		assert_true(written < FLOOD_LEN);
	}
	return written;
}

static size_t drain_peer(void)
{
	static uint8_t bytes[65536];
	size_t drained = 0;
	ssize_t n;

	while (is_ready(world.peer, POLLIN) &&
	       (n = read(world.peer, bytes, sizeof(bytes))) > 0)
		drained += (size_t)n;
	return drained;
}

/* Otherwise the pump would wait in vain, or not at all. */
static void test_stream_high_water_is_pollout(void **state)
{
	struct pollfd poll_fd = {.fd = world.port->write_fd, .events = POLLOUT};
	size_t written = fill();

	(void)state;
	assert_int_equal(poll(&poll_fd, 1, 0), 0);
	assert_int_equal(drain_peer(), written);
	assert_true(is_ready(world.port->write_fd, POLLOUT));
	assert_true(port_queued(world.port) <= world.port->queue_max);
}

/* At no moment does one say that there is room, and the other that there is
 * not. */
static void test_stream_high_water_agrees_with_pollout(void **state)
{
	struct pollfd poll_fd = {.fd = world.port->write_fd, .events = POLLOUT};
	static const uint8_t bytes[100];
	static uint8_t some[5000];
	bool above;
	int i;

	(void)state;
	fill();
	for (i = 0; i < 2000; i++) {
		above = port_queued(world.port) > world.port->queue_max;
		assert_int_equal(poll(&poll_fd, 1, 0), above ? 0 : 1);
		if (above)
			assert_true(read(world.peer, some, sizeof(some)) > 0);
		else
			assert_true(port_write(world.port, bytes,
					       sizeof(bytes)) > 0);
	}
}

static void test_stream_takes_no_more_than_it_can(void **state)
{
	static const uint8_t bytes[65536];
	size_t written = 0;
	ssize_t n;

	(void)state;
	do {
		n = port_write(world.port, bytes, sizeof(bytes));
		assert_true(n >= 0);
		written += (size_t)n;
	} while (n && written < FLOOD_LEN);
	assert_true(written < FLOOD_LEN);
	assert_null(world.port->how_lost);
	assert_int_equal(drain_peer(), written);
}

/* To close what the peer sends may take as long as the peer likes. */
static void test_stream_refuses_descriptors(void **state)
{
	(void)state;
	assert_true(socket_refuses_fds(world.peer));
}

static void test_stream_tcp_is_looked_after(void **state)
{
	(void)state;
	assert_int_equal(option(IPPROTO_TCP, TCP_NODELAY), 1);
	assert_int_equal(option(IPPROTO_TCP, TCP_USER_TIMEOUT), 15000);
	assert_int_equal(option(SOL_SOCKET, SO_KEEPALIVE), 1);
	assert_true(option(IPPROTO_TCP, TCP_KEEPIDLE) < 15);
	assert_int_equal(option(IPPROTO_TCP, TCP_NOTSENT_LOWAT) / 2 - 1,
			 world.port->queue_max);
}

static void test_stream_baud_is_of_the_wire_behind(void **state)
{
	struct port_config wanted = config;
	int fds[2];

	(void)state;
	assert_int_equal(world.port->baud, 0);
	assert_int_equal(world.port->rate, 0);
	close_world(state);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	world.peer = fds[1];
	wanted.baud = 9600;
	open_port(fds[0], &wanted);
	assert_int_equal(world.port->baud, 9600);
	assert_int_equal(world.port->rate, 960);
	assert_false(world.port->kind->counts_wire);
}

static void test_stream_refuses_what_is_no_socket(void **state)
{
	struct failure failure;
	struct port *port;

	(void)state;
	assert_int_equal(stream_open(&port, open("/dev/null", O_RDWR), "test",
				     &config, &failure),
			 -ENOTSOCK);
}

#define WITH_TCP(test) \
	cmocka_unit_test_setup_teardown(test, open_tcp, close_world)
#define WITH_UNIX(test) \
	cmocka_unit_test_setup_teardown(test, open_unix, close_world)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WITH_TCP(test_stream_reads_and_writes),
		WITH_UNIX(test_stream_reads_and_writes),
		WITH_TCP(test_stream_closed),
		WITH_UNIX(test_stream_closed),
		WITH_TCP(test_stream_broken_off),
		WITH_UNIX(test_stream_broken_off),
		WITH_TCP(test_stream_high_water_is_pollout),
		WITH_UNIX(test_stream_high_water_is_pollout),
		WITH_UNIX(test_stream_high_water_agrees_with_pollout),
		WITH_TCP(test_stream_takes_no_more_than_it_can),
		WITH_UNIX(test_stream_takes_no_more_than_it_can),
		WITH_UNIX(test_stream_refuses_descriptors),
		WITH_TCP(test_stream_tcp_is_looked_after),
		WITH_UNIX(test_stream_baud_is_of_the_wire_behind),
		cmocka_unit_test(test_stream_refuses_what_is_no_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
