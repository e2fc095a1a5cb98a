/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The search for the highest speed that two ports and their cable can do. Both
 * ends support the speeds on the ladder, and a speed that fails means that all
 * higher ones fail. So the search halves what is left: first the middle, then
 * the middle of the upper or of the lower half. Fifteen speeds need four
 * attempts at most.
 *
 * ladder is pure.
 */
#include "pair/ladder.h"

/* A step down is at least this factor, as a fraction: a speed just below one
 * that is noisy is as noisy. */
#define LADDER_STEP_TIMES 14
#define LADDER_STEP_PARTS 10

/**
 * ladder_sort() - Sort speeds, and drop those that occur twice
 * @speeds: the speeds
 * @count:  number of them
 *
 * Return: the number that is left
 */
size_t ladder_sort(uint32_t *speeds, size_t count)
{
	size_t left = 0;
	uint32_t speed;
	size_t i;
	size_t j;

	for (i = 0; i < count; i++) {
		speed = speeds[i];
		for (j = left; j > 0 && speeds[j - 1] > speed; j--)
			;
		if (j > 0 && speeds[j - 1] == speed)
			continue;
		for (size_t to = left++; to > j; to--)
			speeds[to] = speeds[to - 1];
		speeds[j] = speed;
	}
	return left;
}

static bool contains(const uint32_t *speeds, size_t count, uint32_t speed)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (speeds[i] == speed)
			return true;
	return false;
}

/**
 * ladder_begin() - Begin a search
 * @ladder:      needs no other initialization
 * @own:         speeds of this end's port, in any order
 * @own_count:   number of them, at most LADDER_MAX
 * @other:       speeds of the other end's port, in any order
 * @other_count: number of them
 * @above:       the speed that the line has; the search is for a higher one
 * @cap:         the highest speed to try
 */
void ladder_begin(struct ladder *ladder, const uint32_t *own, size_t own_count,
		  const uint32_t *other, size_t other_count, uint32_t above,
		  uint32_t cap)
{
	size_t i;

	*ladder = (struct ladder){0};
	for (i = 0; i < own_count; i++)
		if (own[i] > above && own[i] <= cap &&
		    contains(other, other_count, own[i]))
			ladder->rungs[ladder->count++] = own[i];
	ladder->count = ladder_sort(ladder->rungs, ladder->count);
	ladder->bad = ladder->count;
}

/**
 * ladder_next() - Get the speed to try next
 * @ladder: the search
 *
 * Return: the speed; 0: the search is over
 */
uint32_t ladder_next(const struct ladder *ladder)
{
	if (ladder->good >= ladder->bad)
		return 0;
	return ladder->rungs[(ladder->good + ladder->bad) / 2];
}

/**
 * ladder_note() - Note the result of an attempt
 * @ladder: the search
 * @baud:   the speed that was tried
 * @works:  the line carries it
 */
void ladder_note(struct ladder *ladder, uint32_t baud, bool works)
{
	size_t i;

	for (i = 0; i < ladder->count; i++) {
		if (works && ladder->rungs[i] <= baud && i >= ladder->good)
			ladder->good = i + 1;
		if (!works && ladder->rungs[i] >= baud && i < ladder->bad)
			ladder->bad = i;
	}
}

/**
 * ladder_has_failed() - Check whether a speed failed
 * @ladder: the search
 *
 * Return: true if so
 */
bool ladder_has_failed(const struct ladder *ladder)
{
	return ladder->bad < ladder->count;
}

/**
 * ladder_lower() - Get the speed for a line that is too noisy
 * @ladder: the search, which may be over
 * @baud:   the speed of the line
 *
 * Return: the highest speed that is lower by the factor 1.4 or more; 0: none is
 */
uint32_t ladder_lower(const struct ladder *ladder, uint32_t baud)
{
	uint32_t lower = 0;
	size_t i;

	for (i = 0; i < ladder->count; i++)
		if ((uint64_t)ladder->rungs[i] * LADDER_STEP_TIMES <=
		    (uint64_t)baud * LADDER_STEP_PARTS)
			lower = ladder->rungs[i];
	return lower;
}
