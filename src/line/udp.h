/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_UDP_H
#define SERIALTUN_UDP_H

struct source_kind;

extern const struct source_kind udp_kind;

#endif
