/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * uart.c - the end of a line at one of QEMU's isa-serial UARTs
 *
 * QEMU plays the 16550A without its speed: it passes on the guest's bytes one
 * by one, as fast as the chardev takes them.  So this program sets the pace.
 * The socket holds five bytes (see line.c), and a small FIFO here bridges the
 * time until QEMU and the guest notice that there is room.  With QEMU's FIFO of
 * 16 and the byte that it holds, at most 30 bytes are in front of the wire; a
 * real 16550A has 17.
 *
 * In the other direction QEMU reads from the socket while its FIFO has room.
 * Otherwise the wire is held, and no byte is lost, because QEMU cannot learn of
 * an overrun or another error.  A chardev has no modem lines either: the guest
 * finds CTS, DSR and DCD set.
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
/* Check no more often than this, or once per byte if that is longer. */
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

/* While bytes are on the wire, the wire's clock tells when to check. */
static short uart_wanted_events(const struct port *p)
{
	const struct uart *u = (const struct uart *)p;

	return (short)((p->fifo_len ? 0 : POLLIN) | (u->rx_len ? POLLOUT : 0));
}

/* The wire reads all bytes; this only notices the end of the socket. */
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
