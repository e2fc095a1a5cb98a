/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of list: the table and the JSON of given ports.
 */
#include "../testing.h"
#include "cli/list.h"
#include "cli/list_json.h"
#include "port/inventory.h"

#include <stdlib.h>
#include <string.h>

static const struct inventory_port ports[] = {
	{
		.device = "/dev/ttyS0",
		.driver = "16550A",
		.max_baud = 115200,
		.state = INVENTORY_CONSOLE,
		.holder = {.pid = 300, .program = "agetty"},
	},
	{
		.device = "/dev/ttyUSB10",
		.driver = "ftdi_sio",
		.max_baud = 3000000,
		.description = "FTDI \"FT232R\"",
		.is_usb = true,
		.adapter = {.vid = 0x0403,
			    .pid = 0x6001,
			    .serial = "A1",
			    .topology = "1-1.2",
			    .interface = 1,
			    .port = 2},
		.by_id = "/dev/serial/by-id/usb-FTDI-if01-port2",
		.state = INVENTORY_LOCKED,
		.holder = {.pid = 7, .program = "pico\"com", .locked = true},
	},
	{
		/* The maker of an adapter chooses its names. */
		.device = "/dev/ttyUSB11",
		.description = "M\xC3\xBCller \xC2\x9B"
			       "2J",
		.is_usb = true,
		.adapter = {.vid = 0x1A86,
			    .pid = 0x7523,
			    .topology = "1-1",
			    .serial = "\x9B"
				      "2J"},
	},
};

/* A line feed in front of each line. */
static const char table[] =
	"\nPORT           STATE                      DRIVER    MAX BAUD  USB ID     "
	"SERIAL NUMBER  DESCRIPTION    STABLE NAME"
	"\n/dev/ttyS0     console (agetty, pid 300)  16550A    115200    -          "
	"-              -              -"
	"\n/dev/ttyUSB10  locked (pico\"com, pid 7)   ftdi_sio  3000000   0403:6001  "
	"A1             FTDI \"FT232R\"  /dev/serial/by-id/usb-FTDI-if01-port2"
	"\n/dev/ttyUSB11  free                       -         -         1a86:7523  "
	"?2J            M\xC3\xBCller ?2J     -"
	"\n";

static const char json[] =
	"[{\"device\": \"/dev/ttyS0\", \"by_id\": null, "
	"\"description\": null, \"driver\": \"16550A\", \"max_baud\": 115200, \"usb\": null, "
	"\"state\": \"console\", "
	"\"holder\": {\"pid\": 300, \"program\": \"agetty\"}}, "
	"{\"device\": \"/dev/ttyUSB10\", "
	"\"by_id\": \"/dev/serial/by-id/usb-FTDI-if01-port2\", "
	"\"description\": \"FTDI \\\"FT232R\\\"\", "
	"\"driver\": \"ftdi_sio\", \"max_baud\": 3000000, "
	"\"usb\": {\"vid\": \"0403\", \"pid\": \"6001\", "
	"\"serial\": \"A1\", \"socket\": \"1-1.2\", \"interface\": 1, "
	"\"port\": 2}, \"state\": \"locked\", "
	"\"holder\": {\"pid\": 7, \"program\": \"pico\\\"com\"}}, "
	"{\"device\": \"/dev/ttyUSB11\", \"by_id\": null, "
	"\"description\": \"M\xC3\xBCller \\u009b2J\", \"driver\": null, \"max_baud\": null, "
	"\"usb\": {\"vid\": \"1a86\", \"pid\": \"7523\", "
	"\"serial\": \"\\ufffd2J\", \"socket\": \"1-1\", \"interface\": 0, "
	"\"port\": 0}, \"state\": \"free\", \"holder\": null}]\n";

static void test_list_format_table(void **state)
{
	char *text = list_format_table(ports, TESTING_COUNT(ports));

	(void)state;
	assert_non_null(text);
	assert_string_equal(text, table + 1);
	free(text);
}

static void test_list_json_format(void **state)
{
	char *text = list_json_format(ports, TESTING_COUNT(ports));

	(void)state;
	assert_non_null(text);
	assert_string_equal(text, json);
	free(text);
}

static void test_list_format_nothing(void **state)
{
	char *text = list_format_table(NULL, 0);

	(void)state;
	assert_string_equal(text, "no serial port found\n");
	free(text);
	text = list_json_format(NULL, 0);
	assert_string_equal(text, "[]\n");
	free(text);
}

/* The longest values are not cut. */
static void test_list_format_has_room(void **state)
{
	struct inventory_port port = ports[1];
	char *text;
	size_t len;

	(void)state;
	memset(port.device, '"', sizeof(port.device) - 1);
	memset(port.description, '"', sizeof(port.description) - 1);
	memset(port.driver, '"', sizeof(port.driver) - 1);
	memset(port.by_id, '"', sizeof(port.by_id) - 1);
	memset(port.adapter.serial, '"', sizeof(port.adapter.serial) - 1);
	text = list_json_format(&port, 1);
	assert_non_null(text);
	len = strlen(text);
	assert_true(len > 4);
	assert_string_equal(text + len - 4, "}}]\n");
	free(text);
	text = list_format_table(&port, 1);
	assert_non_null(text);
	len = strlen(text);
	assert_true(len > sizeof(port.by_id));
	len -= sizeof(port.by_id);
	assert_memory_equal(text + len, port.by_id, sizeof(port.by_id) - 1);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list_format_table),
		cmocka_unit_test(test_list_json_format),
		cmocka_unit_test(test_list_format_nothing),
		cmocka_unit_test(test_list_format_has_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
