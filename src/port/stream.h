/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_STREAM_H
#define SERIALTUN_STREAM_H

struct failure;
struct port;
struct port_config;

int stream_open(struct port **port, int fd, const char *name,
		const struct port_config *config, struct failure *failure);

#endif
