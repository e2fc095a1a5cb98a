/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PTY_H
#define SERIALTUN_PTY_H

#include <stdbool.h>

struct failure;
struct port;
struct port_config;
struct stat;
struct termios2;

/* The slave side of a pseudo-terminal, pts(4). */
bool pty_claims(const struct stat *file);
int pty_open(struct port **port, const char *path,
	     const struct port_config *config, struct failure *failure);

struct termios2 pty_raw(const struct termios2 *from,
			const struct port_config *config);

#endif
