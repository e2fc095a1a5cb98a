/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The port: one face for every kind of line. Which kind a device is of is found
 * out here; how such a thing is opened and put back is its kind's own affair.
 * Other kinds come open (port_begin()), from where they are looked for
 * (source).
 *
 * Reading and writing are the same for most, because each kind promises
 * descriptors that are non-blocking and that read 0 only after a hang-up.
 *
 * A port settles (--settle) while it is already in use: until a time that is
 * set at opening, reading throws away what it finds. To wait in port_open()
 * instead would keep a signal waiting, and, when a lost port is opened again,
 * the interface.
 */
#include "port/port.h"
#include "log.h"
#include "port/pty.h"
#include "port/serial.h"
#include "port/tty.h"

#include <errno.h>
#include <linux/serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S  UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)

/* The first that claims a file has it. */
static const struct port_kind *const kinds[] = {&pty_kind, &serial_kind, NULL};

/**
 * port_usual_rate() - how fast a port will be that is not there yet
 * @config: what is wanted of it
 *
 * Return: bytes per second, if it turns out to be a device
 */
unsigned int port_usual_rate(const struct port_config *config)
{
	unsigned int baud = config->baud ? config->baud : PORT_BAUD_DEFAULT;

	return baud / port_bits_per_byte(config);
}

/**
 * port_path() - where a port of this name is to be found
 * @name: a path, or, without a slash, a name below /dev
 *
 * Return: an absolute path to be freed, links not followed, and it need not
 * exist; NULL and errno
 */
char *port_path(const char *name)
{
	char *path = NULL;
	char *here;

	if (*name == '/')
		return strdup(name);
	if (!strchr(name, '/'))
		return asprintf(&path, "/dev/%s", name) < 0 ? NULL : path;
	here = getcwd(NULL, 0);
	if (!here || asprintf(&path, "%s/%s", here, name) < 0)
		path = NULL;
	free(here);
	return path;
}

/*
 * The file itself, links followed, such as those in /dev/serial/by-id;
 * libserialport 0.1.1 does not. Return: a string to be freed, or NULL and
 * errno.
 */
static char *resolve(const char *name)
{
	char *path = port_path(name);
	char *real = path ? realpath(path, NULL) : NULL;
	int saved_errno = errno;

	free(path);
	errno = saved_errno;
	return real;
}

static const struct port_kind *find_kind(const struct stat *file)
{
	const struct port_kind *const *kind = kinds;

	while (*kind && !(*kind)->claims(file))
		kind++;
	return *kind;
}

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* What the driver has counted so far. Return: false if it does not count. */
static bool count_errors(const struct port *port, struct port_errors *errors)
{
	struct serial_icounter_struct count;

	if (ioctl(port->read_fd, TIOCGICOUNT, &count))
		return false;
	*errors = (struct port_errors){
		.frame = (uint32_t)count.frame,
		.parity = (uint32_t)count.parity,
		.overrun = (uint32_t)count.overrun,
		.buf_overrun = (uint32_t)count.buf_overrun,
		.brk = (uint32_t)count.brk,
	};
	return true;
}

/**
 * port_bits_per_byte() - what a byte costs on the wire
 * @config: parity and stop bits
 *
 * Return: a start bit, eight of data, and what else there is
 */
unsigned int port_bits_per_byte(const struct port_config *config)
{
	return (config->parity == PORT_PARITY_NONE ? 9 : 10) +
	       config->stop_bits;
}

/**
 * port_open() - open and set up a port
 * @port:   the open port on success; port_close() puts it back and frees it
 * @config: what is wanted of it
 *
 * Until it is known that nobody else uses the port, nothing of it is changed.
 * A failure is logged.
 *
 * Return: 0 or -errno
 */
int port_open(struct port **port, const struct port_config *config)
{
	const struct port_kind *kind;
	char *path = resolve(config->name);
	struct stat file;
	int err;

	if (!path || stat(path, &file)) {
		err = -errno;
		log_error("cannot find port %s: %s (%s--list shows the ports "
			  "that there are%s)",
			  config->name, strerror(-err),
			  err == -ENOENT ? "is it plugged in? " : "",
			  err == -ENOENT ? ", --wait waits" : "");
		free(path);
		return err;
	}
	kind = find_kind(&file);
	if (!kind) {
		log_error("cannot use %s as a port: it is not a serial device "
			  "or a pty (name one, such as /dev/ttyUSB0)",
			  config->name);
		free(path);
		return -ENOTTY;
	}
	err = kind->open(port, path, config);
	if (!err)
		err = port_begin(*port, kind, path, config);
	free(path);
	return err;
}

