/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_TEXT_H
#define SERIALTUN_TEXT_H

#include <stdbool.h>
#include <stddef.h>

void text_append(char *text, size_t cap, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
size_t text_utf8_len(const char *string);
bool text_is_control(const char *string);
size_t text_make_plain(char *text);
size_t text_columns(const char *text);

#endif
