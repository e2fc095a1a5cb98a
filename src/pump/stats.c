/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The counters of a link: their sums, and what a reason to drop is called. How
 * the counters are shown is the affair of report/: to a person by totals.c, to
 * a program by report.c.
 */
#include "pump/stats.h"

/**
 * stats_drop_name() - the words for a reason
 * @drop: the reason, below STATS_DROP_COUNT
 *
 * Return: a few words, constant
 */
const char *stats_drop_name(enum stats_drop drop)
{
#define STATS_DROP_NAME(name, key, words) [STATS_DROP_##name] = (words),
	static const char *const names[] = {STATS_DROPS(STATS_DROP_NAME)};
#undef STATS_DROP_NAME

	return names[drop];
}

/**
 * stats_drop_key() - what a program knows a reason by
 * @drop: the reason, below STATS_DROP_COUNT
 *
 * Return: its name in lower case, constant
 */
const char *stats_drop_key(enum stats_drop drop)
{
#define STATS_DROP_KEY(name, key, words) [STATS_DROP_##name] = (key),
	static const char *const keys[] = {STATS_DROPS(STATS_DROP_KEY)};
#undef STATS_DROP_KEY

	return keys[drop];
}

static const struct {
	const char *name;
	const char *key;
} sums[] = {
	[STATS_SUM_TCP] = {"TCP", "tcp"},
	[STATS_SUM_UDP] = {"UDP", "udp"},
	[STATS_SUM_ICMP] = {"ICMP", "icmp"},
};

/**
 * stats_sum_name() - whose checksum it is
 * @sum: which, below STATS_SUM_COUNT
 *
 * Return: its name, constant
 */
const char *stats_sum_name(enum stats_sum sum)
{
	return sums[sum].name;
}

/**
 * stats_sum_key() - what a program knows a checksum by
 * @sum: which, below STATS_SUM_COUNT
 *
 * Return: its name in lower case, constant
 */
const char *stats_sum_key(enum stats_sum sum)
{
	return sums[sum].key;
}

/**
 * stats_dropped() - how much was dropped, for whatever reason
 * @direction: the direction
 *
 * Return: frames or packets
 */
uint64_t stats_dropped(const struct stats_direction *direction)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < STATS_DROP_COUNT; i++)
		sum += direction->dropped[i];
	return sum;
}

/**
 * stats_line_errors() - how many bytes the line spoiled or lost
 * @line: the line
 *
 * Return: bytes, as far as the driver counts them; a break is none
 */
uint64_t stats_line_errors(const struct stats_line *line)
{
	return line->frame + line->parity + line->overrun +
	       line->buffer_overrun;
}
