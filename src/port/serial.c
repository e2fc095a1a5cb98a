/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Serial devices, by libserialport.
 *
 * The library's versions dictate the order of opening. sp_open() of 0.1.1 locks
 * nothing and changes the settings at once (raw, CLOCAL, HUPCL), so a second
 * user and the old settings must be known before. Therefore serial_claim()
 * opens the device first and locks it, and the port keeps this descriptor, and
 * with it the lock, until it is closed. sp_open() of 0.1.2 locks the device
 * itself and fails on our lock; only then we release ours.
 *
 * The library opens a device by its path, and the process that parses the line
 * may open no file. So the library opens the port at the start. A port that is
 * found again comes from the broker, as the descriptor of serial_claim().
 *
 * For both, this file sets all settings with termios2, which is all that such a
 * descriptor needs, and corrects what the library omits or gets wrong: HUPCL
 * off (a close must not reset the board), VMIN 1 (only a hang-up reads 0), flow
 * control and its characters.
 *
 * Each open() raises DTR and RTS (tty_port_block_til_ready(), tty_port.c).
 * Lines that are to be low are lowered right after the last open(). A board for
 * which that is too late needs a different cable.
 */
#include "port/serial.h"
#include "failure.h"
#include "log.h"
#include "port/claim.h"
#include "port/port.h"
#include "port/port_config.h"
#include "port/serial_claim.h"
#include "port/speeds.h"
#include "port/tty.h"

#include <asm/termbits.h>
#include <errno.h>
#include <libserialport.h>
#include <linux/serial.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Bytes that usb-serial gives to the adapter at once, and counts until sent. */
#define SERIAL_USB_QUEUE_SLACK 256

/* The letter in "8N1". */
static const char parity_letters[] = {
	[PORT_PARITY_NONE] = 'N',
	[PORT_PARITY_EVEN] = 'E',
	[PORT_PARITY_ODD] = 'O',
};

struct serial {
	struct port port;
	struct sp_port *device; /* NULL: the broker has opened the port */
	enum claim_kind kind;
	struct termios2 saved;
	struct port_counts counted_before; /* the driver's, at the start */
	int lock_fd;
	bool hupcl;
	bool made_low_latency;
};

/* Call sp_open(); release our lock if the library wants to take it. */
static int open_locked(struct serial *serial)
{
	int err = serial_errno(sp_open(serial->device, SP_MODE_READ_WRITE));

	if (err != -EBUSY && err != -EWOULDBLOCK)
		return err;
	flock(serial->lock_fd, LOCK_UN);
	return serial_errno(sp_open(serial->device, SP_MODE_READ_WRITE));
}

/* Let the library open the device, and get its descriptor. */
static int open_device(struct serial *serial, const char *path,
		       struct failure *failure)
{
	int err = serial_find_device(&serial->device, path, failure);

	if (err)
		return err;
	err = open_locked(serial);
	if (!err)
		err = serial_errno(sp_get_port_handle(serial->device,
						      &serial->port.read_fd));
	if (err == -EBUSY || err == -EWOULDBLOCK) {
		/* Another program took the port after we released the lock. */
		sp_free_port(serial->device);
		return tty_fail_busy(path, "open", failure);
	}
	if (err) {
		failure_set(failure, err, "cannot open %s: %s", path,
			    strerror(-err));
		/* sp_open() may already have changed the settings. */
		tty_restore(serial->lock_fd, &serial->saved, serial->hupcl);
		sp_free_port(serial->device);
	}
	return err;
}

static enum sp_parity library_parity(enum port_parity parity)
{
	switch (parity) {
	case PORT_PARITY_EVEN:
		return SP_PARITY_EVEN;
	case PORT_PARITY_ODD:
		return SP_PARITY_ODD;
	default:
		return SP_PARITY_NONE;
	}
}

/* Set speed and format with the library; flow control comes later. */
static int configure_device(struct serial *serial, const char *path,
			    unsigned int baud, const struct port_config *wanted,
			    struct failure *failure)
{
	struct sp_port_config *config = NULL;
	int err = serial_errno(sp_new_config(&config));

	if (!err)
		err = serial_errno(sp_set_config_baudrate(config, (int)baud));
	if (!err)
		err = serial_errno(sp_set_config_bits(config, 8));
	if (!err)
		err = serial_errno(sp_set_config_parity(
			config, library_parity(wanted->parity)));
	if (!err)
		err = serial_errno(
			sp_set_config_stopbits(config, (int)wanted->stop_bits));
	if (!err)
		err = serial_errno(
			sp_set_config_flowcontrol(config, SP_FLOWCONTROL_NONE));
	if (!err)
		err = serial_errno(sp_set_config(serial->device, config));
	if (err)
		failure_set(failure, err,
			    "cannot set up %s for %u baud 8%c%u: %s", path,
			    baud, parity_letters[wanted->parity],
			    wanted->stop_bits, strerror(-err));
	sp_free_config(config);
	return err;
}

