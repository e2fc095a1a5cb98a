/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PORT_H
#define SERIALTUN_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The most speeds that a port may list. */
#define PORT_SPEEDS_MAX	   16
#define PORT_STRANGERS_MAX 16

struct failure;
struct port;
struct port_config;

/**
 * struct port_counts - counters of a port since it was opened
 * @line_known:  the driver counts line errors; else their counters are 0
 * @frame:       bytes without a stop bit: the usual sign of different speeds
 * @parity:      bytes with a wrong parity bit
 * @overrun:     bytes lost because the chip's FIFO was full
 * @buf_overrun: bytes lost because the driver's buffer was full
 * @brk:         breaks: the line was held low
 * @refused:     datagrams that the peer's host refused
 * @strangers:   datagrams from other hosts, dropped
 */
struct port_counts {
	bool line_known;
	uint32_t frame;
	uint32_t parity;
	uint32_t overrun;
	uint32_t buf_overrun;
	uint32_t brk;
	uint64_t refused;
	uint64_t strangers;
};

/**
 * struct port_kind - the operations of a kind of port
 * @is_datagram: the port keeps write boundaries: one write sends, and one read
 *               returns, one frame
 * @is_stream: the port loses no byte, and damages none
 * @counts_wire: port_queued() includes bytes in the adapter, up to the wire
 * @queue_slack: bytes by which port_queued() may be too high
 * @close:  restore the settings and close the port; NULL: nothing to do
 * @read:   as port_read(); NULL: read(2)
 * @write:  as port_write(); NULL: write(2)
 * @queued: as port_queued(); NULL: TIOCOUTQ
 * @count:  as port_count(); NULL: no counters
 * @resume: as port_resume(); NULL: no flow control
 * @set_baud: as port_set_baud(), but for @rate; NULL: the speed is fixed
 */
struct port_kind {
	bool is_datagram;
	bool is_stream;
	bool counts_wire;
	unsigned int queue_slack;
	void (*close)(struct port *port);
	ssize_t (*read)(struct port *port, uint8_t *buffer, size_t cap);
	ssize_t (*write)(struct port *port, const uint8_t *bytes, size_t len);
	size_t (*queued)(const struct port *port);
	void (*count)(const struct port *port, struct port_counts *counts);
	int (*resume)(struct port *port);
	int (*set_baud)(struct port *port, unsigned int baud);
};

/**
 * struct port - an open port of any kind
 * @kind:      its operations
 * @name:      its name: of a device the path, links resolved
 * @read_fd:   non-blocking, for epoll(7)
 * @write_fd:  non-blocking, for epoll(7); mostly the same as @read_fd
 * @baud:      bits per second on the wire; 0: unknown
 * @rate:      bytes per second that follow from @baud
 * @byte_bits: bits on the wire for one byte
 * @speeds:    higher speeds that the port can be set to
 * @speed_count: number of them; 0: it keeps its speed
 * @strangers: other speeds at which to listen for a peer that is no serialtun,
 *             the most common one first
 * @stranger_count: number of them; 0: it listens at its speed only
 * @queue_max: threshold in bytes: the pump stops at this many queued bytes, and
 *             POLLOUT tells when there are fewer; 0: no threshold
 * @how_lost:  why the port was lost; NULL: the usual reason of its kind
 *
 * Every file may read these. port_new() sets @name, port_begin() @kind, @rate
 * and @byte_bits; the kind's open function sets the rest.
 */
struct port {
	const struct port_kind *kind;
	char *name;
	int read_fd;
	int write_fd;
	unsigned int baud;
	unsigned int rate;
	unsigned int byte_bits;
	unsigned int speeds[PORT_SPEEDS_MAX];
	size_t speed_count;
	unsigned int strangers[PORT_STRANGERS_MAX];
	size_t stranger_count;
	size_t queue_max;
	const char *how_lost;
};

void *port_new(size_t size, const char *name, struct failure *failure);
void port_free(struct port *port);
struct port *port_begin(struct port *port, const struct port_kind *kind,
			const struct port_config *config);
void port_close(struct port *port);
ssize_t port_read(struct port *port, uint8_t *buffer, size_t cap);
size_t port_queued(const struct port *port);
ssize_t port_write(struct port *port, const uint8_t *bytes, size_t len);
void port_count(const struct port *port, struct port_counts *counts);
int port_resume(struct port *port);
int port_set_baud(struct port *port, unsigned int baud);

#endif
