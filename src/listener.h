/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LISTENER_H
#define SERIALTUN_LISTENER_H

struct finder_kind;

extern const struct finder_kind listener_tcp_kind;
extern const struct finder_kind listener_unix_kind;

#endif
