/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_UDP_H
#define SERIALTUN_UDP_H

struct finder_kind;

extern const struct finder_kind udp_kind;

#endif
