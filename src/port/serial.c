/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Serial devices, by libserialport.
 *
 * The order of opening is dictated by its versions. 0.1.1's sp_open() locks
 * nothing and changes the settings at once (raw, CLOCAL, HUPCL), so whether
 * somebody else uses the port, and what its settings were, must be known
 * before. Therefore we open the device ourselves first, lock it, and read the
 * settings; this descriptor, and with it the lock, is kept until the port is
 * closed. 0.1.2 locks by itself and finds our own lock; only then it is
 * let go.
 *
 * What the library leaves open or has wrong is put right with termios2
 * afterwards: HUPCL off (a close shall not reset the board), VMIN 1 (so that
 * only a hang-up reads 0), the flow control and its bytes.
 *
 * Each open() raises DTR and RTS (tty_port_block_til_ready(), tty_port.c), so
 * a line that is to be low can only be lowered again, which is done as soon as
 * nothing opens the device any more. If that is too late for a board, nothing
 * but a wire can help it.
 */
#include "port/serial.h"
#include "log.h"
#include "port/holder.h"
#include "port/port.h"
#include "port/tty.h"

#include <asm/termbits.h>
#include <errno.h>
#include <libserialport.h>
#include <linux/serial.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* What usb-serial hands to the adapter at once, and counts until it is gone. */
#define SERIAL_USB_QUEUE_SLACK 256

/* A receiver samples in the middle of a bit: 5 % in ten bits is too much. */
#define SERIAL_BAUD_TOLERANCE_PERCENT 2

/* As in 8N1. */
static const char parity_letters[] = {
	[PORT_PARITY_NONE] = 'N',
	[PORT_PARITY_EVEN] = 'E',
	[PORT_PARITY_ODD] = 'O',
};

struct serial {
	struct port port;
	struct sp_port *device;
	struct termios2 saved;
	int lock_fd;
	bool hupcl;
	bool made_low_latency;
};

static bool serial_claims(const struct stat *file)
{
	return S_ISCHR(file->st_mode);
}

/* The library's verdict as -errno. To be called before any other call. */
static int serial_errno(enum sp_return status)
{
	switch (status) {
	case SP_ERR_FAIL:
		return sp_last_error_code() ? -sp_last_error_code() : -EIO;
	case SP_ERR_MEM:
		return -ENOMEM;
	case SP_ERR_SUPP:
		return -EOPNOTSUPP;
	case SP_ERR_ARG:
		return -EINVAL;
	default:
		return 0;
	}
}

/* sp_open(), even if the library means to take the lock that we hold. */
static int open_locked(struct serial *serial)
{
	int err = serial_errno(sp_open(serial->device, SP_MODE_READ_WRITE));

	if (err != -EBUSY && err != -EWOULDBLOCK)
		return err;
	flock(serial->lock_fd, LOCK_UN);
	return serial_errno(sp_open(serial->device, SP_MODE_READ_WRITE));
}

