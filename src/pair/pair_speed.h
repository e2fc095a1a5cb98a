/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PAIR_SPEED_H
#define SERIALTUN_PAIR_SPEED_H

#include "pair/pair.h"

/* For pair.c; pair.h has the functions for others. */
void pair_speed_open(struct pair *pair, uint64_t now_ns);
void pair_speed_describe(const struct pair *pair, struct agree *agree);
void pair_speed_hear_agree(struct pair *pair, uint64_t now_ns);
void pair_speed_hear(struct pair *pair, const struct frame *frame,
		     uint64_t now_ns);
uint64_t pair_speed_next_ns(const struct pair *pair);
size_t pair_speed_take(struct pair *pair, uint8_t out[PAIR_FRAME_MAX],
		       uint64_t now_ns);

#endif
