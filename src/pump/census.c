/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What becomes of some bytes on their way? A line with software flow control in
 * it takes XON and XOFF out, a terminal server its own escape characters, and
 * one of seven bits the eighth of every byte. None of that can be seen in a
 * frame, but in all of them together there are values that never come.
 *
 * Traffic may lack values by itself: a text has few. So only where nearly all
 * values have come, the few that have not are missed. Where that cannot be said
 * of so many bytes, it is tried again with the next ones, but not for ever,
 * because this looks at each byte.
 *
 * Pure.
 */
#include "pump/census.h"
#include "text.h"

/* How often it is tried. */
#define CENSUS_ROUNDS 16

/* More values than this have not come because the traffic has none. */
#define CENSUS_MISSING_MAX 8

/* In fewer bytes, there may be no END yet. */
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
 * census_is_done() - is there nothing left to be found out?
 * @census: a census
 *
 * Return: true if census_add() need not be called any more
 */
bool census_is_done(const struct census *census)
{
	return census->rounds == CENSUS_ROUNDS;
}

/* So many bytes are enough for an answer, or there is none. */
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
 * census_add() - look at bytes from the line
 * @census: the census, not done
 * @bytes:  the bytes
 * @len:    how many
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
 * Return: true if much has come, and that in all of it
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
 * census_misses_some() - are there a few values that never came?
 * @census: the census
 *
 * Return: true if so much has come that they should have
 */
bool census_misses_some(const struct census *census)
{
	const unsigned int missing = count_missing(census);

	return census->looked >= CENSUS_LEN && missing &&
	       missing <= CENSUS_MISSING_MAX;
}

/**
 * census_format() - the values that never came
 * @census: the census, which misses some
 * @text:   where to write them
 *
 * Return: @text, as in "11 13"
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
