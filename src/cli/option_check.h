/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_OPTION_CHECK_H
#define SERIALTUN_OPTION_CHECK_H

struct argp_state;
struct options;

/**
 * struct option_check_topics - the topics of the given options
 * @of_interface: the first option that configures a new interface, such as
 *                "--addr", or NULL
 * @of_line:      the first option about the line and its packets, or NULL
 */
struct option_check_topics {
	const char *of_interface;
	const char *of_line;
};

void option_check(const struct argp_state *state, struct options *options,
		  const struct option_check_topics *topics);

#endif