/* Let the library open the device and tell its descriptor. */
static int open_device(struct serial *serial, const char *path)
{
	int err = serial_errno(sp_get_port_by_name(path, &serial->device));

	if (err) {
		/* The path is right: sysfs does not know the device (yet). */
		err = err == -EINVAL ? -ENODEV : err;
		log_error("cannot use %s: %s (it is not in /sys/class/tty: is "
			  "it plugged in, is /sys mounted?)",
			  path, strerror(-err));
		return err;
	}
	err = open_locked(serial);
	if (!err)
		err = serial_errno(sp_get_port_handle(serial->device,
						      &serial->port.read_fd));
	if (err == -EBUSY || err == -EWOULDBLOCK) {
		/* Somebody was faster: it is theirs now. */
		sp_free_port(serial->device);
		return tty_report_busy(path, "open");
	}
	if (err) {
		log_error("cannot open %s: %s%s", path, strerror(-err),
			  err == -ENOTTY ? " (it has no modem lines: name a "
					   "serial port, such as /dev/ttyUSB0)"
					 : "");
		/* It may have come as far as to change the settings. */
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

/* Speed and format, by the library; flow control comes later. */
static int configure_device(struct serial *serial, const char *path,
			    unsigned int baud, const struct port_config *wanted)
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
		log_error("cannot set up %s for %u baud 8%c%u: %s", path, baud,
			  parity_letters[wanted->parity], wanted->stop_bits,
			  strerror(-err));
	sp_free_config(config);
	return err;
}

/*
 * The rate that the chip really has. The 8250's driver echoes what was asked
 * for; what it did is divide its clock by a whole number (uart_get_divisor(),
 * serial_core.c), and the clock it tells.
 */
static unsigned int real_baud(const struct serial *serial,
			      const struct termios2 *settings)
{
	unsigned int baud = settings->c_ospeed;
	struct serial_struct chip = {0};
	unsigned int base;
	unsigned int divisor;

	if (sp_get_port_transport(serial->device) != SP_TRANSPORT_NATIVE ||
	    ioctl(serial->port.read_fd, TIOCGSERIAL, &chip) ||
	    chip.type < PORT_8250 || chip.type > PORT_16850 ||
	    chip.baud_base <= 0 || !baud)
		return baud;
	base = (unsigned int)chip.baud_base;
	divisor = (base + baud / 2) / baud;
	return divisor ? base / divisor : base;
}

static int check_baud(const char *path, unsigned int wanted, unsigned int real)
{
	uint64_t off = real > wanted ? real - wanted : wanted - real;

	if (off * 100 <= (uint64_t)wanted * SERIAL_BAUD_TOLERANCE_PERCENT)
		return 0;
	log_error("cannot set %s to %u baud: it would be %u (choose a rate "
		  "that the hardware can do with -b)",
		  path, wanted, real);
	return -EINVAL;
}

/* Raise or lower lines. Return: 0 or -errno, logged. */
static int change_modem_lines(int fd, const char *path, int lines, bool on)
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
	log_error("cannot %s %s of %s: %s (leave --dtr and --rts out)",
		  on ? "raise" : "lower", names[lines], path, strerror(err));
	return -err;
}

/*
 * Those that go the same way go together: in between, one of them alone is what
 * resets many an ESP board.
 */
static int set_modem_lines(int fd, const char *path,
			   const struct port_config *config)
{
	int off = (config->dtr == PORT_MODEM_LINE_OFF ? TIOCM_DTR : 0) |
		  (config->rts == PORT_MODEM_LINE_OFF ? TIOCM_RTS : 0);
	int on = (config->dtr == PORT_MODEM_LINE_ON ? TIOCM_DTR : 0) |
		 (config->rts == PORT_MODEM_LINE_ON ? TIOCM_RTS : 0);
	int err = change_modem_lines(fd, path, off, false);

	return err ? err : change_modem_lines(fd, path, on, true);
}

/*
 * Let the driver hand on what arrives at once, or not: FTDI's latency timer
 * is 1 ms with the flag and 16 ms without. Return: did that change anything?
 */
static bool set_low_latency(int fd, bool on)
{
	struct serial_struct adapter;

	if (ioctl(fd, TIOCGSERIAL, &adapter) ||
	    on == !!(adapter.flags & (int)ASYNC_LOW_LATENCY))
		return false;
	adapter.flags ^= (int)ASYNC_LOW_LATENCY;
	/* cdc_acm, say, takes it and forgets it. */
	return !ioctl(fd, TIOCSSERIAL, &adapter) &&
	       !ioctl(fd, TIOCGSERIAL, &adapter) &&
	       on == !!(adapter.flags & (int)ASYNC_LOW_LATENCY);
}

/* What the driver shall do, in termios2. */
static int set_up_tty(const struct serial *serial, const char *path,
		      const struct port_config *config)
{
	int fd = serial->port.read_fd;
	struct termios2 settings;
	int err = tty_get(fd, path, &settings);

	if (err)
		return err;
	settings.c_cflag &= ~(tcflag_t)HUPCL;
	tty_set_flow(&settings, config);
	settings.c_cc[VMIN] = 1;
	settings.c_cc[VTIME] = 0;
	return tty_set(fd, path, &settings);
}

