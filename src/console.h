/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_CONSOLE_H
#define SERIALTUN_CONSOLE_H

#include <stdint.h>

struct broker;
struct chatter;
struct console;
struct events;

int console_open(struct console **console, const char *name,
		 struct events *events, struct chatter *chatter);
void console_close(struct console *console);
void console_use_broker(struct console *console, struct broker *broker);
void console_remove_file(struct console *console);
void console_wake(struct console *console);
void console_note(struct console *console, uint32_t mask);
void console_move(struct console *console, uint64_t now_ns);
uint64_t console_next_ns(const struct console *console);

#endif
