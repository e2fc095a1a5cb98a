/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PTMX_H
#define SERIALTUN_PTMX_H

struct finder_kind;

/* The master side of a pseudo-terminal that is made here, ptmx(4). */
extern const struct finder_kind ptmx_kind;

#endif
