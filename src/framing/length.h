/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LENGTH_H
#define SERIALTUN_LENGTH_H

#include "framing/framing.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes of the length field before each packet. */
#define LENGTH_HEADER_LEN 2

/**
 * struct length_decoder - the receiver's position in the stream
 * @len: bytes in @frame
 * @frame: the unfinished frame, collected from earlier chunks
 *
 * An all-zero decoder is ready for the first byte of a stream.
 */
struct length_decoder {
	size_t len;
	uint8_t frame[LENGTH_HEADER_LEN + PACKET_MAX];
};

extern const struct framing length_framing;

#endif
