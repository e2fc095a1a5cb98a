/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The framings that there are.
 *
 * One that escapes the bytes of software flow control is a framing of its own
 * to everybody but the user, who asks for it by saying how the line's flow is
 * controlled.
 */
#include "framing/framing.h"
#include "framing/length.h"
#include "framing/slip.h"
#include "text.h"

#include <string.h>

/*
 * Each packet in a datagram of its own, with nothing around it, as tun2udp has
 * it. The line keeps packets apart, so there is nothing to be put together and
 * nothing to be kept between two of them.
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

/* No datagram is ever under way. */
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
