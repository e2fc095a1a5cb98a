/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PORT_H
#define SERIALTUN_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct stat;

#define PORT_BAUD_DEFAULT 115200

enum port_flow {
	PORT_FLOW_NONE,
	PORT_FLOW_RTSCTS,
	PORT_FLOW_XONXOFF,
};

enum port_parity {
	PORT_PARITY_NONE,
	PORT_PARITY_EVEN,
	PORT_PARITY_ODD,
};

/**
 * enum port_modem_line - what becomes of DTR or RTS
 * @PORT_MODEM_LINE_KEEP: what opening makes of it: Linux raises it
 * @PORT_MODEM_LINE_ON:   raised, and said so to the driver
 * @PORT_MODEM_LINE_OFF:  lowered, as soon as the port is open
 */
enum port_modem_line {
	PORT_MODEM_LINE_KEEP,
	PORT_MODEM_LINE_ON,
	PORT_MODEM_LINE_OFF,
};

/**
 * struct port_config - what the user asks of a port
 * @name:        a path, or a name below /dev
 * @baud:        bits per second; 0: not said
 * @flow:        flow control
 * @parity:      the parity bit, if there is one
 * @stop_bits:   1 or 2
 * @dtr:         Data Terminal Ready
 * @rts:         Request To Send, unless @flow has it
 * @settle_ms:   after opening, how long what arrives is thrown away
 * @hupcl:       drop DTR when the port is closed
 * @low_latency: ask the adapter not to collect what arrives
 */
struct port_config {
	const char *name;
	unsigned int baud;
	enum port_flow flow;
	enum port_parity parity;
	unsigned int stop_bits;
	enum port_modem_line dtr;
	enum port_modem_line rts;
	unsigned int settle_ms;
	bool hupcl;
	bool low_latency;
};

/**
 * struct port_errors - how often a receiver noticed that something was wrong
 * @frame:       no stop bit where one should be: most often, speeds differ
 * @parity:      the parity bit was wrong
 * @overrun:     the chip was not emptied in time
 * @buf_overrun: nor was the driver's buffer
 * @brk:         breaks: the line was held low
 */
struct port_errors {
	uint32_t frame;
	uint32_t parity;
	uint32_t overrun;
	uint32_t buf_overrun;
	uint32_t brk;
};

/**
 * struct port - an open port, whatever kind it is
 * @kind:          what is behind the face
 * @name:          what it is called: of a device the path, links resolved
 * @read_fd:       non-blocking, for poll()
 * @write_fd:      the same, most often the same one
 * @baud:          bits per second on the wire; 0: it has no clock that we know
 *                 of
 * @rate:          bytes per second that this makes
 * @queue_slack:         by how many bytes port_queued() may say too much
 * @queue_max:    more bytes than this are not to wait in it: then POLLOUT
 * says when that has changed; 0: it takes no more than it should
 * @counts_wire:   what port_queued() says is what has not left for the wire of
 *                 @baud yet, and not only what has not left this machine
 * @is_datagram:  one write sends, and one read brings, a frame as a whole
 * @how_lost:      once it is lost, what has happened; NULL: what usually has
 * @refused:       frames that were sent, and came back because nobody wanted
 *                 them
 * @strangers:     frames that came from who is not the other end, and were
 *                 passed over
 * @settled_ns:    until then (CLOCK_MONOTONIC) port_read() throws away; 0: no
 *                 longer
 * @errors_before: what the driver had counted when the port was opened
 *
 * To be read by everyone. port.c writes @kind, @name, @rate, @settled_ns and
 * @errors_before, the port's kind the rest.
 */
struct port {
	const struct port_kind *kind;
	char *name;
	int read_fd;
	int write_fd;
	unsigned int baud;
	unsigned int rate;
	unsigned int queue_slack;
	size_t queue_max;
	bool counts_wire;
	bool is_datagram;
	const char *how_lost;
	uint64_t refused;
	uint64_t strangers;
	uint64_t settled_ns;
	struct port_errors errors_before;
};

/**
 * struct port_kind - one kind of port; for serial.c, pty.c and their like
 * @claims: is a file of this kind? NULL: no file is
 * @open:   open and set up the file at @path; allocates the port, sets what is
 *          a kind's own, logs a failure; 0 or -errno. NULL: no file can be
 * @close:  put everything back as it was and free the port
 * @read:   as port_read(), but for settling; NULL: by read(2)
 * @write:  as port_write(); NULL: by write(2)
 * @queued: as port_queued(); NULL: by TIOCOUTQ
 */
struct port_kind {
	bool (*claims)(const struct stat *file);
	int (*open)(struct port **port, const char *path,
		    const struct port_config *config);
	void (*close)(struct port *port);
	ssize_t (*read)(struct port *port, uint8_t *buffer, size_t cap);
	ssize_t (*write)(struct port *port, const uint8_t *bytes, size_t len);
	size_t (*queued)(const struct port *port);
};

unsigned int port_bits_per_byte(const struct port_config *config);
unsigned int port_usual_rate(const struct port_config *config);
char *port_path(const char *name);
int port_open(struct port **port, const struct port_config *config);
int port_begin(struct port *port, const struct port_kind *kind,
	       const char *name, const struct port_config *config);
void port_close(struct port *port);
ssize_t port_read(struct port *port, uint8_t *buffer, size_t cap);
size_t port_queued(const struct port *port);
ssize_t port_write(struct port *port, const uint8_t *bytes, size_t len);
int port_resume(struct port *port);
bool port_get_errors(const struct port *port, struct port_errors *errors);

#endif
