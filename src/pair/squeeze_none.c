/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * squeeze where the program is built without libzstd: it compresses nothing,
 * and this end does not say zstd.
 */
#include "pair/squeeze.h"

#ifndef SERIALTUN_ZSTD

bool squeeze_is_built_in(void)
{
	return false;
}

struct squeeze *squeeze_new(enum squeeze_size size,
			    size_t (*find_ip)(const uint8_t *packet,
					      size_t len))
{
	(void)size;
	(void)find_ip;
	return NULL;
}

void squeeze_free(struct squeeze *squeeze)
{
	(void)squeeze;
}

bool squeeze_begin(struct squeeze *squeeze)
{
	(void)squeeze;
	return false;
}

size_t squeeze_shrink(struct squeeze *squeeze, uint8_t *packet, size_t len)
{
	(void)squeeze;
	(void)packet;
	(void)len;
	return 0;
}

bool squeeze_expand(struct squeeze *squeeze, const uint8_t *body,
		    size_t body_len, const uint8_t **packet, size_t *len)
{
	(void)squeeze;
	(void)body;
	(void)body_len;
	(void)packet;
	(void)len;
	return false;
}

void squeeze_lose(struct squeeze *squeeze)
{
	(void)squeeze;
}

bool squeeze_is_lost(const struct squeeze *squeeze)
{
	(void)squeeze;
	return true;
}

void squeeze_get_stats(const struct squeeze *squeeze,
		       struct squeeze_stats *stats)
{
	(void)squeeze;
	(void)stats;
}

#endif
