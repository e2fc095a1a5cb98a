/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text that a console prints, as a person at a terminal reads it: colours
 * and other escape sequences (ECMA-48) are skipped, a carriage return begins
 * the line anew, and a backspace takes a character back.
 *
 * The bytes of another speed are no text: most are NUL or have the top bit set
 * without being UTF-8. screen_is_garbage() counts them.
 *
 * Pure.
 */
#include "login/screen.h"

#include <string.h>

/* So many bytes tell text from garbage. */
#define SCREEN_SAMPLE_LEN 8

enum escape {
	ESCAPE_NONE,
	ESCAPE_BEGUN,	/* after ESC */
	ESCAPE_CSI,	/* until a byte from 0x40 on */
	ESCAPE_STRING,	/* until BEL or ESC \ */
	ESCAPE_CHARSET, /* one more byte */
};

#define ESC 0x1B
#define BEL 0x07

/**
 * screen_clear() - an empty screen
 * @screen: filled in
 */
void screen_clear(struct screen *screen)
{
	memset(screen, 0, sizeof(*screen));
}

static void skip_escape(struct screen *screen, uint8_t byte)
{
	switch ((enum escape)screen->escape) {
	case ESCAPE_BEGUN:
		screen->escape = byte == '['		      ? ESCAPE_CSI
				 : byte == ']' || byte == 'P' ? ESCAPE_STRING
				 : byte == '(' || byte == ')' ? ESCAPE_CHARSET
							      : ESCAPE_NONE;
		break;
	case ESCAPE_CSI:
		if (byte >= 0x40 || byte < ' ')
			screen->escape = ESCAPE_NONE;
		break;
	case ESCAPE_STRING:
		if (byte == BEL || byte == '\n' || byte == '\r')
			screen->escape = ESCAPE_NONE;
		else if (byte == ESC)
			screen->escape = ESCAPE_CHARSET;
		break;
	default:
		screen->escape = ESCAPE_NONE;
		break;
	}
}

/* Bytes that may follow this first byte of a UTF-8 character; -1: none such. */
static int utf8_rest(uint8_t byte)
{
	if (byte < 0x80)
		return 0;
	if (byte >= 0xC2 && byte <= 0xDF)
		return 1;
	if (byte >= 0xE0 && byte <= 0xEF)
		return 2;
	return byte >= 0xF0 && byte <= 0xF4 ? 3 : -1;
}

/*
 * Does agetty take back what was typed, at odd or no parity? (A space between
 * two backspaces, with the top bit set; agetty.c.) That says nothing about the
 * speed.
 */
static bool is_erasure(const struct screen *screen, uint8_t byte)
{
	return !screen->utf8 && (byte == (0x80 | '\b') || byte == (0x80 | ' '));
}

/* Count a byte as text or not. Return: does it belong into the line? */
static bool judge(struct screen *screen, uint8_t byte)
{
	const bool continues = (byte & 0xC0) == 0x80;
	int rest;

	if (screen->utf8 && continues) {
		screen->utf8--;
		screen->good++;
		return true;
	}
	rest = utf8_rest(byte);
	if (screen->utf8 || rest < 0 || byte == 0x7F ||
	    (byte < ' ' && !strchr("\a\b\t\n\r\16\17\33", byte)) || !byte) {
		screen->utf8 = 0;
		screen->bad++;
		return false;
	}
	screen->utf8 = (unsigned int)rest;
	screen->good++;
	return byte >= ' ';
}

static void append(struct screen *screen, char byte)
{
	if (screen->len == SCREEN_LINE_MAX - 1) {
		memmove(screen->line, screen->line + 1, screen->len - 1);
		screen->len--;
	}
	screen->line[screen->len++] = byte;
	screen->line[screen->len] = '\0';
}

/**
 * screen_push() - a byte came from the console
 * @screen: the screen
 * @byte:   the byte
 *
 * Return: true if the byte ends a line: @line is complete, and the next call
 * begins a new one
 */
bool screen_push(struct screen *screen, uint8_t byte)
{
	bool is_text;

	if (is_erasure(screen, byte))
		return false;
	is_text = judge(screen, byte);

	if (screen->cr && byte != '\r') {
		if (byte != '\n') {
			screen->len = 0;
			screen->line[0] = '\0';
		}
		screen->cr = false;
	}
	if (screen->escape && byte != '\n') {
		skip_escape(screen, byte);
		return false;
	}
	screen->escape = byte == ESC ? ESCAPE_BEGUN : ESCAPE_NONE;
	if (byte == '\r') {
		screen->cr = true;
	} else if (byte == '\n') {
		if (screen->len)
			memcpy(screen->last, screen->line, screen->len + 1);
		/* The next byte empties the line. */
		screen->cr = true;
		return true;
	} else if (byte == '\b' && screen->len) {
		screen->line[--screen->len] = '\0';
	} else if (byte == '\t') {
		append(screen, ' ');
	} else if (is_text) {
		append(screen, (char)byte);
	}
	return false;
}

/**
 * screen_is_garbage() - is the text none, as at a wrong speed?
 * @screen: the screen
 *
 * Return: true if a quarter or more of some bytes is no text
 */
bool screen_is_garbage(const struct screen *screen)
{
	return screen->good + screen->bad >= SCREEN_SAMPLE_LEN &&
	       3 * screen->bad >= screen->good;
}
