/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_NOTIFY_H
#define SERIALTUN_NOTIFY_H

#include <stdint.h>

void notify_open(void);
void notify_close(void);
void notify_ready(void);
void notify_status(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
void notify_stopping(void);
void notify_tick(uint64_t now_ns);
uint64_t notify_next_ns(void);

#endif
