/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LENGTH_H
#define SERIALTUN_LENGTH_H

#include "framing/framing.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes before each packet, that say its length. */
#define LENGTH_HEADER_LEN 2

/**
 * struct length_decoder - where in the stream the receiver is
 * @len:   bytes in @frame
 * @frame: the frame under way, of which something came in an earlier chunk
 *
 * All zero is a decoder that has seen nothing.
 */
struct length_decoder {
	size_t len;
	uint8_t frame[LENGTH_HEADER_LEN + PACKET_MAX];
};

extern const struct framing length_framing;

#endif
