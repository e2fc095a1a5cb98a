/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of announce: the exact text of each message.
 *
 * options_parse() parses the options from a command line, which is short and
 * readable.
 */
#include "../testing.h"
#include "cli/announce.h"
#include "cli/options.h"
#include "interface/link.h"
#include "interface/tun.h"
#include "port/port.h"

#include <stdio.h>

/* @options keeps pointers into @args. */
static void parse(struct options *options, struct testing_args *args,
		  const char *line)
{
	testing_args_split(args, line);
	options_parse(options, args->argc, args->argv);
}

static void assert_line(const char *line, const char *got, const char *wanted)
{
	if (strcmp(got, wanted) != 0)
		fail_msg("\"%s\"\nsays   %s\nwanted %s", line, got, wanted);
}

/* Announce tun0, or an attached interface, on a port of this speed. */
static const struct {
	const char *line;
	bool attached;
	unsigned int mtu;
	unsigned int baud;
	const char *says;
} links[] = {
	{"--addr 10.10.10.1/24 --port ttyUSB0", false, 1500, 115200,
	 "tun0 is up: 10.10.10.1/24, mtu 1500, on /dev/ttyUSB0 at 115200 baud "
	 "8N1"},
	{"--addr 10.10.10.1/24 --port ttyUSB0", false, 1500, 0,
	 "tun0 is up: 10.10.10.1/24, mtu 1500, on /dev/ttyUSB0"},
	{"--addr 10.10.10.1 --port ttyUSB0", false, 1500, 0,
	 "tun0 is up: 10.10.10.1, mtu 1500, on /dev/ttyUSB0"},
	{"--addr 10.10.10.1/24 --port ttyUSB0 --flow rtscts --mtu 576", false,
	 576, 9600,
	 "tun0 is up: 10.10.10.1/24, mtu 576 (602 ms a packet), on "
	 "/dev/ttyUSB0 at 9600 baud "
	 "8N1, RTS/CTS"},
	/* the driver's speed, not the requested one */
	{"--addr 10.10.10.1/24 --port ttyUSB0 --baud 921600", false, 1500,
	 923077,
	 "tun0 is up: 10.10.10.1/24, mtu 1500, on /dev/ttyUSB0 at 923077 baud "
	 "8N1"},
	{"--addr 10.10.10.1/24 --addr fd00::1/64 --port ttyUSB0", false, 1500,
	 0, "tun0 is up: 10.10.10.1/24, fd00::1/64, mtu 1500, on /dev/ttyUSB0"},
	{"--addr 10.0.0.1/24 --peer 10.0.0.2 --port ttyUSB0", false, 1500, 0,
	 "tun0 is up: 10.0.0.1 peer 10.0.0.2, mtu 1500, on /dev/ttyUSB0"},
	{"--addr 10.0.0.1 --peer 10.0.0.2/24 --port ttyUSB0", false, 1500, 0,
	 "tun0 is up: 10.0.0.1 peer 10.0.0.2/24, mtu 1500, on /dev/ttyUSB0"},
	{"--addr 10.0.0.1/24 --addr fd00::1 --peer fd00::2 --port ttyUSB0",
	 false, 1500, 0,
	 "tun0 is up: 10.0.0.1/24, fd00::1 peer fd00::2, mtu 1500, on "
	 "/dev/ttyUSB0"},
	{"--port ttyUSB0", false, 1500, 0,
	 "tun0 is up: fe80::1:2/64 (link-local only), mtu 1500, on "
	 "/dev/ttyUSB0"},
	/* a link, and what it stands for now; the same name is not said twice
	 */
	{"--addr 10.10.10.1/24 --port /dev/serial/by-id/usb-FTDI-if0", false,
	 1500, 9600,
	 "tun0 is up: 10.10.10.1/24, mtu 1500 (1565 ms a packet), on "
	 "/dev/ttyUSB0 "
	 "(/dev/serial/by-id/usb-FTDI-if0) at 9600 baud 8N1"},
	{"--addr 10.10.10.1/24 --port /dev/ttyUSB0", false, 1500, 9600,
	 "tun0 is up: 10.10.10.1/24, mtu 1500 (1565 ms a packet), on "
	 "/dev/ttyUSB0 at 9600 baud "
	 "8N1"},
	{"--addr 10.10.10.1/24 --port ttyUSB0 --tap -i tap0", false, 1500, 0,
	 "tap0 is up: 10.10.10.1/24, mtu 1500, on /dev/ttyUSB0"},
	{"--port ttyUSB0 --tap --bridge br0 -i tap0", false, 1500, 0,
	 "tap0 is up: in bridge br0, mtu 1500, on /dev/ttyUSB0"},
	{"--addr 10.10.10.1/24 --port ttyUSB0 --interface slip9", true, 1280, 0,
	 "attached to slip9: 10.10.10.1/24, mtu 1280, on /dev/ttyUSB0"},
	/* an accepted connection; the port's name is that of the peer */
	{"--addr 10.10.10.1/24 --port tcp-listen:5000", false, 1500, 0,
	 "tun0 is up: 10.10.10.1/24, mtu 1500, on tcp-listen:5000, from "
	 "/dev/ttyUSB0"},
	{"--addr 10.10.10.1/24 --port unix-listen:/run/x --baud 9600", false,
	 576, 9600,
	 "tun0 is up: 10.10.10.1/24, mtu 576 (602 ms a packet), on "
	 "unix-listen:/run/x, from /dev/ttyUSB0 at 9600 baud"},
};

