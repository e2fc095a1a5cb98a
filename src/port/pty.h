/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PTY_H
#define SERIALTUN_PTY_H

struct port_config;
struct port_kind;
struct termios2;

/* The slave side of a pseudo-terminal, pts(4). */
extern const struct port_kind pty_kind;

struct termios2 pty_raw(const struct termios2 *from,
			const struct port_config *config);

#endif
