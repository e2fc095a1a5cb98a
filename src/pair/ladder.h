/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LADDER_H
#define SERIALTUN_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most speeds of a port. */
#define LADDER_MAX 16

/**
 * struct ladder - the search for the highest speed that works
 * @rungs: the speeds to search, in ascending order
 * @count: number of them
 * @good:  number of rungs that are known or taken to work, from the lowest
 * @bad:   index of the lowest rung that is known or taken to fail; @count: none
 */
struct ladder {
	uint32_t rungs[LADDER_MAX];
	size_t count;
	size_t good;
	size_t bad;
};

size_t ladder_sort(uint32_t *speeds, size_t count);
void ladder_begin(struct ladder *ladder, const uint32_t *own, size_t own_count,
		  const uint32_t *other, size_t other_count, uint32_t above,
		  uint32_t cap);
uint32_t ladder_next(const struct ladder *ladder);
void ladder_note(struct ladder *ladder, uint32_t baud, bool works);
bool ladder_has_failed(const struct ladder *ladder);
uint32_t ladder_lower(const struct ladder *ladder, uint32_t baud);

#endif
