/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The 32-bit frame check sequence of RFC 1662, section C.3: the CRC of
 * Ethernet, zlib and V.42.
 *
 * fcs_add() looks up eight bytes at a time in eight tables (M. Kounavis and F.
 * Berry, "A Systematic Approach to Building High Performance Software-Based CRC
 * Generators", 2005). One byte at a time, the check would cost more than any
 * other step between the line and the interface. The first call fills the
 * tables.
 */
#include "pair/fcs.h"

#include <string.h>

#define FCS_SLICES 8

/* The polynomial, with its highest power in the lowest bit. */
#define FCS_POLYNOMIAL 0xEDB88320

/* Table n has the check sequence of each byte with n zero bytes behind it. */
static uint32_t fcs_tables[FCS_SLICES][256];

static void fill_tables(void)
{
	uint32_t fcs;
	int slice;
	int byte;
	int bit;

	for (byte = 0; byte < 256; byte++) {
		fcs = (uint32_t)byte;
		for (bit = 0; bit < 8; bit++)
			fcs = fcs >> 1 ^ (fcs & 1 ? FCS_POLYNOMIAL : 0);
		fcs_tables[0][byte] = fcs;
	}
	for (slice = 1; slice < FCS_SLICES; slice++)
		for (byte = 0; byte < 256; byte++) {
			fcs = fcs_tables[slice - 1][byte];
			fcs_tables[slice][byte] =
				fcs >> 8 ^ fcs_tables[0][fcs & 0xFF];
		}
}

/* Load four bytes in little-endian order on any machine. */
static uint32_t load(const uint8_t *p)
{
	uint32_t word;

	memcpy(&word, p, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap32(word);
#endif
	return word;
}

/* Look up four bytes that have @behind more bytes of the slice behind them. */
static uint32_t look_up(uint32_t word, unsigned int behind)
{
	return fcs_tables[behind + 3][word & 0xFF] ^
	       fcs_tables[behind + 2][word >> 8 & 0xFF] ^
	       fcs_tables[behind + 1][word >> 16 & 0xFF] ^
	       fcs_tables[behind][word >> 24];
}

/**
 * fcs_add() - Add bytes to a frame check sequence
 * @fcs:   the register; FCS_START before the first byte
 * @bytes: the next bytes
 * @len:   number of bytes
 *
 * The sender transmits the complement of the register after the last byte,
 * least significant byte first.
 *
 * Return: the register
 */
uint32_t fcs_add(uint32_t fcs, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	if (!fcs_tables[0][1])
		fill_tables();
	for (; len >= FCS_SLICES; len -= FCS_SLICES, p += FCS_SLICES)
		fcs = look_up(fcs ^ load(p), 4) ^ look_up(load(p + 4), 0);
	while (len--)
		fcs = fcs >> 8 ^ fcs_tables[0][(fcs ^ *p++) & 0xFF];
	return fcs;
}

/**
 * fcs_of() - Compute the frame check sequence of some bytes
 * @bytes: the bytes
 * @len:   number of bytes
 *
 * Return: the same number as crc32() of zlib
 */
uint32_t fcs_of(const void *bytes, size_t len)
{
	return ~fcs_add(FCS_START, bytes, len);
}
