/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of screen: what a person reads of a console's bytes.
 */
#include "../testing.h"
#include "login/screen.h"

static const struct {
	const char *bytes;
	const char *line;
	const char *last;
} texts[] = {
	{"board login: ", "board login: ", ""},
	{"one\r\ntwo\r\n# ", "# ", "two"},
	{"one\r\n\r\n", "", "one"},
	{"one\n\rtwo", "two", "one"},
	{"old\rnew", "new", ""},
	{"10 \b\b\b 9 \b\b\b 8 ", " 8 ", ""},
	{"\b\b# ", "# ", ""},
	{"\33[01;32mroot@board\33[00m:\33[01;34m~\33[00m# ", "root@board:~# ",
	 ""},
	{"\33]0;root@board: ~\a# ", "# ", ""},
	{"\33]0;title\33\\# ", "# ", ""},
	{"\33(B# \33[6n", "# ", ""},
	{"\33[?2004l\rst42\r\n\33[?2004h$ ", "$ ", "st42"},
	{"a\tb", "a b", ""},
	{"gr\303\274n", "gr\303\274n", ""},
	{"\33[31\nlost", "lost", ""},
};

static void push(struct screen *screen, const char *bytes)
{
	for (; *bytes; bytes++)
		screen_push(screen, (uint8_t)*bytes);
}

static void test_screen_reads(void **state)
{
	struct screen screen;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(texts); i++) {
		screen_clear(&screen);
		push(&screen, texts[i].bytes);
		/* The byte behind a newline empties the line. */
		if (texts[i].bytes[strlen(texts[i].bytes) - 1] == '\n')
			screen_push(&screen, '\a');
		assert_string_equal(screen.line, texts[i].line);
		assert_string_equal(screen.last, texts[i].last);
		assert_false(screen_is_garbage(&screen));
	}
}

static void test_screen_keeps_the_end_of_a_long_line(void **state)
{
	struct screen screen;
	int i;

	(void)state;
	screen_clear(&screen);
	for (i = 0; i < 1000; i++)
		screen_push(&screen, 'x');
	push(&screen, "login: ");
	assert_int_equal(screen.len, SCREEN_LINE_MAX - 1);
	assert_int_equal(strlen(screen.line), screen.len);
	assert_non_null(strstr(screen.line, "xxlogin: "));
}

static void test_screen_knows_garbage(void **state)
{
	/* "login: " at 115200 baud, read at half and at twice that speed. */
	static const uint8_t garbage[] = {0x80, 0x66, 0xF8, 0x00, 0x9E, 0xE0,
					  0x00, 0xFE, 0x86, 0x00, 0xE6, 0x18};
	struct screen screen;
	size_t i;

	(void)state;
	screen_clear(&screen);
	for (i = 0; i < sizeof(garbage); i++)
		screen_push(&screen, garbage[i]);
	assert_true(screen_is_garbage(&screen));
	screen_clear(&screen);
	push(&screen, "\360\377");
	assert_false(screen_is_garbage(&screen));
	/* agetty erases what was typed. */
	screen_clear(&screen);
	for (i = 0; i < 30; i++)
		push(&screen, "\210\240\210");
	push(&screen, "\r\r\nboard login: ");
	assert_false(screen_is_garbage(&screen));
	assert_string_equal(screen.line, "board login: ");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_screen_reads),
		cmocka_unit_test(test_screen_keeps_the_end_of_a_long_line),
		cmocka_unit_test(test_screen_knows_garbage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
