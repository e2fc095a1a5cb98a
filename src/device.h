/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_DEVICE_H
#define SERIALTUN_DEVICE_H

struct finder_kind;

extern const struct finder_kind device_kind;

#endif
