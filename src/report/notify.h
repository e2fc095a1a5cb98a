/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_NOTIFY_H
#define SERIALTUN_NOTIFY_H

void notify_open(void);
void notify_close(void);
void notify_ready(void);
void notify_status(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
void notify_stopping(void);

#endif
