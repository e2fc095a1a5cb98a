/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of pty_make: the test is the program that opens the pty.
 */
#include "../testing.h"
#include "line/pty_make.h"
#include "looking.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static struct {
	char link[LOOKING_NAME_MAX];
	char name[PATH_MAX];
	struct looking looking;
} world;

static int open_world(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	looking_begin(&world.looking, world.name);
	looking_make_dir(&world.looking);
	snprintf(world.link, sizeof(world.link), "%s/board", world.looking.dir);
	snprintf(world.name, sizeof(world.name), "pty:%s", world.link);
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	unlink(world.link);
	looking_end(&world.looking);
	return 0;
}

static int open_program(void)
{
	int fd = open(world.link, O_RDWR | O_NOCTTY | O_NONBLOCK);

	assert_true(fd >= 0);
	return fd;
}

/* Bytes need a moment to cross a pty. */
static void assert_read(const char *wanted)
{
	struct pollfd fd = {.fd = world.looking.port->read_fd,
			    .events = POLLIN};
	uint8_t buffer[64];

	assert_int_equal(poll(&fd, 1, 1000), 1);
	assert_int_equal(port_read(world.looking.port, buffer, sizeof(buffer)),
			 strlen(wanted));
	assert_memory_equal(buffer, wanted, strlen(wanted));
}

static ssize_t read_soon(int fd, char *buffer, size_t cap)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	poll(&poll_fd, 1, 100);
	return read(fd, buffer, cap);
}

static void test_ptmx_comes_and_goes(void **state)
{
	char buffer[64];
	int program;
	int i;

	(void)state;
	assert_int_equal(looking_open(&world.looking), 0);
	for (i = 0; i < 2; i++) {
		assert_int_equal(looking_look(&world.looking), -EAGAIN);
		assert_true(world.looking.source->next_ns == UINT64_MAX);
		assert_false(looking_is_woken(&world.looking, 0));
		program = open_program();
		assert_true(looking_is_woken(&world.looking, 0));
		assert_int_equal(looking_look(&world.looking), 0);
		assert_false(looking_is_woken(&world.looking, 0));
		assert_int_equal(write(program, "abc", 3), 3);
		assert_read("abc");
		assert_int_equal(port_read(world.looking.port,
					   (uint8_t *)buffer, 64),
				 -EAGAIN);
		assert_int_equal(port_write(world.looking.port,
					    (const uint8_t *)"defg", 4),
				 4);
		assert_int_equal(read_soon(program, buffer, sizeof(buffer)), 4);

		/* A second program that opens the pty causes no event. */
		close(open_program());
		assert_false(looking_is_woken(&world.looking, 0));
		close(program);
		assert_int_equal(port_read(world.looking.port,
					   (uint8_t *)buffer, 64),
				 -EIO);
		looking_let_go(&world.looking);
	}
}

/* The next program does not get bytes that the last one left. */
static void test_ptmx_begins_anew(void **state)
{
	struct termios settings;
	char buffer[64];
	int program;

	(void)state;
	assert_int_equal(looking_open(&world.looking), 0);
	program = open_program();
	assert_int_equal(looking_look(&world.looking), 0);
	assert_int_equal(
		port_write(world.looking.port, (const uint8_t *)"old", 3), 3);
	assert_int_equal(tcgetattr(program, &settings), 0);
	assert_int_equal(settings.c_lflag & (ICANON | ECHO | ISIG), 0);
	settings.c_lflag |= ICANON | ECHO;
	assert_int_equal(tcsetattr(program, TCSANOW, &settings), 0);
	close(program);
	looking_let_go(&world.looking);
	program = open_program();
	assert_int_equal(looking_look(&world.looking), 0);
	assert_int_equal(tcgetattr(program, &settings), 0);
	assert_int_equal(settings.c_lflag & (ICANON | ECHO | ISIG), 0);
	assert_int_equal(read_soon(program, buffer, sizeof(buffer)), -1);
	assert_int_equal(errno, EAGAIN);
	close(program);
}

/* An XOFF of the last program does not stop the output to the next. */
static void test_ptmx_goes_on(void **state)
{
	int program;

	(void)state;
	assert_int_equal(looking_open(&world.looking), 0);
	program = open_program();
	assert_int_equal(looking_look(&world.looking), 0);
	assert_int_equal(tcflow(program, TCOOFF), 0);
	close(program);
	looking_let_go(&world.looking);
	program = open_program();
	assert_int_equal(looking_look(&world.looking), 0);
	assert_int_equal(write(program, "abc", 3), 3);
	assert_read("abc");
	close(program);
}

