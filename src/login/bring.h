/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_BRING_H
#define SERIALTUN_BRING_H

#include <stdbool.h>
#include <stdint.h>

struct login;

void bring_begin(struct login *login, uint64_t now_ns);
void bring_hear(struct login *login, const char *line, uint64_t now_ns);
bool bring_hear_ready(struct login *login, uint64_t now_ns);
void bring_end_silence(struct login *login, uint64_t now_ns);
uint64_t bring_patience_ns(const struct login *login);
void bring_leave(struct login *login);

#endif
