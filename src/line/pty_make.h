/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PTY_MAKE_H
#define SERIALTUN_PTY_MAKE_H

struct source_kind;

/* The master side of a pseudo-terminal that this program makes, ptmx(4). */
extern const struct source_kind pty_make_kind;

#endif
