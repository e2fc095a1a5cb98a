/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of port_choice: which port is used if the user names none.
 */
#include "../testing.h"
#include "cli/options.h"
#include "cli/port_choice.h"
#include "port/inventory.h"

#include <errno.h>
#include <stdio.h>

/*
 * Each letter is a port: 'u' an adapter, 'U' one that is in use, 'a' what
 * cdc_acm drives, 'm' a modem, anything else no USB port.
 */
#define PORTS_MAX 4

static void set_driver(struct inventory_port *port, const char *driver)
{
	snprintf(port->driver, sizeof(port->driver), "%s", driver);
}

static size_t make_ports(struct inventory_port ports[PORTS_MAX],
			 const char *letters)
{
	size_t count = strlen(letters);
	size_t i;

	assert_in_range(count, 0, PORTS_MAX);
	memset(ports, 0, PORTS_MAX * sizeof(*ports));
	for (i = 0; i < count; i++) {
		const char *driver = letters[i] == 'a'	 ? "cdc_acm"
				     : letters[i] == 'm' ? "option1"
				     : letters[i] == 's' ? "16550A"
							 : "ftdi_sio";

		set_driver(&ports[i], driver);
		snprintf(ports[i].device, sizeof(ports[i].device), "/dev/%c%zu",
			 letters[i], i);
		ports[i].is_usb = letters[i] != 's';
		if (letters[i] == 'U')
			ports[i].state = INVENTORY_LOCKED;
	}
	return count;
}

static const struct {
	const char *ports;
	int wanted;
} choices[] = {
	{"", -ENODEV},
	{"s", -ENODEV},
	{"sss", -ENODEV},
	{"u", 0},
	{"us", 0},
	{"su", 1},
	{"ssus", 2},
	{"uu", -ENOTUNIQ},
	{"uus", -ENOTUNIQ},
	{"usu", -ENOTUNIQ},
	{"suuu", -ENOTUNIQ},

	/* a port in use counts, too */
	{"U", 0},
	{"uU", -ENOTUNIQ},

	/* other USB ports are neither chosen nor counted */
	{"a", -ENODEV},
	{"m", -ENODEV},
	{"sam", -ENODEV},
	{"au", 1},
	{"ua", 0},
	{"amu", 2},
	{"aua", 1},
	{"aauu", -ENOTUNIQ},
};

static void test_port_choice_find(void **state)
{
	struct inventory_port ports[PORTS_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(choices); i++) {
		size_t count = make_ports(ports, choices[i].ports);
		int found = port_choice_find(ports, count);

		if (found != choices[i].wanted)
			fail_msg("\"%s\": %d, wanted %d", choices[i].ports,
				 found, choices[i].wanted);
	}
}

/* Names of drivers in sysfs. */
static void test_inventory_is_adapter(void **state)
{
	static const char *const adapters[] = {"ftdi_sio", "cp210x",
					       "ch341-uart", "pl2303"};
	static const char *const others[] = {"cdc_acm", "generic", "option1",
					     "sierra",	"16550A",  "ftdi",
					     ""};
	struct inventory_port port = {.is_usb = true};
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(adapters); i++) {
		set_driver(&port, adapters[i]);
		assert_true(inventory_is_adapter(&port));
	}
	for (i = 0; i < TESTING_COUNT(others); i++) {
		set_driver(&port, others[i]);
		assert_false(inventory_is_adapter(&port));
	}
	set_driver(&port, "ftdi_sio");
	port.is_usb = false;
	assert_false(inventory_is_adapter(&port));
}

#define TYPE "sudo serialtun "

static const struct {
	const char *ports;
	const char *text;
	int err;
	bool implied;
	bool has_addr;
} explanations[] = {
	{"suu",
	 "cannot choose a port: there is more than one USB serial adapter "
	 "(choose one: --port /dev/u1)",
	 -ENOTUNIQ, false, false},
	{"Uau",
	 "no --port was given, and there is more than one USB serial adapter "
	 "(choose one: " TYPE "--port /dev/u2)",
	 -ENOTUNIQ, true, false},
	{"UU",
	 "no --port was given, and there is more than one USB serial adapter "
	 "(choose one: " TYPE "--addr 10.0.0.7/30 --port /dev/U0)",
	 -ENOTUNIQ, true, true},
	{"s",
	 "cannot choose a port: no USB serial adapter was found (plug one in, "
	 "or name a port: --port PORT)",
	 -ENODEV, false, true},
	{"",
	 "no --port was given, and no USB serial adapter was found (plug one "
	 "in, or name a port: " TYPE "--port PORT)",
	 -ENODEV, true, false},
	{"sa",
	 "no --port was given, and no USB serial adapter was found; /dev/a1 "
	 "may be a modem, a printer or a board that runs a program (if it is "
	 "none of these: " TYPE "--port /dev/a1)",
	 -ENODEV, true, false},
	{"", "cannot choose a port: Cannot allocate memory", -ENOMEM, false,
	 false},
	{"",
	 "no --port was given, and /sys, which lists the ports, is not mounted "
	 "(sudo mount -t sysfs none /sys, or name a port with --port)",
	 -ENOENT, true, false},
};

static void test_port_choice_explain(void **state)
{
	struct inventory_port ports[PORTS_MAX];
	char text[PORT_CHOICE_TEXT_MAX];
	struct options options;
	size_t count;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(explanations); i++) {
		count = make_ports(ports, explanations[i].ports);
		options = (struct options){
			.port_implied = explanations[i].implied,
		};
		if (explanations[i].has_addr) {
			options.link.addr_count = 1;
			addr_parse(&options.link.addrs[0], "10.0.0.7/30");
		}
		assert_string_equal(port_choice_explain(explanations[i].err,
							ports, count, &options,
							text),
				    explanations[i].text);
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
		cmocka_unit_test(test_inventory_is_adapter),
		cmocka_unit_test(test_port_choice_explain),
		cmocka_unit_test(test_port_choice_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
