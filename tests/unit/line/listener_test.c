/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of listener: who connects is the port, one at a time.
 */
#include "../socket.h"
#include "line/listener_tcp.h"
#include "line/listener_unix.h"
#include "looking.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static struct {
	char name[LOOKING_NAME_MAX];
	const char *path; /* of the unix socket */
	unsigned int number;
	struct looking looking;
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

static void name_tcp(const char *host)
{
	world.number = socket_free_port();
	snprintf(world.name, sizeof(world.name), "tcp-listen:%s%u", host,
		 world.number);
}

static void name_unix(void)
{
	snprintf(world.name, sizeof(world.name), "unix-listen:%s/socket",
		 world.looking.dir);
	world.path = world.name + strlen("unix-listen:");
}

/* Return: 0: listening, without a connection yet; or -errno */
static int begin(void)
{
	int err = looking_open(&world.looking);

	if (err)
		return err;
	while ((err = looking_look(&world.looking)) == -EINPROGRESS)
		looking_is_woken(&world.looking, 1000);
	return err == -EAGAIN ? 0 : err;
}

static void assert_refused(int err, const char *says)
{
	char wanted[LOG_TEXT_MAX];

	assert_int_equal(begin(), err);
	snprintf(wanted, sizeof(wanted), "cannot listen on %s: %s", world.name,
		 says);
	assert_string_equal(world.looking.failure.text, wanted);
}

/* Return: the connection of the port. */
static int connect_and_find(void)
{
	int fd = socket_connect(world.number);

	assert_true(looking_is_woken(&world.looking, 1000));
	assert_int_equal(looking_look(&world.looking), 0);
	return fd;
}

/* The same, of a listener on the loopback. */
static int begin_with_one(void)
{
	name_tcp("127.0.0.1:");
	assert_int_equal(begin(), 0);
	return connect_and_find();
}

static void test_listener_tcp(void **state)
{
	char wanted[LOOKING_NAME_MAX];
	struct sockaddr_in own = {0};
	socklen_t len = sizeof(own);
	int fd;

	(void)state;
	name_tcp("");
	assert_int_equal(begin(), 0);
	assert_int_equal(looking_look(&world.looking), -EAGAIN);
	assert_true(world.looking.source->next_ns == UINT64_MAX);
	assert_false(looking_is_woken(&world.looking, 0));
	fd = connect_and_find();
	assert_int_equal(getsockname(fd, (struct sockaddr *)&own, &len), 0);
	snprintf(wanted, sizeof(wanted), "127.0.0.1:%u", ntohs(own.sin_port));
	assert_string_equal(world.looking.port->name, wanted);
	assert_false(looking_is_woken(&world.looking, 0));
	close(fd);
}

/* Only if this host has IPv6. */
static void test_listener_tcp_ipv6(void **state)
{
	const struct sockaddr_in6 any = {.sin6_family = AF_INET6,
					 .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr_in6 addr = any;
	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	bool has_ipv6 = fd >= 0 &&
			!bind(fd, (const struct sockaddr *)&any, sizeof(any));

	(void)state;
	if (fd >= 0)
		close(fd);
	if (!has_ipv6)
		skip();
	name_tcp("");
	assert_int_equal(begin(), 0);
	addr.sin6_port = htons((uint16_t)world.number);
	fd = socket(AF_INET6, SOCK_STREAM, 0);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)),
			 0);
	assert_true(looking_is_woken(&world.looking, 1000));
	assert_int_equal(looking_look(&world.looking), 0);
	assert_memory_equal(world.looking.port->name, "[::1]:", 6);
	close(fd);
}

static void test_listener_one_at_a_time(void **state)
{
	int others[3];
	uint8_t byte = 'x';
	size_t i;
	int fd;

	(void)state;
	fd = begin_with_one();
	looking_attend(&world.looking); /* although there is no connection */
	for (i = 0; i < TESTING_COUNT(others); i++) {
		others[i] = socket_connect(world.number);
		/* This may take a rest. */
		while (looking_is_woken(&world.looking, 100))
			looking_attend(&world.looking);
		assert_true(socket_is_closed(others[i]));
		close(others[i]);
	}
	assert_int_equal(port_write(world.looking.port, &byte, 1), 1);
	assert_int_equal(read(fd, &byte, 1), 1);
	close(fd);
}

