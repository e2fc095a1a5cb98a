/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LISTENER_UNIX_H
#define SERIALTUN_LISTENER_UNIX_H

#include "line/source.h"

extern const struct source_kind listener_unix_kind;

#endif
