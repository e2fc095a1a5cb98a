/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of port_config: what follows from what the user asks for.
 */
#include "../testing.h"
#include "port/port_config.h"

static void test_port_config_bits_per_byte(void **state)
{
	static const struct {
		enum port_parity parity;
		unsigned int stop_bits;
		unsigned int bits;
	} rows[] = {
		{PORT_PARITY_NONE, 1, 10}, {PORT_PARITY_NONE, 2, 11},
		{PORT_PARITY_EVEN, 1, 11}, {PORT_PARITY_EVEN, 2, 12},
		{PORT_PARITY_ODD, 1, 11},  {PORT_PARITY_ODD, 2, 12},
	};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(rows); i++) {
		struct port_config config = {.parity = rows[i].parity,
					     .stop_bits = rows[i].stop_bits};

		assert_int_equal(port_config_bits_per_byte(&config),
				 rows[i].bits);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_port_config_bits_per_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
