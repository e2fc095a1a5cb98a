/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of holder: children that use a pty, and lock files.
 */
#include "../testing.h"
#include "port/holder.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* A user without any processes. */
#define ANYBODY 54321

static int master;
static const char *slave;
static uid_t user_of_child;

static int set_up(void **state)
{
	(void)state;
	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0 || grantpt(master) || unlockpt(master))
		return -1;
	slave = ptsname(master);
	return slave ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	return close(master);
}

/* A child that has the slave open, and maybe locked, until it is killed. */
static pid_t start_child(const char *name, bool locks)
{
	int ready[2];
	char byte;
	pid_t pid;
	int fd;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		prctl(PR_SET_NAME, name);
		fd = open(slave, O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (fd < 0 || (locks && flock(fd, LOCK_EX | LOCK_NB)) ||
		    (user_of_child && setuid(user_of_child)) ||
		    prctl(PR_SET_PDEATHSIG, SIGKILL) || /* setuid() clears it */
		    write(ready[1], "", 1) != 1)
			_exit(EXIT_FAILURE);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void stop_child(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_holder_finds_who_has_it_open(void **state)
{
	char text[HOLDER_TEXT_MAX];
	char wanted[HOLDER_TEXT_MAX];
	struct holder holder;
	pid_t pid = start_child("a ) 1 (\n", false);

	(void)state;
	assert_true(holder_find(slave, &holder));
	assert_int_equal(holder.pid, pid);
	assert_false(holder.locked);
	snprintf(wanted, sizeof(wanted), "a ) 1 (?, pid %d", pid);
	assert_string_equal(holder_format(&holder, text), wanted);
	stop_child(pid);
	assert_false(holder_find(slave, &holder));
}

static void test_holder_prefers_who_has_locked_it(void **state)
{
	pid_t first = start_child("first", false);
	pid_t locking = start_child("fifteen-letters", true);
	pid_t last = start_child("last", false);
	struct holder holder;

	(void)state;
	assert_true(holder_find(slave, &holder));
	assert_int_equal(holder.pid, locking);
	assert_true(holder.locked);
	assert_string_equal(holder.program, "fifteen-letters");
	stop_child(first);
	stop_child(locking);
	assert_true(holder_find(slave, &holder));
	assert_int_equal(holder.pid, last);
	stop_child(last);
}

static void test_holder_is_never_ourselves(void **state)
{
	int fd = open(slave, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct holder holder;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_false(holder_find(slave, &holder));
	close(fd);
}

static void test_holder_finds_devices_only(void **state)
{
	struct holder holder;

	(void)state;
	assert_false(holder_find("/proc/self/exe", &holder));
	assert_false(holder_find("/dev/nothing", &holder));
}

static const struct {
	const char *content;
	size_t len;
	pid_t pid;
} contents[] = {
	{"      1234\n", 11, 1234},
	{"      1234 minicom root\n", 24, 1234},
	{"1234", 4, 1234},
	{"1\n", 2, 1},
	{"\xFF\xFF\xFF\xFF", 4, 0},
	{"\0\0\0\0", 4, 0},
	{"", 0, 0},
	{"         0\n", 11, 0},
	{"       -12\n", 11, 0},
	{"  12monkeys\n", 12, 0},
	{"2147483648\n", 11, 0},
	{"99999999999999999999999\n", 24, 0},
	{"\x01\x02\0", 3, 0},
	{"minicom\n", 8, 0},
};

static void test_holder_parses_uucp(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(contents); i++) {
		char *copy = (char *)testing_copy(contents[i].content,
						  contents[i].len);

		assert_int_equal(holder_parse_uucp(copy, contents[i].len),
				 contents[i].pid);
		free(copy);
	}
}

static void test_holder_parses_binary_uucp(void **state)
{
	static const int32_t pids[] = {1, 0x0201, 0x3231, 4194304};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(pids); i++) {
		char content[sizeof(*pids)];

		memcpy(content, &pids[i], sizeof(content));
		assert_int_equal(holder_parse_uucp(content, sizeof(content)),
				 pids[i]);
	}
}

static void write_lock(const char *path, pid_t pid)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fprintf(file, "%10d\n", pid);
	fclose(file);
}

static void test_holder_reads_uucp(void **state)
{
	char dir[] = "/tmp/serialtun-holder.XXXXXX";
	struct holder holder;
	char path[PATH_MAX];
	pid_t pid = start_child("uucico", false);

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/LCK..ttyUSB0", dir);
	assert_false(holder_read_uucp(path, &holder));
	write_lock(path, getpid());
	assert_false(holder_read_uucp(path, &holder));
	write_lock(path, pid);
	assert_true(holder_read_uucp(path, &holder));
	assert_int_equal(holder.pid, pid);
	assert_true(holder.locked);
	assert_string_equal(holder.program, "uucico");
	stop_child(pid);
	assert_false(holder_read_uucp(path, &holder));
	unlink(path);
	rmdir(dir);
	assert_false(holder_find_uucp("/dev/serialtun-test", &holder));
}

/* Everybody may write to the directory of the lock files. */
static void test_holder_reads_no_planted_uucp(void **state)
{
	char dir[] = "/tmp/serialtun-holder.XXXXXX";
	char path[PATH_MAX];
	char other[PATH_MAX];
	pid_t pid = start_child("uucico", false);
	struct holder holder;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/LCK..ttyUSB0", dir);
	snprintf(other, sizeof(other), "%s/elsewhere", dir);
	write_lock(other, pid);
	assert_true(holder_read_uucp(other, &holder));
	assert_int_equal(symlink(other, path), 0);
	assert_false(holder_read_uucp(path, &holder));
	unlink(path);
	/* Neither of these may make it wait. */
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(holder_read_uucp(path, &holder));
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_false(holder_read_uucp(path, &holder));
	rmdir(path);
	unlink(other);
	rmdir(dir);
	stop_child(pid);
}

/* A user cannot say that another user's process has the device. */
static void test_holder_believes_the_owner_of_the_process(void **state)
{
	char dir[] = "/tmp/serialtun-holder.XXXXXX";
	char path[PATH_MAX];
	struct holder holder;
	pid_t own;
	pid_t of_root;

	(void)state;
	if (geteuid())
		skip();
	of_root = start_child("root's", false);
	user_of_child = ANYBODY;
	own = start_child("a user's", false);
	user_of_child = 0;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/LCK..ttyUSB0", dir);
	write_lock(path, of_root);
	assert_true(holder_read_uucp(path, &holder));
	assert_int_equal(chown(path, ANYBODY, 0), 0);
	assert_false(holder_read_uucp(path, &holder));
	write_lock(path, own);
	assert_true(holder_read_uucp(path, &holder));
	assert_int_equal(holder.pid, own);
	/* Another user's, and root's. */
	assert_int_equal(chown(path, ANYBODY + 1, 0), 0);
	assert_false(holder_read_uucp(path, &holder));
	assert_int_equal(chown(path, 0, 0), 0);
	assert_true(holder_read_uucp(path, &holder));
	stop_child(own);
	stop_child(of_root);
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_holder_finds_who_has_it_open),
		cmocka_unit_test(test_holder_prefers_who_has_locked_it),
		cmocka_unit_test(test_holder_is_never_ourselves),
		cmocka_unit_test(test_holder_finds_devices_only),
		cmocka_unit_test(test_holder_parses_uucp),
		cmocka_unit_test(test_holder_parses_binary_uucp),
		cmocka_unit_test(test_holder_reads_uucp),
		cmocka_unit_test(test_holder_reads_no_planted_uucp),
		cmocka_unit_test(test_holder_believes_the_owner_of_the_process),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
