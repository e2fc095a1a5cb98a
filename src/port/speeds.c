/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The speeds that a tty can have.
 *
 * A driver does not list them. It accepts any, and reports afterwards what the
 * chip really does, if it knows. So speeds_find() sets each candidate and reads
 * it back, before the first byte is sent.
 *
 * Some ports stay at their speed: the console of the kernel, because another
 * speed turns bytes into breaks, and a break and a letter is SysRq; a port with
 * XON/XOFF, because bytes at a wrong speed are an XOFF sooner or later.
 */
#include "port/speeds.h"
#include "log.h"
#include "port/port.h"
#include "port/port_config.h"
#include "port/tty.h"

#include <asm/termbits.h>
#include <errno.h>
#include <linux/serial.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* A receiver samples mid-bit and fails at 5 % over ten bits. */
#define SPEEDS_TOLERANCE_PERCENT 2

/* The cables of desks and the chips of adapters, above 115200. */
static const unsigned int candidates[] = {
	230400,	 460800,  500000,  921600,  1000000, 1500000,
	2000000, 3000000, 4000000, 6000000, 8000000, 12000000,
};

/*
 * The speeds of programs that are no serialtun, the most common one first: old
 * machines and boards, then what USB adapters do.
 */
static const unsigned int strangers[] = {
	9600,	57600,	 38400,	  19200,   230400,  921600,
	460800, 1000000, 2000000, 1500000, 3000000,
};

/* No pty is worth more: an emulator carries no more bytes than that. */
#define SPEEDS_PTY_MAX 4000000

_Static_assert(sizeof(candidates) / sizeof(*candidates) <= PORT_SPEEDS_MAX,
	       "a port has room for all candidates");
_Static_assert(sizeof(strangers) / sizeof(*strangers) <= PORT_STRANGERS_MAX,
	       "a port has room for the speeds of strangers");

/**
 * speeds_fits() - is a real speed near enough to the wanted one?
 * @wanted: the wanted speed
 * @real:   the real speed
 *
 * Return: true if so
 */
bool speeds_fits(unsigned int wanted, unsigned int real)
{
	const uint64_t off = real > wanted ? real - wanted : wanted - real;

	return off * 100 <= (uint64_t)wanted * SPEEDS_TOLERANCE_PERCENT;
}

/* The 8250 driver reports the requested speed, but divides its clock, which it
 * reports too, by a whole number (uart_get_divisor(), serial_core.c). */
static unsigned int divide_clock(int fd, unsigned int baud)
{
	struct serial_struct chip = {0};
	unsigned int base;
	unsigned int divisor;

	if (ioctl(fd, TIOCGSERIAL, &chip) || chip.type < PORT_8250 ||
	    chip.type > PORT_16850 || chip.baud_base <= 0 || !baud)
		return baud;
	base = (unsigned int)chip.baud_base;
	divisor = (base + baud / 2) / baud;
	return divisor ? base / divisor : base;
}

/**
 * speeds_real() - the true speed of a tty
 * @fd:   the tty
 * @chip: its kind
 *
 * Return: bits per second, as far as the driver tells; 0: not known
 */
unsigned int speeds_real(int fd, enum speeds_chip chip)
{
	struct termios2 settings;

	if (ioctl(fd, TCGETS2, &settings))
		return 0;
	return chip == SPEEDS_UART ? divide_clock(fd, settings.c_ospeed)
				   : settings.c_ospeed;
}

/**
 * speeds_set() - set the speed of a tty
 * @fd:   the tty
 * @baud: bits per second
 * @chip: the kind of the tty
 * @real: set to the true speed, also if it is not near enough
 *
 * Return: 0; -ERANGE if the true speed is another one; another -errno
 */
int speeds_set(int fd, unsigned int baud, enum speeds_chip chip,
	       unsigned int *real)
{
	struct termios2 settings;

	*real = 0;
	if (ioctl(fd, TCGETS2, &settings))
		return -errno;
	tty_set_baud(&settings, baud);
	if (ioctl(fd, TCSETS2, &settings))
		return -errno;
	*real = speeds_real(fd, chip);
	return speeds_fits(baud, *real) ? 0 : -ERANGE;
}

