/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recognizes a login or a shell that waits for input: its prompt is the last
 * line, without a newline. A shell executes each line that it is sent, and a
 * packet may contain a newline and a command.
 *
 * Boot logs and the debug text of boards end their lines. The prompts of boot
 * loaders and of Contiki's and RIOT's shells end in ">", and are none here.
 *
 * Pure.
 */
#include "packet/prompt.h"

#include <string.h>

/* A prompt with a host and a path in it; a longer line is something else. */
#define PROMPT_LINE_MAX 160

static bool ends_with(const char *line, size_t len, const char *end)
{
	const size_t end_len = strlen(end);

	return len >= end_len && !memcmp(line + len - end_len, end, end_len);
}

/**
 * prompt_ends() - does a text end with the prompt of a login or of a shell?
 * @text: the text, bytes as they came
 * @len:  how many
 *
 * Return: true if a program waits there for a line
 */
bool prompt_ends(const uint8_t *text, size_t len)
{
	static const char *const ends[] = {
		"login: ",
		"assword: ",
		"# ",
		"$ ",
	};
	char line[PROMPT_LINE_MAX];
	size_t line_len = 0;
	size_t i;

	while (line_len < len && text[len - line_len - 1] != '\n' &&
	       text[len - line_len - 1] != '\r')
		if (++line_len > PROMPT_LINE_MAX)
			return false;
	memcpy(line, text + len - line_len, line_len);
	for (i = 0; i < line_len; i++)
		/* ESC begins a colour. */
		if ((line[i] < ' ' || line[i] > '~') && line[i] != '\033')
			return false;
	for (i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (ends_with(line, line_len, ends[i]))
			return true;
	return false;
}
