/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SYSFS_H
#define SERIALTUN_SYSFS_H

#include <stdbool.h>
#include <stddef.h>

struct dirent;

/* Where the kernel describes its ttys. */
#define SYSFS_TTY "/sys/class/tty"

bool sysfs_read(char *text, size_t cap, const char *dir, const char *name);
int sysfs_scan_ports(struct dirent ***ports);

#endif
