/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the tests of all sources have in common: a source, its event set, and
 * the port that is found, as a line has them.
 */
#ifndef SERIALTUN_LOOKING_H
#define SERIALTUN_LOOKING_H

#include "../testing.h"
#include "clock.h"
#include "events.h"
#include "failure.h"
#include "line/source.h"
#include "port/port.h"
#include "port/port_config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A directory of the test's own, and the name of a port in it. */
#define LOOKING_DIR_MAX	 32
#define LOOKING_NAME_MAX 96

/**
 * struct looking - a source at work
 * @dir: of looking_make_dir(), or ""
 */
struct looking {
	char dir[LOOKING_DIR_MAX];
	struct port_config config;
	struct events events;
	struct source *source;
	struct port *port;
	struct failure failure;
};

static inline void looking_begin(struct looking *looking, const char *name)
{
	*looking = (struct looking){
		.config = {.name = name, .stop_bits = 1},
	};
	assert_int_equal(events_open(&looking->events), 0);
}

/* After looking_begin(); whatever is put into it must be gone in the end. */
static inline void looking_make_dir(struct looking *looking)
{
	snprintf(looking->dir, sizeof(looking->dir), "/tmp/looking.XXXXXX");
	assert_non_null(mkdtemp(looking->dir));
}

static inline void looking_end(struct looking *looking)
{
	port_close(looking->port);
	source_close(looking->source);
	events_close(&looking->events);
	if (*looking->dir)
		assert_int_equal(rmdir(looking->dir), 0);
}

static inline int looking_open(struct looking *looking)
{
	return source_open(&looking->source, &looking->config, &looking->events,
			   EVENT_LINE, &looking->failure);
}

static inline int looking_look_at(struct looking *looking, uint64_t now_ns)
{
	return source_look(looking->source, &looking->port, now_ns,
			   &looking->failure);
}

static inline int looking_look(struct looking *looking)
{
	return looking_look_at(looking, clock_ns());
}

/* Does an event for the source come in time? */
static inline bool looking_is_woken(struct looking *looking, int timeout_ms)
{
	const uint64_t end_ns = clock_ns() + (uint64_t)timeout_ms * NS_PER_MS;
	struct event happened[EVENTS_MAX];
	uint64_t until_ns;

	do {
		until_ns = clock_earlier(end_ns, looking->source->next_ns);
		if (events_wait(&looking->events, until_ns, happened) > 0) {
			looking->source->woken = true;
			return true;
		}
		if (looking->source->next_ns <= clock_ns())
			return true;
	} while (clock_ns() < end_ns);
	return false;
}

/* Look until the attempt has a result. */
static inline int looking_find(struct looking *looking)
{
	int err;

	while ((err = looking_look(looking)) == -EINPROGRESS || err == -EAGAIN)
		looking_is_woken(looking, 100);
	return err;
}

static inline void looking_attend(struct looking *looking)
{
	looking->source->woken = false;
	looking->source->next_ns = UINT64_MAX;
	looking->source->kind->attend(looking->source, clock_ns());
}

static inline void looking_let_go(struct looking *looking)
{
	port_close(looking->port);
	looking->port = NULL;
}

#endif
