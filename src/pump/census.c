/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A census finds byte values that a line swallows or changes. A line with
 * software flow control removes XON and XOFF, a terminal server removes its own
 * escape characters, and a 7-bit line clears the eighth bit of every byte. A
 * single frame shows none of this, but all bytes of many frames together lack
 * the same values.
 *
 * Traffic may lack values by itself: text uses few of them. So the census
 * reports missing values only if nearly all others have come. If a round is
 * inconclusive, the census starts another one, up to a limit, because it costs
 * time for every byte.
 *
 * Pure.
 */
#include "pump/census.h"
#include "text.h"

/* Rounds before the census gives up. */
#define CENSUS_ROUNDS 16

/* With more missing values than this, the traffic itself lacks them. */
#define CENSUS_MISSING_MAX 8

/* Fewer bytes than this may not contain an END yet. */
#define CENSUS_SEVEN_BITS_MIN 64

static bool has_come(const struct census *census, unsigned int value)
{
	return census->came[value / 32] >> value % 32 & 1;
}

static unsigned int count_missing(const struct census *census)
{
	unsigned int missing = 0;
	unsigned int value;

	for (value = 0; value < 256; value++)
		missing += !has_come(census, value);
	return missing;
}

/**
 * census_is_done() - is the census complete?
 * @census: the census
 *
 * Return: true if the caller need not call census_add() any more
 */
bool census_is_done(const struct census *census)
{
	return census->rounds == CENSUS_ROUNDS;
}

/* End a round: the census is done, or it starts again. */
static void end_round(struct census *census)
{
	const unsigned int missing = count_missing(census);
	size_t i;

	if (missing <= CENSUS_MISSING_MAX) {
		census->rounds = CENSUS_ROUNDS;
		return;
	}
	census->rounds++;
	if (census->rounds == CENSUS_ROUNDS)
		return;
	census->looked = 0;
	for (i = 0; i < sizeof(census->came) / sizeof(*census->came); i++)
		census->came[i] = 0;
}

/**
 * census_add() - count bytes from the line
 * @census: the census, not done
 * @bytes: the bytes
 * @len: number of bytes
 */
void census_add(struct census *census, const uint8_t *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		census->came[bytes[i] / 32] |= UINT32_C(1) << bytes[i] % 32;
	census->looked += len;
	if (census->looked >= CENSUS_LEN)
		end_round(census);
}

/**
 * census_has_seven_bits() - is the eighth bit of every byte 0?
 * @census: the census
 *
 * Return: true if it is, in CENSUS_SEVEN_BITS_MIN bytes or more
 */
bool census_has_seven_bits(const struct census *census)
{
	unsigned int value;

	if (census->looked < CENSUS_SEVEN_BITS_MIN)
		return false;
	for (value = 0x80; value < 0x100; value++)
		if (has_come(census, value))
			return false;
	return true;
}

/**
 * census_misses_some() - did a few values never come?
 * @census: the census
 *
 * Return: true if so, after enough bytes to expect every value
 */
bool census_misses_some(const struct census *census)
{
	const unsigned int missing = count_missing(census);

	return census->looked >= CENSUS_LEN && missing &&
	       missing <= CENSUS_MISSING_MAX;
}

/**
 * census_format() - list the values that never came
 * @census: the census; census_misses_some() returned true
 * @text: buffer for the list
 *
 * Return: @text, for example "11 13"
 */
const char *census_format(const struct census *census,
			  char text[CENSUS_TEXT_MAX])
{
	const char *between = "";
	unsigned int value;

	*text = '\0';
	for (value = 0; value < 256; value++) {
		if (has_come(census, value))
			continue;
		text_append(text, CENSUS_TEXT_MAX, "%s%02X", between, value);
		between = " ";
	}
	return text;
}
