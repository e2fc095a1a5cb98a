/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The counters of a link, and how a person reads them: one line for each
 * direction, drops by reason where there were any.
 */
#include "stats.h"
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
#define STATS_DROP_NAME(name, text) [STATS_DROP_##name] = (text),
	static const char *const names[] = {STATS_DROPS(STATS_DROP_NAME)};
#undef STATS_DROP_NAME

	return names[drop];
}

/**
 * stats_format() - one direction's counters for a person
 * @way:  the direction
 * @text: where to write them
 *
 * Return: @text, one line without a newline
 */
const char *stats_format(const struct stats_direction *way,
			 char text[STATS_TEXT_MAX])
{
	uint64_t dropped = 0;
	int i;

	for (i = 0; i < STATS_DROP_COUNT; i++)
		dropped += way->dropped[i];

	*text = '\0';
	text_append(text, STATS_TEXT_MAX,
		    "%" PRIu64 " packets, %" PRIu64 " bytes (%" PRIu64
		    " on the line), %" PRIu64 " short writes, %" PRIu64
		    " dropped",
		    way->packets, way->bytes, way->line_bytes,
		    way->short_writes, dropped);
	for (i = 0; i < STATS_DROP_COUNT; i++)
		if (way->dropped[i])
			text_append(text, STATS_TEXT_MAX, ", %" PRIu64 " %s",
				    way->dropped[i],
				    stats_drop_name((enum stats_drop)i));
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
