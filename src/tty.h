/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_TTY_H
#define SERIALTUN_TTY_H

struct termios2;

int tty_claim(int *fd, const char *path);
int tty_report_busy(const char *path, const char *operation);
int tty_get(int fd, const char *path, struct termios2 *settings);
int tty_set(int fd, const char *path, const struct termios2 *settings);
void tty_set_baud(struct termios2 *settings, unsigned int baud);
void tty_restore(int fd, const struct termios2 *settings);

#endif
