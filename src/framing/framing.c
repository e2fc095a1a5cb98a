/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of framings, and the datagram framing.
 *
 * The code treats SLIP with escaped XON and XOFF as a framing of its own. Users
 * do not select it by name: they choose the flow control of the line.
 */
#include "framing/framing.h"
#include "framing/kiss.h"
#include "framing/length.h"
#include "framing/slip.h"
#include "text.h"

#include <string.h>

/*
 * The datagram framing sends each packet unchanged in a datagram of its own, as
 * tun2udp does. The line preserves write boundaries, so the decoder has nothing
 * to reassemble and keeps no state.
 */

static size_t datagram_encode(uint8_t *out, const uint8_t *packet, size_t len)
{
	memcpy(out, packet, len);
	return len;
}

static size_t datagram_decode(void *decoder, const uint8_t *in, size_t len,
			      enum framing_status *status,
			      struct framing_frame *frame)
{
	(void)decoder;
	*frame = (struct framing_frame){in, len};
	if (!len)
		*status = FRAMING_EMPTY;
	else if (len > PACKET_MAX)
		*status = FRAMING_TOO_LONG;
	else
		*status = FRAMING_FRAME;
	return len;
}

/* A datagram arrives whole, so no frame is ever unfinished. */
static struct framing_frame datagram_pending(const void *decoder)
{
	(void)decoder;
	return (struct framing_frame){0};
}

const struct framing datagram_framing = {
	.name = "packet",
	.needs_bounds = true,
	.encode = datagram_encode,
	.decode = datagram_decode,
	.pending = datagram_pending,
};

static const struct framing *const framings[] = {
	&slip_framing, &kiss_framing, &length_framing, &datagram_framing, NULL,
};

/**
 * framing_find() - find a framing by name
 * @name: name from the command line
 *
 * Return: the framing, NULL if no framing has this name
 */
const struct framing *framing_find(const char *name)
{
	const struct framing *const *framing = framings;

	while (*framing && strcmp((*framing)->name, name) != 0)
		framing++;
	return *framing;
}

/**
 * framing_names() - list the names of all framings
 * @text: buffer for the list
 *
 * Return: @text, for example "slip, kiss, length or packet"
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