static int check_baud(const char *path, unsigned int wanted, unsigned int real,
		      struct failure *failure)
{
	if (speeds_fits(wanted, real))
		return 0;
	return failure_set(
		failure, -EINVAL,
		"cannot set %s to %u baud: the hardware would run at "
		"%u (choose a rate that it can do with -b)",
		path, wanted, real);
}

/* Raise or lower modem lines. Return: 0 or -errno. */
static int change_modem_lines(int fd, const char *path, int lines, bool on,
			      struct failure *failure)
{
	static const char *const names[] = {
		[0] = "",
		[TIOCM_DTR] = "DTR",
		[TIOCM_RTS] = "RTS",
		[TIOCM_DTR | TIOCM_RTS] = "DTR and RTS",
	};
	int err;

	if (!lines || !ioctl(fd, on ? TIOCMBIS : TIOCMBIC, &lines))
		return 0;
	err = errno;
	return failure_set(failure, -err,
			   "cannot %s %s of %s: %s (leave --dtr and --rts out)",
			   on ? "raise" : "lower", names[lines], path,
			   strerror(err));
}

/*
 * Change DTR and RTS in one call if both go the same way: a moment with only
 * one of them raised resets many ESP boards.
 */
static int set_modem_lines(int fd, const char *path,
			   const struct port_config *config,
			   struct failure *failure)
{
	int off = (config->dtr == PORT_MODEM_LINE_OFF ? TIOCM_DTR : 0) |
		  (config->rts == PORT_MODEM_LINE_OFF ? TIOCM_RTS : 0);
	int on = (config->dtr == PORT_MODEM_LINE_ON ? TIOCM_DTR : 0) |
		 (config->rts == PORT_MODEM_LINE_ON ? TIOCM_RTS : 0);
	int err = change_modem_lines(fd, path, off, false, failure);

	return err ? err : change_modem_lines(fd, path, on, true, failure);
}

/*
 * Ask the driver for low latency, or not: FTDI's latency timer is 1 ms with the
 * flag and 16 ms without. Return: whether that changed anything.
 */
static bool set_low_latency(int fd, bool on)
{
	struct serial_struct adapter;

	if (ioctl(fd, TIOCGSERIAL, &adapter) ||
	    on == !!(adapter.flags & (int)ASYNC_LOW_LATENCY))
		return false;
	adapter.flags ^= (int)ASYNC_LOW_LATENCY;
	/* Some drivers (cdc_acm) accept the flag and ignore it. */
	return !ioctl(fd, TIOCSSERIAL, &adapter) &&
	       !ioctl(fd, TIOCGSERIAL, &adapter) &&
	       on == !!(adapter.flags & (int)ASYNC_LOW_LATENCY);
}

/* Set all settings with termios2. Return: 0 or -errno. */
static int set_up_tty(const struct serial *serial, const char *path,
		      const struct port_config *config, struct failure *failure)
{
	int fd = serial->port.read_fd;
	struct termios2 settings;
	int err = tty_get(fd, path, &settings, failure);

	if (err)
		return err;
	settings = tty_raw(&settings, config);
	/* Without a parity bit, the driver drops bytes without a stop bit. */
	if (config->parity == PORT_PARITY_NONE)
		settings.c_iflag |= IGNPAR;
	return tty_set(fd, path, &settings, failure);
}

static bool is_usb(const struct serial *serial)
{
	return serial->kind == CLAIM_USB;
}

static enum speeds_chip chip_of(const struct serial *serial)
{
	return serial->kind == CLAIM_UART ? SPEEDS_UART : SPEEDS_USB;
}

static int configure(struct serial *serial, const char *path,
		     const struct port_config *options, struct failure *failure)
{
	struct port_config config = *options;
	struct termios2 settings;
	int err = 0;

	if (!config.baud)
		config.baud = PORT_BAUD_DEFAULT;
	if (serial->device)
		err = configure_device(serial, path, config.baud, &config,
				       failure);
	if (!err)
		err = set_up_tty(serial, path, &config, failure);
	if (!err)
		err = tty_get(serial->port.read_fd, path, &settings, failure);
	if (err)
		return err;
	serial->port.baud = speeds_real(serial->port.read_fd, chip_of(serial));
	err = check_baud(path, config.baud, serial->port.baud, failure);
	return err ? err : tty_check(path, &settings, &config, failure);
}

/*
 * Set up USB adapters only: on a UART (8250) the low-latency flag cost two
 * thirds of the throughput in a measurement.
 */
