/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_CENSUS_H
#define SERIALTUN_CENSUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes per round. Fewer bytes do not prove that a value is missing. */
#define CENSUS_LEN 65536

/* Size of the buffer for census_format(). */
#define CENSUS_TEXT_MAX 64

/**
 * struct census - the byte values seen on a line
 * @looked: bytes counted in this round
 * @rounds: rounds completed
 * @came: one bit per value seen in this round
 *
 * An all-zero census has seen nothing.
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
