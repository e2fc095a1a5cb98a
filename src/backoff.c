/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Back-off: pauses between attempts, each twice as long as the one before, up
 * to a limit.
 *
 * Pure: the caller brings the time.
 */
#include "backoff.h"

/**
 * backoff_new() - a back-off before the first attempt
 * @min_ns: the first pause, not 0
 * @max_ns: the longest pause
 *
 * Return: a back-off that does not rest
 */
struct backoff backoff_new(uint64_t min_ns, uint64_t max_ns)
{
	return (struct backoff){
		.min_ns = min_ns,
		.max_ns = max_ns,
		.pause_ns = min_ns,
	};
}

/**
 * backoff_reset() - begin again: no pause now, and then the shortest
 * @backoff: the back-off
 */
void backoff_reset(struct backoff *backoff)
{
	backoff->pause_ns = backoff->min_ns;
	backoff->next_ns = 0;
}

/**
 * backoff_pause() - an attempt has failed: rest
 * @backoff: the back-off
 * @now_ns:  the time
 */
void backoff_pause(struct backoff *backoff, uint64_t now_ns)
{
	backoff->next_ns = now_ns + backoff->pause_ns;
	backoff->pause_ns *= 2;
	if (backoff->pause_ns > backoff->max_ns)
		backoff->pause_ns = backoff->max_ns;
}

/**
 * backoff_rests() - is it too early for the next attempt?
 * @backoff: the back-off
 * @now_ns:  the time
 *
 * Return: true until @backoff->next_ns
 */
bool backoff_rests(const struct backoff *backoff, uint64_t now_ns)
{
	return now_ns < backoff->next_ns;
}
