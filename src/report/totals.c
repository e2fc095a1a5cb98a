/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The counters of a link, for a person.
 *
 * The summary at the end tells the traffic and, if there was any, the damage.
 * It leaves out drops that are normal, above all those of the queue, which
 * drops packets so that TCP slows down.
 *
 * The counters help to find a fault: one line for each direction, with the
 * drops by reason, one for the queue, one for the line, and one for the pair.
 */
#include "report/totals.h"
#include "clock.h"
#include "pair/pair.h"
#include "pump/stats.h"
#include "text.h"

#include <inttypes.h>

/* The ending of the noun behind a number. */
static const char *plural(uint64_t number)
{
	return number == 1 ? "" : "s";
}

/* A number with a unit: one digit behind the point if there is one before. */
static void append_bytes(char text[TOTALS_TEXT_MAX], double bytes,
			 const char *per)
{
	static const char *const units[] = {"B",  "kB", "MB", "GB",
					    "TB", "PB", "EB"};
	/* Rounded as any double: an i386 would compare with more digits. */
	const double ten = 9.95;
	size_t i = 0;

	while (bytes >= 999.5 && i + 1 < sizeof(units) / sizeof(*units)) {
		bytes /= 1000;
		i++;
	}
	text_append(text, TOTALS_TEXT_MAX, "%.*f %s%s", i && bytes < ten, bytes,
		    units[i], per);
}

/* Two units, the larger ones that say something. */
static void append_time(char text[TOTALS_TEXT_MAX], uint64_t ns)
{
	const uint64_t s = ns / NS_PER_S;

	if (s < 10)
		text_append(text, TOTALS_TEXT_MAX, "%" PRIu64 ".%" PRIu64 " s",
			    s, ns % NS_PER_S * 10 / NS_PER_S);
	else if (s < 60)
		text_append(text, TOTALS_TEXT_MAX, "%" PRIu64 " s", s);
	else if (s < 3600)
		text_append(text, TOTALS_TEXT_MAX,
			    "%" PRIu64 " min %" PRIu64 " s", s / 60, s % 60);
	else if (s < 86400)
		text_append(text, TOTALS_TEXT_MAX,
			    "%" PRIu64 " h %" PRIu64 " min", s / 3600,
			    s % 3600 / 60);
	else
		text_append(text, TOTALS_TEXT_MAX,
			    "%" PRIu64 " d %" PRIu64 " h", s / 86400,
			    s % 86400 / 3600);
}

static void append_way(char text[TOTALS_TEXT_MAX], const char *verb,
		       const struct stats_direction *direction,
		       uint64_t elapsed_ns)
{
	const double bytes = (double)direction->bytes;

	if (!direction->packets) {
		text_append(text, TOTALS_TEXT_MAX, "%s nothing, ", verb);
		return;
	}
	text_append(text, TOTALS_TEXT_MAX, "%s ", verb);
	append_bytes(text, bytes, "");
	text_append(text, TOTALS_TEXT_MAX, " in %" PRIu64 " packet%s",
		    direction->packets, plural(direction->packets));
	if (elapsed_ns) {
		text_append(text, TOTALS_TEXT_MAX, " (");
		append_bytes(text,
			     bytes * (double)NS_PER_S / (double)elapsed_ns,
			     "/s)");
	}
	text_append(text, TOTALS_TEXT_MAX, ", ");
}

/**
 * totals_format_sum() - the traffic of a link, for a person
 * @stats:      the counters
 * @elapsed_ns: how long that took
 * @baud:       the speed of the line; 0: it has none
 * @text:       where to write it
 *
 * Return: @text, one line without a newline
 */
const char *totals_format_sum(const struct stats *stats, uint64_t elapsed_ns,
			      uint32_t baud, char text[TOTALS_TEXT_MAX])
{
	*text = '\0';
	append_way(text, "sent", &stats->to_line, elapsed_ns);
	append_way(text, "received", &stats->from_line, elapsed_ns);
	text_append(text, TOTALS_TEXT_MAX, "in ");
	append_time(text, elapsed_ns);
	if (baud)
		text_append(text, TOTALS_TEXT_MAX, " at %" PRIu32 " baud",
			    baud);
	return text;
}

/* Frames that held no packet when they arrived. */
static uint64_t count_damaged(const struct stats_direction *from_line)
{
	const uint64_t *dropped = from_line->dropped;

	return dropped[STATS_DROP_BAD_ESCAPE] + dropped[STATS_DROP_TOO_LONG] +
	       dropped[STATS_DROP_BAD_VERSION] +
	       dropped[STATS_DROP_BAD_HEADER] + dropped[STATS_DROP_BAD_LENGTH] +
	       dropped[STATS_DROP_BAD_CHECKSUM] +
	       dropped[STATS_DROP_BAD_CHECK] + dropped[STATS_DROP_VJ_BAD];
}

/**
 * totals_format_damage() - the losses on the line, for a person
 * @stats: the counters
 * @text:  where to write it
 *
 * Return: @text, one line without a newline, "" if nothing was lost
 */
