/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of chip_max: the highest speeds of chips.
 */
#include "../testing.h"
#include "port/chip_max.h"

static void test_chip_max_of_adapters(void **state)
{
	(void)state;
	assert_int_equal(chip_max_usb(0x0403, 0x6001), 3000000);
	assert_int_equal(chip_max_usb(0x0403, 0x6014), 12000000);
	assert_int_equal(chip_max_usb(0x1A86, 0x7523), 2000000);
	assert_int_equal(chip_max_usb(0x1A86, 0x6001), 0);
}

static void test_chip_max_of_uarts(void **state)
{
	(void)state;
	assert_int_equal(chip_max_uart(1843200), 115200);
	assert_int_equal(chip_max_uart(48000000), 3000000);
	assert_int_equal(chip_max_uart(0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chip_max_of_adapters),
		cmocka_unit_test(test_chip_max_of_uarts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
