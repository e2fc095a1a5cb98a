/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_INOUT_H
#define SERIALTUN_INOUT_H

struct finder_kind;

extern const struct finder_kind inout_kind;

#endif
