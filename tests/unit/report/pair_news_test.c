/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of pair_news: the user reads each line once, and again when it is news
 * again.
 */
#include "../testing.h"
#include "interface/addr.h"
#include "pair/agree.h"
#include "pair/speed_stats.h"
#include "report/pair_news.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int real_stderr;

static int catch_stderr(void **state)
{
	const int file = memfd_create("stderr", MFD_CLOEXEC);

	(void)state;
	real_stderr = dup(STDERR_FILENO);
	assert_int_equal(dup2(file, STDERR_FILENO), STDERR_FILENO);
	return close(file);
}

static int restore_stderr(void **state)
{
	(void)state;
	dup2(real_stderr, STDERR_FILENO);
	return close(real_stderr);
}

/* Return: the text that was printed since the last call. */
static const char *printed(void)
{
	static char text[2048];
	const ssize_t len = pread(STDERR_FILENO, text, sizeof(text) - 1, 0);

	assert_true(len >= 0);
	text[len] = '\0';
	assert_int_equal(ftruncate(STDERR_FILENO, 0), 0);
	lseek(STDERR_FILENO, 0, SEEK_SET);
	return text;
}

static void assert_prints(const char *part)
{
	const char *text = printed();

	if (!strstr(text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}

static void assert_silent(void)
{
	assert_string_equal(printed(), "");
}

static struct addr address(const char *text)
{
	struct addr addr;

	assert_int_equal(addr_parse(&addr, text), ADDR_OK);
	return addr;
}

static void tell(struct pair_news *news, enum pair_event event)
{
	const struct speed_stats speed = {.baud = 460800, .base = 115200};

	pair_news_tell_event(news, event, &speed);
}

/* The same peer again is news only after a loss that the user was told of. */
static void test_pair_news_tell_pair(void **state)
{
	const struct agree peer = {.name = "board", .release = "1.0"};
	const struct addr here = address("10.0.0.1/24");
	struct addr there = address("10.0.0.2/24");
	struct pair_news news;

	(void)state;
	pair_news_init(&news, "sl0", false);
	pair_news_name(&news, &peer);
	pair_news_tell_pair(&news, &peer, &here, &there);
	assert_prints("sl0: paired with board (serialtun 1.0): "
		      "10.0.0.1 here, 10.0.0.2 there\n");
	pair_news_tell_pair(&news, &peer, &here, &there);
	assert_silent();
	tell(&news, PAIR_EVENT_SILENT);
	assert_prints("sl0: board does not answer any more\n");
	pair_news_tell_pair(&news, &peer, &here, &there);
	assert_prints("paired with board");
	there = address("10.0.0.3/24");
	pair_news_tell_pair(&news, &peer, NULL, &there);
	assert_prints("(serialtun 1.0): 10.0.0.3 there\n");
}

/* A description without a name does not take the known name away. */
static void test_pair_news_name(void **state)
{
	const struct agree named = {.name = "board"};
	const struct agree nameless = {.name = ""};
	struct pair_news news;

	(void)state;
	pair_news_init(&news, "sl0", false);
	pair_news_name(&news, &nameless);
	tell(&news, PAIR_EVENT_CLOSED);
	assert_prints("sl0: the peer has ended\n");
	pair_news_name(&news, &named);
	pair_news_name(&news, &nameless);
	tell(&news, PAIR_EVENT_CLOSED);
	assert_prints("sl0: board has ended\n");
}

/* A problem is told when it appears, and again after it was gone. */
static void test_pair_news_tell_problems(void **state)
{
	const struct agree own = {.mtu = 1500, .addr = address("10.0.0.1/24")};
	const struct agree peer = {.mtu = 576, .addr = address("10.1.0.1/24")};
	struct pair_news news;

	(void)state;
	pair_news_init(&news, "sl0", false);
	pair_news_tell_problems(&news, &own, &peer, AGREE_MTU);
	assert_prints("the MTU is 1500 here and 576");
	assert_false(pair_news_told_addresses(&news));
	pair_news_tell_problems(&news, &own, &peer, AGREE_MTU);
	assert_silent();
	pair_news_tell_problems(&news, &own, &peer, AGREE_MTU | AGREE_APART);
	assert_prints("sl0: 10.0.0.1/24 here and 10.1.0.1/24");
	assert_true(pair_news_told_addresses(&news));
	pair_news_tell_problems(&news, &own, &peer, 0);
	assert_silent();
	assert_false(pair_news_told_addresses(&news));
	pair_news_tell_problems(&news, &own, &peer, AGREE_MTU);
	assert_prints("the MTU is 1500 here and 576");
}

/* A loop or a third end belongs to the line of one port. */
static void test_pair_news_line(void **state)
{
	struct pair_news news;

	(void)state;
	pair_news_init(&news, "sl0", false);
	tell(&news, PAIR_EVENT_LOOPED);
	tell(&news, PAIR_EVENT_CROWD);
	assert_prints("three serialtuns");
	assert_true(pair_news_told_loop(&news));
	assert_true(pair_news_told_crowd(&news));
	tell(&news, PAIR_EVENT_PAIRED);
	assert_false(pair_news_told_loop(&news));
	assert_true(pair_news_told_crowd(&news));
	tell(&news, PAIR_EVENT_LOOPED);
	pair_news_begin_port(&news);
	assert_false(pair_news_told_loop(&news));
	assert_false(pair_news_told_crowd(&news));
	assert_false(pair_news_told_loop(NULL));
	assert_false(pair_news_told_crowd(NULL));
	assert_false(pair_news_told_addresses(NULL));
}

static void test_pair_news_speed(void **state)
{
	const struct speed_stats base = {.baud = 115200, .base = 115200};
	struct pair_news news;

	(void)state;
	pair_news_init(&news, "sl0", false);
	tell(&news, PAIR_EVENT_SPEED);
	assert_prints("sl0: 460800 baud now (4 times 115200), both ends\n");
	pair_news_tell_event(&news, PAIR_EVENT_SPEED, &base);
	assert_prints("sl0: 115200 baud again, both ends\n");
	tell(&news, PAIR_EVENT_STRANGER);
	assert_prints("next time say --baud 460800");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_pair_news_tell_pair,
						catch_stderr, restore_stderr),
		cmocka_unit_test_setup_teardown(test_pair_news_name,
						catch_stderr, restore_stderr),
		cmocka_unit_test_setup_teardown(test_pair_news_tell_problems,
						catch_stderr, restore_stderr),
		cmocka_unit_test_setup_teardown(test_pair_news_line,
						catch_stderr, restore_stderr),
		cmocka_unit_test_setup_teardown(test_pair_news_speed,
						catch_stderr, restore_stderr),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
