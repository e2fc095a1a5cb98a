/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SIPHASH_H
#define SERIALTUN_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct siphash_key - a secret key of 128 bits
 * @words: the key
 */
struct siphash_key {
	uint64_t words[2];
};

uint64_t siphash(const struct siphash_key *key, const uint64_t *words,
		 size_t count);

#endif
