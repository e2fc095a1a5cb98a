/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each packet in a datagram of its own, with nothing around it, as tun2udp has
 * it. The line keeps packets apart, so there is nothing to be put together and
 * nothing to be kept between two of them.
 */
#include "framing/datagram.h"

#include <string.h>

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
