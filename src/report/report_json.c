/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The JSON object that the report writes to its file: the state of a link, its
 * counters and its rates. Unknown values are null, so that all keys are always
 * there.
 */
#include "report/report_json.h"
#include "clock.h"
#include "pair/pair.h"
#include "pump/stats.h"
#include "report/json.h"
#include "report/report.h"

#include <time.h>

/* 2026-11-21T12:00:00Z (RFC 3339), with room for any year. */
#define TIME_TEXT_MAX 32

static void json_time(struct json *json, const char *key, time_t seconds)
{
	char text[TIME_TEXT_MAX];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	json_string(json, key, text);
}

static void json_way(struct json *json, const char *key,
		     const struct stats_direction *direction,
		     const struct report_rates *rates, uint32_t rate)
{
	enum stats_drop i;

	json_open(json, key, '{');
	json_number(json, "packets", direction->packets);
	json_number(json, "bytes", direction->bytes);
	json_number(json, "line_bytes", direction->line_bytes);
	json_number(json, "interface_packets", direction->interface_packets);
	json_number(json, "short_writes", direction->short_writes);
	json_number(json, "packets_per_s", rates->packets);
	json_number(json, "bytes_per_s", rates->bytes);
	json_number(json, "line_bytes_per_s", rates->line_bytes);
	if (rate)
		json_thousandths(json, "share",
				 rates->line_bytes * 1000 / rate);
	else
		json_null(json, "share");
	json_open(json, "dropped", '{');
	json_number(json, "total", stats_dropped(direction));
	for (i = 0; i < STATS_DROP_COUNT; i++)
		json_number(json, stats_drop_key(i), direction->dropped[i]);
	json_close(json, '}');
	json_close(json, '}');
}

static void json_sums(struct json *json,
		      const struct stats_direction *direction)
{
	enum stats_sum i;

	json_open(json, "bad_sums", '{');
	for (i = 0; i < STATS_SUM_COUNT; i++)
		json_number(json, stats_sum_key(i), direction->bad_sums[i]);
	json_close(json, '}');
}

static void json_queue(struct json *json, const struct report_view *view)
{
	const struct fq_codel_stats *queue = &view->stats->queue;

	json_open(json, "queue", '{');
	json_number(json, "packets", queue->backlog_packets);
	json_number(json, "bytes", queue->backlog_bytes);
	if (view->rate)
		json_thousandths(json, "delay_s", report_delay_ms(view));
	else
		json_null(json, "delay_s");
	json_thousandths(json, "longest_wait_s",
			 queue->sojourn_max_ns / 1000000);
	json_number(json, "marked", queue->marked);
	json_close(json, '}');
}

static void json_line(struct json *json, const struct stats_line *line)
{
	json_open(json, "line", '{');
	json_number(json, "losses", line->losses);
	if (line->known) {
		json_open(json, "errors", '{');
		json_number(json, "framing", line->frame);
		json_number(json, "parity", line->parity);
		json_number(json, "overrun", line->overrun);
		json_number(json, "buffer_overrun", line->buffer_overrun);
		json_number(json, "breaks", line->breaks);
		json_close(json, '}');
	} else {
		json_null(json, "errors");
	}
	json_close(json, '}');
}

static void json_vj_way(struct json *json, const char *key,
			const struct vj_counters *counters)
{
	json_open(json, key, '{');
	json_number(json, "compressed", counters->compressed);
	json_number(json, "uncompressed", counters->whole);
	json_close(json, '}');
}

/* null: neither end has compressed TCP headers. */
static void json_vj(struct json *json, const struct stats_vj *vj)
{
	if (!vj->active) {
		json_null(json, "vj");
		return;
	}
	json_open(json, "vj", '{');
	json_vj_way(json, "to_line", &vj->to_line);
	json_vj_way(json, "from_line", &vj->from_line);
	json_close(json, '}');
}

static void json_heard(struct json *json, const char *key,
		       const struct frame_counters *heard)
{
	json_open(json, key, '{');
	json_number(json, "good", heard->good);
	json_number(json, "damaged", heard->failed);
	json_number(json, "overruns", heard->overruns);
	json_close(json, '}');
}

/* null: the line has no speed. */
static void json_speed(struct json *json, const struct speed_stats *speed)
{
	if (!speed->baud) {
		json_null(json, "speed");
		return;
	}
	json_open(json, "speed", '{');
	json_number(json, "baud", speed->baud);
	json_number(json, "base", speed->base);
	json_number(json, "attempts", speed->attempts);
	json_number(json, "failed", speed->failed);
	json_number(json, "lowered", speed->lowered);
	json_number(json, "lost", speed->ended);
	json_string(json, "stop", speed_stop_name(speed->stop));
	json_close(json, '}');
}