static void test_announce_link(void **state)
{
	char path[] = "/dev/ttyUSB0";
	struct testing_args args;
	struct options options;
	char text[ANNOUNCE_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(links); i++) {
		struct tun tun = {.attached = links[i].attached};
		struct link link = {.mtu = links[i].mtu};
		struct port port = {.name = path,
				    .baud = links[i].baud,
				    .rate = links[i].baud / 10};

		parse(&options, &args, links[i].line);
		snprintf(
			tun.name, sizeof(tun.name), "%s",
			*options.link.interface ? options.link.interface : "tun0");
		link.link_local_only =
			!options.link.addr_count && !options.link.bridge;
		addr_parse(&link.link_local, "fe80::1:2/64");
		assert_ptr_equal(announce_link(&options, &tun, &link, &port,
					       NULL, text),
				 text);
		assert_line(links[i].line, text, links[i].says);
	}
}

/* If IPv6 is switched off, there is no link-local address. */
static void test_announce_link_without_any_address(void **state)
{
	char path[] = "/dev/ttyUSB0";
	struct tun tun = {.name = "tun0"};
	struct link link = {.mtu = 1500};
	struct port port = {.name = path};
	struct testing_args args;
	struct options options;
	char text[ANNOUNCE_TEXT_MAX];

	(void)state;
	parse(&options, &args, "--port ttyUSB0");
	announce_link(&options, &tun, &link, &port, NULL, text);
	assert_string_equal(text, "tun0 is up: mtu 1500, on /dev/ttyUSB0");
}

/* Created interfaces, and their use by root or another user. */
static const struct {
	const char *line;
	bool needs_root;
	const char *says;
} creations[] = {
	{"--create --addr 10.10.10.1/24 -i board", true,
	 "board is persistent: 10.10.10.1/24, mtu 1500; to use it: sudo "
	 "serialtun -i board --port PORT"},
	{"--create --addr 10.0.0.1 --peer 10.0.0.2 --owner alice -i board",
	 false,
	 "board is persistent: 10.0.0.1 peer 10.0.0.2, mtu 1500, of user "
	 "alice; to use it: serialtun -i board --port PORT"},
	{"--create --tap --bridge br0 --owner 7 --group dialout -i board",
	 false,
	 "board is persistent: in bridge br0, mtu 1500, of user 7, of group "
	 "dialout; to use it: serialtun --tap --bridge br0 -i board --port "
	 "PORT"},
};

static void test_announce_created(void **state)
{
	struct testing_args args;
	struct options options;
	char text[ANNOUNCE_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(creations); i++) {
		struct tun tun = {.name = "board"};
		struct link link = {.mtu = 1500};

		parse(&options, &args, creations[i].line);
		tun.tap = options.tap;
		announce_created(&options, &tun, &link, creations[i].needs_root,
				 text);
		assert_line(creations[i].line, text, creations[i].says);
	}
}

