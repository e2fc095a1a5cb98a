/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of the kinds of line, and the common part of all sources.
 */
#include "line/source.h"
#include "broker/broker.h"
#include "events.h"
#include "failure.h"
#include "line/connect.h"
#include "line/console.h"
#include "line/device.h"
#include "line/listener_tcp.h"
#include "line/listener_unix.h"
#include "line/pty_make.h"
#include "line/std_fds.h"
#include "line/udp.h"
#include "port/port_config.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

/* Find the first kind whose prefix the name has. */
static const struct source_kind *const kinds[] = {
	&connect_tcp_kind,   &connect_unix_kind, &listener_tcp_kind,
	&listener_unix_kind, &udp_kind,		 &pty_make_kind,
	&std_fds_kind,	     &console_kind,	 &device_kind,
};

/**
 * source_kind_of() - find the kind of line of a name
 * @name: the user's name for the port
 *
 * Return: the kind
 */
const struct source_kind *source_kind_of(const char *name)
{
	const struct source_kind *const *kind = kinds;

	while (strncmp(name, (*kind)->prefix, strlen((*kind)->prefix)) != 0)
		kind++;
	return *kind;
}

/*
 * Does a name begin with a word and a colon? Then it is not the name of a
 * device.
 */
static bool has_unknown_prefix(const char *name)
{
	return name[strcspn(name, ":/")] == ':';
}

/* Return: false. */
static bool list_prefixes(char why[SOURCE_WHY_MAX])
{
	const struct source_kind *const *kind;

	*why = '\0';
	text_append(why, SOURCE_WHY_MAX, "is not a kind of line: there are ");
	for (kind = kinds; *(*kind)->prefix; kind++)
		if (!(*kind)->is_visit)
			text_append(why, SOURCE_WHY_MAX, "%s, ",
				    (*kind)->prefix);
	text_append(why, SOURCE_WHY_MAX, "and devices, by name or path");
	return false;
}

/**
 * source_check_name() - check the syntax of a name
 * @name: the user's name for the port
 * @why:  on failure, the error and the right syntax
 *
 * Return: true if the name is well-formed; the port need not exist
 */
bool source_check_name(const char *name, char why[SOURCE_WHY_MAX])
{
	const struct source_kind *kind = source_kind_of(name);

	if (!*kind->prefix && has_unknown_prefix(name))
		return list_prefixes(why);
	return !kind->check || kind->check(name + strlen(kind->prefix), why);
}

static void source_free(struct source *source)
{
	free(source->awaited);
	free(source->name);
	free(source);
}

/**
 * source_open() - create a source
 * @source:  the source on success; source_close() frees it
 * @config:  the user's options, with a name that source_check_name() accepts;
 *           borrowed until source_close()
 * @events:  event set for the source's descriptors; borrowed until then
 * @event:   kind of their events
 * @failure: on failure, the reason
 *
 * Return: 0 or -errno
 */
int source_open(struct source **source, const struct port_config *config,
		struct events *events, enum event_kind event,
		struct failure *failure)
{
	const struct source_kind *kind = source_kind_of(config->name);
	struct source *opened = calloc(1, kind->size);
	int err = -ENOMEM;

	if (!opened)
		goto no_memory;
	opened->kind = kind;
	opened->config = config;
	opened->events = events;
	opened->event = event;
	opened->next_ns = UINT64_MAX;
	opened->name = kind->is_serial ? device_path(config->name)
				       : strdup(config->name);
	if (!opened->name || source_set_awaited(opened, opened->name)) {
		source_free(opened);
		goto no_memory;
	}
	err = kind->open ? kind->open(opened, failure) : 0;
	if (err) {
		source_free(opened);
		return err;
	}
	*source = opened;
	return 0;

no_memory:
	return failure_set(failure, err, "cannot look for %s: %s", config->name,
			   strerror(-err));
}

/**
 * source_close() - free a source
 * @source: the source, whose port is closed, or NULL
 */
void source_close(struct source *source)
{
	if (!source)
		return;
	if (source->kind->remove_file && !source->config->broker)
		source->kind->remove_file(source);
	if (source->kind->close)
		source->kind->close(source);
	source_free(source);
}

/**
 * source_look() - look for the port once
 * @source:  the source, whose last port is closed
 * @port:    the port on success
 * @now_ns:  the time
 * @failure: on failure, the reason
 *
 * Return: as the kind's @look
 */
int source_look(struct source *source, struct port **port, uint64_t now_ns,
		struct failure *failure)
{
	int err;

	source->next_ns = UINT64_MAX;
	err = source->kind->look(source, port, now_ns, failure);
	source->woken = false;
	return err;
}

/**
 * source_claim() - find and open a port that is a file
 * @source:  the source
 * @claim:   filled in on success
 * @failure: on failure, the reason
 *
 * For the kinds. The broker does it, once there is one.
 *
 * Return: 0 or -errno
 */
int source_claim(struct source *source, struct claim *claim,
		 struct failure *failure)
{
	struct broker *broker = source->config->broker;

	return broker ? broker_open_port(broker, claim, failure)
		      : source->kind->claim(source, claim, failure);
}

/**
 * source_rest() - the name without its prefix
 * @source: the source
 *
 * Return: owned by the source
 */
const char *source_rest(const struct source *source)
{
	return source->name + strlen(source->kind->prefix);
}

/**
 * source_set_awaited() - set the description of the missing port
 * @source: the source
 * @name:   the text behind the kind's @waited_for
 *
 * For the kinds; the default is the source's own name.
 *
 * Return: 0 or -ENOMEM
 */
int source_set_awaited(struct source *source, const char *name)
{
	const char *words = source->kind->waited_for;
	char *awaited;

	if (asprintf(&awaited, "%s%s", words ? words : "", name) < 0)
		return -ENOMEM;
	free(source->awaited);
	source->awaited = awaited;
	return 0;
}

/**
 * source_wait_hint() - propose --wait, unless it is given
 * @source: the source
 *
 * Return: the end of a remedy, or ""
 */
const char *source_wait_hint(const struct source *source)
{
	return source->waits ? "" : " --wait waits for it";
}

/**
 * source_watch() - wake the source when a descriptor is ready
 * @source: the source
 * @fd:     the descriptor, or -1 for none
 * @mask:   as for epoll_ctl(2)
 *
 * For the kinds. The event comes once; each look that still waits must call
 * source_watch() again. So a descriptor that is ready while the line rests does
 * not keep the program busy.
 *
 * Return: 0 or -errno
 */
int source_watch(const struct source *source, int fd, uint32_t mask)
{
	if (fd < 0)
		return 0;
	return events_watch(source->events, source->event, fd,
			    mask | EPOLLONESHOT);
}
