/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of siphash, against the test vectors of the reference implementation:
 * the key 00 01 .. 0f, and inputs 00 01 02 .. of whole words.
 */
#include "../testing.h"
#include "packet/siphash.h"

static const struct siphash_key key = {
	{UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)}};

static const uint64_t input[] = {UINT64_C(0x0706050403020100),
				 UINT64_C(0x0f0e0d0c0b0a0908),
				 UINT64_C(0x1716151413121110),
				 UINT64_C(0x1f1e1d1c1b1a1918)};

static void test_siphash_vectors(void **state)
{
	static const uint64_t vectors[] = {
		UINT64_C(0x726fdb47dd0e0e31),
		UINT64_C(0x93f5f5799a932462),
		UINT64_C(0x3f2acc7f57c29bdb),
		UINT64_C(0xb8ad50c6f649af94),
	};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(vectors); i++)
		assert_int_equal(siphash(&key, input, i), vectors[i]);
}

static void test_siphash_depends_on_the_key(void **state)
{
	struct siphash_key other = key;

	(void)state;
	other.words[1] ^= 1;
	assert_int_not_equal(siphash(&key, input, 4),
			     siphash(&other, input, 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_siphash_vectors),
		cmocka_unit_test(test_siphash_depends_on_the_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