static void test_ptmx_speed(void **state)
{
	struct termios settings;
	int program;

	(void)state;
	world.looking.config.baud = 57600;
	world.looking.config.flow = PORT_FLOW_XONXOFF;
	assert_int_equal(looking_open(&world.looking), 0);
	program = open_program();
	assert_int_equal(looking_look(&world.looking), 0);
	assert_int_equal(world.looking.port->baud, 57600);
	assert_int_equal(world.looking.port->rate, 5760);
	assert_int_equal(tcgetattr(program, &settings), 0);
	assert_int_equal(cfgetospeed(&settings), B57600);
	assert_int_equal(settings.c_iflag & (IXON | IXOFF), 0);
	close(program);
}

/* The close removes our link, but not a replaced one. */
static void test_ptmx_link(void **state)
{
	char target[64] = "";
	char wanted[256];

	(void)state;
	assert_int_equal(looking_open(&world.looking), 0);
	assert_in_range(readlink(world.link, target, sizeof(target) - 1), 10,
			63);
	snprintf(wanted, sizeof(wanted), "a program to open %s (%s)", target,
		 world.link);
	assert_string_equal(world.looking.source->awaited, wanted);
	assert_string_equal(world.looking.source->name, world.name);
	source_close(world.looking.source);
	assert_int_equal(readlink(world.link, target, sizeof(target)), -1);

	assert_int_equal(looking_open(&world.looking), 0);
	assert_int_equal(unlink(world.link), 0);
	assert_int_equal(symlink("/dev/null", world.link), 0);
	source_close(world.looking.source);
	world.looking.source = NULL;
	assert_int_equal(readlink(world.link, target, sizeof(target)), 9);
}

static void test_ptmx_without_link(void **state)
{
	char wanted[256];

	(void)state;
	snprintf(world.name, sizeof(world.name), "pty:");
	assert_int_equal(looking_open(&world.looking), 0);
	assert_ptr_equal(strstr(world.looking.source->name, "/dev/pts/"),
			 world.looking.source->name);
	snprintf(wanted, sizeof(wanted), "a program to open %s",
		 world.looking.source->name);
	assert_string_equal(world.looking.source->awaited, wanted);
}

static void assert_refused(const char *text)
{
	assert_int_not_equal(looking_open(&world.looking), 0);
	assert_null(world.looking.source);
	if (!strstr(world.looking.failure.text, text))
		fail_msg("\"%s\" is not in \"%s\"", text,
			 world.looking.failure.text);
}

/* Only a stale link is replaced. */
static void test_ptmx_link_is_taken(void **state)
{
	char target[64] = "";
	struct source *other;
	struct stat file;

	(void)state;
	assert_int_equal(symlink("/dev/pts/987654", world.link), 0);
	assert_int_equal(looking_open(&world.looking), 0);
	other = world.looking.source;
	world.looking.source = NULL;
	assert_in_range(readlink(world.link, target, sizeof(target) - 1), 10,
			63);
	assert_string_not_equal(target, "/dev/pts/987654");

	/* A link of a running serialtun; then its stale link. */
	assert_refused(": it exists already, to /dev/pts/");
	source_close(other);
	assert_int_equal(symlink(target, world.link), 0);
	assert_int_equal(looking_open(&world.looking), 0);
	source_close(world.looking.source);
	world.looking.source = NULL;

	assert_int_equal(symlink("/nowhere", world.link), 0);
	assert_refused("cannot make the link /tmp/looking.");
	assert_refused(": it exists already, to /nowhere (");
	assert_int_equal(unlink(world.link), 0);
	assert_int_equal(mkdir(world.link, 0700), 0);
	assert_refused(": it exists already (");
	assert_int_equal(stat(world.link, &file), 0);
	assert_int_equal(rmdir(world.link), 0);
}

static void test_ptmx_link_cannot_be_made(void **state)
{
	(void)state;
	snprintf(world.name, sizeof(world.name), "pty:/proc/no/such/place");
	assert_refused("cannot make the link /proc/no/such/place: No such file "
		       "or directory (");
}

static void test_ptmx_other_end(void **state)
{
	char name[SOURCE_NAME_MAX] = "PORT";

	(void)state;
	pty_make_kind.other_end("", name);
	assert_string_equal(name, "PORT");
	pty_make_kind.other_end("/tmp/board", name);
	assert_string_equal(name, "/tmp/board");
	pty_make_kind.other_end("board", name);
	assert_string_equal(name, "./board");
}

#define PTY_MAKE_TEST(test) \
	cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PTY_MAKE_TEST(test_ptmx_comes_and_goes),
		PTY_MAKE_TEST(test_ptmx_begins_anew),
		PTY_MAKE_TEST(test_ptmx_goes_on),
		PTY_MAKE_TEST(test_ptmx_speed),
		PTY_MAKE_TEST(test_ptmx_link),
		PTY_MAKE_TEST(test_ptmx_without_link),
		PTY_MAKE_TEST(test_ptmx_link_is_taken),
		PTY_MAKE_TEST(test_ptmx_link_cannot_be_made),
		cmocka_unit_test(test_ptmx_other_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
