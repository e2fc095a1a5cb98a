/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SCREEN_H
#define SERIALTUN_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A longer line keeps its end. */
#define SCREEN_LINE_MAX 256

/**
 * struct screen - the text that a console prints, line by line
 * @line:   the line so far, without control characters, and a '\0'
 * @len:    its length
 * @last:   the last complete line that was not empty
 * @escape: state of the escape sequence that is being skipped
 * @cr:     a carriage return came last
 * @utf8:   bytes that the present UTF-8 character still lacks
 * @good:   bytes that text may contain
 * @bad:    bytes that text does not contain
 */
struct screen {
	char line[SCREEN_LINE_MAX];
	size_t len;
	char last[SCREEN_LINE_MAX];
	unsigned int escape;
	bool cr;
	unsigned int utf8;
	size_t good;
	size_t bad;
};

void screen_clear(struct screen *screen);
bool screen_push(struct screen *screen, uint8_t byte);
bool screen_is_garbage(const struct screen *screen);

#endif
