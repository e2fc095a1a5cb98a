/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of JSON strings: for any bytes the output is a JSON string with the
 * same content or, if the buffer is too small, its beginning.
 *
 * The script is: the room that there is for it, and the bytes.
 */
#include "fuzz.h"
#include "report/json.h"

#include <locale.h>
#include <stdbool.h>
#include <stdio.h>

#define REPLACEMENT "\\ufffd"

/* What stands for a byte of ASCII. */
static const char *escape(unsigned char byte, char text[8])
{
	if (byte == '"' || byte == '\\')
		snprintf(text, 8, "\\%c", byte);
	else if (byte < ' ' || byte == 0x7F)
		snprintf(text, 8, "\\u%04x", byte);
	else
		snprintf(text, 8, "%c", byte);
	return text;
}

/* Both are walked together; of what is no ASCII, only that it is UTF-8. */
static void check_says(const char *json, const char *string)
{
	const unsigned char *s = (const unsigned char *)string;
	char text[8];

	assert_int_equal(*json++, '"');
	while (*s) {
		if (*s == 0xC2 && s[1] >= 0x80 && s[1] < 0xA0) {
			snprintf(text, 8, "\\u%04x", s[1]);
			assert_memory_equal(json, text, strlen(text));
			json += strlen(text);
			s += 2;
		} else if (*s < 0x80) {
			escape(*s++, text);
			assert_memory_equal(json, text, strlen(text));
			json += strlen(text);
		} else if ((unsigned char)*json >= 0x80) {
			assert_int_equal((unsigned char)*json++, *s++);
		} else {
			assert_memory_equal(json, REPLACEMENT,
					    strlen(REPLACEMENT));
			json += strlen(REPLACEMENT);
			s++;
		}
	}
	assert_string_equal(json, "\"");
}

static void write_string(char *text, size_t cap, const char *string)
{
	struct json json;

	json_begin(&json, text, cap);
	json_string(&json, NULL, string);
	assert_true(json.len < cap);
	assert_int_equal(strlen(text), json.len);
}

static bool is_utf8(const char *text)
{
	return setlocale(LC_CTYPE, "C.UTF-8") &&
	       mbstowcs(NULL, text, 0) != (size_t)-1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_script script = {data, size};
	size_t cap = 1 + (size_t)fuzz_number(&script, 2);
	char *string = fuzz_string(script.bytes, script.len);
	size_t whole_cap = sizeof(REPLACEMENT) * strlen(string) + 3;
	char *whole = malloc(whole_cap);
	char *part = malloc(cap);

	assert_non_null(whole);
	assert_non_null(part);
	write_string(whole, whole_cap, string);
	check_says(whole, string);
	assert_true(is_utf8(whole));
	write_string(part, cap, string);
	assert_memory_equal(part, whole, strlen(part));
	free(part);
	free(whole);
	free(string);
	return 0;
}