/* After many connections the listener rests. */
static void test_listener_rests(void **state)
{
	int others[4];
	size_t i;
	int fd;

	(void)state;
	fd = begin_with_one();
	others[0] = socket_connect(world.number);
	assert_true(looking_is_woken(&world.looking, 1000));
	looking_attend(&world.looking);
	for (i = 1; i < TESTING_COUNT(others); i++)
		others[i] = socket_connect(world.number);
	looking_attend(&world.looking);
	assert_false(looking_is_woken(&world.looking, 0));
	assert_true(looking_is_woken(&world.looking, 1000));
	while (looking_is_woken(&world.looking, 100))
		looking_attend(&world.looking);
	for (i = 0; i < TESTING_COUNT(others); i++) {
		assert_true(socket_is_closed(others[i]));
		close(others[i]);
	}
	close(fd);
}

/* A port lost during the rest: the next peer need not wait. */
static void test_listener_finds_while_it_rests(void **state)
{
	int other;
	int fd;

	(void)state;
	fd = begin_with_one();
	other = socket_connect(world.number);
	assert_true(looking_is_woken(&world.looking, 1000));
	looking_attend(&world.looking);
	close(other);
	close(fd);
	looking_let_go(&world.looking);
	assert_int_equal(looking_look(&world.looking), -EAGAIN);
	fd = connect_and_find();
	close(fd);
}

/* The peer reconnects before we have seen the end of its connection. */
static void test_listener_keeps_who_comes_back(void **state)
{
	uint8_t byte = 'x';
	int again;
	int third;
	int fd;

	(void)state;
	fd = begin_with_one();
	close(fd);
	again = socket_connect(world.number);
	assert_true(looking_is_woken(&world.looking, 1000));
	looking_attend(&world.looking);
	third = socket_connect(world.number);
	while (looking_is_woken(&world.looking, 100))
		looking_attend(&world.looking);
	assert_true(socket_is_closed(third));
	looking_let_go(&world.looking);
	assert_int_equal(looking_look(&world.looking), 0);
	assert_int_equal(port_write(world.looking.port, &byte, 1), 1);
	assert_int_equal(read(again, &byte, 1), 1);
	close(again);
	close(third);
}

/* Close the listener while a reconnected peer waits. */
static void test_listener_ends_with_one_kept(void **state)
{
	int again;

	(void)state;
	close(begin_with_one());
	again = socket_connect(world.number);
	assert_true(looking_is_woken(&world.looking, 1000));
	looking_attend(&world.looking);
	looking_let_go(&world.looking);
	source_close(world.looking.source);
	world.looking.source = NULL;
	assert_true(socket_is_closed(again));
	close(again);
}

/* A connection that closed without data is not accepted. */
static void test_listener_passes_over_who_is_gone(void **state)
{
	uint8_t byte = 'x';
	int fd;

	(void)state;
	name_tcp("127.0.0.1:");
	assert_int_equal(begin(), 0);
	close(socket_connect(world.number));
	fd = socket_connect(world.number);
	assert_true(looking_is_woken(&world.looking, 1000));
	assert_int_equal(looking_look(&world.looking), 0);
	assert_int_equal(port_write(world.looking.port, &byte, 1), 1);
	assert_int_equal(read(fd, &byte, 1), 1);
	close(fd);
	looking_let_go(&world.looking);
	/* A connection that closed after data is accepted. */
	fd = socket_connect(world.number);
	assert_int_equal(write(fd, &byte, 1), 1);
	close(fd);
	assert_true(looking_is_woken(&world.looking, 1000));
	assert_int_equal(looking_look(&world.looking), 0);
}

