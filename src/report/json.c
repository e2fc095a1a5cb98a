/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Write JSON (RFC 8259).
 *
 * A key is NULL in an array and at the outermost level. Elsewhere a key is a
 * constant that needs no escaping.
 */
#include "report/json.h"
#include "text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/**
 * json_begin() - begin a text
 * @json: filled in
 * @text: the buffer to write to
 * @cap:  its size in bytes, at least 1
 */
void json_begin(struct json *json, char *text, size_t cap)
{
	*json = (struct json){.text = text, .cap = cap};
	*text = '\0';
}

static void put(struct json *json, const char *bytes, size_t len)
{
	size_t room = json->cap - 1 - json->len;

	if (len > room)
		len = room;
	memcpy(json->text + json->len, bytes, len);
	json->len += len;
	json->text[json->len] = '\0';
}

static void put_format(struct json *json, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void put_format(struct json *json, const char *format, ...)
{
	size_t room = json->cap - json->len;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(json->text + json->len, room, format, args);
	va_end(args);
	if (n > 0)
		json->len += (size_t)n < room ? (size_t)n : room - 1;
}

/* Write the comma and the key in front of a value. */
static void begin_value(struct json *json, const char *key)
{
	if (json->next)
		put(json, ", ", 2);
	if (key)
		put_format(json, "\"%s\": ", key);
	json->next = true;
}

/**
 * json_open() - begin an object or an array
 * @json:    the text
 * @key:     its key, or NULL
 * @bracket: '{' or '['
 */
void json_open(struct json *json, const char *key, char bracket)
{
	begin_value(json, key);
	put(json, &bracket, 1);
	json->next = false;
}

/**
 * json_close() - end an object or an array
 * @json:    the text
 * @bracket: '}' or ']'
 */
void json_close(struct json *json, char bracket)
{
	put(json, &bracket, 1);
	json->next = true;
}

/* Write one character of a string. Return: the bytes consumed. */
static size_t put_character(struct json *json, const char *string)
{
	size_t len = text_utf8_len(string);
	unsigned char last = (unsigned char)string[len ? len - 1 : 0];

	if (!len)
		put(json, "\\ufffd", 6);
	else if (text_is_control(string))
		put_format(json, "\\u%04x", last); /* C1, too: C2 9B */
	else if (*string == '"' || *string == '\\')
		put_format(json, "\\%c", *string);
	else
		put(json, string, len);
	return len ? len : 1;
}

/**
 * json_string() - write a string
 * @json:  the text
 * @key:   its key, or NULL
 * @value: the string; each byte that is not UTF-8 becomes the replacement
 *         character, because JSON cannot represent it; control characters
 *         are escaped, because the text may go to a terminal
 */
void json_string(struct json *json, const char *key, const char *value)
{
	begin_value(json, key);
	put(json, "\"", 1);
	while (*value)
		value += put_character(json, value);
	put(json, "\"", 1);
}

/**
 * json_number() - write a number
 * @json:  the text
 * @key:   its key, or NULL
 * @value: the number
 */
void json_number(struct json *json, const char *key, uint64_t value)
{
	begin_value(json, key);
	put_format(json, "%" PRIu64, value);
}

/**
 * json_thousandths() - write a number with three decimals
 * @json:  the text
 * @key:   its key, or NULL
 * @value: a thousand times the number
 */
void json_thousandths(struct json *json, const char *key, uint64_t value)
{
	begin_value(json, key);
	put_format(json, "%" PRIu64 ".%03" PRIu64, value / 1000, value % 1000);
}

/**
 * json_bool() - write true or false
 * @json:  the text
 * @key:   its key, or NULL
 * @value: the value
 */
void json_bool(struct json *json, const char *key, bool value)
{
	begin_value(json, key);
	put_format(json, "%s", value ? "true" : "false");
}

/**
 * json_null() - write null
 * @json: the text
 * @key:  its key, or NULL
 */
void json_null(struct json *json, const char *key)
{
	begin_value(json, key);
	put(json, "null", 4);
}
