/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_UNKNOWN_OPTION_H
#define SERIALTUN_UNKNOWN_OPTION_H

struct argp_state;

void unknown_option_refuse(struct argp_state *state);

#endif
