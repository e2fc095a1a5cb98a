/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sources of ports. Each kind of line finds its port in its own way: a device
 * appears, a connection is made or accepted. Each kind is one file and one row
 * of the table in source.c. line.c does the common part: when to try again and
 * what to report.
 */
#ifndef SERIALTUN_SOURCE_H
#define SERIALTUN_SOURCE_H

#include "events.h"
#include "line/reach.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct claim;
struct failure;
struct framing;
struct port;
struct port_config;
struct source;

/* Size of the error message about a name. */
#define SOURCE_WHY_MAX 160

/* Size of a name that is derived from a checked name. */
#define SOURCE_NAME_MAX 320

/**
 * struct source_kind - a kind of line
 * @prefix:       prefix of the names of such lines, "tcp:"; "": all names that
 *                no other kind claims
 * @framing:      the default framing
 * @is_serial:    the line has a UART, or looks like it: parity, modem lines
 * @is_path:      the prefix precedes the path of a file, which the program
 *                needs permission to open again
 * @is_datagram:  the line keeps write boundaries: a write arrives whole or not
 *                at all
 * @loses_bytes:  the line may lose single bytes
 * @uses_ip:      the line opens sockets for IP
 * @uses_unix:    @claim opens unix sockets
 * @no_reconnect: a lost port never comes back, and the link then ends normally
 * @is_visit:     the other end started this one through its terminal, which it
 *                gives back; only --console names such a line
 * @how_lost:     why a port of this kind is usually lost, "it hung up"
 * @remedy:       the remedy, "plug it in and start again"
 * @waited_for:   prefix of the name of a missing port: "a connection to ";
 *                NULL: none
 * @found_as:     word between the user's name and the port's name: "as", "from"
 * @check:        check the syntax of a name without its prefix; on failure
 *                return false, and the right syntax in @why. NULL: every name
 *                is well-formed
 * @other_end:    make the --port of the other end from a well-formed name
 *                without its prefix. NULL: it cannot be known
 * @size:         bytes of a source of this kind, which begins with a struct
 *                source
 * @open:         initialise the rest of @source, which is zero; on failure undo
 *                everything. Return 0, or -errno and @failure. NULL: nothing
 *                to do
 * @claim:        find and open the port, without blocking. It runs in the
 *                broker, on a copy of @source, once there is one; call it by
 *                source_claim(). Return 0 and @claim, or -errno and @failure.
 *                NULL: the port is no file
 * @look:         look once, without blocking. Return 0: @port is the port, to
 *                be closed before the next look; -EINPROGRESS: an attempt is
 *                under way; -EAGAIN: no port, and it is unknown when; another
 *                -errno and @failure: failed. After the first two the next look
 *                is due when a descriptor of source_watch() is ready, or at
 *                @source->next_ns
 * @attend:       handle an event of source_watch(), or @source->next_ns, while
 *                there is a port. NULL: nothing to do
 * @remove_file:  remove the file that @open has made. It runs in the broker,
 *                too. NULL: there is none
 * @close:        undo the rest of @open, and @look. NULL: nothing to do
 */
struct source_kind {
	const char *prefix;
	const struct framing *framing;
	bool is_serial;
	bool is_path;
	bool is_datagram;
	bool loses_bytes;
	bool uses_ip;
	bool uses_unix;
	bool no_reconnect;
	bool is_visit;
	const char *how_lost;
	const char *remedy;
	const char *waited_for;
	const char *found_as;
	bool (*check)(const char *rest, char why[SOURCE_WHY_MAX]);
	void (*other_end)(const char *rest, char name[SOURCE_NAME_MAX]);
	size_t size;
	int (*open)(struct source *source, struct failure *failure);
	int (*claim)(struct source *source, struct claim *claim,
		     struct failure *failure);
	int (*look)(struct source *source, struct port **port, uint64_t now_ns,
		    struct failure *failure);
	void (*attend)(struct source *source, uint64_t now_ns);
	void (*remove_file)(struct source *source);
	void (*close)(struct source *source);
};

/**
 * struct source - looks for the port
 * @kind:    its kind
 * @name:    the user's name for the port: of a device the absolute path, links
 *           not followed
 * @awaited: description of the missing port, for messages
 * @config:  the user's options for the port; borrowed
 * @events:  event set of source_watch(); borrowed
 * @event:   kind of the events in it
 * @next_ns: latest time of the next look or attend; UINT64_MAX: never
 * @waits:   a missing port is waited for
 * @gone:    why the port, once lost, cannot be found again; NULL: it can
 * @over:    why the link is to end; NULL: it goes on
 * @listen_port: TCP port at which it waits for its peer; 0: none
 * @reach:   of a line over IP: the interface that leads to the peer
 * @woken:   a descriptor of source_watch() was ready since the last look
 * @news:    something has changed: start the back-off again
 */
struct source {
	const struct source_kind *kind;
	char *name;
	char *awaited;
	const struct port_config *config;
	struct events *events;
	enum event_kind event;
	uint64_t next_ns;
	bool waits;
	const char *gone;
	const char *over;
	uint16_t listen_port;
	struct reach reach;
	bool woken;
	bool news;
};

const struct source_kind *source_kind_of(const char *name);
bool source_check_name(const char *name, char why[SOURCE_WHY_MAX]);
int source_open(struct source **source, const struct port_config *config,
		struct events *events, enum event_kind event,
		struct failure *failure);
void source_close(struct source *source);
int source_look(struct source *source, struct port **port, uint64_t now_ns,
		struct failure *failure);
int source_claim(struct source *source, struct claim *claim,
		 struct failure *failure);
const char *source_rest(const struct source *source);
int source_set_awaited(struct source *source, const char *name);
const char *source_wait_hint(const struct source *source);
int source_watch(const struct source *source, int fd, uint32_t mask);

#endif
