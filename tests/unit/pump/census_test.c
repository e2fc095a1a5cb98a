/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of census: it finds the missing values, and it ends. */
#include "../testing.h"
#include "pump/census.h"

static void add_all_but(struct census *census, const char *kept, size_t count,
			size_t len)
{
	uint64_t seed = 1;
	uint8_t byte;

	while (len > 0 && !census_is_done(census)) {
		byte = (uint8_t)testing_random(&seed, 256);
		if (memchr(kept, byte, count))
			continue;
		census_add(census, &byte, 1);
		len--;
	}
}

static void test_census_misses_a_few(void **state)
{
	struct census census = {0};
	char text[CENSUS_TEXT_MAX];

	(void)state;
	add_all_but(&census, "\x11\x13\x8F\x9B", 4, CENSUS_LEN - 1);
	assert_false(census_misses_some(&census));
	add_all_but(&census, "\x11\x13\x8F\x9B", 4, 1);
	assert_true(census_misses_some(&census));
	assert_true(census_is_done(&census));
	assert_string_equal(census_format(&census, text), "11 13 8F 9B");
}

static void test_census_misses_none(void **state)
{
	struct census census = {0};

	(void)state;
	add_all_but(&census, "", 0, CENSUS_LEN);
	assert_false(census_misses_some(&census));
	assert_true(census_is_done(&census));
}

/* Traffic with few byte values proves nothing, and the census gives up. */
static void test_census_of_text(void **state)
{
	static const uint8_t text[1000] = "a text";
	struct census census = {0};
	size_t i;

	(void)state;
	for (i = 0; !census_is_done(&census); i++)
		census_add(&census, text, sizeof(text));
	assert_in_range(i, 1000, 1100);
	assert_false(census_misses_some(&census));
}

static void test_census_seven_bits(void **state)
{
	uint8_t bytes[64] = {0x45};
	struct census census = {0};
	const uint8_t high = 0x80;

	(void)state;
	census_add(&census, bytes, sizeof(bytes) - 1);
	assert_false(census_has_seven_bits(&census));
	census_add(&census, bytes, 1);
	assert_true(census_has_seven_bits(&census));
	census_add(&census, &high, 1);
	assert_false(census_has_seven_bits(&census));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_census_misses_a_few),
		cmocka_unit_test(test_census_misses_none),
		cmocka_unit_test(test_census_of_text),
		cmocka_unit_test(test_census_seven_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
