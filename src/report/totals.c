/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The counters of a link for a person, at the end or when they are asked for:
 * one line for each direction, with the drops by reason where there were any,
 * one for the queue and one for the line.
 */
#include "report/totals.h"
#include "pump/stats.h"
#include "text.h"

#include <inttypes.h>

/**
 * totals_format_direction() - one direction's counters for a person
 * @direction:  the direction
 * @text: where to write them
 *
 * Return: @text, one line without a newline
 */
const char *totals_format_direction(const struct stats_direction *direction,
				    char text[TOTALS_TEXT_MAX])
{
	int i;

	*text = '\0';
	text_append(text, TOTALS_TEXT_MAX,
		    "%" PRIu64 " packets, %" PRIu64 " bytes (%" PRIu64
		    " on the line), %" PRIu64 " short writes, %" PRIu64
		    " dropped",
		    direction->packets, direction->bytes, direction->line_bytes,
		    direction->short_writes, stats_dropped(direction));
	for (i = 0; i < STATS_DROP_COUNT; i++)
		if (direction->dropped[i])
			text_append(text, TOTALS_TEXT_MAX, ", %" PRIu64 " %s",
				    direction->dropped[i],
				    stats_drop_name((enum stats_drop)i));
	for (i = 0; i < STATS_SUM_COUNT; i++)
		if (direction->bad_sums[i])
			text_append(text, TOTALS_TEXT_MAX,
				    ", %" PRIu64 " with a bad %s checksum",
				    direction->bad_sums[i],
				    stats_sum_name((enum stats_sum)i));
	return text;
}

/**
 * totals_format_queue() - the queue's counters for a person
 * @queue: the counters
 * @text:  where to write them
 *
 * Return: @text, one line without a newline
 */
const char *totals_format_queue(const struct fq_codel_stats *queue,
				char text[TOTALS_TEXT_MAX])
{
	*text = '\0';
	text_append(text, TOTALS_TEXT_MAX,
		    "%" PRIu64 " packets, %" PRIu64
		    " bytes waiting, longest wait %" PRIu64 ".%03" PRIu64
		    " s, %" PRIu64 " marked",
		    queue->backlog_packets, queue->backlog_bytes,
		    queue->sojourn_max_ns / 1000000000,
		    queue->sojourn_max_ns / 1000000 % 1000, queue->marked);
	return text;
}

/**
 * totals_format_line() - the line's counters for a person
 * @line: the counters
 * @text: where to write them
 *
 * Return: @text, one line without a newline
 */
const char *totals_format_line(const struct stats_line *line,
			       char text[TOTALS_TEXT_MAX])
{
	*text = '\0';
	if (line->known)
		text_append(text, TOTALS_TEXT_MAX,
			    "%" PRIu64 " framing, %" PRIu64 " parity, %" PRIu64
			    " overrun, %" PRIu64
			    " buffer overrun errors, %" PRIu64 " breaks, ",
			    line->frame, line->parity, line->overrun,
			    line->buffer_overrun, line->breaks);
	text_append(text, TOTALS_TEXT_MAX, "lost %" PRIu64 " %s", line->losses,
		    line->losses == 1 ? "time" : "times");
	return text;
}
