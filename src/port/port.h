/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PORT_H
#define SERIALTUN_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct port;
struct port_config;

/**
 * struct port_counts - what a port has counted since it was opened
 * @line_known:  the driver counts the errors of the line; else they are 0
 * @frame:       bytes without a stop bit where it should be: most often, speeds
 *               differ
 * @parity:      bytes with a wrong parity bit
 * @overrun:     bytes that the chip had no room for
 * @buf_overrun: bytes that the driver's buffer had no room for
 * @brk:         breaks: the line was held low
 * @refused:     frames that were sent, and came back because nobody wanted them
 * @strangers:   frames from other hosts than the peer, which were passed over
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
 * struct port_kind - one kind of port; for serial.c, pty.c and their like
 * @is_datagram: one write sends, and one read brings, a frame as a whole
 * @counts_wire: port_queued() says what has not left for the wire yet, and not
 *               only what has not left this machine
 * @queue_slack: by how many bytes port_queued() may say too much
 * @close:  put everything back as it was and free the port
 * @read:   as port_read(); NULL: by read(2)
 * @write:  as port_write(); NULL: by write(2)
 * @queued: as port_queued(); NULL: by TIOCOUTQ
 * @count:  as port_count(); NULL: it counts nothing
 * @resume: as port_resume(); NULL: nothing can hold it
 */
struct port_kind {
	bool is_datagram;
	bool counts_wire;
	unsigned int queue_slack;
	void (*close)(struct port *port);
	ssize_t (*read)(struct port *port, uint8_t *buffer, size_t cap);
	ssize_t (*write)(struct port *port, const uint8_t *bytes, size_t len);
	size_t (*queued)(const struct port *port);
	void (*count)(const struct port *port, struct port_counts *counts);
	int (*resume)(struct port *port);
};

/**
 * struct port - an open port, whatever kind it is
 * @kind:      what is behind the face
 * @name:      what it is called: of a device the path, links resolved
 * @read_fd:   non-blocking, for epoll(7)
 * @write_fd:  the same, most often the same one
 * @baud:      bits per second on the wire; 0: it has no clock that we know of
 * @rate:      bytes per second that this makes
 * @queue_max: more bytes than this are not to wait in it: POLLOUT says when
 *             fewer do; 0: it takes no more than it should
 * @how_lost:  once it is lost, what has happened; NULL: what usually has
 *
 * To be read by everyone. port_begin() writes @kind, @name and @rate, the
 * port's kind the rest.
 */
struct port {
	const struct port_kind *kind;
	char *name;
	int read_fd;
	int write_fd;
	unsigned int baud;
	unsigned int rate;
	size_t queue_max;
	const char *how_lost;
};

int port_begin(struct port *port, const struct port_kind *kind,
	       const char *name, const struct port_config *config);
void port_close(struct port *port);
ssize_t port_read(struct port *port, uint8_t *buffer, size_t cap);
size_t port_queued(const struct port *port);
ssize_t port_write(struct port *port, const uint8_t *bytes, size_t len);
void port_count(const struct port *port, struct port_counts *counts);
int port_resume(struct port *port);

#endif
