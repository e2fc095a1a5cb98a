/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of tar: the header as GNU tar 1.34 writes it (--format=ustar --owner=0
 * --numeric-owner --mode=755 --mtime=@0), but for the names of users.
 */
#include "../testing.h"
#include "bundle/tar.h"

static void test_tar_writes_a_header(void **state)
{
	static const struct {
		size_t at;
		const char *text;
	} parts[] = {
		{0, "run"},	  {100, "0000755"},	{108, "0000000"},
		{116, "0000000"}, {124, "00000001750"}, {136, "00000000000"},
		{156, "0"},	  {257, "ustar"},
	};
	uint8_t header[TAR_BLOCK];
	unsigned int sum = 8 * ' ';
	size_t i;

	(void)state;
	tar_write_header(header, "run", 1000);
	for (i = 0; i < TESTING_COUNT(parts); i++)
		assert_string_equal((char *)header + parts[i].at,
				    parts[i].text);
	assert_memory_equal(header + 263, "00", 2);
	for (i = 0; i < TAR_BLOCK; i++)
		sum += i >= 148 && i < 156 ? 0 : header[i];
	assert_int_equal(strtoul((char *)header + 148, NULL, 8), sum);
}

static void test_tar_completes_blocks(void **state)
{
	(void)state;
	assert_int_equal(tar_padding(0), 0);
	assert_int_equal(tar_padding(1), 511);
	assert_int_equal(tar_padding(512), 0);
	assert_int_equal(tar_padding(513), 511);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tar_writes_a_header),
		cmocka_unit_test(test_tar_completes_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
