/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PRIORITY_H
#define SERIALTUN_PRIORITY_H

void priority_raise(void);

#endif