/**
 * port_begin() - what every port begins with
 * @port:   as its kind has made it; closed on failure
 * @kind:   its kind
 * @name:   what it is called; copied
 * @config: what is wanted of it
 *
 * A failure is logged.
 *
 * Return: 0 or -ENOMEM
 */
int port_begin(struct port *port, const struct port_kind *kind,
	       const char *name, const struct port_config *config)
{
	port->kind = kind;
	port->name = strdup(name);
	if (!port->name) {
		log_error("cannot open %s: %s", name, strerror(ENOMEM));
		kind->close(port);
		return -ENOMEM;
	}
	port->rate = port->baud / port_bits_per_byte(config);
	if (config->settle_ms)
		port->settled_ns = clock_ns() + config->settle_ms * NS_PER_MS;
	count_errors(port, &port->errors_before);
	return 0;
}

/**
 * port_close() - put a port back as it was found, and close it
 * @port: an open port, or NULL
 */
void port_close(struct port *port)
{
	char *name;

	if (!port)
		return;
	name = port->name;
	port->kind->close(port);
	free(name);
}

/* Is what arrives now still to be thrown away? */
static bool is_settling(struct port *port)
{
	if (port->settled_ns && port->settled_ns <= clock_ns())
		port->settled_ns = 0;
	return port->settled_ns;
}

static ssize_t read_fd(struct port *port, uint8_t *buffer, size_t cap)
{
	ssize_t n;

	do
		n = read(port->read_fd, buffer, cap);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		return n;
	if (!n)
		return -EIO;
	return -errno;
}

/**
 * port_read() - take what has arrived
 * @port:   the port
 * @buffer: where it goes
 * @cap:    room there
 *
 * Return: bytes read, 0 of an empty frame if the port keeps bounds; -EAGAIN if
 * there is nothing now, or nothing that counts while the port settles; another
 * -errno if the line is gone, -EIO where the system says no more than "hung up"
 */
ssize_t port_read(struct port *port, uint8_t *buffer, size_t cap)
{
	ssize_t n = port->kind->read ? port->kind->read(port, buffer, cap)
				     : read_fd(port, buffer, cap);

	return n >= 0 && is_settling(port) ? -EAGAIN : n;
}

/**
 * port_write() - hand over bytes for the line
 * @port:   the port
 * @bytes: the bytes
 * @len:    how many
 *
 * Return: bytes taken, maybe fewer than @len, maybe none; -ECOMM if these
 * bytes, one frame of a port that keeps bounds, cannot be sent, which says
 * nothing of others; another -errno if the line is gone
 */
ssize_t port_write(struct port *port, const uint8_t *bytes, size_t len)
{
	ssize_t n;

	if (port->kind->write)
		return port->kind->write(port, bytes, len);
	do
		n = write(port->write_fd, bytes, len);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return n;
	return errno == EAGAIN ? 0 : -errno;
}

/**
 * port_queued() - how much waits in the port to be sent
 * @port: the port
 *
 * Return: bytes, as far as the system counts them (TIOCOUTQ, tty_ioctl(4)); 0
 * also if it does not
 */
size_t port_queued(const struct port *port)
{
	int queued;

	if (port->kind->queued)
		return port->kind->queued(port);
	if (ioctl(port->write_fd, TIOCOUTQ, &queued) || queued < 0)
		return 0;
	return (size_t)queued;
}

/**
 * port_resume() - go on sending although the other end said XOFF
 * @port: the port
 *
 * For an XOFF that noise has made: no XON will follow it. Where the output is
 * not held this changes nothing.
 *
 * Return: 0 or -errno
 */
int port_resume(struct port *port)
{
	return tty_resume(port->write_fd);
}

/**
 * port_get_errors() - what went wrong on the line since the port was opened
 * @port:   the port
 * @errors: filled in on success; the counts wrap
 *
 * The driver counts (TIOCGICOUNT, ioctl_tty(2)), and too late to say which
 * frame was hit.
 *
 * Return: false if the port has no driver that counts, as a pty or a socket
 */
bool port_get_errors(const struct port *port, struct port_errors *errors)
{
	const struct port_errors *before = &port->errors_before;
	struct port_errors now;

	if (!count_errors(port, &now))
		return false;
	*errors = (struct port_errors){
		.frame = now.frame - before->frame,
		.parity = now.parity - before->parity,
		.overrun = now.overrun - before->overrun,
		.buf_overrun = now.buf_overrun - before->buf_overrun,
		.brk = now.brk - before->brk,
	};
	return true;
}
