/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_STD_FDS_H
#define SERIALTUN_STD_FDS_H

struct source_kind;

extern const struct source_kind std_fds_kind;

#endif
