/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SipHash-2-4, a keyed hash for short input. Without the key nobody can choose
 * inputs that collide (Aumasson and Bernstein, "SipHash: a fast short-input
 * PRF", 2012). The input is an array of 64-bit words, each hashed as its
 * little-endian bytes.
 */
#include "packet/siphash.h"

#define SIPHASH_ROUNDS_WORD 2
#define SIPHASH_ROUNDS_END  4

static uint64_t rotate_left(uint64_t x, unsigned int bits)
{
	return x << bits | x >> (64 - bits);
}

/* The SipRound, section 2.4 of the paper. */
static void mix(uint64_t v[4], int rounds)
{
	while (rounds--) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rotate_left(v[1], 13) ^ v[0];
		v[3] = rotate_left(v[3], 16) ^ v[2];
		v[0] = rotate_left(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = rotate_left(v[1], 17) ^ v[2];
		v[3] = rotate_left(v[3], 21) ^ v[0];
		v[2] = rotate_left(v[2], 32);
	}
}

static void absorb(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	mix(v, SIPHASH_ROUNDS_WORD);
	v[0] ^= word;
}

/**
 * siphash() - hash an array of words
 * @key:   the key
 * @words: the input
 * @count: number of words
 *
 * Return: the hash
 */
uint64_t siphash(const struct siphash_key *key, const uint64_t *words,
		 size_t count)
{
	uint64_t v[4] = {
		key->words[0] ^ UINT64_C(0x736f6d6570736575),
		key->words[1] ^ UINT64_C(0x646f72616e646f6d),
		key->words[0] ^ UINT64_C(0x6c7967656e657261),
		key->words[1] ^ UINT64_C(0x7465646279746573),
	};
	size_t i;

	for (i = 0; i < count; i++)
		absorb(v, words[i]);
	/*
	 * The last block holds the input's remaining bytes, here none, and in
	 * its top byte the input's length in bytes.
	 */
	absorb(v, (uint64_t)(count * sizeof(*words)) << 56);
	v[2] ^= 0xff;
	mix(v, SIPHASH_ROUNDS_END);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
