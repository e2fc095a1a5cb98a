/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire.h - one direction of an emulated serial line, and its ports
 *
 * Times are picoseconds of the monotonic clock, counted from the program's
 * start.  See wire.c for how a wire keeps time.
 */
#ifndef SERIALTUN_WIRE_H
#define SERIALTUN_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_NEVER UINT64_MAX
#define PS_PER_S   UINT64_C(1000000000000)
#define PS_PER_MS  UINT64_C(1000000000)
#define PS_PER_US  UINT64_C(1000000)
#define PS_PER_NS  UINT64_C(1000)

#define PORT_FIFO_MAX 256

/* Line status as in a 16550's register. */
enum {
	PORT_OVERRUN = 0x02,
	PORT_FRAMING = 0x08,
	PORT_BREAK = 0x10,
	PORT_TX_EMPTY = 0x60,
};

struct port;

/* The operations of a port, for its line. */
struct port_ops {
	/* Move up to room bytes to buf, for the wire. Return: how many */
	size_t (*take)(struct port *p, uint8_t *buf, size_t room);
	/* Is there no room for a byte, and should the wire wait for some? */
	bool (*is_full)(struct port *p, uint64_t now);
	/* Take a byte from the wire, with errors of PORT_... */
	void (*receive)(struct port *p, uint8_t byte, uint8_t errors);
	/* Hand over the received bytes. Return: when to do so again */
	uint64_t (*deliver)(struct port *p, uint64_t now);
	/* Return: bytes to send before the next take */
	size_t (*tx_lump)(const struct port *p, size_t room);
	/* Return: bytes to receive before the next deliver */
	size_t (*rx_lump)(const struct port *p);
	/* The poll() events of the port's descriptor, and their handler. */
	short (*wanted_events)(const struct port *p);
	void (*handle_events)(struct port *p);
};

/* One end of a line, with its transmitter. */
struct port {
	const struct port_ops *ops;
	char name[16];
	int fd;		  /* -1: the other side is gone */
	uint64_t byte_ps; /* duration of a byte */
	size_t fifo_cap;
	uint8_t fifo[PORT_FIFO_MAX]; /* a ring: not yet sent */
	size_t fifo_head, fifo_len;
	bool dtr, rts, brk; /* its outputs; brk: a break */
	bool heeds_cts;
	uint64_t lost; /* received bytes without room */
	struct port *peer;
};

/* A receiving UART's progress through a frame. */
struct sampler {
	bool high; /* the wire's level */
	bool busy; /* in a frame */
	unsigned int bits, count;
	uint64_t wait_ps; /* until the next sample */
};

struct wire_counts {
	uint64_t sent, received, misframed; /* bytes */
	uint64_t gaps, gap_ps;		    /* short pauses of the sender */
	uint64_t good_ps;		    /* pauses made good */
	uint64_t held_ps;		    /* time stopped for the receiver */
};

struct wire {
	struct port *from, *to;
	struct sampler sampler;
	uint64_t clock_ps;	   /* when the first byte in the FIFO starts */
	bool dry;		   /* the FIFO was found empty ... */
	uint64_t dry_ps;	   /* ... at this time */
	bool blocked;		   /* the receiver has no room */
	struct wire_counts counts; /* the reader resets them */
};

/**
 * wire_now_ps() - the present time
 */
uint64_t wire_now_ps(void);

/**
 * wire_baud_byte_ps() - duration of a byte, which is a frame of ten bits
 * @baud: speed, over @divisor
 * @divisor: the divisor of @baud, often 1
 */
uint64_t wire_baud_byte_ps(uint32_t baud, uint32_t divisor);

/**
 * wire_init() - lead a wire from one port to another
 * @w: the wire, zeroed
 * @from: its sender; becomes a peer of @to
 * @to: its receiver
 */
void wire_init(struct wire *w, struct port *from, struct port *to);

/**
 * wire_run() - bring a wire up to date
 * @w: the wire
 * @now: the present time
 *
 * Takes from the sender what there is room for, and gives the receiver the
 * bytes that are over.  The receiver is not told to deliver them.
 */
void wire_run(struct wire *w, uint64_t now);

/**
 * wire_deadline() - when to bring a wire up to date again
 * @w: the wire, just brought up to date
 * @now: the time of that update
 *
 * Return: a time; WIRE_NEVER: only after the sender has more bytes
 */
uint64_t wire_deadline(const struct wire *w, uint64_t now);

#endif
