/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kinds of line that there are, and what a finder of any kind begins and
 * ends with.
 */
#include "finder.h"
#include "device.h"
#include "dial.h"
#include "inout.h"
#include "listener_tcp.h"
#include "listener_unix.h"
#include "log.h"
#include "port.h"
#include "ptmx.h"
#include "text.h"
#include "udp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* The first whose prefix a name has. */
static const struct finder_kind *const kinds[] = {
	&dial_tcp_kind,	     &dial_unix_kind, &listener_tcp_kind,
	&listener_unix_kind, &udp_kind,	      &ptmx_kind,
	&inout_kind,	     &device_kind,
};

/**
 * finder_kind_of() - what kind of line a name stands for
 * @name: as the user says it
 *
 * Return: the kind
 */
const struct finder_kind *finder_kind_of(const char *name)
{
	const struct finder_kind *const *kind = kinds;

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
static bool name_prefixes(char why[FINDER_WHY_MAX])
{
	const struct finder_kind *const *kind;

	*why = '\0';
	text_append(why, FINDER_WHY_MAX, "is no kind of line: there are ");
	for (kind = kinds; *(*kind)->prefix; kind++)
		text_append(why, FINDER_WHY_MAX, "%s, ", (*kind)->prefix);
	text_append(why, FINDER_WHY_MAX, "and devices, by name or path");
	return false;
}

/**
 * finder_check_name() - is this how a line of its kind is called?
 * @name: as the user says it
 * @why:  if not: what is wrong, and what it should look like
 *
 * Return: true if it is; whether there is such a line has to be tried
 */
bool finder_check_name(const char *name, char why[FINDER_WHY_MAX])
{
	const struct finder_kind *kind = finder_kind_of(name);

	if (!*kind->prefix && has_unknown_prefix(name))
		return name_prefixes(why);
	return !kind->check || kind->check(name + strlen(kind->prefix), why);
}

static void finder_free(struct finder *finder)
{
	if (finder->wait_fd >= 0)
		close(finder->wait_fd);
	free(finder->awaited);
	free(finder->name);
	free(finder);
}

/* What every finder begins with. Return: 0 or -errno. */
static int begin(struct finder *finder)
{
	const struct finder_kind *kind = finder->kind;
	const char *name = finder->config->name;

	finder->wait_fd = epoll_create1(EPOLL_CLOEXEC);
	if (finder->wait_fd < 0)
		return -errno;
	finder->next_ns = UINT64_MAX;
	finder->name = kind->is_serial ? port_path(name) : strdup(name);
	if (!finder->name)
		return -ENOMEM;
	return finder_set_awaited(finder, finder->name);
}

/**
 * finder_open() - begin to look for a port
 * @finder: the finder on success; finder_close() ends it
 * @config: the port, whose name finder_check_name() has seen; borrowed until
 *          then
 *
 * A failure is logged.
 *
 * Return: 0 or -errno
 */
int finder_open(struct finder **finder, const struct port_config *config)
{
	const struct finder_kind *kind = finder_kind_of(config->name);
	struct finder *opened = calloc(1, kind->size);
	int err = -ENOMEM;

	if (!opened)
		goto report;
	opened->kind = kind;
	opened->config = config;
	err = begin(opened);
	if (err) {
		finder_free(opened);
		goto report;
	}
	err = kind->open(opened);
	if (err) {
		finder_free(opened);
		return err;
	}
	*finder = opened;
	return 0;

report:
	log_error("cannot look for %s: %s", config->name, strerror(-err));
	return err;
}

/**
 * finder_close() - end a finder
 * @finder: the finder, whose port is closed, or NULL
 */
void finder_close(struct finder *finder)
{
	if (!finder)
		return;
	finder->kind->close(finder);
	finder_free(finder);
}

/**
 * finder_rest() - what stands behind the prefix of the name
 * @finder: the finder
 *
 * Return: the finder's own
 */
const char *finder_rest(const struct finder *finder)
{
	return finder->name + strlen(finder->kind->prefix);
}

/**
 * finder_set_awaited() - what is to be said that is waited for
 * @finder: the finder
 * @name:   what comes behind the words of its kind
 *
 * For its kind; otherwise it is the finder's own name.
 *
 * Return: 0 or -ENOMEM
 */
int finder_set_awaited(struct finder *finder, const char *name)
{
	const char *words = finder->kind->waited_for;
	char *awaited;

	if (asprintf(&awaited, "%s%s", words ? words : "", name) < 0)
		return -ENOMEM;
	free(finder->awaited);
	finder->awaited = awaited;
	return 0;
}

/**
 * finder_wait_hint() - to go with why the port cannot be had now
 * @finder: the finder
 *
 * Return: the end of a sentence in brackets, "" if it goes without saying
 */
const char *finder_wait_hint(const struct finder *finder)
{
	return finder->waits ? "" : " --wait waits for it";
}

/**
 * finder_wait_on() - look when something happens to a descriptor
 * @finder: the finder
 * @fd:     the descriptor, until it is closed or finder_wait_no_more(); -1 is
 *          none
 * @events: as for epoll_ctl(2)
 *
 * For its kind. Return: 0 or -errno
 */
int finder_wait_on(const struct finder *finder, int fd, uint32_t events)
{
	struct epoll_event event = {.events = events};

	if (fd < 0)
		return 0;
	return epoll_ctl(finder->wait_fd, EPOLL_CTL_ADD, fd, &event) ? -errno
								     : 0;
}

/**
 * finder_wait_no_more() - whatever happens to a descriptor, do not look
 * @finder: the finder
 * @fd:     the descriptor, which finder_wait_on() was given
 */
void finder_wait_no_more(const struct finder *finder, int fd)
{
	/* ENOENT: there was no need to wait on it. */
	epoll_ctl(finder->wait_fd, EPOLL_CTL_DEL, fd, NULL);
}
