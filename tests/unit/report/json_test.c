/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of json: the output is valid JSON for any string, and never exceeds the
 * buffer.
 */
#include "../testing.h"
#include "report/json.h"

static void test_json_string(void **state)
{
	static const struct {
		const char *value;
		const char *text;
	} cases[] = {
		{"", "\"\""},
		{"ttyUSB0", "\"ttyUSB0\""},
		{"a \"b\" \\c/", "\"a \\\"b\\\" \\\\c/\""},
		{"a\tb\nc\x01\x1F\x7F",
		 "\"a\\u0009b\\u000ac\\u0001\\u001f\\u007f\""},
		{"%s%n", "\"%s%n\""},
		/* UTF-8 of two, three and four bytes. */
		{"\xC2\x80 \xC3\xBC \xDF\xBF", "\"\\u0080 \xC3\xBC \xDF\xBF\""},
		{"\xE0\xA0\x80 \xE2\x82\xAC \xED\x9F\xBF \xEF\xBF\xBF",
		 "\"\xE0\xA0\x80 \xE2\x82\xAC \xED\x9F\xBF \xEF\xBF\xBF\""},
		{"\xF0\x90\x80\x80 \xF0\x9F\x98\x80 \xF4\x8F\xBF\xBF",
		 "\"\xF0\x90\x80\x80 \xF0\x9F\x98\x80 \xF4\x8F\xBF\xBF\""},
		/* None: Latin 1, cut off, alone, */
		{"M\xFCnchen", "\"M\\ufffdnchen\""},
		{"\xE2\x82", "\"\\ufffd\\ufffd\""},
		{"\xE2", "\"\\ufffd\""},
		{"\x80\"", "\"\\ufffd\\\"\""},
		/* longer than need be, a surrogate, out of range. */
		{"\xC0\x80", "\"\\ufffd\\ufffd\""},
		{"\xC1\xBF", "\"\\ufffd\\ufffd\""},
		{"\xE0\x9F\xBF", "\"\\ufffd\\ufffd\\ufffd\""},
		{"\xED\xA0\x80", "\"\\ufffd\\ufffd\\ufffd\""},
		{"\xF0\x8F\xBF\xBF", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
		{"\xF4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
		{"\xF5\x80", "\"\\ufffd\\ufffd\""},
		{"\xFF\xFE", "\"\\ufffd\\ufffd\""},
	};
	struct json json;
	char text[128];
	char *value;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(cases); i++) {
		value = (char *)testing_copy(cases[i].value,
					     strlen(cases[i].value) + 1);
		json_begin(&json, text, sizeof(text));
		json_string(&json, NULL, value);
		assert_string_equal(text, cases[i].text);
		free(value);
	}
}

static void test_json_values(void **state)
{
	struct json json;
	char text[256];

	(void)state;
	json_begin(&json, text, sizeof(text));
	assert_string_equal(text, "");
	json_open(&json, NULL, '[');
	json_number(&json, NULL, 0);
	json_number(&json, NULL, UINT64_MAX);
	json_thousandths(&json, NULL, 0);
	json_thousandths(&json, NULL, 7);
	json_thousandths(&json, NULL, 12050);
	json_bool(&json, NULL, true);
	json_bool(&json, NULL, false);
	json_null(&json, NULL);
	json_close(&json, ']');
	assert_string_equal(text, "[0, 18446744073709551615, 0.000, 0.007, "
				  "12.050, true, false, null]");
	assert_int_equal(json.len, strlen(text));
}

/* Every kind of value, nested, and beside every other kind. */
static void write_nest(struct json *json)
{
	json_open(json, NULL, '{');
	json_string(json, "a", "b");
	json_open(json, "empty", '{');
	json_close(json, '}');
	json_open(json, "list", '[');
	json_open(json, NULL, '{');
	json_number(json, "x", 1);
	json_null(json, "y");
	json_close(json, '}');
	json_open(json, NULL, '[');
	json_close(json, ']');
	json_string(json, NULL, "\xE2\x82\xAC\"");
	json_close(json, ']');
	json_thousandths(json, "z", 1500);
	json_close(json, '}');
}

static const char nest[] =
	"{\"a\": \"b\", \"empty\": {}, \"list\": [{\"x\": 1, "
	"\"y\": null}, [], \"\xE2\x82\xAC\\\"\"], "
	"\"z\": 1.500}";

static void test_json_nests(void **state)
{
	struct json json;
	char text[256];

	(void)state;
	json_begin(&json, text, sizeof(text));
	write_nest(&json);
	assert_string_equal(text, nest);
}

/* In any buffer: the beginning of the text, and no byte beyond it. */
static void test_json_fits_its_room(void **state)
{
	struct json json;
	char *text;
	size_t cap;

	(void)state;
	for (cap = 1; cap <= sizeof(nest); cap++) {
		text = malloc(cap);
		assert_non_null(text);
		json_begin(&json, text, cap);
		write_nest(&json);
		assert_int_equal(strlen(text), cap - 1);
		assert_memory_equal(text, nest, cap - 1);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_string),
		cmocka_unit_test(test_json_values),
		cmocka_unit_test(test_json_nests),
		cmocka_unit_test(test_json_fits_its_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
