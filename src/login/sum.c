/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sums as the programs of a board print them: the CRC of POSIX cksum(1), and
 * SHA-256 (FIPS 180-4) as sha256sum(1) prints it. They find damage by the line;
 * neither protects against a person who forges bytes.
 *
 * Pure.
 */
#include "login/sum.h"

#include <stdio.h>
#include <string.h>

#define CKSUM_POLYNOMIAL 0x04c11db7

#define BLOCK_LEN 64
#define ROUNDS	  64

/**
 * sum_find() - find a program by its name
 * @program: the name, not terminated
 * @len:     its length
 *
 * Return: the kind; SUM_NONE: no such program
 */
enum sum_kind sum_find(const char *program, size_t len)
{
	if (len == strlen("cksum") && !memcmp(program, "cksum", len))
		return SUM_CKSUM;
	if (len == strlen("sha256sum") && !memcmp(program, "sha256sum", len))
		return SUM_SHA256;
	return SUM_NONE;
}

static uint32_t add_to_crc(uint32_t crc, uint8_t byte)
{
	unsigned int bit;

	crc ^= (uint32_t)byte << 24;
	for (bit = 0; bit < 8; bit++)
		crc = crc << 1 ^ (crc >> 31 ? CKSUM_POLYNOMIAL : 0);
	return crc;
}

/* The length follows the bytes, the lowest byte first, without zeros. */
static uint32_t cksum(const uint8_t *bytes, size_t len)
{
	uint32_t crc = 0;
	size_t rest;
	size_t i;

	for (i = 0; i < len; i++)
		crc = add_to_crc(crc, bytes[i]);
	for (rest = len; rest; rest >>= 8)
		crc = add_to_crc(crc, (uint8_t)rest);
	return ~crc;
}

static uint32_t rotate(uint32_t word, unsigned int by)
{
	return word >> by | word << (32 - by);
}

static void add_block(uint32_t state[8], const uint8_t block[BLOCK_LEN])
{
	/* Fractions of the cube roots of the first 64 primes (FIPS 180-4). */
	static const uint32_t roots[ROUNDS] = {
		0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b,
		0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
		0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7,
		0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
		0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152,
		0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
		0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
		0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
		0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
		0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
		0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
		0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
		0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
	};
	uint32_t words[ROUNDS];
	uint32_t v[8];
	uint32_t one;
	uint32_t two;
	size_t i;

	for (i = 0; i < 16; i++)
		words[i] = (uint32_t)block[4 * i] << 24 |
			   (uint32_t)block[4 * i + 1] << 16 |
			   (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (; i < ROUNDS; i++)
		words[i] = words[i - 16] + words[i - 7] +
			   (rotate(words[i - 15], 7) ^
			    rotate(words[i - 15], 18) ^ words[i - 15] >> 3) +
			   (rotate(words[i - 2], 17) ^
			    rotate(words[i - 2], 19) ^ words[i - 2] >> 10);
	memcpy(v, state, sizeof(v));
	for (i = 0; i < ROUNDS; i++) {
		one = v[7] +
		      (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) +
		      ((v[4] & v[5]) ^ (~v[4] & v[6])) + roots[i] + words[i];
		two = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) +
		      ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
		memmove(v + 1, v, 7 * sizeof(*v));
		v[4] += one;
		v[0] = one + two;
	}
	for (i = 0; i < 8; i++)
		state[i] += v[i];
}

static void sha256(uint32_t state[8], const uint8_t *bytes, size_t len)
{
	static const uint32_t begin[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};
	const uint64_t bits = (uint64_t)len * 8;
	uint8_t block[BLOCK_LEN] = {0};
	size_t i;

	memcpy(state, begin, sizeof(begin));
	for (; len >= BLOCK_LEN; len -= BLOCK_LEN, bytes += BLOCK_LEN)
		add_block(state, bytes);
	memcpy(block, bytes, len);
	block[len] = 0x80;
	if (len >= BLOCK_LEN - 8) {
		add_block(state, block);
		memset(block, 0, sizeof(block));
	}
	for (i = 0; i < 8; i++)
		block[BLOCK_LEN - 1 - i] = (uint8_t)(bits >> 8 * i);
	add_block(state, block);
}

/**
 * sum_write() - write the sum of bytes as the program prints it
 * @text:  filled in; of SUM_NONE "0"
 * @kind:  the program
 * @bytes: the bytes
 * @len:   how many
 */
void sum_write(char text[SUM_TEXT_MAX], enum sum_kind kind,
	       const uint8_t *bytes, size_t len)
{
	uint32_t state[8];
	size_t i;

	switch (kind) {
	case SUM_CKSUM:
		snprintf(text, SUM_TEXT_MAX, "%u",
			 (unsigned int)cksum(bytes, len));
		return;
	case SUM_SHA256:
		sha256(state, bytes, len);
		for (i = 0; i < 8; i++)
			snprintf(text + 8 * i, SUM_TEXT_MAX - 8 * i, "%08x",
				 (unsigned int)state[i]);
		return;
	default:
		snprintf(text, SUM_TEXT_MAX, "0");
	}
}