static const struct {
	const char *line;
	const char *other; /* the command for the other end */
} others[] = {
	{"--addr 10.10.10.1/24 --port ttyUSB0",
	 "--addr 10.10.10.2/24 --port PORT"},
	{"--addr 10.10.10.2/24 --port ttyUSB0",
	 "--addr 10.10.10.1/24 --port PORT"},
	{"--addr 10.0.0.0/31 --port ttyUSB0", "--addr 10.0.0.1/31 --port PORT"},
	{"--addr fd00::1/64 --port ttyUSB0", "--addr fd00::2/64 --port PORT"},
	{"--addr 10.0.0.1/24 --addr fd00::7/64 --port ttyUSB0",
	 "--addr 10.0.0.2/24 --addr fd00::1/64 --port PORT"},

	/* a pair, from its other end, with LEN at the other address */
	{"--addr 10.0.0.1 --peer 10.0.0.2 --port ttyUSB0",
	 "--addr 10.0.0.2 --peer 10.0.0.1 --port PORT"},
	{"--addr 10.0.0.1/16 --peer 192.168.7.7 --port ttyUSB0",
	 "--addr 192.168.7.7 --peer 10.0.0.1 --port PORT"},
	{"--addr 10.0.0.1 --peer 10.0.0.2/24 --port ttyUSB0",
	 "--addr 10.0.0.2 --peer 10.0.0.1/24 --port PORT"},
	{"--addr fd00::1/48 --peer fd00::2/64 --port ttyUSB0",
	 "--addr fd00::2 --peer fd00::1/64 --port PORT"},
	{"--addr 10.0.0.1/24 --addr fd00::1 --peer fd00::2 --port ttyUSB0",
	 "--addr 10.0.0.2/24 --addr fd00::2 --peer fd00::1 --port PORT"},

	/* one end listens, the other connects */
	{"--addr 10.0.0.1/24 --port tcp-listen:5000",
	 "--addr 10.0.0.2/24 --port tcp:127.0.0.1:5000 (on this host; for "
	 "a peer on another host, listen with --port tcp-listen:0.0.0.0:5000, "
	 "or forward the port: ssh -R 5000:127.0.0.1:5000 HOST)"},
	{"--addr 10.0.0.1/24 --port tcp-listen:127.0.0.1:5000",
	 "--addr 10.0.0.2/24 --port tcp:127.0.0.1:5000 (on this host; for "
	 "a peer on another host, listen with --port tcp-listen:0.0.0.0:5000, "
	 "or forward the port: ssh -R 5000:127.0.0.1:5000 HOST)"},
	{"--addr 10.0.0.1/24 --port tcp-listen:0.0.0.0:5000 --baud 9600",
	 "--addr 10.0.0.2/24 --port tcp:HOST:5000 --baud 9600 (replace HOST by "
	 "this host's address)"},
	{"--addr 10.0.0.1/24 --port udp:192.0.2.1:6000,6001",
	 "--addr 10.0.0.2/24 --port udp:HOST:6001,6000 (replace HOST by this "
	 "host's address)"},
	{"--addr 10.0.0.1/24 --port udp:127.0.0.1:6000,6001",
	 "--addr 10.0.0.2/24 --port udp:127.0.0.1:6001,6000"},
	{"--addr 10.0.0.1/24 --port udp:board:6000",
	 "--addr 10.0.0.2/24 --port PORT --framing packet (the peer cannot send "
	 "until this end has a local port: start with --port "
	 "udp:board:6000,6000 here, and udp:HOST:6000,6000 there)"},
	{"--addr 10.0.0.1/24 --port -",
	 "--addr 10.0.0.2/24 --port PORT (replace PORT by the peer's end of "
	 "this line)"},
	{"--addr 10.0.0.1/24 --port tcp-listen:[fd00::1]:5000",
	 "--addr 10.0.0.2/24 --port tcp:[fd00::1]:5000"},
	{"--addr 10.0.0.1/24 --port tcp:board:5000 --baud 9600",
	 "--addr 10.0.0.2/24 --port tcp-listen:board:5000 --baud 9600"},
	{"--addr 10.0.0.1/24 --port unix-listen:/run/x",
	 "--addr 10.0.0.2/24 --port unix:/run/x"},
	{"--addr 10.0.0.1/24 --port unix:/run/x --framing length",
	 "--addr 10.0.0.2/24 --port unix-listen:/run/x --framing length"},
	{"--addr 10.0.0.1/24 --port tcp:board:5000 --flow xonxoff",
	 "--addr 10.0.0.2/24 --port tcp-listen:board:5000 --flow xonxoff"},

	/* without a prefix, only the user knows the peer's address */
	{"--addr 10.0.0.1 --route 10.0.0.2 --port ttyUSB0",
	 "--addr ADDR --route 10.0.0.1 --port PORT (replace ADDR by the peer's "
	 "address)"},
	{"--addr fd00::1 --port ttyUSB0",
	 "--addr ADDR --route fd00::1 --port PORT (replace ADDR by the peer's "
	 "address, and start this end with --peer ADDR)"},
	{"--addr 10.0.0.1 --addr fd00::1/64 --port ttyUSB0",
	 "--addr ADDR --route 10.0.0.1 --addr fd00::2/64 --port PORT (replace "
	 "ADDR by the peer's address, and start this end with --peer ADDR)"},
	{"--addr 10.0.0.1 --addr fd00::1 --route ::/0 --port ttyUSB0",
	 "--addr ADDR --route 10.0.0.1 --addr ADDR --route fd00::1 --port PORT "
	 "(replace ADDR by the peer's address, and start this end with --peer "
	 "ADDR)"},

	{"--port ttyUSB0", "--port PORT"},

	/* only options that must be the same at both ends */
	{"--addr 10.0.0.1/24 --port ttyUSB0 --baud 921600 --flow rtscts "
	 "--mtu 1400",
	 "--addr 10.0.0.2/24 --port PORT --baud 921600 --flow rtscts --mtu "
	 "1400"},
	{"--port ttyUSB0 --mtu 1280", "--port PORT --mtu 1280"},
	{"--port ttyUSB0 --flow none --baud 9600", "--port PORT --baud 9600"},
	{"--port ttyUSB0 --parity even --stop-bits 2 --flow xonxoff "
	 "--keepalive 5",
	 "--port PORT --parity even --stop-bits 2 --flow xonxoff "
	 "--keepalive 5"},
	{"--addr 10.0.0.1/24 --port ttyUSB0 --interface slip9 --route default "
	 "--metric 5 -vv",
	 "--addr 10.0.0.2/24 --port PORT"},
	{"--port ttyUSB0 --accept-ra -q", "--port PORT"},
	{"--addr 10.0.0.1/24 --tap --mac 02:00:00:00:00:01 --port ttyUSB0 "
	 "--persist --owner alice",
	 "--tap --addr 10.0.0.2/24 --port PORT"},
	{"--tap --bridge br0 --port ttyUSB0",
	 "--tap --bridge BRIDGE --port PORT"},
	{"--addr 10.0.0.1/24 --addr 10.0.0.2/24 --port ttyUSB0",
	 "--addr 10.0.0.3/24 --addr 10.0.0.4/24 --port PORT"},
};

