/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LINE_CONSOLE_H
#define SERIALTUN_LINE_CONSOLE_H

struct source_kind;

/* The name of the only line of this kind, which --console chooses. */
#define CONSOLE_NAME "console:"

extern const struct source_kind console_kind;

#endif
