/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_ERRAND_H
#define SERIALTUN_ERRAND_H

#include <stdbool.h>
#include <stdint.h>

struct login;

void errand_ask(struct login *login, uint64_t now_ns);
bool errand_hear(struct login *login, const char *line, uint64_t now_ns);
void errand_repeat(struct login *login, uint64_t now_ns);
void errand_judge(struct login *login);

#endif
