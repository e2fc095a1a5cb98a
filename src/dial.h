/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_DIAL_H
#define SERIALTUN_DIAL_H

struct finder_kind;

extern const struct finder_kind dial_tcp_kind;
extern const struct finder_kind dial_unix_kind;

#endif
