/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of port_choice: which port is meant if none is named.
 */
#include "../testing.h"
#include "cli/port_choice.h"
#include "port/inventory.h"

#include <errno.h>

/* Each letter is a port: 'u' by USB, anything else not. */
static const struct {
	const char *ports;
	int wanted;
} choices[] = {
	{"", -ENODEV},	    {"s", -ENODEV},	 {"sss", -ENODEV},
	{"u", 0},	    {"us", 0},		 {"su", 1},
	{"ssus", 2},	    {"uu", -ENOTUNIQ},	 {"uus", -ENOTUNIQ},
	{"usu", -ENOTUNIQ}, {"suuu", -ENOTUNIQ},
};

static void test_port_choice_find(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(choices); i++) {
		struct inventory_port ports[4] = {0};
		size_t count = strlen(choices[i].ports);
		size_t j;

		assert_in_range(count, 0, TESTING_COUNT(ports));
		for (j = 0; j < count; j++)
			ports[j].is_usb = choices[i].ports[j] == 'u';
		if (port_choice_find(ports, count) != choices[i].wanted)
			fail_msg("\"%s\": %d, wanted %d", choices[i].ports,
				 port_choice_find(ports, count),
				 choices[i].wanted);
	}
}

static void test_port_choice_name(void **state)
{
	static const struct inventory_port own_link = {
		.device = "/dev/ttyUSB0",
		.adapter = {.serial = "A1"},
		.by_id = "/dev/serial/by-id/usb-FTDI_A1-if00-port0",
	};
	static const struct inventory_port shared_link = {
		.device = "/dev/ttyUSB0",
		.by_id = "/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0",
	};
	static const struct inventory_port no_link = {
		.device = "/dev/ttyUSB0",
		.adapter = {.serial = "A1"},
	};

	(void)state;
	assert_ptr_equal(port_choice_name(&own_link), own_link.by_id);
	assert_ptr_equal(port_choice_name(&shared_link), shared_link.device);
	assert_ptr_equal(port_choice_name(&no_link), no_link.device);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_port_choice_find),
		cmocka_unit_test(test_port_choice_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
