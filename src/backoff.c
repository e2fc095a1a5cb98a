/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exponential back-off: each pause between attempts is twice as long as the one
 * before, up to a limit.
 *
 * Pure.
 */
#include "backoff.h"

/**
 * backoff_new() - create a back-off
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
 * backoff_reset() - end the pause; the next one is the shortest
 * @backoff: the back-off
 */
void backoff_reset(struct backoff *backoff)
{
	backoff->pause_ns = backoff->min_ns;
	backoff->next_ns = 0;
}

/**
 * backoff_pause() - start a pause after a failed attempt
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
 * backoff_rests() - is there a pause now?
 * @backoff: the back-off
 * @now_ns:  the time
 *
 * Return: true until @backoff->next_ns
 */
bool backoff_rests(const struct backoff *backoff, uint64_t now_ns)
{
	return now_ns < backoff->next_ns;
}
