/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_OPTION_CHECK_H
#define SERIALTUN_OPTION_CHECK_H

struct argp_state;
struct options;

/**
 * struct option_check_topics - what the given options are about
 * @of_interface: the first one about an interface that is to be made, such as
 *                "--addr", or NULL
 * @of_line:      the first one about the line, and what runs on it, or NULL
 */
struct option_check_topics {
	const char *of_interface;
	const char *of_line;
};

void option_check(const struct argp_state *state, struct options *options,
		  const struct option_check_topics *topics);

#endif
