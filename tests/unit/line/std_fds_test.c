/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of std_fds: standard input and output as the port. While one is tried,
 * the test's own are put aside; what is found is looked at afterwards.
 */
#include "../socket.h"
#include "line/std_fds.h"
#include "looking.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int aside[3];

/* Put descriptors in place of the standard ones; -1 leaves one as it is. */
static void replace_standard(int in, int out, int err)
{
	const int by[] = {in, out, err};
	int fd;

	fflush(stdout);
	for (fd = 0; fd < 3; fd++) {
		aside[fd] = dup(fd);
		if (by[fd] >= 0)
			dup2(by[fd], fd);
	}
}

static void put_back_standard(void)
{
	int fd;

	for (fd = 0; fd < 3; fd++) {
		dup2(aside[fd], fd);
		close(aside[fd]);
	}
}

struct found {
	int err;
	struct looking looking;
};

static void find(struct found *found)
{
	looking_begin(&found->looking, "-");
	found->err = looking_open(&found->looking);
	if (!found->err)
		found->err = looking_look(&found->looking);
}

static void lose(struct found *found)
{
	looking_end(&found->looking);
}

static void assert_refused(int in, int out, const char *text)
{
	struct found found;

	replace_standard(in, out, -1);
	find(&found);
	put_back_standard();
	assert_int_equal(found.err, -EINVAL);
	assert_null(found.looking.source);
	events_close(&found.looking.events);
	if (!strstr(found.looking.failure.text, text))
		fail_msg("\"%s\" is not in \"%s\"", text,
			 found.looking.failure.text);
}

static void test_std_fds_name(void **state)
{
	char why[SOURCE_WHY_MAX];

	(void)state;
	assert_true(source_check_name("-", why));
	assert_false(source_check_name("-x", why));
	assert_string_equal(
		why, "is not a port, but - alone is standard input and output");
}

static void test_std_fds_refusals(void **state)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	int null = open("/dev/null", O_RDWR);
	int zero = open("/dev/zero", O_RDWR);
	int file = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	int lone = socket(AF_UNIX, SOCK_STREAM, 0);
	int datagrams[2];
	int pipes[2];
	int tty;

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, datagrams), 0);
	assert_int_equal(unlockpt(master), 0);
	tty = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(tty >= 0);
	assert_refused(tty, tty,
		       "cannot use standard input as the port: it is a "
		       "terminal (");
	assert_refused(pipes[0], tty,
		       "cannot use standard output as the port: it is a "
		       "terminal (");
	assert_refused(tty, tty, ptsname(master));
	assert_refused(null, pipes[1],
		       "cannot use standard input as the port: it is closed, "
		       "or /dev/null (");
	assert_refused(pipes[0], null,
		       "cannot use standard output as the port: it is closed, "
		       "or /dev/null (");
	assert_refused(zero, pipes[1], "it is neither a pipe nor a socket (");
	assert_refused(pipes[0], file, "it is neither a pipe nor a socket (");
	assert_refused(lone, lone, "it is a socket that is not connected (");
	assert_refused(datagrams[0], datagrams[0],
		       "it is a socket, but not a stream (");
	assert_refused(pipes[1], pipes[0],
		       "cannot use standard input as the port: it is the wrong "
		       "end of a pipe (");
	assert_refused(pipes[0], pipes[0],
		       "cannot use standard output as the port: it is the "
		       "wrong end of a pipe (");
	close(tty);
	close(master);
	close(null);
	close(zero);
	close(file);
	close(lone);
	close(datagrams[0]);
	close(datagrams[1]);
	close(pipes[0]);
	close(pipes[1]);
}

static bool blocks(int fd)
{
	return !(fcntl(fd, F_GETFL) & O_NONBLOCK);
}

