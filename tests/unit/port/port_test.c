/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of port: ptys as ports, of which the test holds the other side.
 */
#include "../testing.h"
#include "failure.h"
#include "port/claim.h"
#include "port/port.h"
#include "port/port_config.h"
#include "port/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#define XON  "\021"
#define XOFF "\023"

/* More bytes than a pty holds. */
#define FLOOD_LEN 65536

static struct {
	int master;
	struct port *port;
} world;

static struct port_config default_config(void)
{
	return (struct port_config){
		.name = ptsname(world.master),
		.stop_bits = 1,
		.low_latency = true,
	};
}

static int open_world(void **state)
{
	(void)state;
	world.port = NULL;
	world.master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_true(world.master >= 0);
	assert_int_equal(unlockpt(world.master), 0);
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	port_close(world.port);
	if (world.master >= 0)
		close(world.master);
	return 0;
}

/* Close the other side. */
static void hang_up(void)
{
	close(world.master);
	world.master = -1;
}

/* Return: 0 or -errno. */
static int try_port(const struct port_config *config)
{
	struct claim claim = {.fd = -1};
	struct failure failure;

	snprintf(claim.path, sizeof(claim.path), "%s", config->name);
	assert_int_equal(pty_claim(&claim, &failure), 0);
	return pty_open(&world.port, &claim, config, &failure);
}

static void open_port(const struct port_config *config)
{
	assert_int_equal(try_port(config), 0);
}

/* Wait, because bytes need a moment to cross a pty. Return: are there any? */
static bool wait_for(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	return poll(&poll_fd, 1, 100) == 1 && poll_fd.revents & POLLIN;
}

/* From the other side. */
static void send_text(const char *text)
{
	assert_int_equal(write(world.master, text, strlen(text)), strlen(text));
}

static void assert_arrives(const char *text)
{
	uint8_t buffer[64];
	ssize_t len;

	assert_true(wait_for(world.port->read_fd));
	len = port_read(world.port, buffer, sizeof(buffer));
	assert_int_equal(len, strlen(text));
	assert_memory_equal(buffer, text, strlen(text));
}

static bool takes_bytes(void)
{
	return port_write(world.port, (const uint8_t *)"x", 1) == 1;
}

static bool bytes_come_out(void)
{
	char bytes[FLOOD_LEN];

	return wait_for(world.master) &&
	       read(world.master, bytes, sizeof(bytes)) > 0;
}

static void get_settings(struct termios *settings)
{
	assert_int_equal(tcgetattr(world.master, settings), 0);
}

/* Settings unlike serialtun's, without HUPCL. */
static void set_odd_settings(struct termios *settings)
{
	get_settings(settings);
	settings->c_cflag &= ~(tcflag_t)HUPCL;
	settings->c_cflag |= CRTSCTS;
	settings->c_cc[VSTART] = 'a';
	settings->c_cc[VSTOP] = 'b';
	assert_int_equal(tcsetattr(world.master, TCSANOW, settings), 0);
}

static void assert_settings(const struct termios *wanted)
{
	struct termios settings;
	size_t i;

	get_settings(&settings);
	assert_int_equal(settings.c_iflag, wanted->c_iflag);
	assert_int_equal(settings.c_oflag, wanted->c_oflag);
	assert_int_equal(settings.c_cflag, wanted->c_cflag);
	assert_int_equal(settings.c_lflag, wanted->c_lflag);
	assert_int_equal(cfgetospeed(&settings), cfgetospeed(wanted));
	for (i = 0; i < VEOL2; i++)
		assert_int_equal(settings.c_cc[i], wanted->c_cc[i]);
}

static void test_port_rate_counts_stop_bits(void **state)
{
	struct port_config config = default_config();

	(void)state;
	config.baud = 9900;
	config.stop_bits = 2;
	open_port(&config);
	assert_int_equal(world.port->baud, 9900);
	assert_int_equal(world.port->rate, 900);
}

static void test_port_reads_and_writes(void **state)
{
	struct port_config config = default_config();
	uint8_t buffer[8];

	(void)state;
	open_port(&config);
	assert_int_equal(port_read(world.port, buffer, sizeof(buffer)),
			 -EAGAIN);
	send_text(XON "\r\n\003" XOFF);
	assert_arrives(XON "\r\n\003" XOFF);
	assert_true(takes_bytes());
	assert_true(bytes_come_out());
}

