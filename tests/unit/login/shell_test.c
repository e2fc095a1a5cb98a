/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of shell: no line that is typed is its own answer, each fits the line
 * editor of BusyBox, and the answers are read. tests/end_to_end/login_test.sh
 * types the lines into real shells.
 */
#include "../testing.h"
#include "login/shell.h"

#define MARK "st0000002a"

static void test_shell_answers_differ_from_their_echo(void **state)
{
	struct shell_facts facts = {0};
	struct shell_ready ready;
	char lines[5][SHELL_LINE_MAX];
	size_t i;

	(void)state;
	shell_write_question(lines[0], MARK);
	shell_write_reader(lines[1], MARK, false);
	shell_write_reader(lines[2], MARK, true);
	shell_write_survey(lines[3]);
	shell_write_start(lines[4]);
	for (i = 0; i < TESTING_COUNT(lines); i++) {
		/* A line that was cut would lack its end. */
		assert_true(strlen(lines[i]) < SHELL_LINE_MAX - 1);
		assert_false(shell_is_answer(lines[i], MARK));
		assert_false(shell_read_ready(&ready, lines[i], MARK));
		assert_false(shell_is_refusal(lines[i], MARK));
		assert_false(shell_wants_password(lines[i], MARK));
		shell_read_fact(&facts, lines[i], MARK);
		assert_null(strpbrk(lines[i], "\r\n"));
	}
	assert_memory_equal(&facts, &(struct shell_facts){0}, sizeof(facts));
}

static void test_shell_reads_facts(void **state)
{
	static const char *const lines[] = {
		MARK " u=1000",
		MARK " m=armv7l",
		MARK " s=1",
		MARK " t=1",
		MARK " p=/opt/serialtun",
		"[ 1.5] eth0: up" MARK " v=serialtun 1",
		MARK " e=127",
		MARK " x=1",
		MARK " ",
		MARK,
		"st0000002b u=0",
		"",
	};
	struct shell_facts facts = {0};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(lines); i++) {
		assert_int_equal(facts.is_root, i > 2);
		shell_read_fact(&facts, lines[i], MARK);
	}
	assert_string_equal(facts.user, "1000");
	assert_string_equal(facts.machine, "armv7l");
	assert_true(facts.has_tun);
	assert_string_equal(facts.path, "/opt/serialtun");
	assert_string_equal(facts.version, "serialtun 1");
	assert_string_equal(facts.status, "127");
}

static void test_shell_reads_that_the_reader_is_ready(void **state)
{
	struct shell_ready ready;

	(void)state;
	assert_true(shell_read_ready(&ready, "x" MARK ": 42 cksum", MARK));
	assert_int_equal(ready.kind, SUM_CKSUM);
	assert_string_equal(ready.sum, "");
	assert_true(shell_read_ready(&ready, MARK ": 42 sha256sum 1f", MARK));
	assert_int_equal(ready.kind, SUM_SHA256);
	assert_string_equal(ready.sum, "1f");
	assert_true(shell_read_ready(&ready, MARK ": 42 : 0", MARK));
	assert_int_equal(ready.kind, SUM_NONE);
	assert_string_equal(ready.sum, "0");
	assert_false(shell_read_ready(&ready, MARK ": 42 cks[ 1.2] usb", MARK));
	assert_false(shell_read_ready(&ready, MARK ": 43 cksum", MARK));
	assert_true(shell_is_refusal(MARK " bad", MARK));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shell_answers_differ_from_their_echo),
		cmocka_unit_test(test_shell_reads_facts),
		cmocka_unit_test(test_shell_reads_that_the_reader_is_ready),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
