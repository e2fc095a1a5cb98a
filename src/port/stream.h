/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_STREAM_H
#define SERIALTUN_STREAM_H

#include <stdbool.h>

struct failure;
struct port;
struct port_config;

bool stream_take_fds(int fd, bool on);
int stream_open(struct port **port, int fd, const char *name,
		const struct port_config *config, struct failure *failure);

#endif
