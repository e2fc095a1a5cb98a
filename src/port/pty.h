/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PTY_H
#define SERIALTUN_PTY_H

#include <stdbool.h>

struct claim;
struct failure;
struct port;
struct port_config;
struct stat;

/* The slave side of a pseudo-terminal, pts(4). */
bool pty_claims(const struct stat *file);
int pty_claim(struct claim *claim, struct failure *failure);
int pty_open(struct port **port, const struct claim *claim,
	     const struct port_config *config, struct failure *failure);

#endif
