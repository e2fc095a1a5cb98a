/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The hello, by which two serialtuns find each other:
 *
 *   #serialtun/1 id=9f3c11d2a8b04e77 to=0000000000000000 kind=ip flow=none
 *   can=check,speed crc=5d2e90a1
 *
 * It is one line in a frame of its own. Any program may receive it: a SLIP
 * receiver drops it or prints it as text, and no shell, modem or boot loader
 * acts on any of its characters. The reader ignores fields and words that it
 * does not know, so that later releases can add some.
 */
#include "pair/hello.h"
#include "pair/fcs.h"
#include "text.h"

#include <inttypes.h>
#include <string.h>

#define HELLO_MAGIC "#serialtun/"

/* Length of " crc=5d2e90a1". */
#define HELLO_CRC_LEN 13

static const char *const kinds[] = {
	[HELLO_KIND_IP] = "ip",
	[HELLO_KIND_ETHERNET] = "ethernet",
};

static const char *const flows[] = {
	[HELLO_FLOW_NONE] = "none",
	[HELLO_FLOW_RTSCTS] = "rtscts",
	[HELLO_FLOW_XONXOFF] = "xonxoff",
};

/* In the order of the bits of enum hello_can. */
static const char *const parts[] = {
	"check", "repeat", "interrupt", "zstd", "speed", "stream",
};

#define COUNT(names) (sizeof(names) / sizeof(*(names)))

/* Find a word. Return: its index in @names; @count: not found. */
static unsigned int find(struct field_part word, const char *const *names,
			 size_t count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (field_is(word, names[i]))
			break;
	return i;
}

/**
 * hello_can_of() - Find a part of the protocol by its name
 * @name: the name
 *
 * Return: its bit of enum hello_can; 0: unknown name
 */
unsigned int hello_can_of(const char *name)
{
	const struct field_part word = {name, strlen(name)};
	unsigned int i = find(word, parts, COUNT(parts));

	return i < COUNT(parts) ? 1U << i : 0;
}

/**
 * hello_write() - Write a hello as text
 * @text:  buffer for the text and a '\0'
 * @hello: the hello; none of its fields is unknown
 *
 * Return: length of the text
 */
size_t hello_write(char text[HELLO_TEXT_MAX], const struct hello *hello)
{
	const char *separator = "";
	size_t i;

	*text = '\0';
	text_append(text, HELLO_TEXT_MAX,
		    HELLO_MAGIC "%u id=%016" PRIx64 " to=%016" PRIx64
				" kind=%s flow=%s can=",
		    hello->version, hello->id, hello->to, kinds[hello->kind],
		    flows[hello->flow]);
	for (i = 0; i < COUNT(parts); i++) {
		if (!(hello->can >> i & 1))
			continue;
		text_append(text, HELLO_TEXT_MAX, "%s%s", separator, parts[i]);
		separator = ",";
	}
	text_append(text, HELLO_TEXT_MAX, " crc=%08" PRIx32,
		    fcs_of(text, strlen(text)));
	return strlen(text);
}

/* Verify the last field, the check of all bytes before the space in front of
 * it, and cut it off. */
static bool check_crc(struct field_part *text)
{
	struct field_part last;
	struct field field;
	uint64_t crc;

	if (text->len < HELLO_CRC_LEN)
		return false;
	text->len -= HELLO_CRC_LEN;
	last.text = text->text + text->len + 1;
	last.len = HELLO_CRC_LEN - 1;
	return last.text[-1] == ' ' && field_next(&last, &field) &&
	       field_is(field.key, "crc") && field_hex(field.value, 8, &crc) &&
	       crc == fcs_of(text->text, text->len);
}

/* Read "#serialtun/1" and the space behind it. */
static bool read_magic(struct field_part *text, struct hello *hello)
{
	const size_t magic_len = strlen(HELLO_MAGIC);
	const char *space;
	struct field_part version;
	uint64_t number;

	if (text->len < magic_len ||
	    memcmp(text->text, HELLO_MAGIC, magic_len) != 0)
		return false;
	space = memchr(text->text, ' ', text->len);
	if (!space)
		return false;
	version.text = text->text + magic_len;
	version.len = (size_t)(space - version.text);
	if (!field_number(version, UINT16_MAX, &number))
		return false;
	hello->version = (unsigned int)number;
	text->len -= (size_t)(space + 1 - text->text);
	text->text = space + 1;
	return true;
}

static void read_can(struct field_part list, struct hello *hello)
{
	struct field_part word;
	unsigned int i;

	while (field_next_word(&list, &word)) {
		i = find(word, parts, COUNT(parts));
		if (i < COUNT(parts))
			hello->can |= 1U << i;
	}
}

/* Read one field. Return: false if its value is not valid. */
static bool read_field(const struct field *field, struct hello *hello)
{
	if (field_is(field->key, "id"))
		return field_hex(field->value, 16, &hello->id) && hello->id;
	if (field_is(field->key, "to"))
		return field_hex(field->value, 16, &hello->to);
	if (field_is(field->key, "kind"))
		hello->kind = find(field->value, kinds, COUNT(kinds));
	else if (field_is(field->key, "flow"))
		hello->flow = find(field->value, flows, COUNT(flows));
	else if (field_is(field->key, "can"))
		read_can(field->value, hello);
	return true;
}

/**
 * hello_begins() - Check whether a frame begins as a hello does
 * @frame: the frame, decoded
 * @len:   length of @frame
 *
 * Return: true if so; the frame may be damaged
 */
bool hello_begins(const uint8_t *frame, size_t len)
{
	const size_t magic_len = strlen(HELLO_MAGIC);

	return len >= magic_len && !memcmp(frame, HELLO_MAGIC, magic_len);
}

/**
 * hello_read() - Read a frame that may be a hello
 * @frame: the frame, decoded
 * @len:   length of @frame
 * @hello: filled in on success, untouched otherwise
 *
 * A hello of another version of the protocol is valid if its id is. If a field
 * occurs twice, the last one counts.
 *
 * Return: false if the frame is not a hello or is damaged
 */
bool hello_read(const uint8_t *frame, size_t len, struct hello *hello)
{
	struct field_part text = {(const char *)frame, len};
	struct hello read = {.kind = HELLO_KIND_OTHER,
			     .flow = HELLO_FLOW_OTHER};
	struct field field;

	if (!len || frame[0] != '#' || !field_is_text(frame, len) ||
	    !check_crc(&text) || !read_magic(&text, &read))
		return false;
	while (text.len)
		if (!field_next(&text, &field) || !read_field(&field, &read))
			return false;
	if (!read.id)
		return false;
	*hello = read;
	return true;
}
