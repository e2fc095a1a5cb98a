/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The 32-bit frame check sequence of RFC 1662, section C.3: the CRC of
 * Ethernet, zlib and V.42.
 *
 * Eight bytes go through eight tables at a time (M. Kounavis and F. Berry, "A
 * Systematic Approach to Building High Performance Software-Based CRC
 * Generators", 2005): byte by byte, the check would be the dearest step between
 * the line and the interface. A CRC is linear, so an entry of a table is the
 * sum of the entries of its bits; the compiler works out all 8 KiB from the 64
 * numbers here.
 */
#include "pair/fcs.h"

#include <string.h>

#define FCS_SLICES 8

#define FCS_BIT(n, bit, entry) ((n) >> (bit)&1 ? UINT32_C(entry) : 0)

/* FCS_<j>: what a byte becomes that has j zero bytes behind it. */
#define FCS_0(n)                                                 \
	(FCS_BIT(n, 0, 0x77073096) ^ FCS_BIT(n, 1, 0xEE0E612C) ^ \
	 FCS_BIT(n, 2, 0x076DC419) ^ FCS_BIT(n, 3, 0x0EDB8832) ^ \
	 FCS_BIT(n, 4, 0x1DB71064) ^ FCS_BIT(n, 5, 0x3B6E20C8) ^ \
	 FCS_BIT(n, 6, 0x76DC4190) ^ FCS_BIT(n, 7, 0xEDB88320))
#define FCS_1(n)                                                 \
	(FCS_BIT(n, 0, 0x191B3141) ^ FCS_BIT(n, 1, 0x32366282) ^ \
	 FCS_BIT(n, 2, 0x646CC504) ^ FCS_BIT(n, 3, 0xC8D98A08) ^ \
	 FCS_BIT(n, 4, 0x4AC21251) ^ FCS_BIT(n, 5, 0x958424A2) ^ \
	 FCS_BIT(n, 6, 0xF0794F05) ^ FCS_BIT(n, 7, 0x3B83984B))
#define FCS_2(n)                                                 \
	(FCS_BIT(n, 0, 0x01C26A37) ^ FCS_BIT(n, 1, 0x0384D46E) ^ \
	 FCS_BIT(n, 2, 0x0709A8DC) ^ FCS_BIT(n, 3, 0x0E1351B8) ^ \
	 FCS_BIT(n, 4, 0x1C26A370) ^ FCS_BIT(n, 5, 0x384D46E0) ^ \
	 FCS_BIT(n, 6, 0x709A8DC0) ^ FCS_BIT(n, 7, 0xE1351B80))
#define FCS_3(n)                                                 \
	(FCS_BIT(n, 0, 0xB8BC6765) ^ FCS_BIT(n, 1, 0xAA09C88B) ^ \
	 FCS_BIT(n, 2, 0x8F629757) ^ FCS_BIT(n, 3, 0xC5B428EF) ^ \
	 FCS_BIT(n, 4, 0x5019579F) ^ FCS_BIT(n, 5, 0xA032AF3E) ^ \
	 FCS_BIT(n, 6, 0x9B14583D) ^ FCS_BIT(n, 7, 0xED59B63B))
#define FCS_4(n)                                                 \
	(FCS_BIT(n, 0, 0x3D6029B0) ^ FCS_BIT(n, 1, 0x7AC05360) ^ \
	 FCS_BIT(n, 2, 0xF580A6C0) ^ FCS_BIT(n, 3, 0x30704BC1) ^ \
	 FCS_BIT(n, 4, 0x60E09782) ^ FCS_BIT(n, 5, 0xC1C12F04) ^ \
	 FCS_BIT(n, 6, 0x58F35849) ^ FCS_BIT(n, 7, 0xB1E6B092))
#define FCS_5(n)                                                 \
	(FCS_BIT(n, 0, 0xCB5CD3A5) ^ FCS_BIT(n, 1, 0x4DC8A10B) ^ \
	 FCS_BIT(n, 2, 0x9B914216) ^ FCS_BIT(n, 3, 0xEC53826D) ^ \
	 FCS_BIT(n, 4, 0x03D6029B) ^ FCS_BIT(n, 5, 0x07AC0536) ^ \
	 FCS_BIT(n, 6, 0x0F580A6C) ^ FCS_BIT(n, 7, 0x1EB014D8))
#define FCS_6(n)                                                 \
	(FCS_BIT(n, 0, 0xA6770BB4) ^ FCS_BIT(n, 1, 0x979F1129) ^ \
	 FCS_BIT(n, 2, 0xF44F2413) ^ FCS_BIT(n, 3, 0x33EF4E67) ^ \
	 FCS_BIT(n, 4, 0x67DE9CCE) ^ FCS_BIT(n, 5, 0xCFBD399C) ^ \
	 FCS_BIT(n, 6, 0x440B7579) ^ FCS_BIT(n, 7, 0x8816EAF2))
#define FCS_7(n)                                                 \
	(FCS_BIT(n, 0, 0xCCAA009E) ^ FCS_BIT(n, 1, 0x4225077D) ^ \
	 FCS_BIT(n, 2, 0x844A0EFA) ^ FCS_BIT(n, 3, 0xD3E51BB5) ^ \
	 FCS_BIT(n, 4, 0x7CBB312B) ^ FCS_BIT(n, 5, 0xF9766256) ^ \
	 FCS_BIT(n, 6, 0x299DC2ED) ^ FCS_BIT(n, 7, 0x533B85DA))

#define FCS_4_ENTRIES(of, n) of(n), of((n) + 1), of((n) + 2), of((n) + 3)
#define FCS_16_ENTRIES(of, n)                             \
	FCS_4_ENTRIES(of, n), FCS_4_ENTRIES(of, (n) + 4), \
		FCS_4_ENTRIES(of, (n) + 8), FCS_4_ENTRIES(of, (n) + 12)
#define FCS_64_ENTRIES(of, n)                                \
	FCS_16_ENTRIES(of, n), FCS_16_ENTRIES(of, (n) + 16), \
		FCS_16_ENTRIES(of, (n) + 32), FCS_16_ENTRIES(of, (n) + 48)
#define FCS_TABLE(of)                                                    \
	{                                                                \
		FCS_64_ENTRIES(of, 0), FCS_64_ENTRIES(of, 64),           \
			FCS_64_ENTRIES(of, 128), FCS_64_ENTRIES(of, 192) \
	}

static const uint32_t fcs_tables[FCS_SLICES][256] = {
	FCS_TABLE(FCS_0), FCS_TABLE(FCS_1), FCS_TABLE(FCS_2), FCS_TABLE(FCS_3),
	FCS_TABLE(FCS_4), FCS_TABLE(FCS_5), FCS_TABLE(FCS_6), FCS_TABLE(FCS_7),
};

/* Four bytes, the first of them the lowest, on a machine of either order. */
static uint32_t load(const uint8_t *p)
{
	uint32_t word;

	memcpy(&word, p, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap32(word);
#endif
	return word;
}

/* What four bytes become that have @behind bytes behind them in the slice. */
static uint32_t look_up(uint32_t word, unsigned int behind)
{
	return fcs_tables[behind + 3][word & 0xFF] ^
	       fcs_tables[behind + 2][word >> 8 & 0xFF] ^
	       fcs_tables[behind + 1][word >> 16 & 0xFF] ^
	       fcs_tables[behind][word >> 24];
}

/**
 * fcs_add() - go on with a frame check sequence
 * @fcs:   the register so far; FCS_START before the first byte
 * @bytes: the next bytes
 * @len:   how many
 *
 * What is sent is the complement of the register behind the last byte, its
 * lowest byte first.
 *
 * Return: the register
 */
uint32_t fcs_add(uint32_t fcs, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	for (; len >= FCS_SLICES; len -= FCS_SLICES, p += FCS_SLICES)
		fcs = look_up(fcs ^ load(p), 4) ^ look_up(load(p + 4), 0);
	while (len--)
		fcs = fcs >> 8 ^ fcs_tables[0][(fcs ^ *p++) & 0xFF];
	return fcs;
}

/**
 * fcs_of() - the frame check sequence of some bytes
 * @bytes: the bytes
 * @len:   how many
 *
 * Return: what crc32() of zlib returns
 */
uint32_t fcs_of(const void *bytes, size_t len)
{
	return ~fcs_add(FCS_START, bytes, len);
}
