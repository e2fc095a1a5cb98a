/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_CONSISTENCY_H
#define SERIALTUN_CONSISTENCY_H

struct argp_state;
struct options;

/**
 * struct consistency_topics - what the given options are about
 * @of_interface: the first one, without its dashes, about an interface that is
 *                to be made, or NULL
 * @of_line:      the first one about the line, and what runs on it, or NULL
 */
struct consistency_topics {
	const char *of_interface;
	const char *of_line;
};

void consistency_check(const struct argp_state *state, struct options *options,
		       const struct consistency_topics *topics);

#endif
