/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_DEVICE_H
#define SERIALTUN_DEVICE_H

struct source_kind;

extern const struct source_kind device_kind;

char *device_path(const char *name);

#endif
