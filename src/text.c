/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Helpers for strings.
 */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/**
 * text_append() - append formatted text to a string
 * @text:   the string
 * @cap:    bytes in @text; text that does not fit is cut off
 * @format: as for printf()
 */
void text_append(char *text, size_t cap, const char *format, ...)
{
	size_t len = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + len, cap - len, format, args);
	va_end(args);
}

/**
 * text_make_plain() - make a string safe to print on a terminal
 * @text: the string; each control or non-ASCII character becomes one '?',
 *        whatever its length in UTF-8
 */
void text_make_plain(char *text)
{
	const char *from;

	for (from = text; *from; from++)
		if (*from >= ' ' && *from <= '~')
			*text++ = *from;
		else if ((*from & 0xC0) != 0x80)
			*text++ = '?';
	*text = '\0';
}
