/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_CENSUS_H
#define SERIALTUN_CENSUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So much is looked at until a value that never came is missed. */
#define CENSUS_LEN 65536

/* Room for census_format(). */
#define CENSUS_TEXT_MAX 64

/**
 * struct census - which values the bytes from a line have
 * @looked: how many bytes were looked at, of those that count now
 * @rounds: how often it was begun again
 * @came:   a bit for each value
 *
 * All zero is one that has seen nothing.
 */
struct census {
	size_t looked;
	unsigned int rounds;
	uint32_t came[256 / 32];
};

bool census_is_done(const struct census *census);
void census_add(struct census *census, const uint8_t *bytes, size_t len);
bool census_has_seven_bits(const struct census *census);
bool census_misses_some(const struct census *census);
const char *census_format(const struct census *census,
			  char text[CENSUS_TEXT_MAX]);

#endif