/* Two pipes, one of which does not block when it is handed over. */
static void test_std_fds_pipes(void **state)
{
	static const uint8_t bytes[] = "packet";
	uint8_t buffer[64];
	struct found found;
	bool while_open[2];
	ssize_t results[5];
	size_t queued;
	int len;
	int in[2];
	int out[2];

	(void)state;
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe2(out, O_NONBLOCK), 0);
	assert_int_equal(write(in[1], bytes, sizeof(bytes)), sizeof(bytes));
	replace_standard(in[0], out[1], -1);
	find(&found);
	while_open[0] = blocks(in[0]);
	while_open[1] = blocks(out[1]);
	len = fcntl(out[0], F_GETPIPE_SZ);
	results[0] = port_read(found.looking.port, buffer, sizeof(buffer));
	results[1] = port_read(found.looking.port, buffer, sizeof(buffer));
	results[2] = port_write(found.looking.port, bytes, 5);
	queued = port_queued(found.looking.port);
	close(in[1]);
	results[3] = port_read(found.looking.port, buffer, sizeof(buffer));
	close(out[0]);
	results[4] = port_write(found.looking.port, bytes, 5);
	lose(&found);
	put_back_standard();

	assert_int_equal(found.err, 0);
	assert_false(while_open[0]);
	assert_false(while_open[1]);
	assert_true(blocks(in[0]));
	assert_false(blocks(out[1]));
	assert_int_equal(len, 16384);
	assert_int_equal(fcntl(out[1], F_GETPIPE_SZ), 65536);
	assert_int_equal(results[0], sizeof(bytes));
	assert_int_equal(results[1], -EAGAIN);
	assert_int_equal(results[2], 5);
	assert_int_equal(queued, 5);
	assert_int_equal(results[3], -EIO);
	assert_int_equal(results[4], -EPIPE);
	close(in[0]);
	close(out[1]);
}

/* One socket as both and, as with inetd, also as standard error. */
static void test_std_fds_socket(void **state)
{
	struct found found;
	struct stat message;
	bool while_open;
	size_t queued;
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	replace_standard(fds[0], fds[0], fds[0]);
	find(&found);
	while_open = blocks(fds[0]);
	fstat(STDERR_FILENO, &message);
	port_write(found.looking.port, (const uint8_t *)"x", 1);
	queued = port_queued(found.looking.port);
	lose(&found);
	put_back_standard();

	assert_int_equal(found.err, 0);
	assert_false(while_open);
	assert_true(blocks(fds[0]));
	assert_true(S_ISCHR(message.st_mode));
	assert_true(queued);
	close(fds[0]);
	close(fds[1]);
}

/* Messages to another standard error stay on. */
static void test_std_fds_stderr_apart(void **state)
{
	struct found found;
	struct stat message;
	int fds[2];
	int pipes[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(pipe(pipes), 0);
	replace_standard(fds[0], fds[0], pipes[1]);
	find(&found);
	fstat(STDERR_FILENO, &message);
	lose(&found);
	put_back_standard();

	assert_int_equal(found.err, 0);
	assert_true(S_ISFIFO(message.st_mode));
	close(fds[0]);
	close(fds[1]);
	close(pipes[0]);
	close(pipes[1]);
}

/* The socket is the parent's: it takes descriptors again afterwards. */
static void test_std_fds_refuses_descriptors(void **state)
{
	struct found found;
	bool one_refuses;
	bool two_refuse;
	int in[2];
	int out[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, in), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, out), 0);
	replace_standard(in[0], in[0], -1);
	find(&found);
	one_refuses = socket_refuses_fds(in[1]);
	lose(&found);
	put_back_standard();
	assert_int_equal(found.err, 0);
	assert_true(one_refuses);
	assert_int_equal(socket_send_fd(in[1]), 0);

	replace_standard(in[0], out[0], -1);
	find(&found);
	two_refuse = socket_refuses_fds(in[1]);
	lose(&found);
	put_back_standard();
	assert_int_equal(found.err, 0);
	assert_true(two_refuse);
	assert_int_equal(socket_send_fd(in[1]), 0);
	close(in[0]);
	close(in[1]);
	close(out[0]);
	close(out[1]);
}

/* The port can be closed and opened again, as by SIGUSR2. */
static void test_std_fds_again(void **state)
{
	struct found found;
	int fds[2];
	int err;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	replace_standard(fds[0], fds[0], -1);
	find(&found);
	looking_let_go(&found.looking);
	err = looking_look(&found.looking);
	lose(&found);
	put_back_standard();
	assert_int_equal(err, 0);
	assert_true(blocks(fds[0]));
	close(fds[0]);
	close(fds[1]);
}

static int ignore_sigpipe(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_std_fds_name),
		cmocka_unit_test(test_std_fds_refusals),
		cmocka_unit_test(test_std_fds_pipes),
		cmocka_unit_test(test_std_fds_socket),
		cmocka_unit_test(test_std_fds_stderr_apart),
		cmocka_unit_test(test_std_fds_refuses_descriptors),
		cmocka_unit_test(test_std_fds_again),
	};

	return cmocka_run_group_tests(tests, ignore_sigpipe, NULL);
}
