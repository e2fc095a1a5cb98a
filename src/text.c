/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines of text: put together piece by piece, and fit for a terminal.
 */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/**
 * text_append() - write on at the end of a string
 * @text:   the string so far
 * @cap:    room in @text; what does not fit is left out
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
 * text_make_plain() - keep only what a terminal prints as it stands
 * @text: the text; each character beyond printable ASCII becomes a '?',
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
