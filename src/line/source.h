/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where ports come from. Each kind of line has its own way: a device is there
 * or is watched for, a connection is made, or waited for. Each kind is one file
 * and one row of the table in source.c. The line does what all kinds have in
 * common: when to try again, and what to say.
 */
#ifndef SERIALTUN_SOURCE_H
#define SERIALTUN_SOURCE_H

#include "line/reach.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct events;
struct failure;
struct framing;
struct port;
struct port_config;
struct source;

/* Room for what is wrong with a name. */
#define SOURCE_WHY_MAX 160

/* Room for a name that is made of another one, which has been checked. */
#define SOURCE_NAME_MAX 320

/**
 * struct source_kind - one kind of line
 * @prefix:       what names of such lines begin with, "tcp:"; "": all that no
 *                other kind claims
 * @framing:      the framing that is meant if nothing is said
 * @is_serial:    there is a UART or what looks like one: parity, modem lines
 * @is_path:      behind the prefix is the path of a file, and whoever opens it
 *                again has to have the right to
 * @is_datagram:  what is sent in one go arrives in one go, or not at all
 * @loses_bytes:  one byte may be lost and the next one not
 * @no_reconnect: a port that is lost never comes back, and it is in order that
 *                the link ends with it
 * @how_lost:     what happened when the port is lost, "it hung up"
 * @remedy:       what then helps, "plug it in and start again"
 * @waited_for:   what is waited for, in front of the name: "a connection to ";
 *                NULL: what has this name
 * @found_as:     how what was found goes with what was looked for: "as", "from"
 * @check:        is the name, but for the prefix, well-formed? If not, @why
 *                says what it should be. Nothing but the name is looked at.
 *                NULL: all are
 * @other_end:    what such a line is called at its other end, of a name that is
 *                well-formed, without the prefix. NULL: only who sits there
 *                knows
 * @size:         bytes of a source of this kind, which begins with a struct
 *                source
 * @open:         begin; all else of @source is zero; undoes on failure what it
 *                has done; 0, or -errno and @failure. NULL: nothing to begin
 * @look:         look now. 0: @port is the port, to be closed before the next
 *                look; -EINPROGRESS: what was begun is under way; -EAGAIN: the
 *                port is not there, and nobody knows when it will be; another
 *                -errno and @failure: it failed. After the first two it is
 *                worth looking again when a descriptor of source_watch() wakes
 *                us, and at @source->next_ns at the latest
 * @attend:       there is a port, and a descriptor has woken us, or
 *                @source->next_ns has come. NULL: there is nothing to see to
 * @close:        undo what @open and @look have done. NULL: nothing
 */
struct source_kind {
	const char *prefix;
	const struct framing *framing;
	bool is_serial;
	bool is_path;
	bool is_datagram;
	bool loses_bytes;
	bool no_reconnect;
	const char *how_lost;
	const char *remedy;
	const char *waited_for;
	const char *found_as;
	bool (*check)(const char *rest, char why[SOURCE_WHY_MAX]);
	void (*other_end)(const char *rest, char name[SOURCE_NAME_MAX]);
	size_t size;
	int (*open)(struct source *source, struct failure *failure);
	int (*look)(struct source *source, struct port **port, uint64_t now_ns,
		    struct failure *failure);
	void (*attend)(struct source *source, uint64_t now_ns);
	void (*close)(struct source *source);
};

/**
 * struct source - looks for the port
 * @kind:    its kind
 * @name:    what the user calls the port: of a device the path, absolute, links
 *           not followed
 * @awaited: what is waited for while there is no port, in words
 * @config:  what is wanted of the port; borrowed
 * @events:  where source_watch() waits; borrowed
 * @next_ns: when to look or attend again, whatever happens; UINT64_MAX: never
 * @waits:   if the port is not there now, it is waited for
 * @gone:    the last port, if it is lost, cannot be found again: why not; NULL:
 *           it can
 * @reach:   of a line that is a connection by IP: how the peer is reached
 * @woken:   a descriptor of source_watch() has woken us since the last look
 * @news:    something has happened, so it is worth trying often again
 */
struct source {
	const struct source_kind *kind;
	char *name;
	char *awaited;
	const struct port_config *config;
	struct events *events;
	uint64_t next_ns;
	bool waits;
	const char *gone;
	struct reach reach;
	bool woken;
	bool news;
};

const struct source_kind *source_kind_of(const char *name);
bool source_check_name(const char *name, char why[SOURCE_WHY_MAX]);
int source_open(struct source **source, const struct port_config *config,
		struct events *events, struct failure *failure);
void source_close(struct source *source);
int source_look(struct source *source, struct port **port, uint64_t now_ns,
		struct failure *failure);
const char *source_rest(const struct source *source);
int source_set_awaited(struct source *source, const char *name);
const char *source_wait_hint(const struct source *source);
int source_watch(const struct source *source, int fd, uint32_t mask);

#endif