static int configure(struct serial *serial, const char *path,
		     const struct port_config *config)
{
	unsigned int baud = config->baud ? config->baud : PORT_BAUD_DEFAULT;
	struct termios2 settings;
	int err;

	err = configure_device(serial, path, baud, config);
	if (!err)
		err = set_up_tty(serial, path, config);
	if (!err)
		err = tty_get(serial->port.read_fd, path, &settings);
	if (err)
		return err;
	serial->port.baud = real_baud(serial, &settings);
	err = check_baud(path, baud, serial->port.baud);
	return err ? err : tty_check(path, &settings, config);
}

/*
 * What is only true of USB adapters. On a UART (8250) the flag for low latency
 * was seen to cost two thirds of the throughput.
 */
static void set_up_adapter(struct serial *serial, const char *path,
			   const struct port_config *config)
{
	if (sp_get_port_transport(serial->device) != SP_TRANSPORT_USB)
		return;
	serial->port.queue_slack = SERIAL_USB_QUEUE_SLACK;
	serial->made_low_latency = config->low_latency &&
				   set_low_latency(serial->port.read_fd, true);
	log_debug("%s: low latency %s", path,
		  serial->made_low_latency ? "switched on" : "left as it is");
}

static void serial_close(struct port *port)
{
	struct serial *serial = (struct serial *)port;

	if (serial->made_low_latency)
		set_low_latency(port->read_fd, false);
	tty_restore(port->read_fd, &serial->saved, serial->hupcl);
	ioctl(port->read_fd, TIOCNXCL);
	sp_close(serial->device);
	sp_free_port(serial->device);
	tty_close(serial->lock_fd);
	free(serial);
}

/* Programs that know no flock(2) leave a file. Return: 0 or -EBUSY, logged. */
static int check_uucp_lock(const char *path)
{
	char who[HOLDER_TEXT_MAX];
	struct holder holder;

	if (!holder_find_uucp(path, &holder))
		return 0;
	log_error("cannot use %s: %s (%s, has a lock file for it in /var/lock; "
		  "stop it first)",
		  path, strerror(EBUSY), holder_format(&holder, who));
	return -EBUSY;
}

/*
 * A getty, say, neither locks its port nor asks whether it is locked; of what
 * arrives, each of us would get a part.
 */
static void warn_of_sharing(const char *path)
{
	char who[HOLDER_TEXT_MAX];
	struct holder holder;

	if (holder_find(path, &holder))
		log_warning("%s is in use by another program as well: %s "
			    "(stop it, it takes part of what arrives)",
			    path, holder_format(&holder, who));
}

/* The device for us alone, as far as it can be had. Return: 0 or -errno. */
static int claim(struct serial *serial, const char *path)
{
	int exclusive = 0;
	int err = check_uucp_lock(path);

	if (!err)
		err = tty_claim(&serial->lock_fd, path);
	if (err)
		return err;
	err = tty_get(serial->lock_fd, path, &serial->saved);
	/* root may open what somebody has for himself; it must not use it. */
	if (!err && !ioctl(serial->lock_fd, TIOCGEXCL, &exclusive) && exclusive)
		err = tty_report_busy(path, "use");
	if (err)
		close(serial->lock_fd);
	else
		warn_of_sharing(path);
	return err;
}

static int serial_open(struct port **port, const char *path,
		       const struct port_config *config)
{
	struct serial *serial = calloc(1, sizeof(*serial));
	int err;

	if (!serial) {
		log_error("cannot open %s: %s", path, strerror(ENOMEM));
		return -ENOMEM;
	}
	serial->hupcl = config->hupcl;
	err = claim(serial, path);
	if (err)
		goto free_serial;
	err = open_device(serial, path);
	if (err)
		goto close_lock;
	serial->port.write_fd = serial->port.read_fd;
	serial->port.counts_wire = true;
	ioctl(serial->port.read_fd, TIOCEXCL);
	err = set_modem_lines(serial->port.read_fd, path, config);
	if (!err)
		err = configure(serial, path, config);
	if (err) {
		serial_close(&serial->port);
		return err;
	}
	set_up_adapter(serial, path, config);
	*port = &serial->port;
	return 0;

close_lock:
	tty_close(serial->lock_fd);
free_serial:
	free(serial);
	return err;
}

const struct port_kind serial_kind = {
	.claims = serial_claims,
	.open = serial_open,
	.close = serial_close,
};
