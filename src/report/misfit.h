/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_MISFIT_H
#define SERIALTUN_MISFIT_H

#include "pair/agree.h"
#include "pair/pair.h"

#include <stdbool.h>

/* Size of the text of one problem. */
#define MISFIT_TEXT_MAX 384

const char *misfit_event_text(enum pair_event event, bool tap);
const char *misfit_problem_text(enum agree_problem problem,
				const struct agree *own,
				const struct agree *peer, const char *name,
				char text[MISFIT_TEXT_MAX]);

#endif
