/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of connect: connecting to what listens, and what is said where nothing
 * does.
 */
#include "../socket.h"
#include "line/connect.h"
#include "looking.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static struct {
	char name[LOOKING_NAME_MAX];
	struct looking looking;
	uint64_t found_ns; /* when the port was found */
} world;

static int open_world(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	looking_begin(&world.looking, world.name);
	looking_make_dir(&world.looking);
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	looking_end(&world.looking);
	return 0;
}

static void begin_tcp(const char *host, unsigned int port)
{
	snprintf(world.name, sizeof(world.name), "tcp:%s:%u", host, port);
	assert_int_equal(looking_open(&world.looking), 0);
}

/* Return: the path. */
static const char *begin_unix(void)
{
	snprintf(world.name, sizeof(world.name), "unix:%s/socket",
		 world.looking.dir);
	assert_int_equal(looking_open(&world.looking), 0);
	return world.name + strlen("unix:");
}

static void assert_fails(int err, const char *says)
{
	char wanted[LOG_TEXT_MAX];

	assert_int_equal(looking_find(&world.looking), err);
	snprintf(wanted, sizeof(wanted), "cannot connect to %s: %s", world.name,
		 says);
	assert_string_equal(world.looking.failure.text, wanted);
}

/* End the connection. Return: the end of the rest, or 0. */
static uint64_t lose_after(uint64_t ns)
{
	const uint64_t now_ns = world.found_ns + ns;
	int err;

	looking_let_go(&world.looking);
	err = looking_look_at(&world.looking, now_ns);
	world.found_ns = now_ns;
	if (!err)
		return 0;
	assert_int_equal(err, -EAGAIN);
	world.found_ns = world.looking.source->next_ns;
	err = looking_look_at(&world.looking, world.found_ns - 1);
	assert_int_equal(err, -EAGAIN);
	err = looking_look_at(&world.looking, world.found_ns);
	assert_int_equal(err, 0);
	return world.found_ns - now_ns;
}

/* After a connection there are no further events. */
static void assert_found(void)
{
	assert_int_equal(looking_find(&world.looking), 0);
	assert_string_equal(world.looking.port->name, world.name);
	assert_false(looking_is_woken(&world.looking, 0));
}

static void test_connect_tcp(void **state)
{
	unsigned int port;
	int listener = socket_listen(&port);

	(void)state;
	begin_tcp("127.0.0.1", port);
	assert_found();
	close(listener);
}

/* A name with several addresses, one of them with a listener. */
static void test_connect_tcp_tries_all_addresses(void **state)
{
	unsigned int port;
	int listener = socket_listen(&port);

	(void)state;
	begin_tcp("localhost", port);
	assert_found();
	close(listener);
}

static void test_connect_tcp_refused(void **state)
{
	(void)state;
	begin_tcp("127.0.0.1", socket_free_port());
	assert_fails(-ECONNREFUSED, "Connection refused (is the peer "
				    "running? --wait waits for it)");
}

/* With --wait the message does not propose --wait. */
static void test_connect_tcp_refused_while_waiting(void **state)
{
	unsigned int port = socket_free_port();

	(void)state;
	begin_tcp("127.0.0.1", port);
	world.looking.source->waits = true;
	assert_fails(-ECONNREFUSED,
		     "Connection refused (is the peer running?)");
	assert_fails(-ECONNREFUSED,
		     "Connection refused (is the peer running?)");
}

static void test_connect_tcp_unknown_host(void **state)
{
	(void)state;
	begin_tcp("a..b", 5000);
	assert_int_equal(looking_find(&world.looking), -EHOSTUNREACH);
	assert_non_null(strstr(world.looking.failure.text,
			       "cannot connect to tcp:a..b:5000: "
			       "a..b: "));
	assert_non_null(strstr(world.looking.failure.text,
			       " (is the name right? is a name server "
			       "reachable? --wait waits for it)"));
}

