/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kinds of line that there are, and what a source of any kind begins and
 * ends with.
 */
#include "line/source.h"
#include "events.h"
#include "failure.h"
#include "line/connect.h"
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

/* The first whose prefix a name has. */
static const struct source_kind *const kinds[] = {
	&connect_tcp_kind,   &connect_unix_kind, &listener_tcp_kind,
	&listener_unix_kind, &udp_kind,		 &pty_make_kind,
	&std_fds_kind,	     &device_kind,
};

/**
 * source_kind_of() - what kind of line a name stands for
 * @name: as the user says it
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
 * Does a name begin as those of another kind of line do, and not as a path?
 * Then it was not meant as the name of a device.
 */
static bool has_unknown_prefix(const char *name)
{
	return name[strcspn(name, ":/")] == ':';
}

/* Return: false. */
static bool name_prefixes(char why[SOURCE_WHY_MAX])
{
	const struct source_kind *const *kind;

	*why = '\0';
	text_append(why, SOURCE_WHY_MAX, "is no kind of line: there are ");
	for (kind = kinds; *(*kind)->prefix; kind++)
		text_append(why, SOURCE_WHY_MAX, "%s, ", (*kind)->prefix);
	text_append(why, SOURCE_WHY_MAX, "and devices, by name or path");
	return false;
}

/**
 * source_check_name() - is this how a line of its kind is called?
 * @name: as the user says it
 * @why:  if not: what is wrong, and what it should look like
 *
 * Return: true if it is; whether there is such a line has to be tried
 */
bool source_check_name(const char *name, char why[SOURCE_WHY_MAX])
{
	const struct source_kind *kind = source_kind_of(name);

	if (!*kind->prefix && has_unknown_prefix(name))
		return name_prefixes(why);
	return !kind->check || kind->check(name + strlen(kind->prefix), why);
}

static void source_free(struct source *source)
{
	free(source->awaited);
	free(source->name);
	free(source);
}

/**
 * source_open() - begin to look for a port
 * @source:  the source on success; source_close() ends it
 * @config:  the port, whose name source_check_name() has seen; borrowed until
 *           then
 * @events:  where the source's descriptors are waited for; borrowed until then
 * @failure: on failure, why
 *
 * Return: 0 or -errno
 */
int source_open(struct source **source, const struct port_config *config,
		struct events *events, struct failure *failure)
{
	const struct source_kind *kind = source_kind_of(config->name);
	struct source *opened = calloc(1, kind->size);
	int err = -ENOMEM;

	if (!opened)
		goto no_memory;
	opened->kind = kind;
	opened->config = config;
	opened->events = events;
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
 * source_close() - end a source
 * @source: the source, whose port is closed, or NULL
 */
void source_close(struct source *source)
{
	if (!source)
		return;
	if (source->kind->close)
		source->kind->close(source);
	source_free(source);
}

/**
 * source_look() - look for the port
 * @source:  the source, whose last port is closed
 * @port:    the port on success
 * @now_ns:  the time
 * @failure: if it failed, why
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
 * source_rest() - what stands behind the prefix of the name
 * @source: the source
 *
 * Return: the source's own
 */
const char *source_rest(const struct source *source)
{
	return source->name + strlen(source->kind->prefix);
}

/**
 * source_set_awaited() - what is to be said that is waited for
 * @source: the source
 * @name:   what comes behind the words of its kind
 *
 * For its kind; otherwise it is the source's own name.
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
 * source_wait_hint() - to go with why the port cannot be had now
 * @source: the source
 *
 * Return: the end of a sentence in brackets, "" if it goes without saying
 */
const char *source_wait_hint(const struct source *source)
{
	return source->waits ? "" : " --wait waits for it";
}

/**
 * source_watch() - be woken when something happens to a descriptor
 * @source: the source
 * @fd:     the descriptor; -1 is none
 * @mask:   as for epoll_ctl(2)
 *
 * For its kind. The descriptor wakes us once; each look that still waits for
 * it has to watch it again. So a descriptor that nobody serves yet, because it
 * is too early to look, does not keep the program busy.
 *
 * Return: 0 or -errno
 */
int source_watch(const struct source *source, int fd, uint32_t mask)
{
	if (fd < 0)
		return 0;
	return events_watch(source->events, EVENT_LINE, fd,
			    mask | EPOLLONESHOT);
}
