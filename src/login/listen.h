/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LOGIN_LISTEN_H
#define SERIALTUN_LOGIN_LISTEN_H

#include <stdbool.h>
#include <stdint.h>

struct login;

bool listen_tick(struct login *login, uint64_t now_ns);
uint64_t listen_next_ns(const struct login *login);

#endif
