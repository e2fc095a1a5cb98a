/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of sum: as cksum(1) and sha256sum(1) of coreutils 9.1 print it.
 */
#include "../testing.h"
#include "login/sum.h"

static const struct {
	const char *bytes;
	size_t times;
	const char *cksum;
	const char *sha256;
} sums[] = {
	{"", 1, "4294967295",
	 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"a", 1, "1220704766",
	 "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"},
	{"abc", 1, "1219131554",
	 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{"x", 55, "3331894642",
	 "d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072"},
	{"x", 56, "1621966380",
	 "04c26261370ee7541549d16dee320c723e3fd14671e66a099afe0a377c16888e"},
	{"x", 63, "1190212677",
	 "75220b47218278e656f2013bb8f0c455a25eaf01e86c64924e9d48d89776d6f2"},
	{"x", 64, "751590095",
	 "7ce100971f64e7001e8fe5a51973ecdfe1ced42befe7ee8d5fd6219506b5393c"},
	{"serialtun", 500, "2619261513",
	 "7c4b449d7c028312a17050129b652cc4c24b5f47ed2637e07b38cdaa9fcaef85"},
};

static void test_sum_is_that_of_the_programs(void **state)
{
	char text[SUM_TEXT_MAX];
	uint8_t *bytes;
	size_t len;
	size_t i;
	size_t j;

	(void)state;
	for (i = 0; i < TESTING_COUNT(sums); i++) {
		len = strlen(sums[i].bytes);
		bytes = malloc(len * sums[i].times + 1);
		assert_non_null(bytes);
		for (j = 0; j < sums[i].times; j++)
			memcpy(bytes + j * len, sums[i].bytes, len);
		sum_write(text, SUM_CKSUM, bytes, len * sums[i].times);
		assert_string_equal(text, sums[i].cksum);
		sum_write(text, SUM_SHA256, bytes, len * sums[i].times);
		assert_string_equal(text, sums[i].sha256);
		free(bytes);
	}
}

static void test_sum_finds_a_program(void **state)
{
	(void)state;
	assert_int_equal(sum_find("cksum 1", 5), SUM_CKSUM);
	assert_int_equal(sum_find("sha256sum", 9), SUM_SHA256);
	assert_int_equal(sum_find("cksum", 4), SUM_NONE);
	assert_int_equal(sum_find(":", 1), SUM_NONE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sum_is_that_of_the_programs),
		cmocka_unit_test(test_sum_finds_a_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
