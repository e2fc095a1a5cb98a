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
 * text_utf8_len() - find the end of the first character of a string
 * @string: the string, not empty
 *
 * Return: the length, 1 to 4, of the UTF-8 sequence (RFC 3629, section 4) at
 * the beginning of @string; 0 if the bytes are not UTF-8
 */
size_t text_utf8_len(const char *string)
{
	const unsigned char *s = (const unsigned char *)string;
	unsigned char low = 0x80;
	unsigned char high = 0xBF;
	size_t len;
	size_t i;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xC2 || s[0] > 0xF4)
		return 0;
	len = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
	/* Exclude overlong forms, surrogates and values above U+10FFFF. */
	if (s[0] == 0xE0)
		low = 0xA0;
	else if (s[0] == 0xED)
		high = 0x9F;
	else if (s[0] == 0xF0)
		low = 0x90;
	else if (s[0] == 0xF4)
		high = 0x8F;
	for (i = 1; i < len; i++) {
		if (s[i] < low || s[i] > high)
			return 0;
		low = 0x80;
		high = 0xBF;
	}
	return len;
}

/**
 * text_is_control() - is the first character of a string a control character?
 * @string: the string, which begins with UTF-8
 *
 * A terminal obeys the control characters of ISO 6429: C0, DEL, and C1, which
 * are U+0080 to U+009F. U+009B, for one, begins an escape sequence.
 *
 * Return: true if it is one
 */
bool text_is_control(const char *string)
{
	const unsigned char *s = (const unsigned char *)string;

	return s[0] < ' ' || s[0] == 0x7F || (s[0] == 0xC2 && s[1] < 0xA0);
}

/**
 * text_make_plain() - make a string safe to print on a terminal
 * @text: the string, which may contain names from other sources, such as a
 *        device or a process. Printable ASCII and UTF-8 from U+00A0 stay; each
 *        control character, and each byte that is not UTF-8, becomes one '?'
 *
 * Return: the length of @text, which has not grown
 */
size_t text_make_plain(char *text)
{
	const char *from = text;
	char *to = text;
	size_t len;

	while (*from) {
		len = text_utf8_len(from);
		if (!len || text_is_control(from)) {
			*to++ = '?';
			from += len ? len : 1;
			continue;
		}
		memmove(to, from, len);
		to += len;
		from += len;
	}
	*to = '\0';
	return (size_t)(to - text);
}

/**
 * text_columns() - count the columns that a string takes on a terminal
 * @text: the string, plain
 *
 * Return: the number of characters; the function takes each for one column wide
 */
size_t text_columns(const char *text)
{
	size_t columns = 0;

	for (; *text; text++)
		columns += (*text & 0xC0) != 0x80;
	return columns;
}
