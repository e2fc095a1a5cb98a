/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_MONITOR_H
#define SERIALTUN_MONITOR_H

#include <stdbool.h>

struct monitor;

/* Size of the text of one change. */
#define MONITOR_TEXT_MAX 640

int monitor_open(struct monitor **monitor, const char *name);
int monitor_fd(const struct monitor *monitor);
bool monitor_read(struct monitor *monitor, char text[MONITOR_TEXT_MAX]);
void monitor_close(struct monitor *monitor);

#endif