static void test_port_hang_up(void **state)
{
	struct port_config config = default_config();
	uint8_t buffer[8] = "";

	(void)state;
	open_port(&config);
	hang_up();
	assert_int_equal(port_read(world.port, buffer, sizeof(buffer)), -EIO);
	assert_int_equal(port_write(world.port, buffer, 1), -EIO);
	assert_true(port_resume(world.port) < 0);
}

static void test_port_close_restores(void **state)
{
	struct port_config config = default_config();
	struct termios before;

	(void)state;
	set_odd_settings(&before);
	config.flow = PORT_FLOW_XONXOFF;
	config.stop_bits = 2;
	config.baud = 57600;
	open_port(&config);
	port_close(world.port);
	world.port = NULL;
	assert_settings(&before);
}

static void test_port_xonxoff_holds(void **state)
{
	struct port_config config = default_config();
	uint8_t buffer[8];

	(void)state;
	config.flow = PORT_FLOW_XONXOFF;
	open_port(&config);
	send_text("a" XOFF "b");
	assert_arrives("ab");
	assert_false(takes_bytes());
	send_text("c");
	assert_arrives("c");
	assert_false(takes_bytes());
	send_text(XON);
	assert_false(wait_for(world.port->read_fd));
	assert_int_equal(port_read(world.port, buffer, sizeof(buffer)),
			 -EAGAIN);
	assert_true(takes_bytes());
}

static void test_port_resume_ends_a_hold(void **state)
{
	struct port_config config = default_config();
	struct termios settings;

	(void)state;
	config.flow = PORT_FLOW_XONXOFF;
	open_port(&config);
	send_text(XOFF "a");
	assert_arrives("a");
	assert_false(takes_bytes());
	/* TCOON alone is not enough. */
	assert_int_equal(tcflow(world.port->read_fd, TCOON), 0);
	assert_false(takes_bytes());

	assert_int_equal(port_resume(world.port), 0);
	assert_true(takes_bytes());
	assert_true(bytes_come_out());
	get_settings(&settings);
	assert_int_equal(settings.c_iflag & (IXON | IXOFF | IXANY),
			 IXON | IXOFF);
	send_text(XOFF "b");
	assert_arrives("b");
	assert_false(takes_bytes());
}

static void test_port_resume_without_a_hold(void **state)
{
	struct port_config config = default_config();
	struct termios settings;

	(void)state;
	open_port(&config);
	assert_int_equal(port_resume(world.port), 0);
	assert_true(takes_bytes());
	get_settings(&settings);
	assert_int_equal(settings.c_iflag, 0);
}

static void test_port_errors_are_not_counted(void **state)
{
	struct port_config config = default_config();
	struct port_counts counts = {.frame = 7};

	(void)state;
	open_port(&config);
	port_count(world.port, &counts);
	assert_false(counts.line_known);
	assert_int_equal(counts.frame, 0);
}

static void test_port_refuses_on_a_pty(void **state)
{
	const struct port_config plain = default_config();
	struct port_config refused[6];
	struct termios before;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(refused); i++)
		refused[i] = plain;
	refused[0].parity = PORT_PARITY_EVEN;
	refused[1].parity = PORT_PARITY_ODD;
	refused[2].dtr = PORT_MODEM_LINE_ON;
	refused[3].dtr = PORT_MODEM_LINE_OFF;
	refused[4].rts = PORT_MODEM_LINE_OFF;
	refused[5].hupcl = true;
	set_odd_settings(&before);
	for (i = 0; i < TESTING_COUNT(refused); i++) {
		assert_int_equal(try_port(&refused[i]), -EOPNOTSUPP);
		assert_null(world.port);
		assert_settings(&before);
	}
}

/* qemu-user, which runs the tests of other machines, has no TCGETS2. */
static bool has_termios2(void)
{
	struct port_config config;
	int err;

	world.master = posix_openpt(O_RDWR | O_NOCTTY);
	if (world.master < 0 || unlockpt(world.master))
		return true;
	config = default_config();
	err = try_port(&config);
	port_close(world.port);
	close(world.master);
	return err != -ENOSYS;
}

#define PORT_TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PORT_TEST(test_port_rate_counts_stop_bits),
		PORT_TEST(test_port_reads_and_writes),
		PORT_TEST(test_port_hang_up),
		PORT_TEST(test_port_close_restores),
		PORT_TEST(test_port_xonxoff_holds),
		PORT_TEST(test_port_resume_ends_a_hold),
		PORT_TEST(test_port_resume_without_a_hold),
		PORT_TEST(test_port_errors_are_not_counted),
		PORT_TEST(test_port_refuses_on_a_pty),
	};

	if (!has_termios2()) {
		puts("1..0 # SKIP no termios2 here, as under qemu-user");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