/* 240.0.0.0/4 is reserved (RFC 1112, section 4), and has no route. */
static void test_connect_tcp_unreachable(void **state)
{
	int err;

	(void)state;
	begin_tcp("255.255.255.255", 5000);
	err = looking_find(&world.looking);
	assert_true(err == -EACCES || err == -ENETUNREACH);
}

/* Close during an attempt, and after its time-out. */
static void test_connect_tcp_times_out(void **state)
{
	struct sockaddr_in addr = {0};
	socklen_t len = sizeof(addr);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int waiting[3];
	size_t i;
	int err;

	(void)state;
	/* A listener with a full queue does not answer. */
	assert_int_equal(listen(listener, 0), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&addr, &len),
			 0);
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (i = 0; i < TESTING_COUNT(waiting); i++) {
		waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		assert_true(waiting[i] >= 0);
		(void)!connect(waiting[i], (struct sockaddr *)&addr, len);
	}
	begin_tcp("127.0.0.1", ntohs(addr.sin_port));
	err = looking_look_at(&world.looking, clock_ns());
	assert_int_equal(err, -EINPROGRESS);
	assert_true(world.looking.source->next_ns > clock_ns());
	err = looking_look_at(&world.looking,
			      world.looking.source->next_ns - 1);
	assert_int_equal(err, -EINPROGRESS);
	err = looking_look_at(&world.looking, world.looking.source->next_ns);
	assert_int_equal(err, -ETIMEDOUT);
	assert_non_null(strstr(world.looking.failure.text,
			       ": Connection timed out (is the "
			       "address right"));
	err = looking_look_at(&world.looking, clock_ns());
	assert_int_equal(err, -EINPROGRESS);
	for (i = 0; i < TESTING_COUNT(waiting); i++)
		close(waiting[i]);
	close(listener);
}

/* The first of the ports that connections are given; 0: it is not known. */
static unsigned long first_chance_port(void)
{
	char range[64] = "";
	int fd = open("/proc/sys/net/ipv4/ip_local_port_range", O_RDONLY);

	if (fd < 0)
		return 0;
	if (read(fd, range, sizeof(range) - 1) < 0)
		*range = '\0';
	close(fd);
	return strtoul(range, NULL, 10);
}

/*
 * By chance it would meet itself, sooner or later: Linux gives connections
 * every second port in turn, those that are even as the first one is
 * (__inet_hash_connect(), inet_hashtables.c).
 */
static void test_connect_tcp_not_to_itself(void **state)
{
	unsigned int port = socket_free_port() & ~1U;
	unsigned long first = first_chance_port();
	int i;

	(void)state;
	if (!first || port < first)
		skip();
	begin_tcp("127.0.0.1", port);
	for (i = 0; i < 30000; i++)
		assert_int_equal(looking_find(&world.looking), -ECONNREFUSED);
}

static void test_connect_unix(void **state)
{
	const char *path = begin_unix();
	int listener = socket_unix_bind(path, SOCK_STREAM);

	(void)state;
	assert_found();
	close(listener);
	unlink(path);
}

/* A listener that has a peer refuses again and again. */
static void test_connect_leaves_time(void **state)
{
	const char *path = begin_unix();
	int listener = socket_unix_bind(path, SOCK_STREAM);
	uint64_t before_ns = 0;
	uint64_t rest_ns;
	int i;

	(void)state;
	assert_int_equal(listen(listener, 64), 0);
	world.found_ns = 1;
	assert_int_equal(looking_look_at(&world.looking, world.found_ns), 0);
	for (i = 0; i < 10; i++) {
		rest_ns = lose_after(1);
		assert_true(rest_ns >= before_ns);
		before_ns = rest_ns;
	}
	assert_int_equal(lose_after(1), 5 * UINT64_C(1000000000) - 1);
	assert_int_equal(lose_after(60 * UINT64_C(1000000000)), 0);
	assert_int_equal(lose_after(1), UINT64_C(100000000) - 1);
	close(listener);
	unlink(path);
}

