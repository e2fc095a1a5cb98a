/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of machine: what Debian, Alpine and BusyBox tell of themselves.
 */
#include "../testing.h"
#include "bundle/machine.h"

static void test_machine_knows_kinds(void **state)
{
	(void)state;
	assert_string_equal(machine_kind("x86_64"), "amd64");
	assert_string_equal(machine_kind("aarch64"), "arm64");
	assert_string_equal(machine_kind("armv7l"), "armhf");
	assert_string_equal(machine_kind("i686"), "i386");
	/* Debian's armhf needs ARMv7. */
	assert_null(machine_kind("armv6l"));
	assert_null(machine_kind("mips"));
	assert_null(machine_kind(""));
}

static void test_machine_reads_glibc(void **state)
{
	(void)state;
	assert_int_equal(machine_glibc("ldd (Debian GLIBC 2.36-9+deb12u10) "
				       "2.36"),
			 36);
	assert_int_equal(machine_glibc("ldd (GNU libc) 2.17"), 17);
	assert_int_equal(machine_glibc("musl libc (x86_64)"), 0);
	assert_int_equal(machine_glibc("sh: ldd: not found"), 0);
	assert_int_equal(machine_glibc(""), 0);
}

static void test_machine_finds_a_loader(void **state)
{
	static const char loaders[] =
		"/lib/ld-linux.so.2 /lib64/ld-linux-x86-64.so.2";

	(void)state;
	assert_true(machine_has_loader(loaders, "/lib/ld-linux.so.2"));
	assert_true(machine_has_loader(loaders, "/lib64/ld-linux-x86-64.so.2"));
	assert_false(machine_has_loader(loaders, "/ld-linux-x86-64.so.2"));
	assert_false(machine_has_loader(loaders, "/lib64/ld-linux-x86-64"));
	assert_false(machine_has_loader("/lib/ld-*", "/lib/ld-linux.so.2"));
	assert_false(machine_has_loader(loaders, ""));
}

static void test_machine_knows_glibc(void **state)
{
	(void)state;
	assert_true(machine_is_of_glibc("libc.so.6"));
	assert_true(machine_is_of_glibc("ld-linux-armhf.so.3"));
	assert_false(machine_is_of_glibc("libmnl.so.0"));
	assert_false(machine_is_of_glibc("serialtun"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_machine_knows_kinds),
		cmocka_unit_test(test_machine_reads_glibc),
		cmocka_unit_test(test_machine_finds_a_loader),
		cmocka_unit_test(test_machine_knows_glibc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
