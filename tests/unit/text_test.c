/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of text: what may reach a terminal, of names that others chose.
 */
#include "testing.h"
#include "text.h"

#include <stdbool.h>
#include <stdio.h>

static const struct {
	const char *given;
	const char *plain;
	size_t columns;
} names[] = {
	{"", "", 0},
	{"FT232R USB UART ~", "FT232R USB UART ~", 17},
	/* C0 and DEL. */
	{"a\tb\n\x1B[2J\x7F", "a?b??[2J?", 9},
	/* C1, as a byte and as UTF-8: CSI, NEL, and the last one. */
	{"\x9B"
	 "2J",
	 "?2J", 3},
	{"\xC2\x9B"
	 "2J",
	 "?2J", 3},
	{"a\xC2\x85"
	 "b\xC2\x9F"
	 "c",
	 "a?b?c", 5},
	/* UTF-8 of two, three and four bytes, from U+00A0. */
	{"\xC2\xA0.", "\xC2\xA0.", 2},
	{"M\xC3\xBCller", "M\xC3\xBCller", 6},
	{"\xE2\x82\xAC", "\xE2\x82\xAC", 1},
	{"\xF0\x9F\x94\x8C", "\xF0\x9F\x94\x8C", 1},
	/* Latin 1, and UTF-8 that is cut off. */
	{"M\xFCller", "M?ller", 6},
	{"M\xC3", "M?", 2},
	{"\xE2\x82", "??", 2},
	{"\xE2\x82\x1B", "???", 3},
	/* A 9B in an overlong form, a surrogate, and beyond U+10FFFF. */
	{"\xE0\x82\x9B", "???", 3},
	{"\xF0\x80\x82\x9B", "????", 4},
	{"\xC0\x9B", "??", 2},
	{"\xED\xA0\x80", "???", 3},
	{"\xF4\x90\x80\x80", "????", 4},
};

static void test_text_makes_plain(void **state)
{
	char what[32];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(names); i++) {
		size_t len = strlen(names[i].given);
		char *text = (char *)testing_copy(names[i].given, len + 1);

		snprintf(what, sizeof(what), "name %zu", i);
		if (text_make_plain(text) != strlen(text))
			fail_msg("%s: its length is wrong", what);
		assert_string_equal(text, names[i].plain);
		assert_int_equal(text_columns(text), names[i].columns);
		free(text);
	}
}

/* Each byte, alone and behind each other one: no control character is left. */
static void test_text_leaves_no_control(void **state)
{
	unsigned int first;
	unsigned int second;

	(void)state;
	for (first = 1; first < 256; first++)
		for (second = 0; second < 256; second++) {
			char text[] = {(char)first, (char)second, '\0'};
			unsigned int code =
				(first & 0x1F) << 6 | (second & 0x3F);
			bool is_two = first >= 0xC2 && first < 0xE0 &&
				      second >= 0x80 && second < 0xC0 &&
				      code >= 0xA0;
			const char *c;

			text_make_plain(text);
			if (is_two)
				assert_int_equal((unsigned char)text[1],
						 second);
			else
				for (c = text; *c; c++)
					assert_in_range(*c, ' ', '~');
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_makes_plain),
		cmocka_unit_test(test_text_leaves_no_control),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
