/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire.h - one direction of an emulated serial line, and what it runs between
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

/* What a port does for the line at which it is an end. */
struct port_ops {
	/* Move up to room bytes that wait to be sent to buf; how many? */
	size_t (*take)(struct port *p, uint8_t *buf, size_t room);
	/* Is there no room for a byte, and should the wire wait for some? */
	bool (*is_full)(struct port *p, uint64_t now);
	/* A byte has arrived, with such errors of PORT_... */
	void (*receive)(struct port *p, uint8_t byte, uint8_t errors);
	/* Hand over what has arrived; when must that be done again? */
	uint64_t (*deliver)(struct port *p, uint64_t now);
	/* How many bytes may be sent before it is time to take more? */
	size_t (*tx_lump)(const struct port *p, size_t room);
	/* How many may arrive before it is time to deliver them? */
	size_t (*rx_lump)(const struct port *p);
	/* What to poll the port's descriptor for, and what to do then. */
	short (*wanted_events)(const struct port *p);
	void (*handle_events)(struct port *p);
};

/* One end of a line, with its transmitter. */
struct port {
	const struct port_ops *ops;
	char name[16];
	int fd;		  /* -1: the other side is gone */
	uint64_t byte_ps; /* what a byte takes at the port's speed */
	size_t fifo_cap;
	uint8_t fifo[PORT_FIFO_MAX]; /* a ring: not yet sent */
	size_t fifo_head, fifo_len;
	bool dtr, rts, brk; /* what it drives; brk: a break */
	bool heeds_cts;
	uint64_t lost; /* bytes that arrived in vain */
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
	uint64_t gaps, gap_ps;		    /* short pauses of the sender's */
	uint64_t good_ps;		    /* pauses that were made good */
	uint64_t held_ps;		    /* stopped for the receiver */
};

struct wire {
	struct port *from, *to;
	struct sampler sampler;
	uint64_t clock_ps;	   /* when the first byte in the FIFO starts */
	bool dry;		   /* the FIFO was found empty ... */
	uint64_t dry_ps;	   /* ... at this time */
	bool blocked;		   /* a byte is over and cannot arrive */
	struct wire_counts counts; /* to be reset by whoever reads them */
};

/**
 * wire_now_ps() - the time that all is measured in
 */
uint64_t wire_now_ps(void);

/**
 * wire_baud_byte_ps() - what a byte takes, in frames of ten bits
 * @baud: speed, over @divisor
 * @divisor: 1 or what else @baud is to be divided by
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
 * wire_run() - let pass what time has passed
 * @w: the wire
 * @now: the time until which it is brought up to date
 *
 * Takes from the sender what there is room for, and gives the receiver the
 * bytes that are over.  The receiver is not told to deliver them.
 */
void wire_run(struct wire *w, uint64_t now);

/**
 * wire_deadline() - when must it be brought up to date again?
 * @w: the wire, just brought up to date
 * @now: to when
 *
 * Return: a time; WIRE_NEVER if that is up to the sender.
 */
uint64_t wire_deadline(const struct wire *w, uint64_t now);

#endif
