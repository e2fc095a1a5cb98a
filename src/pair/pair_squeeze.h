/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PAIR_SQUEEZE_H
#define SERIALTUN_PAIR_SQUEEZE_H

#include "pair/pair.h"
#include "pair/pair_session.h"

/* For pair.c and meeting.c; pair.h has the functions for others. */
bool pair_squeeze_can(const struct pair *pair);
void pair_squeeze_begin(struct pair *pair);
void pair_squeeze_free(struct pair *pair);
unsigned int pair_squeeze_shrink(struct pair_session *session, enum lane lane,
				 uint8_t *packet, size_t *len);
bool pair_squeeze_expand(struct pair_session *session, enum lane lane,
			 const uint8_t **packet, size_t *len);
void pair_squeeze_get_stats(const struct pair *pair,
			    struct squeeze_stats *stats);
bool pair_squeeze_is_lost(const struct pair_session *session);

#endif
