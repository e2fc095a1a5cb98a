/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of events: what is waited for is found, and nothing else.
 */
#include "clock.h"
#include "events.h"
#include "testing.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static struct events events;
static struct event happened[EVENTS_MAX];
static int fd;

static int open_world(void **state)
{
	(void)state;
	assert_int_equal(events_open(&events), 0);
	fd = eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC);
	assert_true(fd >= 0);
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	if (fd >= 0)
		close(fd);
	events_close(&events);
	return 0;
}

static int find(void)
{
	return events_wait(&events, 0, happened);
}

static void test_events_by_kind(void **state)
{
	int other = eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC);

	(void)state;
	assert_int_equal(find(), 0);
	assert_int_equal(events_watch(&events, EVENT_LINE, fd, EPOLLIN), 0);
	assert_int_equal(find(), 1);
	assert_int_equal(happened[0].kind, EVENT_LINE);
	assert_int_equal(happened[0].mask, EPOLLIN);
	assert_int_equal(events_watch(&events, EVENT_PORT, other, EPOLLOUT), 0);
	assert_int_equal(find(), 2);
	close(other);
	assert_int_equal(find(), 1);
}

static void test_events_change(void **state)
{
	(void)state;
	assert_int_equal(events_watch(&events, EVENT_PORT, fd, 0), 0);
	assert_int_equal(find(), 0);
	assert_int_equal(
		events_watch(&events, EVENT_PORT, fd, EPOLLIN | EPOLLOUT), 0);
	assert_int_equal(find(), 1);
	assert_int_equal(happened[0].mask, EPOLLIN | EPOLLOUT);
	events_forget(&events, fd);
	assert_int_equal(find(), 0);
	events_forget(&events, fd);
}

static void test_events_once(void **state)
{
	const uint32_t once = EPOLLIN | EPOLLONESHOT;

	(void)state;
	assert_int_equal(events_watch(&events, EVENT_LINE, fd, once), 0);
	assert_int_equal(find(), 1);
	assert_int_equal(find(), 0);
	assert_int_equal(events_watch(&events, EVENT_LINE, fd, once), 0);
	assert_int_equal(find(), 1);
}

/* The timer is finer than 1 ms, never early, and works after a delay. */
static void test_events_time(void **state)
{
	const uint64_t begin_ns = clock_ns();
	uint64_t until_ns;
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		until_ns = clock_ns() + 300 * NS_PER_US;
		while (clock_ns() < until_ns)
			assert_int_equal(
				events_wait(&events, until_ns, happened), 0);
	}
	assert_in_range(clock_ns() - begin_ns, 6 * NS_PER_MS, NS_PER_S);
	/* An expired time does not return events for ever. */
	until_ns = clock_ns() + 30 * NS_PER_MS;
	assert_int_equal(events_wait(&events, until_ns, happened), 0);
	assert_true(clock_ns() >= until_ns);
}

static void test_events_refuses_files(void **state)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(events_watch(&events, EVENT_PORT, null, EPOLLIN),
			 -EPERM);
	close(null);
}

#define EVENTS_TEST(test) \
	cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EVENTS_TEST(test_events_by_kind),
		EVENTS_TEST(test_events_change),
		EVENTS_TEST(test_events_once),
		EVENTS_TEST(test_events_time),
		EVENTS_TEST(test_events_refuses_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
