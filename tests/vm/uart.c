/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * uart.c - the end of a line at one of QEMU's isa-serial UARTs
 *
 * QEMU plays the 16550A but for its speed: it hands on what the guest sends,
 * byte by byte, as fast as the chardev takes it.  So our taking sets the pace.
 * The socket between us is made to hold five bytes (see line.c), and we have a
 * small FIFO, to bridge the time until QEMU and the guest have noticed that
 * there is room: with QEMU's FIFO of 16 and the byte it holds, 30 bytes are in
 * front of the wire at most, where a real 16550A has 17.
 *
 * In the other direction QEMU takes from the socket what its FIFO has room for.
 * While it does not, the wire is held: nothing is lost, as there is no way to
 * tell QEMU of an overrun or any other error.  Nor does a chardev know of modem
 * lines: the guest finds CTS, DSR and DCD set.
 */
#include "uart.h"

#include "wire.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define TX_FIFO 8
#define RX_FIFO 8
/* We look no more often than this, or for each byte if it takes longer. */
#define LUMP_PS (350 * PS_PER_US)

struct uart {
	struct port port;
	uint8_t rx[RX_FIFO]; /* not yet taken by QEMU */
	size_t rx_len;
};

static size_t uart_take(struct port *p, uint8_t *buf, size_t room)
{
	ssize_t got = room ? recv(p->fd, buf, room, MSG_DONTWAIT) : 0;

	return got > 0 ? (size_t)got : 0;
}

static uint64_t uart_deliver(struct port *p, uint64_t now)
{
	struct uart *u = (struct uart *)p;
	ssize_t sent = 0;

	(void)now;
	if (u->rx_len)
		sent = send(p->fd, u->rx, u->rx_len, MSG_DONTWAIT);
	if (sent > 0) {
		u->rx_len -= (size_t)sent;
		memmove(u->rx, u->rx + sent, u->rx_len);
	}
	return WIRE_NEVER;
}

static bool uart_is_full(struct port *p, uint64_t now)
{
	const struct uart *u = (struct uart *)p;

	if (u->rx_len == RX_FIFO)
		uart_deliver(p, now);
	return u->rx_len == RX_FIFO;
}

static void uart_receive(struct port *p, uint8_t byte, uint8_t errors)
{
	struct uart *u = (struct uart *)p;

	(void)errors;
	if (u->rx_len < RX_FIFO)
		u->rx[u->rx_len++] = byte;
	else
		p->lost++;
}

static size_t uart_lump(const struct port *p)
{
	return p->byte_ps < LUMP_PS ? LUMP_PS / p->byte_ps : 1;
}

static size_t uart_tx_lump(const struct port *p, size_t room)
{
	(void)room;
	return uart_lump(p);
}

/* While there is something on the wire, its clock tells when to look. */
static short uart_wanted_events(const struct port *p)
{
	const struct uart *u = (const struct uart *)p;

	return (short)((p->fifo_len ? 0 : POLLIN) | (u->rx_len ? POLLOUT : 0));
}

/* What there is to read is taken by the wire, but for the end. */
static void uart_handle_events(struct port *p)
{
	char byte;

	if (recv(p->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
		p->fd = -1;
}

static const struct port_ops uart_ops = {
	.take = uart_take,
	.is_full = uart_is_full,
	.receive = uart_receive,
	.deliver = uart_deliver,
	.tx_lump = uart_tx_lump,
	.rx_lump = uart_lump,
	.wanted_events = uart_wanted_events,
	.handle_events = uart_handle_events,
};

struct port *uart_new(int number, int fd, uint32_t baud)
{
	struct uart *u = calloc(1, sizeof(*u));
	struct port *p;

	if (!u)
		return NULL;
	p = &u->port;
	p->ops = &uart_ops;
	p->fd = fd;
	p->fifo_cap = TX_FIFO;
	p->dtr = true;
	p->rts = true;
	snprintf(p->name, sizeof(p->name), "ttyS%d", number);
	uart_set_baud(p, baud);
	return p;
}

void uart_set_baud(struct port *p, uint32_t baud)
{
	p->byte_ps = wire_baud_byte_ps(baud, 1);
}
