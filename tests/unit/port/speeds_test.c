/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of speeds: which speeds a port offers, and how it changes to them. A
 * played driver stands in for the kernel's: ioctl() below is this file's.
 *
 * From Linux: a driver accepts any speed in TCSETS2, and TCGETS2 then tells the
 * one that the chip has, if the driver encodes it (tty_termios_encode_baud_rate
 * in ftdi_sio.c), or the requested one (8250, most adapters). An 8250 divides
 * its clock, baud_base of TIOCGSERIAL, by a whole number (uart_get_divisor in
 * serial_core.c).
 */
#include "../testing.h"
#include "port/port.h"
#include "port/port_config.h"
#include "port/speeds.h"

#include <asm/termbits.h>
#include <errno.h>
#include <linux/serial.h>
#include <stdarg.h>
#include <sys/ioctl.h>

#define BASE 115200

static struct driver {
	struct termios2 settings;
	/* At this speed the chip is off by so many parts in a thousand. */
	unsigned int odd_baud;
	int odd_by;
	unsigned int refused_baud; /* EINVAL */
	int baud_base;		   /* 0: TIOCGSERIAL fails */
	unsigned int sets;
	unsigned int flushes_in;
	unsigned int flushes_out;
} driver;

static int set(const struct termios2 *settings)
{
	const unsigned int baud = settings->c_ospeed;

	driver.sets++;
	if (driver.refused_baud && baud == driver.refused_baud) {
		errno = EINVAL;
		return -1;
	}
	driver.settings = *settings;
	if (baud == driver.odd_baud)
		driver.settings.c_ospeed =
			(unsigned int)((int64_t)baud * (1000 + driver.odd_by) /
				       1000);
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list list;
	void *arg;

	(void)fd;
	va_start(list, request);
	arg = va_arg(list, void *);
	va_end(list);
	switch (request) {
	case TCGETS2:
		*(struct termios2 *)arg = driver.settings;
		return 0;
	case TCSETS2:
		return set(arg);
	case TIOCGSERIAL:
		if (!driver.baud_base)
			break;
		*(struct serial_struct *)arg =
			(struct serial_struct){.type = PORT_16550A,
					       .baud_base = driver.baud_base};
		return 0;
	case TCFLSH:
		driver.flushes_in += (uintptr_t)arg == TCIFLUSH;
		driver.flushes_out += (uintptr_t)arg == TCOFLUSH;
		return 0;
	default:
		break;
	}
	errno = ENOTTY;
	return -1;
}

static char port_name[] = "played";
static struct port port;

static int begin(void **state)
{
	(void)state;
	driver = (struct driver){.settings.c_ospeed = BASE};
	port = (struct port){.name = port_name, .baud = BASE};
	return 0;
}

static void find(enum speeds_chip chip, struct port_config config)
{
	config.tries_speeds = true;
	speeds_find(&port, &config, chip);
	/* The port has its speed of before. */
	assert_int_equal(driver.settings.c_ospeed, BASE);
}

static bool offers(unsigned int baud)
{
	size_t i;

	for (i = 0; i < port.speed_count; i++)
		if (port.speeds[i] == baud)
			return true;
	return false;
}

static void test_speeds_fits(void **state)
{
	(void)state;
	assert_true(speeds_fits(1000000, 1000000));
	assert_true(speeds_fits(1000000, 980000));
	assert_true(speeds_fits(1000000, 1020000));
	assert_false(speeds_fits(1000000, 979999));
	assert_false(speeds_fits(1000000, 1020001));
	assert_true(speeds_fits(12000000, 12240000));
	assert_false(speeds_fits(BASE, 0));
}

static void test_speeds_of_an_adapter(void **state)
{
	(void)state;
	find(SPEEDS_USB, (struct port_config){0});
	assert_int_equal(port.speed_count, 12);
	assert_true(offers(230400) && offers(921600) && offers(12000000));
	assert_false(offers(BASE));
}

/* More than 2 % off is no candidate, and neither is one that is refused. */
static void test_speeds_off(void **state)
{
	static const struct {
		int by;
		bool offered;
	} rows[] = {{20, true}, {-20, true}, {21, false}, {-21, false}};
	size_t i;

	for (i = 0; i < TESTING_COUNT(rows); i++) {
		begin(state);
		driver.odd_baud = 921600;
		driver.odd_by = rows[i].by;
		driver.refused_baud = 4000000;
		find(SPEEDS_USB, (struct port_config){0});
		assert_int_equal(offers(921600), rows[i].offered);
		assert_false(offers(4000000));
		assert_true(offers(1000000));
	}
}

static void test_speeds_of_a_uart(void **state)
{
	(void)state;
	driver.baud_base = BASE;
	find(SPEEDS_UART, (struct port_config){0});
	assert_int_equal(port.speed_count, 0);

	/* 24 MHz / 16: 460800 would be 500000, and 921600 750000. */
	begin(state);
	driver.baud_base = 1500000;
	find(SPEEDS_UART, (struct port_config){0});
	assert_int_equal(port.speed_count, 2);
	assert_true(offers(500000) && offers(1500000));
}

static void test_speeds_max(void **state)
{
	(void)state;
	find(SPEEDS_USB, (struct port_config){.max_baud = 921600});
	assert_int_equal(port.speed_count, 4);
	assert_true(offers(921600));
	begin(state);
	find(SPEEDS_NONE, (struct port_config){0});
	assert_true(offers(4000000));
	assert_false(offers(6000000));
}

/* Nothing is set where the speed has to stay. */
static void test_speeds_fixed(void **state)
{
	struct port_config config = {0};

	(void)state;
	speeds_find(&port, &config, SPEEDS_USB);
	config.tries_speeds = true;
	config.flow = PORT_FLOW_XONXOFF;
	speeds_find(&port, &config, SPEEDS_USB);
	assert_int_equal(port.speed_count, 0);
	assert_int_equal(driver.sets, 0);
}

/* The bytes of the old speed are lost, in both directions. */
static void test_speeds_change(void **state)
{
	(void)state;
	driver.odd_baud = 3000000;
	driver.odd_by = 10;
	assert_int_equal(speeds_change(&port, 3000000, SPEEDS_USB), 0);
	assert_int_equal(driver.settings.c_ospeed, 3030000);
	assert_int_equal(port.baud, 3030000);
	assert_int_equal(driver.flushes_in, 1);
	assert_int_equal(driver.flushes_out, 1);
}

/* A port that cannot have the speed keeps the old one. */
static void test_speeds_change_refused(void **state)
{
	(void)state;
	driver.odd_baud = 3000000;
	driver.odd_by = -30;
	assert_int_equal(speeds_change(&port, 3000000, SPEEDS_USB), -ERANGE);
	assert_int_equal(driver.settings.c_ospeed, BASE);
	assert_int_equal(port.baud, BASE);
	driver.refused_baud = 921600;
	assert_int_equal(speeds_change(&port, 921600, SPEEDS_USB), -EINVAL);
	assert_int_equal(driver.settings.c_ospeed, BASE);
	assert_int_equal(port.baud, BASE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_speeds_fits, begin),
		cmocka_unit_test_setup(test_speeds_of_an_adapter, begin),
		cmocka_unit_test_setup(test_speeds_off, begin),
		cmocka_unit_test_setup(test_speeds_of_a_uart, begin),
		cmocka_unit_test_setup(test_speeds_max, begin),
		cmocka_unit_test_setup(test_speeds_fixed, begin),
		cmocka_unit_test_setup(test_speeds_change, begin),
		cmocka_unit_test_setup(test_speeds_change_refused, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
