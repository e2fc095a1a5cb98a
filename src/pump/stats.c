/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The counters of a link, and how a person reads them: one line for each
 * direction, drops by reason where there were any, one for the queue and one
 * for the line. How a program reads them is report.c's affair; the names that
 * it knows them by are here.
 */
#include "pump/stats.h"
#include "log.h"
#include "text.h"

#include <inttypes.h>

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
 * stats_drop() - count what is dropped
 * @direction:     the direction
 * @reason:  why
 * @packets: how many packets or frames
 * @bytes:  bytes in them, for whoever reads every word (-vv)
 */
void stats_drop(struct stats_direction *direction, enum stats_drop reason,
		size_t packets, size_t bytes)
{
	direction->dropped[reason] += packets;
	log_trace("dropped %zu bytes: %s", bytes, stats_drop_name(reason));
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

/**
 * stats_format() - one direction's counters for a person
 * @direction:  the direction
 * @text: where to write them
 *
 * Return: @text, one line without a newline
 */
const char *stats_format(const struct stats_direction *direction,
			 char text[STATS_TEXT_MAX])
{
	int i;

	*text = '\0';
	text_append(text, STATS_TEXT_MAX,
		    "%" PRIu64 " packets, %" PRIu64 " bytes (%" PRIu64
		    " on the line), %" PRIu64 " short writes, %" PRIu64
		    " dropped",
		    direction->packets, direction->bytes, direction->line_bytes,
		    direction->short_writes, stats_dropped(direction));
	for (i = 0; i < STATS_DROP_COUNT; i++)
		if (direction->dropped[i])
			text_append(text, STATS_TEXT_MAX, ", %" PRIu64 " %s",
				    direction->dropped[i],
				    stats_drop_name((enum stats_drop)i));
	for (i = 0; i < STATS_SUM_COUNT; i++)
		if (direction->bad_sums[i])
			text_append(text, STATS_TEXT_MAX,
				    ", %" PRIu64 " with a bad %s checksum",
				    direction->bad_sums[i],
				    stats_sum_name((enum stats_sum)i));
	return text;
}

/**
 * stats_format_queue() - the queue's counters for a person
 * @queue: the counters
 * @text:  where to write them
 *
 * Return: @text, one line without a newline
 */
const char *stats_format_queue(const struct fq_codel_stats *queue,
			       char text[STATS_TEXT_MAX])
{
	*text = '\0';
	text_append(text, STATS_TEXT_MAX,
		    "%" PRIu64 " packets, %" PRIu64
		    " bytes waiting, longest wait %" PRIu64 ".%03" PRIu64
		    " s, %" PRIu64 " marked",
		    queue->backlog_packets, queue->backlog_bytes,
		    queue->sojourn_max_ns / 1000000000,
		    queue->sojourn_max_ns / 1000000 % 1000, queue->marked);
	return text;
}

/**
 * stats_format_line() - the line's counters for a person
 * @line: the counters
 * @text: where to write them
 *
 * Return: @text, one line without a newline
 */
const char *stats_format_line(const struct stats_line *line,
			      char text[STATS_TEXT_MAX])
{
	*text = '\0';
	if (line->known)
		text_append(text, STATS_TEXT_MAX,
			    "%" PRIu64 " framing, %" PRIu64 " parity, %" PRIu64
			    " overrun, %" PRIu64
			    " buffer overrun errors, %" PRIu64 " breaks, ",
			    line->frame, line->parity, line->overrun,
			    line->buffer_overrun, line->breaks);
	text_append(text, STATS_TEXT_MAX, "lost %" PRIu64 " %s", line->losses,
		    line->losses == 1 ? "time" : "times");
	return text;
}
