/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_TEXT_H
#define SERIALTUN_TEXT_H

#include <stddef.h>

void text_append(char *text, size_t cap, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void text_make_plain(char *text);

#endif