/**
 * speeds_change() - change the speed of an open port
 * @port: the port
 * @baud: bits per second
 * @chip: the kind of the port
 *
 * The bytes that wait in either direction belong to the old speed, and are
 * lost. If the speed is not possible, the port has the old one again.
 *
 * Return: 0 or -errno
 */
int speeds_change(struct port *port, unsigned int baud, enum speeds_chip chip)
{
	const int fd = port->write_fd;
	unsigned int real;
	int err;

	ioctl(fd, TCFLSH, TCOFLUSH);
	err = speeds_set(fd, baud, chip, &real);
	if (err && port->baud)
		speeds_set(fd, port->baud, chip, &real);
	else if (!err)
		port->baud = real;
	ioctl(fd, TCFLSH, TCIFLUSH);
	return err;
}

/**
 * speeds_is_console() - is a tty a console of the kernel?
 * @fd: the tty
 *
 * The list of the kernel names consoles by their numbers. It is a file, so the
 * broker asks this for a process that may open none.
 *
 * Return: true if so; its speed must stay as it is
 */
bool speeds_is_console(int fd)
{
	FILE *list = fopen("/proc/consoles", "re");
	struct stat file;
	bool found = false;
	char line[256];
	char wanted[32];
	char *at;

	if (!list)
		return false;
	if (!fstat(fd, &file)) {
		snprintf(wanted, sizeof(wanted), " %u:%u\n",
			 major(file.st_rdev), minor(file.st_rdev));
		while (!found && fgets(line, sizeof(line), list)) {
			at = strrchr(line, ' ');
			found = at && !strcmp(at, wanted);
		}
	}
	fclose(list);
	return found;
}

/* Why must the port keep its speed? Return: a reason, or NULL. */
static const char *find_reason(const struct port_config *config)
{
	if (config->flow == PORT_FLOW_XONXOFF)
		return "it has XON/XOFF flow control";
	return NULL;
}

/* Find the speeds at which to listen for a peer that is no serialtun. */
static void find_strangers(struct port *port, unsigned int max,
			   enum speeds_chip chip)
{
	unsigned int real;
	size_t i;

	for (i = 0; i < sizeof(strangers) / sizeof(*strangers); i++)
		if (strangers[i] <= max &&
		    !speeds_set(port->write_fd, strangers[i], chip, &real))
			port->strangers[port->stranger_count++] = strangers[i];
}

/**
 * speeds_find() - find the speeds that a port can be set to
 * @port:   the port, at its present speed; its lists are filled in
 * @config: the user's options
 * @chip:   the kind of the port
 *
 * The lists stay empty if the port has to keep its speed. That for strangers is
 * filled in only if the user has asked for a search, or for a login at any
 * speed. A port that has no speed keeps that of its settings, which is then the
 * last one of that list.
 */
void speeds_find(struct port *port, const struct port_config *config,
		 enum speeds_chip chip)
{
	const unsigned int max = config->max_baud      ? config->max_baud
				 : chip == SPEEDS_NONE ? SPEEDS_PTY_MAX
						       : UINT32_MAX;
	const char *reason;
	unsigned int base;
	unsigned int real;
	size_t i;

	if (!config->tries_speeds && !config->listens)
		return;
	reason = find_reason(config);
	if (reason) {
		log_debug("%s stays at %u baud: %s", port->name, port->baud,
			  reason);
		return;
	}
	base = port->baud ? port->baud : speeds_real(port->write_fd, chip);
	for (i = 0; i < sizeof(candidates) / sizeof(*candidates); i++)
		if (config->tries_speeds && candidates[i] > base &&
		    candidates[i] <= max &&
		    !speeds_set(port->write_fd, candidates[i], chip, &real))
			port->speeds[port->speed_count++] = candidates[i];
	if (config->baud_auto || config->listens) {
		find_strangers(port, max, chip);
		/* This is the way back to a speed that @baud does not have. */
		if (!port->baud && port->stranger_count < PORT_STRANGERS_MAX)
			port->strangers[port->stranger_count++] = base;
	}
	speeds_set(port->write_fd, base, chip, &real);
	ioctl(port->write_fd, TCFLSH, TCIFLUSH);
	log_debug("%s: %zu higher speeds are possible", port->name,
		  port->speed_count);
}
