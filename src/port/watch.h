/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_WATCH_H
#define SERIALTUN_WATCH_H

#include <stdbool.h>

int watch_open(void);
void watch_path(int fd, const char *path);
bool watch_clear(int fd);

#endif
