/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_KISS_H
#define SERIALTUN_KISS_H

#include "framing/framing.h"
#include "framing/slip.h"

#include <stdbool.h>

/*
 * The first byte of a frame: the port of the modem in the upper half, the
 * command in the lower half. Command 0 is a packet for the radio, or from it.
 */
#define KISS_COMMAND_MASK 0x0F

/*
 * Bytes per second of a common radio, 1200 bits per second without start and
 * stop bits.
 */
#define KISS_RADIO_RATE 150

/**
 * struct kiss_decoder - the receiver's position in the stream
 * @slip: decodes the frame
 * @is_bare: the last packet came without packet information
 *
 * An all-zero decoder is ready for the first byte of a stream.
 */
struct kiss_decoder {
	struct slip_decoder slip;
	bool is_bare;
};

extern const struct framing kiss_framing;

#endif