/* null: this session does not repeat lost frames. */
static void json_repeat(struct json *json, const struct pair_stats *pair)
{
	const struct repeat_stats *repeat = &pair->repeat;

	if (!pair->repeats) {
		json_null(json, "repeat");
		return;
	}
	json_open(json, "repeat", '{');
	json_number(json, "repeated", repeat->repeated);
	json_number(json, "failed", repeat->failed);
	json_number(json, "given_up", repeat->given_up);
	json_number(json, "early", repeat->early);
	json_number(json, "invalid", repeat->invalid);
	json_number(json, "inside", repeat->inside);
	json_number(json, "part_len", repeat->part_len);
	json_close(json, '}');
}

/* null: this session does not compress. */
static void json_zstd(struct json *json, const struct pair_stats *pair)
{
	const struct squeeze_stats *squeeze = &pair->squeeze;

	if (!pair->compresses) {
		json_null(json, "zstd");
		return;
	}
	json_open(json, "zstd", '{');
	json_number(json, "packets", squeeze->packets);
	json_number(json, "bytes", squeeze->packet_len);
	json_number(json, "compressed", squeeze->body_len);
	json_number(json, "passed_over", squeeze->passed_over);
	json_number(json, "expanded", squeeze->expanded);
	json_number(json, "undecodable", squeeze->bad);
	json_close(json, '}');
}

/* null: this end does not pair. */
static void json_pair(struct json *json, const struct report_view *view,
		      uint64_t now_ns)
{
	static const char *const states[] = {
		[PAIR_PLAIN] = "alone",
		[PAIR_MET] = "met",
		[PAIR_PAIRED] = "paired",
	};
	const struct pair_stats *pair = &view->stats->pair;
	const struct agree *peer = view->peer;

	if (!view->stats->has_pair) {
		json_null(json, "pair");
		return;
	}
	json_open(json, "pair", '{');
	json_string(json, "state", states[pair->state]);
	if (peer) {
		json_string(json, "peer", peer->name);
		json_string(json, "release", peer->release);
	} else {
		json_null(json, "peer");
		json_null(json, "release");
	}
	json_number(json, "since_s",
		    now_ns > pair->since_ns
			    ? (now_ns - pair->since_ns) / NS_PER_S
			    : 0);
	json_number(json, "sessions", pair->sessions);
	json_number(json, "hellos_sent", pair->hellos_sent);
	json_number(json, "hellos_heard", pair->hellos_heard);
	json_heard(json, "heard_here", &pair->heard);
	json_heard(json, "heard_there", &pair->theirs);
	json_repeat(json, pair);
	json_zstd(json, pair);
	json_number(json, "missing", pair->missing);
	json_number(json, "twice", pair->twice);
	json_number(json, "unknown", pair->unknown);
	json_number(json, "unchecked", pair->plain);
	if (pair->rtt_ns)
		json_thousandths(json, "round_trip_ms",
				 pair->rtt_ns / NS_PER_US);
	else
		json_null(json, "round_trip_ms");
	json_speed(json, &pair->speed);
	json_close(json, '}');
}

/**
 * report_json_format() - describe a link for a program
 * @view:     the link
 * @interval: the time since the previous description
 * @text:     filled in with the object and a newline, without a NUL
 *
 * Return: bytes in @text
 */
size_t report_json_format(const struct report_view *view,
			  const struct report_interval *interval,
			  char text[REPORT_JSON_MAX])
{
	struct json json;

	/* Reserve one byte for the newline. */
	json_begin(&json, text, REPORT_JSON_MAX - 1);
	json_open(&json, NULL, '{');
	json_bool(&json, "running", interval->running);
	json_time(&json, "started", interval->started);
	json_time(&json, "time", time(NULL));
	json_number(&json, "interval_s", interval->length_ns / NS_PER_S);
	json_string(&json, "interface", view->interface);
	if (view->port)
		json_string(&json, "port", view->port);
	else
		json_null(&json, "port");
	if (view->rate)
		json_number(&json, "line_rate", view->rate);
	else
		json_null(&json, "line_rate");
	json_bool(&json, "carrier", view->carrier);
	json_way(&json, "to_line", &view->stats->to_line, &interval->to_line,
		 view->rate);
	json_way(&json, "from_line", &view->stats->from_line,
		 &interval->from_line, view->rate);
	json_sums(&json, &view->stats->from_line);
	json_queue(&json, view);
	json_line(&json, &view->stats->line);
	json_vj(&json, &view->stats->vj);
	json_pair(&json, view, interval->end_ns);
	json_close(&json, '}');
	text[json.len] = '\n';
	return json.len + 1;
}
