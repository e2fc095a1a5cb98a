/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kinds of line that there are, and what a finder of any kind begins and
 * ends with.
 */
#include "finder.h"
#include "device.h"
#include "log.h"
#include "port.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* The first whose prefix a name has. */
static const struct finder_kind *const kinds[] = {
	&device_kind,
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

	return !kind->check || kind->check(name + strlen(kind->prefix), why);
}

static void finder_free(struct finder *finder)
{
	close(finder->wait_fd);
	free(finder->name);
	free(finder);
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
	opened->next_ns = UINT64_MAX;
	opened->name = kind->is_serial ? port_path(config->name)
				       : strdup(config->name);
	if (!opened->name)
		goto free_finder;
	opened->wait_fd = epoll_create1(EPOLL_CLOEXEC);
	err = -errno;
	if (opened->wait_fd < 0)
		goto free_finder;
	err = kind->open(opened);
	if (err) {
		finder_free(opened);
		return err;
	}
	*finder = opened;
	return 0;

free_finder:
	free(opened->name);
	free(opened);
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
 * finder_wait_on() - look when something happens to a descriptor
 * @finder: the finder
 * @fd:     the descriptor, until it is closed; -1 is none
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
