/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of notify: the messages that arrive at a real datagram socket.
 */
#include "../testing.h"

#include "clock.h"
#include "report/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A socket as the service manager has it. @name as in NOTIFY_SOCKET. */
static int listen_at(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t len = strlen(name);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	assert_true(len < sizeof(address.sun_path));
	memcpy(address.sun_path, name, len);
	if (*name == '@')
		address.sun_path[0] = '\0';
	assert_int_equal(
		bind(fd, (const struct sockaddr *)&address,
		     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
		0);
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	notify_open();
	return fd;
}

static void end_listening(int fd)
{
	notify_close();
	close(fd);
}

/* The next message, or "" if there is none. */
static const char *hear(int fd)
{
	static char message[1024];
	ssize_t n = recv(fd, message, sizeof(message) - 1, 0);

	if (n < 0)
		assert_int_equal(errno, EAGAIN);
	message[n < 0 ? 0 : n] = '\0';
	return message;
}

static void check_messages(const char *name)
{
	int fd = listen_at(name);

	notify_ready();
	assert_string_equal(hear(fd), "READY=1");
	notify_status("%s is up, mtu %d", "tun0", 1500);
	assert_string_equal(hear(fd), "STATUS=tun0 is up, mtu 1500");
	notify_stopping();
	assert_string_equal(hear(fd), "STOPPING=1");
	assert_string_equal(hear(fd), "");
	end_listening(fd);
}

static void test_notify_abstract(void **state)
{
	char name[64];

	(void)state;
	snprintf(name, sizeof(name), "@serialtun-notify-test-%d", getpid());
	check_messages(name);
}

static void test_notify_path(void **state)
{
	char dir[] = "/tmp/serialtun-notify-test.XXXXXX";
	char name[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(name, sizeof(name), "%s/socket", dir);
	check_messages(name);
	unlink(name);
	rmdir(dir);
}

/* A newline would begin another assignment. */
static void test_notify_status_is_one_line(void **state)
{
	char name[64];
	char text[2000];
	int fd;

	(void)state;
	snprintf(name, sizeof(name), "@serialtun-notify-test-%d", getpid());
	fd = listen_at(name);
	notify_status("up\nREADY=1");
	assert_string_equal(hear(fd), "STATUS=up");

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	notify_status("%s", text);
	assert_int_equal(strlen(hear(fd)), 511);
	end_listening(fd);
}

/* As WatchdogSec=30 has it: twice in 30 s, and for this process only. */
static void test_notify_watchdog(void **state)
{
	char name[64];
	char pid[16];
	int fd;

	(void)state;
	setenv("WATCHDOG_USEC", "30000000", 1);
	snprintf(pid, sizeof(pid), "%d", getpid());
	setenv("WATCHDOG_PID", pid, 1);
	snprintf(name, sizeof(name), "@serialtun-notify-test-%d", getpid());
	fd = listen_at(name);
	notify_tick(100 * NS_PER_S);
	assert_string_equal(hear(fd), "WATCHDOG=1");
	assert_int_equal(notify_next_ns(), 115 * NS_PER_S);
	notify_tick(115 * NS_PER_S - 1);
	assert_string_equal(hear(fd), "");
	notify_tick(115 * NS_PER_S);
	assert_string_equal(hear(fd), "WATCHDOG=1");
	end_listening(fd);

	setenv("WATCHDOG_PID", "1", 1);
	fd = listen_at(name);
	assert_int_equal(notify_next_ns(), UINT64_MAX);
	notify_tick(200 * NS_PER_S);
	assert_string_equal(hear(fd), "");
	end_listening(fd);

	unsetenv("WATCHDOG_PID");
	setenv("WATCHDOG_USEC", "soon", 1);
	fd = listen_at(name);
	assert_int_equal(notify_next_ns(), UINT64_MAX);
	end_listening(fd);
	unsetenv("WATCHDOG_USEC");
}

/* Return: does the process have another descriptor than before? */
static int next_fd(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd;
}

/* Nobody there, or nobody who reads: it goes on at once, with no fd lost. */
static void test_notify_never_in_the_way(void **state)
{
	static const char *const nobody[] = {
		"/nowhere/at/all",
		"@serialtun-nobody",
		"relative",
		"vsock:2:1",
		"/",
		"@",
		"",
	};
	char name[256];
	int before = next_fd();
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < TESTING_COUNT(nobody); i++) {
		setenv("NOTIFY_SOCKET", nobody[i], 1);
		notify_open();
		notify_ready();
		notify_close();
	}
	memset(name, 'x', sizeof(name) - 1);
	name[0] = '/';
	name[sizeof(name) - 1] = '\0';
	setenv("NOTIFY_SOCKET", name, 1);
	notify_open();
	notify_ready();
	unsetenv("NOTIFY_SOCKET");
	notify_open();
	notify_ready();
	assert_int_equal(next_fd(), before);

	snprintf(name, sizeof(name), "@serialtun-notify-test-%d", getpid());
	fd = listen_at(name);
	for (i = 0; i < 10000; i++)
		notify_status("%zu", i);
	assert_string_equal(hear(fd), "STATUS=0");
	/* It ends, and nobody is there any more. */
	shutdown(fd, SHUT_RD);
	notify_ready();
	end_listening(fd);
	assert_int_equal(next_fd(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_notify_abstract),
		cmocka_unit_test(test_notify_path),
		cmocka_unit_test(test_notify_status_is_one_line),
		cmocka_unit_test(test_notify_watchdog),
		cmocka_unit_test(test_notify_never_in_the_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
