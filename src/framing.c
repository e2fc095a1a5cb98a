/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The framings that there are.
 *
 * One that escapes the octets of software flow control is a framing of its own
 * to everybody but the user, who asks for it by saying how the line's flow is
 * controlled.
 */
#include "framing.h"
#include "datagram.h"
#include "length.h"
#include "slip.h"
#include "text.h"

#include <string.h>

static const struct framing *const framings[] = {
	&slip_framing,
	&length_framing,
	&datagram_framing,
};

#define FRAMING_COUNT (sizeof(framings) / sizeof(*framings))

/**
 * framing_find() - the framing of a name
 * @name: as the user says it
 *
 * Return: the framing, NULL if none is called so
 */
const struct framing *framing_find(const char *name)
{
	size_t i;

	for (i = 0; i < FRAMING_COUNT; i++)
		if (!strcmp(framings[i]->name, name))
			return framings[i];
	return NULL;
}

/**
 * framing_names() - what may be asked for
 * @text: where to write it
 *
 * Return: @text, as in "slip, length or packet"
 */
const char *framing_names(char text[FRAMING_NAMES_MAX])
{
	size_t i;

	*text = '\0';
	for (i = 0; i < FRAMING_COUNT; i++)
		text_append(text, FRAMING_NAMES_MAX, "%s%s",
			    !i			    ? ""
			    : i + 1 < FRAMING_COUNT ? ", "
						    : " or ",
			    framings[i]->name);
	return text;
}
