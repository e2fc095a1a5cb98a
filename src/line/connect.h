/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_CONNECT_H
#define SERIALTUN_CONNECT_H

struct source_kind;

extern const struct source_kind connect_tcp_kind;
extern const struct source_kind connect_unix_kind;

#endif
