/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes travel over a console as they are, if its terminal and the board's
 * programs allow that, or as text.
 *
 * Each decoder is the body of a shell function g, which reads a chunk from
 * standard input. Of a raw chunk $1 is the length; a text ends with the line
 * ".". A chunk of text has short lines, since some decoders take no others
 * (openssl: 76 characters).
 *
 * Pure.
 */
#include "login/encoding.h"

#include <stdio.h>
#include <string.h>

/* Bytes of a line of base64, and its characters with the newline. */
#define LINE_BYTES	 45
#define LINE_LEN	 61
#define OCTAL_LINE_BYTES 32

#define END_OF_TEXT "\n.\n"

#define READ_LINES "while read -r $T l;do [ \"$l\" = . ]&&break;"

static const char uu_begin[] = "begin-base64 600 x\n";
static const char uu_end[] = "\n====";

static const struct {
	const char *program; /* that the board needs */
	const char *decoder;
} kinds[ENCODING_COUNT] = {
	{"head", "head -c $1"},
	{"dd", "dd bs=1 count=$1 2>/dev/null"},
	{"base64", READ_LINES "echo \"$l\";done|base64 -d"},
	{"openssl", READ_LINES "echo \"$l\";done|openssl base64 -d"},
	{"uudecode", READ_LINES "echo \"$l\";done|uudecode -o /dev/stdout"},
	{"python3", READ_LINES "echo \"$l\";done|python3 -c 'import base64,sys;"
			       "sys.stdout.buffer.write(base64.b64decode("
			       "sys.stdin.read()))'"},
	/* The alphabet of uuencode has the same order, from the space on. */
	{"perl", READ_LINES
	 "echo \"$l\";done|perl -ne 'tr#A-Za-z0-9+/##cd;"
	 "tr#A-Za-z0-9+/# -_#;print unpack \"u\",chr(32+length()*3/4).$_'"},
	{"printf", READ_LINES "printf \"$l\";done"},
};

static bool has(const char *programs, const char *program)
{
	char wanted[16];

	snprintf(wanted, sizeof(wanted), ",%s,", program);
	return strstr(programs, wanted);
}

/**
 * encoding_choose() - choose the best encoding
 * @from:     the best that may be chosen
 * @programs: the programs of the board, each between commas; "stty" among them
 *            if its terminal can be set
 *
 * Return: the encoding; ENCODING_COUNT: there is none
 */
enum encoding encoding_choose(enum encoding from, const char *programs)
{
	enum encoding encoding = from;

	while (encoding < ENCODING_COUNT &&
	       (!has(programs, kinds[encoding].program) ||
		(encoding_is_raw(encoding) && !has(programs, "stty"))))
		encoding++;
	return encoding;
}

/**
 * encoding_name() - the name of an encoding
 * @encoding: the encoding
 *
 * Return: the program that decodes it
 */
const char *encoding_name(enum encoding encoding)
{
	return kinds[encoding].program;
}

/**
 * encoding_is_raw() - do the bytes travel as they are?
 * @encoding: the encoding
 *
 * Return: true if they do
 */
bool encoding_is_raw(enum encoding encoding)
{
	return encoding <= ENCODING_DD;
}

/**
 * encoding_decoder() - what the board executes to read a chunk
 * @encoding: the encoding
 *
 * Return: shell commands
 */
const char *encoding_decoder(enum encoding encoding)
{
	return kinds[encoding].decoder;
}

/**
 * encoding_size() - the most bytes that a chunk takes on the line
 * @encoding: the encoding
 * @len:      length of the chunk
 *
 * Return: the size
 */
size_t encoding_size(enum encoding encoding, size_t len)
{
	if (encoding_is_raw(encoding))
		return len;
	if (encoding == ENCODING_PRINTF)
		return 4 * len + len / OCTAL_LINE_BYTES + 1 +
		       strlen(END_OF_TEXT);
	return (len + LINE_BYTES - 1) / LINE_BYTES * LINE_LEN +
	       sizeof(uu_begin) + sizeof(uu_end) + strlen(END_OF_TEXT);
}

static size_t put(uint8_t *out, const char *text)
{
	size_t len;

	for (len = 0; text[len]; len++)
		out[len] = (uint8_t)text[len];
	return len;
}

/* Three bytes are four characters. Return: number of characters. */
static size_t write_group(uint8_t *out, const uint8_t *bytes, size_t len)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint32_t group = (uint32_t)bytes[0] << 16 |
			       (uint32_t)(len > 1 ? bytes[1] : 0) << 8 |
			       (len > 2 ? bytes[2] : 0);
	size_t i;

	for (i = 0; i < 4; i++)
		out[i] = i > len ? '='
				 : (uint8_t)alphabet[group >> (18 - 6 * i) &
						     0x3f];
	return 4;
}

static size_t write_base64(uint8_t *out, const uint8_t *bytes, size_t len)
{
	size_t size = 0;
	size_t i;

	for (i = 0; i < len; i += 3) {
		if (i && i % LINE_BYTES == 0)
			out[size++] = '\n';
		size += write_group(out + size, bytes + i,
				    len - i < 3 ? len - i : 3);
	}
	return size;
}

/* Letters stand for themselves; printf knows no other meaning of them. */
static size_t write_octal(uint8_t *out, const uint8_t *bytes, size_t len)
{
	size_t size = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (i && i % OCTAL_LINE_BYTES == 0)
			out[size++] = '\n';
		if ((bytes[i] | 0x20) >= 'a' && (bytes[i] | 0x20) <= 'z') {
			out[size++] = bytes[i];
			continue;
		}
		out[size++] = '\\';
		out[size++] = (uint8_t)('0' + (bytes[i] >> 6));
		out[size++] = (uint8_t)('0' + (bytes[i] >> 3 & 7));
		out[size++] = (uint8_t)('0' + (bytes[i] & 7));
	}
	return size;
}

/**
 * encoding_write() - encode a chunk
 * @encoding: the encoding
 * @out:      filled in; has room for encoding_size() bytes
 * @bytes:    the chunk
 * @len:      its length
 *
 * Return: number of bytes in @out
 */
size_t encoding_write(enum encoding encoding, uint8_t *out,
		      const uint8_t *bytes, size_t len)
{
	size_t size = 0;

	if (encoding_is_raw(encoding)) {
		memcpy(out, bytes, len);
		return len;
	}
	if (encoding == ENCODING_UUDECODE)
		size += put(out, uu_begin);
	if (encoding == ENCODING_PRINTF)
		size += write_octal(out + size, bytes, len);
	else
		size += write_base64(out + size, bytes, len);
	if (encoding == ENCODING_UUDECODE)
		size += put(out + size, uu_end);
	return size + put(out + size, END_OF_TEXT);
}