/* Set the link as the options request. */
static const char *other_end(const struct options *options, char *text)
{
	struct link link = {.mtu = options->link.mtu,
			    .mtu_chosen = options->link.mtu != 0};

	return announce_other_end(options, &link, text);
}

static void test_announce_other_end(void **state)
{
	struct testing_args args;
	struct options options;
	char text[ANNOUNCE_TEXT_MAX];
	char wanted[256];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(others); i++) {
		parse(&options, &args, others[i].line);
		snprintf(wanted, sizeof(wanted),
			 "at the other end: sudo serialtun %s",
			 others[i].other);
		assert_ptr_equal(other_end(&options, text), text);
		assert_line(others[i].line, text, wanted);
	}
}

/* The proposed command, typed at the other end, proposes our own one. */
static void test_announce_other_end_of_other_end(void **state)
{
	static const char *const lines[] = {
		"--addr 10.10.10.1/24 --port PORT",
		"--addr 10.10.10.2/24 --port PORT --baud 9600 --mtu 1006",
		"--addr 10.0.0.1/31 --addr fd00::1/127 --port PORT",
		"--addr 10.0.0.1 --peer 10.0.0.2/24 --port PORT --flow rtscts",
		"--addr fd00::9 --peer fd00::2 --port PORT --baud 9600",
		"--port PORT",
		"--tap --addr 10.10.10.1/24 --port PORT",
		"--tap --bridge BRIDGE --port PORT --baud 9600",
	};
	struct testing_args args;
	struct options options;
	char text[ANNOUNCE_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(lines); i++) {
		parse(&options, &args, lines[i]);
		other_end(&options, text);
		parse(&options, &args, strstr(text, "serialtun ") + 10);
		other_end(&options, text);
		assert_line(lines[i], strstr(text, "serialtun ") + 10,
			    lines[i]);
	}
}

/* The most and longest options: the line is cut at the buffer's end. */
static void parse_very_long(struct options *options, struct testing_args *args)
{
	char line[4096] = "--port ttyUSB0 --interface abcdefghijklmno";
	size_t len = strlen(line);
	int i;

	for (i = 0; i < LINK_ADDRS_MAX; i++)
		len += (size_t)sprintf(
			line + len,
			" -a 1111:2222:3333:4444:5555:6666:7777:88%02d/127", i);
	parse(options, args, line);
}

static void test_announce_never_overflows(void **state)
{
	char path[] = "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A1000000-if0";
	struct tun tun = {.name = "abcdefghijklmno"};
	struct link link = {.mtu = 65535, .mtu_chosen = true};
	struct port port = {.name = path, .baud = 4000000, .rate = 400000};
	char *text = malloc(ANNOUNCE_TEXT_MAX);
	struct testing_args args;
	struct options options;

	(void)state;
	assert_non_null(text);
	parse_very_long(&options, &args);
	announce_link(&options, &tun, &link, &port, NULL, text);
	assert_int_equal(strlen(text), ANNOUNCE_TEXT_MAX - 1);
	assert_non_null(strstr(text, "7777:8819/127, 1111:"));
	other_end(&options, text);
	assert_int_equal(strlen(text), ANNOUNCE_TEXT_MAX - 1);
	assert_non_null(strstr(text, " --addr ADDR --route 1111:"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_announce_link),
		cmocka_unit_test(test_announce_link_without_any_address),
		cmocka_unit_test(test_announce_created),
		cmocka_unit_test(test_announce_other_end),
		cmocka_unit_test(test_announce_other_end_of_other_end),
		cmocka_unit_test(test_announce_never_overflows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
