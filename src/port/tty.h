/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_TTY_H
#define SERIALTUN_TTY_H

#include <stdbool.h>

struct failure;
struct port;
struct port_config;
struct termios2;

int tty_claim(int *fd, const char *path, struct failure *failure);
int tty_take_over(int fd, const char *path, struct failure *failure);
int tty_fail_busy(const char *path, const char *operation,
		  struct failure *failure);
int tty_get(int fd, const char *path, struct termios2 *settings,
	    struct failure *failure);
int tty_set(int fd, const char *path, const struct termios2 *settings,
	    struct failure *failure);
struct termios2 tty_raw(const struct termios2 *from,
			const struct port_config *config);
void tty_set_baud(struct termios2 *settings, unsigned int baud);
int tty_check(const char *path, const struct termios2 *settings,
	      const struct port_config *config, struct failure *failure);
int tty_resume(struct port *port);
void tty_restore(int fd, const struct termios2 *settings, bool hupcl);
void tty_close(int fd);

#endif