/* Limit the number of descriptors, or restore the limit. */
static void limit_descriptors(bool on)
{
	static struct rlimit before;
	struct rlimit limit;

	if (!on) {
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
		return;
	}
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit = before;
	limit.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* If accept() fails, the listener rests and then tries again. */
static void test_listener_without_descriptors(void **state)
{
	char wanted[LOG_TEXT_MAX];
	int other;
	int fd;

	(void)state;
	name_tcp("127.0.0.1:");
	assert_int_equal(begin(), 0);
	fd = socket_connect(world.number);
	assert_true(looking_is_woken(&world.looking, 1000));
	limit_descriptors(true);
	assert_int_equal(looking_look(&world.looking), -EMFILE);
	assert_false(looking_is_woken(&world.looking, 0));
	limit_descriptors(false);
	snprintf(wanted, sizeof(wanted),
		 "cannot accept a connection to %s: Too many open files",
		 world.name);
	assert_string_equal(world.looking.failure.text, wanted);
	assert_true(looking_is_woken(&world.looking, 1000));
	assert_int_equal(looking_look(&world.looking), 0);

	other = socket_connect(world.number);
	assert_true(looking_is_woken(&world.looking, 1000));
	limit_descriptors(true);
	looking_attend(&world.looking);
	assert_false(looking_is_woken(&world.looking, 0));
	limit_descriptors(false);
	while (looking_is_woken(&world.looking, 100))
		looking_attend(&world.looking);
	assert_true(socket_is_closed(other));
	close(other);
	close(fd);
}

static void test_listener_tcp_in_use(void **state)
{
	int other;

	(void)state;
	other = socket_listen(&world.number);
	snprintf(world.name, sizeof(world.name), "tcp-listen:%u", world.number);
	assert_refused(-EADDRINUSE,
		       "Address already in use (another program listens there, "
		       "\"ss -ltnp\" shows which: choose another port)");
	close(other);
}

static void test_listener_tcp_not_here(void **state)
{
	(void)state;
	name_tcp("192.0.2.77:");
	assert_refused(-EADDRNOTAVAIL,
		       "Cannot assign requested address (this host has no such "
		       "address, \"ip address\" shows its addresses)");
}

static void test_listener_tcp_unknown(void **state)
{
	(void)state;
	name_tcp("a..b:");
	assert_int_equal(begin(), -EHOSTUNREACH);
	assert_non_null(strstr(world.looking.failure.text, ": a..b: "));
	assert_non_null(strstr(world.looking.failure.text,
			       " (give an address of this host, "
			       "\"ip address\" shows them)"));
}

static void test_listener_tcp_low_port(void **state)
{
	const uid_t user = geteuid();

	(void)state;
	if (!user)
		assert_int_equal(seteuid(NOBODY), 0);
	snprintf(world.name, sizeof(world.name), "tcp-listen:1");
	assert_refused(-EACCES, "Permission denied (ports below 1024 need "
				"root: choose a higher one)");
	assert_int_equal(seteuid(user), 0);
}

static void test_listener_unix(void **state)
{
	char wanted[LOOKING_NAME_MAX];
	struct stat file;
	mode_t mask;
	int fd;

	(void)state;
	name_unix();
	mask = umask(0);
	assert_int_equal(begin(), 0);
	umask(mask);
	assert_int_equal(lstat(world.path, &file), 0);
	assert_int_equal(file.st_mode, S_IFSOCK | 0600);
	fd = socket_unix_connect(world.path);
	/* Before it is accepted, too. */
	assert_true(socket_refuses_fds(fd));
	assert_true(looking_is_woken(&world.looking, 1000));
	assert_int_equal(looking_look(&world.looking), 0);
	snprintf(wanted, sizeof(wanted), "process %d", getpid());
	assert_string_equal(world.looking.port->name, wanted);
	close(fd);
}

static void test_listener_unix_replaces_a_dead_one(void **state)
{
	(void)state;
	name_unix();
	close(socket_unix_bind(world.path, SOCK_STREAM));
	assert_int_equal(begin(), 0);
	assert_int_equal(looking_look(&world.looking), -EAGAIN);
}

static void test_listener_unix_in_use(void **state)
{
	static const int types[] = {SOCK_STREAM, SOCK_DGRAM};
	size_t i;
	int fd;

	(void)state;
	name_unix();
	for (i = 0; i < TESTING_COUNT(types); i++) {
		fd = socket_unix_bind(world.path, types[i]);
		assert_refused(-EADDRINUSE,
			       "Address already in use (another program "
			       "listens there: choose another path)");
		assert_int_equal(access(world.path, F_OK), 0);
		close(fd);
		unlink(world.path);
	}
}

static void test_listener_unix_no_socket(void **state)
{
	(void)state;
	name_unix();
	close(open(world.path, O_CREAT | O_WRONLY, 0600));
	assert_refused(-EEXIST, "File exists (it is not a socket: remove it, "
				"or choose another path)");
	assert_int_equal(unlink(world.path), 0);
}

static void test_listener_unix_no_directory(void **state)
{
	(void)state;
	snprintf(world.name, sizeof(world.name), "unix-listen:%s/none/socket",
		 world.looking.dir);
	assert_refused(-ENOENT, "No such file or directory (create its "
				"directory first)");
}

/* It does not remove another program's file at its path. */
static void test_listener_unix_removes_its_own(void **state)
{
	int other;

	(void)state;
	name_unix();
	assert_int_equal(begin(), 0);
	assert_int_equal(unlink(world.path), 0);
	other = socket_unix_bind(world.path, SOCK_STREAM);
	source_close(world.looking.source);
	world.looking.source = NULL;
	assert_int_equal(access(world.path, F_OK), 0);
	close(other);
	unlink(world.path);
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

static void test_listener_names(void **state)
{
	char why[SOURCE_WHY_MAX];

	(void)state;
	assert_checked(&listener_tcp_kind, "5000", "tcp:127.0.0.1:5000");
	assert_checked(&listener_tcp_kind, "0.0.0.0:5000", "tcp:HOST:5000");
	assert_checked(&listener_tcp_kind, "[::]:5000", "tcp:HOST:5000");
	assert_checked(&listener_tcp_kind, "192.0.2.1:5000",
		       "tcp:192.0.2.1:5000");
	assert_checked(&listener_tcp_kind, "[fd00::1]:5000",
		       "tcp:[fd00::1]:5000");
	assert_checked(&listener_unix_kind, "/run/x", "unix:/run/x");
	assert_false(listener_tcp_kind.check("board:", why));
	assert_string_equal(why, "has no port: it should look like "
				 "tcp-listen:[ADDR:]PORT");
	assert_false(listener_unix_kind.check("", why));
	assert_string_equal(why, "has no path: it should look like "
				 "unix-listen:PATH");
}

#define IN_WORLD(test) \
	cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_WORLD(test_listener_tcp),
		IN_WORLD(test_listener_tcp_ipv6),
		IN_WORLD(test_listener_one_at_a_time),
		IN_WORLD(test_listener_rests),
		IN_WORLD(test_listener_finds_while_it_rests),
		IN_WORLD(test_listener_keeps_who_comes_back),
		IN_WORLD(test_listener_ends_with_one_kept),
		IN_WORLD(test_listener_passes_over_who_is_gone),
		IN_WORLD(test_listener_tcp_in_use),
		IN_WORLD(test_listener_tcp_not_here),
		IN_WORLD(test_listener_tcp_unknown),
		IN_WORLD(test_listener_tcp_low_port),
		IN_WORLD(test_listener_unix),
		IN_WORLD(test_listener_unix_replaces_a_dead_one),
		IN_WORLD(test_listener_unix_in_use),
		IN_WORLD(test_listener_unix_no_socket),
		IN_WORLD(test_listener_unix_no_directory),
		IN_WORLD(test_listener_unix_removes_its_own),
		cmocka_unit_test(test_listener_names),
		/*
		 * Valgrind minds the limit after the call, and closes what the
		 * call has opened: without this one.
		 */
		IN_WORLD(test_listener_without_descriptors),
	};
	size_t count = TESTING_COUNT(tests) - testing_is_valgrind();

	return _cmocka_run_group_tests("tests", tests, count, NULL, NULL);
}
