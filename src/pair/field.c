/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Texts of fields, "key=value key=word,word", which two ends exchange.
 *
 * A text consists of letters, digits and "#/=,.-", with one space between two
 * fields. No other character is allowed, because the text may reach a terminal,
 * a shell, a modem or a boot loader at either end.
 */
#include "pair/field.h"

#include <string.h>

static bool is_letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

/**
 * field_is_text() - Check that all bytes are allowed in a text of fields
 * @bytes: the bytes
 * @len:   number of bytes
 *
 * Return: false if there are too many bytes or one of them is not allowed
 */
bool field_is_text(const uint8_t *bytes, size_t len)
{
	size_t i;

	if (len > FIELD_TEXT_MAX)
		return false;
	for (i = 0; i < len; i++)
		if (!is_letter_or_digit((char)bytes[i]) &&
		    (!bytes[i] || !strchr("#/=,.- ", bytes[i])))
			return false;
	return true;
}

/* Cut off the part before the first @end; @rest keeps the part behind it. */
static struct field_part cut(struct field_part *rest, char end)
{
	const char *at = rest->len ? memchr(rest->text, end, rest->len) : NULL;
	struct field_part part = *rest;

	if (at) {
		part.len = (size_t)(at - rest->text);
		rest->text = at + 1;
		rest->len -= part.len + 1;
	} else {
		rest->text += rest->len;
		rest->len = 0;
	}
	return part;
}

/**
 * field_next() - Take the next field from a text
 * @text:  the rest of the text; updated
 * @field: filled in
 *
 * Return: false if the rest does not begin with a field
 */
bool field_next(struct field_part *text, struct field *field)
{
	struct field_part part = cut(text, ' ');

	if (!memchr(part.text, '=', part.len))
		return false;
	field->key = cut(&part, '=');
	field->value = part;
	return field->key.len;
}

/**
 * field_next_word() - Take the next word from a value "word,word"
 * @list: the rest of the value; updated
 * @word: filled in; it may be empty
 *
 * Return: false if the rest is empty
 */
bool field_next_word(struct field_part *list, struct field_part *word)
{
	if (!list->len)
		return false;
	*word = cut(list, ',');
	return true;
}

/**
 * field_is() - Compare a part with a string
 * @part:   the part
 * @string: the string
 *
 * Return: true if they are equal
 */
bool field_is(struct field_part part, const char *string)
{
	return part.len == strlen(string) &&
	       !memcmp(part.text, string, part.len);
}

/**
 * field_number() - Read a decimal number
 * @part:   its digits
 * @max:    the largest valid number
 * @number: set on success
 *
 * Return: false if the part is not a valid number
 */
bool field_number(struct field_part part, uint64_t max, uint64_t *number)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < part.len; i++) {
		if (part.text[i] < '0' || part.text[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(part.text[i] - '0');
		/* This bound keeps the next multiplication from overflowing. */
		if (n > max || n > UINT32_MAX)
			return false;
	}
	if (part.len)
		*number = n;
	return part.len;
}

/**
 * field_hex() - Read a hexadecimal number of fixed width
 * @part:   its digits, in lower case
 * @digits: the width, at most 16
 * @number: set on success
 *
 * Return: false if the part is not such a number
 */
bool field_hex(struct field_part part, size_t digits, uint64_t *number)
{
	static const char hex[] = "0123456789abcdef";
	uint64_t n = 0;
	const char *digit;
	size_t i;

	if (part.len != digits)
		return false;
	for (i = 0; i < digits; i++) {
		digit = memchr(hex, part.text[i], sizeof(hex) - 1);
		if (!digit)
			return false;
		n = n << 4 | (uint64_t)(digit - hex);
	}
	*number = n;
	return true;
}

/**
 * field_string() - Copy a part to a string
 * @part:   the part
 * @string: buffer for the string; untouched on failure
 *
 * Return: false if the part does not fit
 */
bool field_string(struct field_part part, char string[FIELD_STRING_MAX])
{
	if (part.len >= FIELD_STRING_MAX)
		return false;
	memcpy(string, part.text, part.len);
	string[part.len] = '\0';
	return true;
}
