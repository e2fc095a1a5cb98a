/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_BRINGING_H
#define SERIALTUN_BRINGING_H

#include "bundle/bundle.h"

#include <stdbool.h>
#include <stdint.h>

struct bundler;
struct events;
struct login;

/**
 * struct bringing - serialtun on its way to a board
 * @events:   the event set
 * @bundler:  the process that makes the bundle; NULL: it could not start
 * @asked:    the board for which it was asked
 * @awaits:   it owes an answer
 * @is_shown: the terminal shows the progress
 * @begin_ns: when the bundle began to travel
 * @told_ns:  when the progress was told
 */
struct bringing {
	struct events *events;
	struct bundler *bundler;
	struct bundle_request asked;
	bool awaits;
	bool is_shown;
	uint64_t begin_ns;
	uint64_t told_ns;
};

void bringing_open(struct bringing *bringing, struct events *events);
void bringing_close(struct bringing *bringing);
bool bringing_is_possible(const struct bringing *bringing);
void bringing_pause(struct bringing *bringing);
void bringing_turn(struct bringing *bringing, struct login *login,
		   uint64_t now_ns);

#endif
