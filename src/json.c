/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON (RFC 8259) for programs to read: just enough to write it.
 *
 * A key is NULL in an array and at the outermost level, and a constant that
 * needs no escaping everywhere else.
 */
#include "json.h"
#include "text.h"

#include <inttypes.h>
#include <string.h>

/**
 * json_begin() - begin a text
 * @json: filled in
 * @text: where it is written
 * @cap:  room there
 */
void json_begin(struct json *json, char *text, size_t cap)
{
	*json = (struct json){.text = text, .cap = cap};
	*text = '\0';
}

/* What stands before every value. */
static void begin_value(struct json *json, const char *key)
{
	if (json->next)
		text_append(json->text, json->cap, ", ");
	if (key)
		text_append(json->text, json->cap, "\"%s\": ", key);
	json->next = true;
}

/**
 * json_open() - begin an object or an array
 * @json:    the text
 * @key:     its name, or NULL
 * @bracket: '{' or '['
 */
void json_open(struct json *json, const char *key, char bracket)
{
	begin_value(json, key);
	text_append(json->text, json->cap, "%c", bracket);
	json->next = false;
}

/**
 * json_close() - end an object or an array
 * @json:    the text
 * @bracket: '}' or ']'
 */
void json_close(struct json *json, char bracket)
{
	text_append(json->text, json->cap, "%c", bracket);
	json->next = true;
}

/**
 * json_string() - write a string
 * @json:  the text
 * @key:   its name, or NULL
 * @value: the string; octets that are neither printable nor UTF-8's are the
 *         caller's fault and come out as they are, but for control characters
 */
void json_string(struct json *json, const char *key, const char *value)
{
	begin_value(json, key);
	text_append(json->text, json->cap, "\"");
	for (; *value; value++) {
		unsigned char octet = (unsigned char)*value;

		if (octet < 0x20 || octet == 0x7F)
			text_append(json->text, json->cap, "\\u%04x", octet);
		else if (strchr("\"\\", octet))
			text_append(json->text, json->cap, "\\%c", octet);
		else
			text_append(json->text, json->cap, "%c", octet);
	}
	text_append(json->text, json->cap, "\"");
}

/**
 * json_number() - write a number
 * @json:  the text
 * @key:   its name, or NULL
 * @value: the number
 */
void json_number(struct json *json, const char *key, uint64_t value)
{
	begin_value(json, key);
	text_append(json->text, json->cap, "%" PRIu64, value);
}

/**
 * json_bool() - write true or false
 * @json:  the text
 * @key:   its name, or NULL
 * @value: which
 */
void json_bool(struct json *json, const char *key, bool value)
{
	begin_value(json, key);
	text_append(json->text, json->cap, value ? "true" : "false");
}

/**
 * json_null() - write that there is nothing
 * @json: the text
 * @key:  its name, or NULL
 */
void json_null(struct json *json, const char *key)
{
	begin_value(json, key);
	text_append(json->text, json->cap, "null");
}
