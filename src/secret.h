/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SECRET_H
#define SERIALTUN_SECRET_H

/* A password, and a '\0'. */
#define SECRET_MAX 256

int secret_read_file(const char *path, char secret[SECRET_MAX]);
int secret_open_terminal(void);
int secret_ask(int fd, const char *prompt, char secret[SECRET_MAX]);

#endif
