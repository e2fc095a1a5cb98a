/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The framings that there are.
 *
 * One that escapes the bytes of software flow control is a framing of its own
 * to everybody but the user, who asks for it by saying how the line's flow is
 * controlled.
 */
#include "framing/framing.h"
#include "framing/datagram.h"
#include "framing/length.h"
#include "framing/slip.h"
#include "text.h"

#include <string.h>

static const struct framing *const framings[] = {
	&slip_framing,
	&length_framing,
	&datagram_framing,
	NULL,
};

/**
 * framing_find() - the framing of a name
 * @name: as the user says it
 *
 * Return: the framing, NULL if none is called so
 */
const struct framing *framing_find(const char *name)
{
	const struct framing *const *framing = framings;

	while (*framing && strcmp((*framing)->name, name) != 0)
		framing++;
	return *framing;
}

/**
 * framing_names() - what may be asked for
 * @text: where to write it
 *
 * Return: @text, as in "slip, length or packet"
 */
const char *framing_names(char text[FRAMING_NAMES_MAX])
{
	const struct framing *const *framing;
	const char *between = "";

	*text = '\0';
	for (framing = framings; *framing; framing++) {
		text_append(text, FRAMING_NAMES_MAX, "%s%s", between,
			    (*framing)->name);
		between = framing[1] && framing[2] ? ", " : " or ";
	}
	return text;
}
