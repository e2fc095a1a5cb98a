/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines of text that are put together piece by piece.
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
