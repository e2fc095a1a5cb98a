/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The port: one interface for every kind of line.
 *
 * Most kinds share the code for read and write, because their descriptors are
 * non-blocking and read 0 only after a hang-up. Other kinds have operations of
 * their own.
 */
#include "port/port.h"
#include "failure.h"
#include "port/port_config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/**
 * port_new() - make a port that its kind has still to open
 * @size:    bytes of the kind's own struct, which begins with a struct port
 * @name:    its name; copied
 * @failure: on failure, the reason
 *
 * Return: the port, all else zero, which port_free() frees; or NULL: no memory
 */
void *port_new(size_t size, const char *name, struct failure *failure)
{
	struct port *port = calloc(1, size);

	if (port)
		port->name = strdup(name);
	if (port && port->name)
		return port;
	free(port);
	failure_set(failure, -ENOMEM, "cannot open %s: %s", name,
		    strerror(ENOMEM));
	return NULL;
}

/**
 * port_free() - free a port that is not open
 * @port: of port_new()
 */
void port_free(struct port *port)
{
	free(port->name);
	free(port);
}

/**
 * port_begin() - the port is open
 * @port:   the port; its kind has set the other members
 * @kind:   its kind
 * @config: the user's options
 *
 * Return: @port
 */
struct port *port_begin(struct port *port, const struct port_kind *kind,
			const struct port_config *config)
{
	port->kind = kind;
	port->byte_bits = port_config_bits_per_byte(config);
	port->rate = port->baud / port->byte_bits;
	return port;
}

/**
 * port_close() - restore the settings of a port, close and free it
 * @port: an open port, or NULL
 */
void port_close(struct port *port)
{
	if (!port)
		return;
	if (port->kind->close)
		port->kind->close(port);
	port_free(port);
}

/**
 * port_read() - read from the port
 * @port:   the port
 * @buffer: where to put the bytes
 * @cap:    bytes in @buffer
 *
 * Return: bytes read; 0 for an empty datagram; -EAGAIN if there are none now;
 * another -errno if the line is gone, -EIO for a hang-up
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
 * port_write() - write to the port
 * @port:  the port
 * @bytes: the bytes
 * @len:   how many
 *
 * Return: bytes taken, maybe fewer than @len or 0 (short write); -ECOMM if this
 * datagram cannot be sent, though others may; another -errno if the line is
 * gone
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
 * port_queued() - bytes in the port's output queue
 * @port: the port
 *
 * Return: bytes, as the system counts them (TIOCOUTQ, tty_ioctl(4)); 0 if it
 * does not count
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
 * port_count() - read the counters of the port
 * @port:   the port
 * @counts: filled in; the driver's counters wrap
 */
void port_count(const struct port *port, struct port_counts *counts)
{
	*counts = (struct port_counts){0};
	if (port->kind->count)
		port->kind->count(port, counts);
}

/**
 * port_resume() - undo an XOFF
 * @port: the port
 *
 * For an XOFF that was noise, which no XON follows. No effect if the output is
 * not stopped.
 *
 * Return: 0 or -errno
 */
int port_resume(struct port *port)
{
	return port->kind->resume ? port->kind->resume(port) : 0;
}

/**
 * port_set_baud() - change the speed of an open port
 * @port: the port
 * @baud: bits per second
 *
 * The bytes that wait in the port, in either direction, are lost.
 *
 * Return: 0, or -errno: then the port has the speed of before
 */
int port_set_baud(struct port *port, unsigned int baud)
{
	int err;

	if (!port->kind->set_baud)
		return -EOPNOTSUPP;
	err = port->kind->set_baud(port, baud);
	port->rate = port->baud / port->byte_bits;
	return err;
}
