/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of mtu: what suits a line of a given speed.
 */
#include "../testing.h"
#include "interface/mtu.h"

static void test_mtu_choose(void **state)
{
	static const struct {
		uint32_t baud;
		uint32_t mtu;
		uint32_t mtu_ipv6;
	} rows[] = {
		{0, 1500, 1500},       {50, 296, 1280},
		{9600, 296, 1280},     {19200, 296, 1280},
		{28800, 296, 1280},    {28900, 576, 1280},
		{38400, 576, 1280},    {57600, 1006, 1280},
		{74880, 1006, 1280},   {75100, 1500, 1500},
		{115200, 1500, 1500},  {921600, 1500, 1500},
		{4000000, 1500, 1500},
	};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(rows); i++) {
		assert_int_equal(mtu_choose(rows[i].baud / 10, false),
				 rows[i].mtu);
		assert_int_equal(mtu_choose(rows[i].baud / 10, true),
				 rows[i].mtu_ipv6);
	}
}

static void test_mtu_packet_ms(void **state)
{
	(void)state;
	assert_int_equal(mtu_packet_ms(11520, 1500), 130);
	assert_int_equal(mtu_packet_ms(960, 296), 310);
	assert_int_equal(mtu_packet_ms(0, 1500), 0);
	assert_int_equal(mtu_packet_ms(400000, 68), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mtu_choose),
		cmocka_unit_test(test_mtu_packet_ms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
