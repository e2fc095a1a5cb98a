/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PTY_H
#define SERIALTUN_PTY_H

struct port_kind;

/* The slave side of a pseudo-terminal, pts(4). */
extern const struct port_kind pty_kind;

#endif