static void test_connect_unix_nothing_there(void **state)
{
	(void)state;
	begin_unix();
	assert_fails(-ENOENT, "No such file or directory (is the peer "
			      "running? --wait waits for it)");
}

static void test_connect_unix_nobody_listens(void **state)
{
	const char *path = begin_unix();

	(void)state;
	close(socket_unix_bind(path, SOCK_STREAM));
	assert_fails(-ECONNREFUSED, "Connection refused (is the peer "
				    "running? --wait waits for it)");
	unlink(path);
}

static void test_connect_unix_no_socket(void **state)
{
	const char *path = begin_unix();

	(void)state;
	close(open(path, O_CREAT | O_WRONLY, 0600));
	world.looking.source->waits = true;
	assert_fails(-ENOTSOCK, "Socket operation on non-socket (give a "
				"socket that accepts stream connections)");
	unlink(path);
}

static void test_connect_unix_datagram_socket(void **state)
{
	const char *path = begin_unix();
	int other = socket_unix_bind(path, SOCK_DGRAM);

	(void)state;
	world.looking.source->waits = true;
	assert_fails(-EPROTOTYPE, "Protocol wrong type for socket (give a "
				  "socket that accepts stream connections)");
	close(other);
	unlink(path);
}

static void test_connect_unix_queue_full(void **state)
{
	const char *path = begin_unix();
	int listener = socket_unix_bind(path, SOCK_STREAM);
	int waiting = socket_unix_connect(path);

	(void)state;
	world.looking.source->waits = true;
	assert_fails(-EBUSY, "Device or resource busy (does the peer "
			     "accept no more connections?)");
	close(waiting);
	close(listener);
	unlink(path);
}

static void test_connect_unix_not_allowed(void **state)
{
	const char *path = begin_unix();
	int listener = socket_unix_bind(path, SOCK_STREAM);

	(void)state;
	assert_int_equal(chmod(path, 0), 0);
	world.looking.source->waits = true;
	if (!geteuid())
		assert_found();
	else
		assert_fails(-EACCES, "Permission denied (may you write to "
				      "that file?)");
	close(listener);
	unlink(path);
}

static void assert_checked(const struct source_kind *kind, const char *rest,
			   const char *other_end)
{
	char name[SOURCE_NAME_MAX];
	char why[SOURCE_WHY_MAX];

	assert_true(kind->check(rest, why));
	kind->other_end(rest, name);
	assert_string_equal(name, other_end);
}

static void test_connect_names(void **state)
{
	char why[SOURCE_WHY_MAX];

	(void)state;
	assert_checked(&connect_tcp_kind, "board:5000",
		       "tcp-listen:board:5000");
	assert_checked(&connect_unix_kind, "/run/x", "unix-listen:/run/x");
	assert_false(connect_tcp_kind.check("board", why));
	assert_string_equal(why,
			    "has no port: it should look like tcp:HOST:PORT");
	assert_false(connect_unix_kind.check("", why));
	assert_string_equal(why, "has no path: it should look like unix:PATH");
}

#define IN_WORLD(test) \
	cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_WORLD(test_connect_tcp),
		IN_WORLD(test_connect_tcp_tries_all_addresses),
		IN_WORLD(test_connect_tcp_refused),
		IN_WORLD(test_connect_tcp_refused_while_waiting),
		IN_WORLD(test_connect_tcp_unknown_host),
		IN_WORLD(test_connect_tcp_unreachable),
		IN_WORLD(test_connect_tcp_times_out),
		IN_WORLD(test_connect_tcp_not_to_itself),
		IN_WORLD(test_connect_unix),
		IN_WORLD(test_connect_leaves_time),
		IN_WORLD(test_connect_unix_nothing_there),
		IN_WORLD(test_connect_unix_nobody_listens),
		IN_WORLD(test_connect_unix_no_socket),
		IN_WORLD(test_connect_unix_datagram_socket),
		IN_WORLD(test_connect_unix_queue_full),
		IN_WORLD(test_connect_unix_not_allowed),
		cmocka_unit_test(test_connect_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