const char *totals_format_damage(const struct stats *stats,
				 char text[TOTALS_TEXT_MAX])
{
	const struct stats_direction *from_line = &stats->from_line;
	const uint64_t damaged = count_damaged(from_line);
	/* Datagrams of other hosts, and empty ones, are no frames of the peer.
	 */
	const uint64_t frames = from_line->packets + stats_dropped(from_line) -
				from_line->dropped[STATS_DROP_STRANGER] -
				from_line->dropped[STATS_DROP_EMPTY];
	const uint64_t losses = stats->line.losses;

	*text = '\0';
	/* A wrong speed, a console, or another framing damages nothing. */
	if (damaged && damaged == frames)
		text_append(text, TOTALS_TEXT_MAX,
			    "%" PRIu64 " frame%s arrived, but no packet",
			    frames, plural(frames));
	else if (damaged)
		text_append(text, TOTALS_TEXT_MAX,
			    "the line damaged %" PRIu64 " of %" PRIu64
			    " frames",
			    damaged, frames);
	if (losses)
		text_append(text, TOTALS_TEXT_MAX,
			    "%sthe port was lost %" PRIu64 " time%s",
			    damaged ? ", " : "", losses, plural(losses));
	return text;
}

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
		    "%" PRIu64 " packet%s, %" PRIu64 " byte%s (%" PRIu64
		    " on the line), %" PRIu64 " short write%s, %" PRIu64
		    " dropped",
		    direction->packets, plural(direction->packets),
		    direction->bytes, plural(direction->bytes),
		    direction->line_bytes, direction->short_writes,
		    plural(direction->short_writes), stats_dropped(direction));
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
		    "%" PRIu64 " packet%s, %" PRIu64
		    " byte%s waiting, longest wait %" PRIu64 ".%03" PRIu64
		    " s, %" PRIu64 " marked",
		    queue->backlog_packets, plural(queue->backlog_packets),
		    queue->backlog_bytes, plural(queue->backlog_bytes),
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

static void append_vj(char text[TOTALS_TEXT_MAX], const char *verb,
		      const struct vj_counters *counters)
{
	text_append(text, TOTALS_TEXT_MAX,
		    "%s %" PRIu64 " compressed, %" PRIu64 " uncompressed", verb,
		    counters->compressed, counters->whole);
}

/**
 * totals_format_vj() - how many TCP headers were compressed, for a person
 * @vj:   the counters
 * @text: where to write them
 *
 * Return: @text, one line without a newline
 */
const char *totals_format_vj(const struct stats_vj *vj,
			     char text[TOTALS_TEXT_MAX])
{
	*text = '\0';
	append_vj(text, "sent", &vj->to_line);
	append_vj(text, ", received", &vj->from_line);
	return text;
}

static void append_ms(char text[TOTALS_TEXT_MAX], uint64_t ns)
{
	text_append(text, TOTALS_TEXT_MAX, "%" PRIu64 ".%" PRIu64 " ms",
		    ns / NS_PER_MS, ns % NS_PER_MS * 10 / NS_PER_MS);
}

/**
 * totals_format_pair() - the peer of a pair and the damage on the wire
 * @pair:   the counters of the pair
 * @peer:   the description of the peer, or NULL
 * @now_ns: the time
 * @text:   where to write it
 *
 * Each end counts the frames that it hears. The count of the way there comes
 * from the last answer of the peer.
 *
 * Return: @text, one line without a newline
 */
const char *totals_format_pair(const struct pair_stats *pair,
			       const struct agree *peer, uint64_t now_ns,
			       char text[TOTALS_TEXT_MAX])
{
	*text = '\0';
	if (pair->state != PAIR_PAIRED) {
		text_append(text, TOTALS_TEXT_MAX,
			    "no serialtun at the other end, %" PRIu64
			    " hellos sent, %" PRIu64 " heard",
			    pair->hellos_sent, pair->hellos_heard);
		return text;
	}
	text_append(text, TOTALS_TEXT_MAX, "paired with %s for ",
		    peer && *peer->name ? peer->name : "the peer");
	append_time(text, now_ns - pair->since_ns);
	text_append(text, TOTALS_TEXT_MAX,
		    ", damaged frames: %" PRIu32 " there, %" PRIu32 " here, ",
		    pair->theirs.failed, pair->heard.failed);
	if (pair->repeats)
		text_append(text, TOTALS_TEXT_MAX,
			    "frames repeated: %" PRIu64 ", round trip ",
			    pair->repeat.repeated);
	else
		text_append(text, TOTALS_TEXT_MAX,
			    "packets lost on the way here: %" PRIu64
			    ", round trip ",
			    pair->missing);
	if (pair->rtt_ns)
		append_ms(text, pair->rtt_ns);
	else
		text_append(text, TOTALS_TEXT_MAX, "unknown");
	text_append(text, TOTALS_TEXT_MAX, ", session %" PRIu64,
		    pair->sessions);
	if (pair->compresses && pair->squeeze.packet_len)
		text_append(text, TOTALS_TEXT_MAX,
			    ", packets compressed to %" PRIu64 " %%",
			    (100 * pair->squeeze.body_len +
			     pair->squeeze.packet_len - 1) /
				    pair->squeeze.packet_len);
	if (pair->speed.baud)
		text_append(text, TOTALS_TEXT_MAX,
			    ", %" PRIu32 " baud after %" PRIu64
			    " attempts (%" PRIu64 " failed): %s",
			    pair->speed.baud, pair->speed.attempts,
			    pair->speed.failed,
			    speed_stop_name(pair->speed.stop));
	return text;
}
