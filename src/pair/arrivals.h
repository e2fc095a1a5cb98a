/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_ARRIVALS_H
#define SERIALTUN_ARRIVALS_H

#include "pair/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arrivals;

/**
 * enum arrivals_news - what became of a frame
 * @ARRIVALS_IN_ORDER: it is the expected one; arrivals_take() has its packet
 * @ARRIVALS_EARLY:    frames before it are missing, and it is kept
 * @ARRIVALS_FULL:     frames before it are missing, and there is no room for it
 * @ARRIVALS_TWICE:    it has arrived before
 * @ARRIVALS_OUTSIDE:  its sender could not send it now
 */
enum arrivals_news {
	ARRIVALS_IN_ORDER,
	ARRIVALS_EARLY,
	ARRIVALS_FULL,
	ARRIVALS_TWICE,
	ARRIVALS_OUTSIDE,
};

struct arrivals *arrivals_new(void);
void arrivals_free(struct arrivals *arrivals);
void arrivals_reset(struct arrivals *arrivals);
enum arrivals_news arrivals_hear(struct arrivals *arrivals,
				 const struct frame *frame);
bool arrivals_take(struct arrivals *arrivals, const uint8_t **packet,
		   size_t *len);
bool arrivals_is_compressed(const struct arrivals *arrivals);
uint8_t arrivals_next(const struct arrivals *arrivals);
bool arrivals_has_gap(const struct arrivals *arrivals);
size_t arrivals_bits(const struct arrivals *arrivals,
		     uint8_t bits[FRAME_BITS_MAX]);
uint64_t arrivals_too_long(const struct arrivals *arrivals);

#endif
