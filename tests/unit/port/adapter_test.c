/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of adapter: which is the same, and where in sysfs it is.
 */
#include "../testing.h"
#include "port/adapter.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FTDI  0x0403, 0x6011
#define CH340 0x1A86, 0x7523

static const struct {
	struct adapter was;
	struct adapter is;
	bool same;
	bool twin;
} pairs[] = {
	/* The same adapter in another socket. */
	{{FTDI, "A1", "1-1", 0, 0, false},
	 {FTDI, "A1", "2-4.1", 0, 0, false},
	 true,
	 true},
	{{FTDI, "A1", "1-1", 0, 0, false},
	 {FTDI, "A1", "1-1", 0, 0, false},
	 true,
	 false},
	/* Another adapter. */
	{{FTDI, "A1", "1-1", 0, 0, false},
	 {FTDI, "A2", "1-1", 0, 0, false},
	 false,
	 false},
	{{FTDI, "A1", "1-1", 0, 0, false},
	 {CH340, "A1", "1-1", 0, 0, false},
	 false,
	 false},
	{{FTDI, "A1", "1-1", 0, 0, false},
	 {FTDI, "", "1-1", 0, 0, true},
	 false,
	 false},
	/* Another port of the same adapter. */
	{{FTDI, "A1", "1-1", 0, 0, false},
	 {FTDI, "A1", "1-1", 1, 0, false},
	 false,
	 false},
	{{FTDI, "A1", "1-1", 0, 0, false},
	 {FTDI, "A1", "1-1", 0, 1, false},
	 false,
	 false},
	/* No serial number: the socket. */
	{{CH340, "", "1-1", 0, 0, true},
	 {CH340, "", "1-1", 0, 0, true},
	 true,
	 false},
	{{CH340, "", "1-1", 0, 0, true},
	 {CH340, "", "1-1.1", 0, 0, true},
	 false,
	 true},
	/* Two adapters have its serial number. */
	{{FTDI, "0001", "1-1", 0, 0, true},
	 {FTDI, "0001", "1-1", 0, 0, false},
	 true,
	 false},
	{{FTDI, "0001", "1-1", 0, 0, true},
	 {FTDI, "0001", "1-2", 0, 0, false},
	 false,
	 true},
};

static void test_adapter_is_same(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(pairs); i++) {
		assert_int_equal(adapter_is_same(&pairs[i].was, &pairs[i].is),
				 pairs[i].same);
		assert_int_equal(adapter_has_twin(&pairs[i].was, &pairs[i].is),
				 pairs[i].twin);
		assert_int_equal(adapter_follows_socket(&pairs[i].was),
				 pairs[i].was.by_socket);
	}
}

/*
 * A small sysfs: "dir/" makes a directory, "file=text" a file, "link>target" a
 * link.
 */
static const char *const tree[] = {
	"pci/",
	"pci/usb1/",
	"pci/usb1/1-1/",
	"pci/usb1/1-1/1-1.2/",
	/* Two ports of a usb-serial driver in one interface. */
	"pci/usb1/1-1/1-1.2/1-1.2:1.10/",
	"pci/usb1/1-1/1-1.2/1-1.2:1.10/bInterfaceNumber=10\n",
	"pci/usb1/1-1/1-1.2/1-1.2:1.10/ttyUSB0/",
	"pci/usb1/1-1/1-1.2/1-1.2:1.10/ttyUSB0/port_number=0\n",
	"pci/usb1/1-1/1-1.2/1-1.2:1.10/ttyUSB1/",
	"pci/usb1/1-1/1-1.2/1-1.2:1.10/ttyUSB1/port_number=1\n",
	/* cdc_acm */
	"pci/usb1/1-3/",
	"pci/usb1/1-3/1-3:1.2/",
	"pci/usb1/1-3/1-3:1.2/bInterfaceNumber=02\n",
	/* no USB */
	"pci/serial0/",
	"tty/",
	"tty/ttyUSB0/",
	"tty/ttyUSB0/device>../../pci/usb1/1-1/1-1.2/1-1.2:1.10/ttyUSB0",
	"tty/ttyUSB1/",
	"tty/ttyUSB1/device>../../pci/usb1/1-1/1-1.2/1-1.2:1.10/ttyUSB1",
	"tty/ttyACM0/",
	"tty/ttyACM0/device>../../pci/usb1/1-3/1-3:1.2",
	"tty/ttyS0/",
	"tty/ttyS0/device>../../pci/serial0",
	"tty/tty1/",
};

static char root[] = "/tmp/serialtun-adapter.XXXXXX";

static void make_entry(const char *entry)
{
	char path[PATH_MAX];
	char *separator;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, entry);
	separator = strpbrk(path, "=>");
	if (!separator) {
		assert_int_equal(mkdir(path, 0700), 0);
		return;
	}
	if (*separator == '>') {
		*separator = '\0';
		assert_int_equal(symlink(separator + 1, path), 0);
		return;
	}
	*separator = '\0';
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(separator + 1, file);
	fclose(file);
}

static void remove_entry(const char *entry)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%.*s", root, (int)strcspn(entry, "=>"),
		 entry);
	assert_int_equal(remove(path), 0);
}

static int make_tree(void **state)
{
	size_t i;

	(void)state;
	if (!mkdtemp(root))
		return -1;
	for (i = 0; i < TESTING_COUNT(tree); i++)
		make_entry(tree[i]);
	return 0;
}

static int remove_tree(void **state)
{
	size_t i;

	(void)state;
	for (i = TESTING_COUNT(tree); i-- > 0;)
		remove_entry(tree[i]);
	return rmdir(root);
}

static const struct {
	const char *name;
	const char *topology;
	unsigned int interface;
	unsigned int port;
} places[] = {
	{"ttyUSB0", "1-1.2", 16, 0},
	{"ttyUSB1", "1-1.2", 16, 1},
	{"ttyACM0", "1-3", 2, 0},
};

static void test_adapter_locate(void **state)
{
	struct adapter adapter;
	char path[PATH_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(places); i++) {
		snprintf(path, sizeof(path), "%s/tty/%s", root, places[i].name);
		assert_true(adapter_locate(&adapter, path));
		assert_string_equal(adapter.topology, places[i].topology);
		assert_int_equal(adapter.interface, places[i].interface);
		assert_int_equal(adapter.port, places[i].port);
	}
}

static void test_adapter_locate_finds_usb_only(void **state)
{
	static const char *const names[] = {"ttyS0", "tty1", "ttyUSB9"};
	struct adapter adapter;
	char path[PATH_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/tty/%s", root, names[i]);
		assert_false(adapter_locate(&adapter, path));
	}
}

static void test_adapter_identify_finds_usb_only(void **state)
{
	struct adapter adapter;

	(void)state;
	assert_int_equal(adapter_identify(&adapter, "/dev/null"), -ENODEV);
	assert_int_equal(adapter_identify(&adapter, "/dev/ttyUSB99"), -ENODEV);
	assert_int_equal(adapter_identify(&adapter, "ttyUSB99"), -ENODEV);
}

static void test_adapter_find_nothing(void **state)
{
	static const struct adapter nowhere = {FTDI,  "no such number",
					       "9-9", 0,
					       0,     false};

	(void)state;
	assert_null(adapter_find(&nowhere));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_adapter_is_same),
		cmocka_unit_test(test_adapter_locate),
		cmocka_unit_test(test_adapter_locate_finds_usb_only),
		cmocka_unit_test(test_adapter_identify_finds_usb_only),
		cmocka_unit_test(test_adapter_find_nothing),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
