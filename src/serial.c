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
 * only a hang-up reads 0), CRTSCTS as asked for.
 */
#include "serial.h"
#include "holder.h"
#include "log.h"
#include "port.h"
#include "tty.h"

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
#define SERIAL_USB_GRAIN 256

/* A receiver samples in the middle of a bit: 5 % in ten bits is too much. */
#define SERIAL_BAUD_TOLERANCE_PERCENT 2

struct serial {
	struct port port;
	struct sp_port *device;
	struct termios2 saved;
	int lock_fd;
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
		log_error("cannot use %s: libserialport does not take it for a "
			  "serial port: %s",
			  path, strerror(-err));
		return err;
	}
	err = open_locked(serial);
	if (!err)
		err = serial_errno(
			sp_get_port_handle(serial->device, &serial->port.fd));
	if (err) {
		log_error("cannot open %s: %s%s", path, strerror(-err),
			  err == -ENOTTY ? " (it has no modem lines: name a "
					   "serial port, such as /dev/ttyUSB0)"
					 : "");
		/* It may have come as far as to change the settings. */
		tty_restore(serial->lock_fd, &serial->saved);
		sp_free_port(serial->device);
	}
	return err;
}

/* 8N1 at a speed, by the library; XON/XOFF off. */
static int configure_device(struct serial *serial, const char *path,
			    unsigned int baud, bool rtscts)
{
	struct sp_port_config *config = NULL;
	int err = serial_errno(sp_new_config(&config));

	if (!err)
		err = serial_errno(sp_set_config_baudrate(config, (int)baud));
	if (!err)
		err = serial_errno(sp_set_config_bits(config, 8));
	if (!err)
		err = serial_errno(
			sp_set_config_parity(config, SP_PARITY_NONE));
	if (!err)
		err = serial_errno(sp_set_config_stopbits(config, 1));
	if (!err)
		err = serial_errno(sp_set_config_flowcontrol(
			config,
			rtscts ? SP_FLOWCONTROL_RTSCTS : SP_FLOWCONTROL_NONE));
	if (!err)
		err = serial_errno(sp_set_config(serial->device, config));
	if (err)
		log_error("cannot set up %s for %u baud 8N1: %s", path, baud,
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
	    ioctl(serial->port.fd, TIOCGSERIAL, &chip) ||
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

static int check_rtscts(const char *path, const struct termios2 *settings,
			bool rtscts)
{
	if (!rtscts || settings->c_cflag & CRTSCTS)
		return 0;
	log_error("cannot set RTS/CTS flow control on %s: its driver has none "
		  "(use --flow none)",
		  path);
	return -EOPNOTSUPP;
}

static int configure(struct serial *serial, const char *path,
		     const struct port_config *config)
{
	unsigned int baud = config->baud ? config->baud : PORT_BAUD_DEFAULT;
	int fd = serial->port.fd;
	struct termios2 settings;
	int err;

	err = configure_device(serial, path, baud,
			       config->flow == PORT_FLOW_RTSCTS);
	if (err)
		return err;
	err = tty_get(fd, path, &settings);
	if (err)
		return err;
	settings.c_cflag &= ~(tcflag_t)(HUPCL | CRTSCTS);
	if (config->flow == PORT_FLOW_RTSCTS)
		settings.c_cflag |= CRTSCTS;
	settings.c_cc[VMIN] = 1;
	settings.c_cc[VTIME] = 0;
	err = tty_set(fd, path, &settings);
	if (err)
		return err;

	err = tty_get(fd, path, &settings);
	if (err)
		return err;
	serial->port.baud = real_baud(serial, &settings);
	if (sp_get_port_transport(serial->device) == SP_TRANSPORT_USB)
		serial->port.grain = SERIAL_USB_GRAIN;
	err = check_baud(path, baud, serial->port.baud);
	return err ? err
		   : check_rtscts(path, &settings,
				  config->flow == PORT_FLOW_RTSCTS);
}

static void serial_close(struct port *port)
{
	struct serial *serial = (struct serial *)port;

	tty_restore(port->fd, &serial->saved);
	ioctl(port->fd, TIOCNXCL);
	sp_close(serial->device);
	sp_free_port(serial->device);
	close(serial->lock_fd);
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
	err = claim(serial, path);
	if (err)
		goto free_serial;
	err = open_device(serial, path);
	if (err)
		goto close_lock;
	ioctl(serial->port.fd, TIOCEXCL);
	err = configure(serial, path, config);
	if (err) {
		serial_close(&serial->port);
		return err;
	}
	*port = &serial->port;
	return 0;

close_lock:
	close(serial->lock_fd);
free_serial:
	free(serial);
	return err;
}

const struct port_kind serial_kind = {
	.claims = serial_claims,
	.open = serial_open,
	.close = serial_close,
};
