/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of elf_file, with the file of this test itself, and with parts of it.
 */
#include "../testing.h"
#include "bundle/elf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Read this program by its name: /proc/self/exe is the loader if that was
 * started. Return: the bytes, to be freed
 */
static uint8_t *read_self(size_t *len)
{
	int fd = open(program_invocation_name, O_RDONLY);
	struct stat status;
	uint8_t *bytes;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &status), 0);
	*len = (size_t)status.st_size;
	bytes = malloc(*len);
	assert_non_null(bytes);
	assert_int_equal(read(fd, bytes, *len), *len);
	close(fd);
	return bytes;
}

static void test_elf_file_strips(void **state)
{
	size_t len;
	uint8_t *bytes = read_self(&len);
	size_t stripped = elf_file_strip(bytes, len);

	(void)state;
	assert_true(stripped > len / 20 && stripped < len);
	/* Nothing is left to strip. */
	assert_int_equal(elf_file_strip(bytes, stripped), stripped);
	assert_non_null(elf_file_loader(bytes, stripped));
	free(bytes);
}

static void test_elf_file_finds_loader_and_glibc(void **state)
{
	size_t len;
	uint8_t *bytes = read_self(&len);

	(void)state;
	assert_non_null(strstr(elf_file_loader(bytes, len), "/ld-"));
	assert_true(elf_file_glibc(bytes, len) >= 2);
	assert_int_equal(elf_file_glibc((const uint8_t *)"GLIBC_2.4 GLIBC_2.36"
							 " GLIBC_2.34",
					31),
			 36);
	assert_int_equal(elf_file_glibc((const uint8_t *)"GLIBC_2.", 8), 0);
	free(bytes);
}

/* No part of a file, and no other file, is read beyond its end. */
static void test_elf_file_survives_parts(void **state)
{
	size_t len;
	uint8_t *bytes = read_self(&len);
	uint8_t *part;
	size_t i;

	(void)state;
	for (i = 0; i < 2000 && i < len; i++) {
		part = testing_copy(bytes, i);
		assert_true(elf_file_strip(part, i) <= i);
		elf_file_loader(part, i);
		elf_file_glibc(part, i);
		free(part);
	}
	for (i = 16; i < 400; i++) {
		part = testing_copy(bytes, 4096);
		part[i] ^= 0xff;
		assert_true(elf_file_strip(part, 4096) <= 4096);
		elf_file_loader(part, 4096);
		free(part);
	}
	assert_null(elf_file_loader((const uint8_t *)"#!/bin/sh\n", 10));
	free(bytes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_elf_file_strips),
		cmocka_unit_test(test_elf_file_finds_loader_and_glibc),
		cmocka_unit_test(test_elf_file_survives_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
