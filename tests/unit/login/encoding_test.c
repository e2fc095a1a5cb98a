/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of encoding: what the decoders read (base64 of coreutils 9.1, uuencode
 * -m of sharutils 4.15), and how long it may be.
 * tests/end_to_end/login_bring_test.sh has the decoders themselves.
 */
#include "../testing.h"
#include "login/encoding.h"

static void check_text(enum encoding encoding, const char *bytes, size_t len,
		       const char *wanted)
{
	uint8_t out[512];
	size_t size =
		encoding_write(encoding, out, (const uint8_t *)bytes, len);

	assert_int_equal(size, strlen(wanted));
	assert_memory_equal(out, wanted, size);
	assert_true(size <= encoding_size(encoding, len));
}

static void test_encoding_writes_text(void **state)
{
	static const char longer[] =
		"serialtun serialtun serialtun serialtun serialt";

	(void)state;
	check_text(ENCODING_BASE64, "f", 1, "Zg==\n.\n");
	check_text(ENCODING_OPENSSL, "ab", 2, "YWI=\n.\n");
	check_text(ENCODING_PERL, "foo", 3, "Zm9v\n.\n");
	check_text(
		ENCODING_BASE64, longer, 47,
		"c2VyaWFsdHVuIHNlcmlhbHR1biBzZXJpYWx0dW4gc2VyaWFsdHVuIHNlcmlh"
		"\nbHQ=\n.\n");
	check_text(ENCODING_UUDECODE, "foo", 3,
		   "begin-base64 600 x\nZm9v\n====\n.\n");
	check_text(ENCODING_PRINTF, "a%\\\0\3779.-", 8,
		   "a\\045\\134\\000\\377\\071\\056\\055\n.\n");
}

static void test_encoding_leaves_raw_bytes_alone(void **state)
{
	uint8_t out[4];

	(void)state;
	assert_int_equal(encoding_write(ENCODING_DD, out,
					(const uint8_t *)"\0\3\r\n", 4),
			 4);
	assert_memory_equal(out, "\0\3\r\n", 4);
}

/* No chunk is longer than foretold. */
static void test_encoding_foretells_the_size(void **state)
{
	enum encoding encoding;
	uint8_t bytes[300];
	uint8_t out[1400];
	size_t len;

	(void)state;
	memset(bytes, 0xff, sizeof(bytes));
	for (encoding = 0; encoding < ENCODING_COUNT; encoding++)
		for (len = 1; len <= sizeof(bytes); len++)
			assert_true(encoding_write(encoding, out, bytes, len) <=
				    encoding_size(encoding, len));
}

static void test_encoding_chooses_the_best(void **state)
{
	(void)state;
	assert_int_equal(encoding_choose(0, ",stty,head,dd,printf,"),
			 ENCODING_HEAD);
	assert_int_equal(encoding_choose(1, ",stty,head,dd,printf,"),
			 ENCODING_DD);
	assert_int_equal(encoding_choose(2, ",stty,head,dd,printf,"),
			 ENCODING_PRINTF);
	assert_int_equal(encoding_choose(0, ",head,dd,base64,printf,"),
			 ENCODING_BASE64);
	assert_int_equal(encoding_choose(ENCODING_COUNT, ",printf,"),
			 ENCODING_COUNT);
	assert_int_equal(encoding_choose(0, ""), ENCODING_COUNT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encoding_writes_text),
		cmocka_unit_test(test_encoding_leaves_raw_bytes_alone),
		cmocka_unit_test(test_encoding_foretells_the_size),
		cmocka_unit_test(test_encoding_chooses_the_best),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
