/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_BOARD_CONSOLE_H
#define SERIALTUN_BOARD_CONSOLE_H

#include <stdint.h>

struct broker;
struct chatter;
struct board_console;
struct events;

int board_console_open(struct board_console **console, const char *name,
		       struct events *events, struct chatter *chatter);
void board_console_close(struct board_console *console);
void board_console_use_broker(struct board_console *console,
			      struct broker *broker);
void board_console_remove_file(struct board_console *console);
void board_console_wake(struct board_console *console);
void board_console_note(struct board_console *console, uint32_t mask);
void board_console_move(struct board_console *console, uint64_t now_ns);
uint64_t board_console_next_ns(const struct board_console *console);

#endif
