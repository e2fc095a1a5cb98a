/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_FIELD_H
#define SERIALTUN_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest text of fields. */
#define FIELD_TEXT_MAX 255

/**
 * struct field_part - a part of a text
 * @text: its first character, borrowed; no '\0' ends it
 * @len:  number of characters
 */
struct field_part {
	const char *text;
	size_t len;
};

/**
 * struct field - one "key=value"
 * @key:   the part before the first '='
 * @value: the part behind it; it may be empty
 */
struct field {
	struct field_part key;
	struct field_part value;
};

/* Size of a buffer for a value as a string. */
#define FIELD_STRING_MAX 64

bool field_is_text(const uint8_t *bytes, size_t len);
bool field_next(struct field_part *text, struct field *field);
bool field_next_word(struct field_part *list, struct field_part *word);
bool field_is(struct field_part part, const char *string);
bool field_number(struct field_part part, uint64_t max, uint64_t *number);
bool field_hex(struct field_part part, size_t digits, uint64_t *number);
bool field_string(struct field_part part, char string[FIELD_STRING_MAX]);

#endif
