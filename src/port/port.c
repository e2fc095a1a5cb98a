/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The port: one face for every kind of line.
 *
 * Reading and writing are the same for most kinds, because each promises
 * descriptors that are non-blocking and that read 0 only after a hang-up. A
 * kind that differs has an operation of its own.
 */
#include "port/port.h"
#include "port/port_config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/**
 * port_begin() - fill in what every port begins with
 * @port:   the port, of which its kind has filled in the rest; closed on
 *          failure
 * @kind:   its kind
 * @name:   what it is called; copied
 * @config: what is wanted of it
 *
 * Return: 0 or -ENOMEM
 */
int port_begin(struct port *port, const struct port_kind *kind,
	       const char *name, const struct port_config *config)
{
	port->kind = kind;
	port->name = strdup(name);
	if (!port->name) {
		kind->close(port);
		return -ENOMEM;
	}
	port->rate = port->baud / port_config_bits_per_byte(config);
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

/**
 * port_read() - take what has arrived
 * @port:   the port
 * @buffer: where it goes
 * @cap:    room there
 *
 * Return: bytes read, 0 of an empty frame if each read brings one; -EAGAIN if
 * there is nothing now; another -errno if the line is gone, -EIO where the
 * system says no more than "hung up"
 */
ssize_t port_read(struct port *port, uint8_t *buffer, size_t cap)
{
	ssize_t n;

	if (port->kind->read)
		return port->kind->read(port, buffer, cap);
	do
		n = read(port->read_fd, buffer, cap);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		return n;
	return n ? -errno : -EIO;
}

/**
 * port_write() - hand over bytes for the line
 * @port:  the port
 * @bytes: the bytes
 * @len:   how many
 *
 * Return: bytes taken, maybe fewer than @len, maybe none; -ECOMM if these
 * bytes, one frame of a port that sends each as a whole, cannot be sent, which
 * says nothing of others; another -errno if the line is gone
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
 * port_count() - what the port has counted since it was opened
 * @port:   the port
 * @counts: filled in; those of a driver wrap
 */
void port_count(const struct port *port, struct port_counts *counts)
{
	*counts = (struct port_counts){0};
	if (port->kind->count)
		port->kind->count(port, counts);
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
	return port->kind->resume ? port->kind->resume(port) : 0;
}