static void set_up_adapter(struct serial *serial, const char *path,
			   const struct port_config *config)
{
	if (!is_usb(serial))
		return;
	serial->made_low_latency = config->low_latency &&
				   set_low_latency(serial->port.read_fd, true);
	log_debug("%s: low latency %s", path,
		  serial->made_low_latency ? "switched on" : "left as it is");
}

/* At a wrong speed bytes look like breaks: a break and a letter is SysRq. */
static void find_speeds(struct serial *serial, const struct claim *claim,
			const struct port_config *config)
{
	if (claim->is_console)
		log_debug("%s stays at %u baud: it is a console of the kernel",
			  claim->path, serial->port.baud);
	else
		speeds_find(&serial->port, config, chip_of(serial));
}

static void close_device(struct serial *serial)
{
	const int fd = serial->port.read_fd;

	if (serial->made_low_latency)
		set_low_latency(fd, false);
	tty_restore(fd, &serial->saved, serial->hupcl);
	ioctl(fd, TIOCNXCL);
	if (serial->device) {
		sp_close(serial->device);
		sp_free_port(serial->device);
	}
	tty_close(serial->lock_fd);
}

static void serial_close(struct port *port)
{
	close_device((struct serial *)port);
}

/* Read the driver's counters. Return: false if it has none. */
static bool count_errors(int fd, struct port_counts *counts)
{
	struct serial_icounter_struct count;

	if (ioctl(fd, TIOCGICOUNT, &count))
		return false;
	*counts = (struct port_counts){
		.line_known = true,
		.frame = (uint32_t)count.frame,
		.parity = (uint32_t)count.parity,
		.overrun = (uint32_t)count.overrun,
		.buf_overrun = (uint32_t)count.buf_overrun,
		.brk = (uint32_t)count.brk,
	};
	return true;
}

/*
 * The driver's counters (TIOCGICOUNT, ioctl_tty(2)) start when the driver is
 * loaded. They change too late to tell which frame was hit.
 */
static void serial_count(const struct port *port, struct port_counts *counts)
{
	const struct serial *serial = (const struct serial *)port;
	const struct port_counts *before = &serial->counted_before;

	if (!count_errors(port->read_fd, counts))
		return;
	counts->frame -= before->frame;
	counts->parity -= before->parity;
	counts->overrun -= before->overrun;
	counts->buf_overrun -= before->buf_overrun;
	counts->brk -= before->brk;
}

static int serial_set_baud(struct port *port, unsigned int baud)
{
	return speeds_change(port, baud, chip_of((struct serial *)port));
}

static const struct port_kind uart_kind = {
	.counts_wire = true,
	.close = serial_close,
	.count = serial_count,
	.resume = tty_resume,
	.set_baud = serial_set_baud,
};

static const struct port_kind usb_kind = {
	.counts_wire = true,
	.queue_slack = SERIAL_USB_QUEUE_SLACK,
	.close = serial_close,
	.count = serial_count,
	.resume = tty_resume,
	.set_baud = serial_set_baud,
};

/* Set up. Return: 0, or -errno with nothing left open. */
static int open_serial(struct serial *serial, const struct claim *claim,
		       const struct port_config *config,
		       struct failure *failure)
{
	const char *path = claim->path;
	int err = tty_get(claim->fd, path, &serial->saved, failure);

	serial->kind = claim->kind;
	serial->lock_fd = claim->fd;
	serial->port.read_fd = claim->fd;
	if (!err && !claim->is_handed)
		err = open_device(serial, path, failure);
	if (err) {
		tty_close(claim->fd);
		return err;
	}
	serial->port.write_fd = serial->port.read_fd;
	ioctl(serial->port.read_fd, TIOCEXCL);
	err = set_modem_lines(serial->port.read_fd, path, config, failure);
	if (!err)
		err = configure(serial, path, config, failure);
	if (err)
		close_device(serial);
	return err;
}

/**
 * serial_open() - set up a serial device
 * @port:    the open port on success
 * @claim:   from serial_claim(); the port owns its descriptor, closed on
 *           failure
 * @config:  the user's options
 * @failure: on failure, the reason
 *
 * Return: 0 or -errno
 */
int serial_open(struct port **port, const struct claim *claim,
		const struct port_config *config, struct failure *failure)
{
	struct serial *serial = port_new(sizeof(*serial), claim->path, failure);
	int err;

	if (!serial) {
		close(claim->fd);
		return -ENOMEM;
	}
	serial->hupcl = config->hupcl;
	err = open_serial(serial, claim, config, failure);
	if (err) {
		port_free(&serial->port);
		return err;
	}
	set_up_adapter(serial, claim->path, config);
	find_speeds(serial, claim, config);
	count_errors(serial->port.read_fd, &serial->counted_before);
	*port = port_begin(&serial->port,
			   is_usb(serial) ? &usb_kind : &uart_kind, config);
	return 0;
}
