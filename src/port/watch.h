/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_WATCH_H
#define SERIALTUN_WATCH_H

#include <limits.h>
#include <stdbool.h>

/* The kernel's own limit (MAXSYMLINKS). */
#define WATCH_LINKS_MAX 40

int watch_open(void);
void watch_path(int fd, const char *path);
bool watch_clear(int fd);
bool watch_follow(char path[PATH_MAX]);

#endif
