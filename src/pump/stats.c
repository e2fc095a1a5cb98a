/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The counters of a link: sums, and names of drop reasons and checksums.
 * src/report prints the counters: totals.c for people, report.c for programs.
 */
#include "pump/stats.h"

/**
 * stats_drop_name() - name a drop reason for people
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
 * stats_drop_key() - name a drop reason for programs
 * @drop: the reason, below STATS_DROP_COUNT
 *
 * Return: a key in lower case, constant
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
 * stats_sum_name() - name the protocol of a checksum for people
 * @sum: the checksum, below STATS_SUM_COUNT
 *
 * Return: the name, constant
 */
const char *stats_sum_name(enum stats_sum sum)
{
	return sums[sum].name;
}

/**
 * stats_sum_key() - name the protocol of a checksum for programs
 * @sum: the checksum, below STATS_SUM_COUNT
 *
 * Return: a key in lower case, constant
 */
const char *stats_sum_key(enum stats_sum sum)
{
	return sums[sum].key;
}

/**
 * stats_dropped() - sum the drops of all reasons
 * @direction: the direction
 *
 * Return: number of frames or packets
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
 * stats_line_errors() - sum the bytes that the line corrupted or lost
 * @line: the line
 *
 * Return: number of bytes that the driver counted, without breaks
 */
uint64_t stats_line_errors(const struct stats_line *line)
{
	return line->frame + line->parity + line->overrun +
	       line->buffer_overrun;
}
