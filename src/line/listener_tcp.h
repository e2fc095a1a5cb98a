/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LISTENER_TCP_H
#define SERIALTUN_LISTENER_TCP_H

#include "line/source.h"

extern const struct source_kind listener_tcp_kind;

#endif
