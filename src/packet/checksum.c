/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The Internet checksum, RFC 1071: the ones' complement sum of 16-bit words.
 *
 * RFC 1071, section 2, allows the words to be added in any order, at any width
 * and in either byte order, if the result is swapped back. This code therefore
 * adds whole 32-bit words in host byte order and collects the carries in the
 * upper half of 64-bit sums. Four independent sums let the processor add in
 * parallel.
 */
#include "packet/checksum.h"

#include <arpa/inet.h>
#include <string.h>

#define LANES 4

/**
 * checksum_fold() - fold the carries into 16 bits
 * @sum: a sum of 16-bit words
 *
 * Return: the ones' complement sum of the words
 */
uint16_t checksum_fold(uint32_t sum)
{
	sum = (sum & 0xFFFF) + (sum >> 16);
	return (uint16_t)((sum & 0xFFFF) + (sum >> 16));
}

/**
 * checksum_sum() - sum the bytes of a buffer
 * @bytes: the bytes; in a larger packet, at an even offset
 * @len:   their number; an odd length is padded with a zero byte (RFC 1071,
 *         section 1)
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
