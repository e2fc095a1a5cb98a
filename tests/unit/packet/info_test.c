/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of info: packet information in front of packets. */
#include "../testing.h"
#include "packet/info.h"

#define IS_FIRST(bytes) \
	info_is_first((const uint8_t *)(bytes), sizeof(bytes) - 1)

static void test_info_is_first(void **state)
{
	(void)state;
	assert_true(IS_FIRST("\x00\x00\x08\x00\x45"));
	assert_true(IS_FIRST("\x00\x00\x86\xDD\x60"));
	assert_false(IS_FIRST("\x00\x00\x08\x00"));
	assert_false(IS_FIRST(""));
	assert_false(IS_FIRST("\x00\x00\x08\x00\x60"));
	assert_false(IS_FIRST("\x00\x00\x86\xDD\x45"));
	assert_false(IS_FIRST("\x00\x01\x08\x00\x45"));
	assert_false(IS_FIRST("\x01\x00\x08\x00\x45"));
	assert_false(IS_FIRST("\x00\x00\x08\x06\x45"));
}

static void test_info_put(void **state)
{
	static const uint8_t ipv4[] = {0x4F};
	static const uint8_t ipv6[] = {0x60};
	uint8_t out[INFO_LEN];

	(void)state;
	info_put(out, ipv4);
	assert_memory_equal(out, "\x00\x00\x08\x00", INFO_LEN);
	info_put(out, ipv6);
	assert_memory_equal(out, "\x00\x00\x86\xDD", INFO_LEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_info_is_first),
		cmocka_unit_test(test_info_put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
