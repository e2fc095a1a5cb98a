/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The Internet checksum, RFC 1071: the ones' complement sum of 16-bit words.
 *
 * Such sums may be added in any order and in any width, and in either byte
 * order as long as the result is put back (section 2). So whole words of 32
 * bits are added as the machine reads them, and the carries are gathered above
 * them; four sums at a time, because none then waits for the other.
 */
#include "packet/checksum.h"

#include <arpa/inet.h>
#include <string.h>

#define LANES 4

/**
 * checksum_fold() - add the carries back in
 * @sum: a sum of 16-bit words
 *
 * Return: their ones' complement sum
 */
uint16_t checksum_fold(uint32_t sum)
{
	sum = (sum & 0xFFFF) + (sum >> 16);
	return (uint16_t)((sum & 0xFFFF) + (sum >> 16));
}

/**
 * checksum_sum() - add bytes up
 * @bytes: the bytes; if they are a part of something, an even number of
 *          bytes comes before them
 * @len:    how many; an odd one has a zero behind it (RFC 1071, section 1)
 *
 * Return: the sum, not complemented
 */
uint16_t checksum_sum(const uint8_t *bytes, size_t len)
{
	uint64_t sums[LANES] = {0};
	uint32_t words[LANES];
	uint64_t sum;
	size_t i;

	for (; len >= sizeof(words); bytes += sizeof(words)) {
		memcpy(words, bytes, sizeof(words));
		for (i = 0; i < LANES; i++)
			sums[i] += words[i];
		len -= sizeof(words);
	}
	memset(words, 0, sizeof(words));
	memcpy(words, bytes, len);
	for (i = 0; i < LANES; i++)
		sums[i] += words[i];

	sum = sums[0] + sums[1] + sums[2] + sums[3];
	sum = (sum & UINT32_MAX) + (sum >> 32);
	sum = (sum & UINT32_MAX) + (sum >> 32);
	return ntohs(checksum_fold((uint32_t)sum));
}
