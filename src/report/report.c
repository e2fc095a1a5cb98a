/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The statistics while the link runs: a status line for a person, a JSON file
 * for programs.
 *
 * Once per interval both are made from the same counters; rates are differences
 * to the previous interval. The caller provides the clock and the timer.
 *
 * The file holds one JSON object. Each version replaces the last one as a whole
 * (report_file.c), in the broker if there is one. The last version stays after
 * the end and holds the totals, with "running" false.
 */
#include "report/report.h"
#include "broker/broker.h"
#include "clock.h"
#include "failure.h"
#include "log.h"
#include "pair/pair.h"
#include "pump/stats.h"
#include "report/report_file.h"
#include "report/report_json.h"
#include "report/status_line.h"
#include "text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Seconds between two versions of the file if no lines are printed. */
#define REPORT_JSON_S 1

_Static_assert(REPORT_JSON_MAX <= BROKER_REPORT_MAX,
	       "the broker takes every report");

struct report {
	struct report_config config;
	struct report_interval interval;
	struct stats last; /* the counters at its end */
	uint64_t next_ns;
	bool failing; /* the last write failed, and a warning was printed */
	char json[REPORT_JSON_MAX];
};

/* A counter that has gone back has the rate 0, not one near 2^64. */
static uint64_t per_second(uint64_t before, uint64_t now, uint64_t elapsed_ns)
{
	double rate;

	if (!elapsed_ns || now < before)
		return 0;
	rate = (double)(now - before) * (double)NS_PER_S / (double)elapsed_ns +
	       0.5;
	return rate < 0x1p64 ? (uint64_t)rate : UINT64_MAX;
}

/**
 * report_derive_rates() - compute the rates of one direction
 * @before:     its counters at the beginning
 * @now:        its counters at the end
 * @elapsed_ns: the time between them; 0: the rates are 0
 *
 * Return: the rates, rounded
 */
struct report_rates report_derive_rates(const struct stats_direction *before,
					const struct stats_direction *now,
					uint64_t elapsed_ns)
{
	return (struct report_rates){
		.packets =
			per_second(before->packets, now->packets, elapsed_ns),
		.bytes = per_second(before->bytes, now->bytes, elapsed_ns),
		.line_bytes = per_second(before->line_bytes, now->line_bytes,
					 elapsed_ns),
	};
}

/**
 * report_delay_ms() - compute how long the line needs to send the backlog
 * @view: the link; its rate is known
 *
 * Return: milliseconds
 */
uint64_t report_delay_ms(const struct report_view *view)
{
	return view->stats->queue.backlog_bytes * 1000 / view->rate;
}

static void format_way(char text[REPORT_TEXT_MAX], const char *name,
		       const struct report_rates *rates, uint32_t rate)
{
	text_append(text, REPORT_TEXT_MAX, "%s %" PRIu64 " B/s", name,
		    rates->line_bytes);
	if (rate)
		text_append(text, REPORT_TEXT_MAX, " (%" PRIu64 " %%)",
			    (rates->line_bytes * 100 + rate / 2) / rate);
	text_append(text, REPORT_TEXT_MAX, ", ");
}

static void format_pair(char text[REPORT_TEXT_MAX],
			const struct pair_stats *pair)
{
	const struct speed_stats *speed = &pair->speed;

	text_append(text, REPORT_TEXT_MAX,
		    ", paired: %" PRIu32 "/%" PRIu32 " damaged",
		    pair->theirs.failed, pair->heard.failed);
	if (speed->baud && speed->stop != SPEED_STOP_FIXED)
		text_append(text, REPORT_TEXT_MAX,
			    ", %" PRIu32 " baud, %" PRIu64 " attempts: %s",
			    speed->baud, speed->attempts,
			    speed_stop_name(speed->stop));
}

/**
 * report_format() - describe a link for a person
 * @view:      the link
 * @to_line:   rates towards the line
 * @from_line: rates from the line
 * @text:      filled in
 *
 * The text shows totals since the start and omits unknown values.
 *
 * Return: @text, one line without a newline
 */
const char *report_format(const struct report_view *view,
			  const struct report_rates *to_line,
			  const struct report_rates *from_line,
			  char text[REPORT_TEXT_MAX])
{
	const struct stats *stats = view->stats;

	*text = '\0';
	if (!view->port)
		text_append(text, REPORT_TEXT_MAX, "no port, ");
	else if (!view->carrier)
		text_append(text, REPORT_TEXT_MAX, "no carrier, ");
	format_way(text, "to line", to_line, view->rate);
	format_way(text, "from line", from_line, view->rate);
	text_append(text, REPORT_TEXT_MAX, "%" PRIu64 " waiting (%" PRIu64 " B",
		    stats->queue.backlog_packets, stats->queue.backlog_bytes);
	if (view->rate)
		text_append(text, REPORT_TEXT_MAX,
			    ", %" PRIu64 ".%02" PRIu64 " s",
			    report_delay_ms(view) / 1000,
			    report_delay_ms(view) % 1000 / 10);
	text_append(text, REPORT_TEXT_MAX, "), %" PRIu64 " dropped",
		    stats_dropped(&stats->to_line) +
			    stats_dropped(&stats->from_line));
	if (stats->line.known)
		text_append(text, REPORT_TEXT_MAX, ", %" PRIu64 " errors",
			    stats_line_errors(&stats->line));
	if (stats->has_pair && stats->pair.state == PAIR_PAIRED)
		format_pair(text, &stats->pair);
	return text;
}

/* Replace the file atomically. Return: 0 or -errno. */
static int write_json(struct report *report, const struct report_view *view,
		      struct failure *failure)
{
	const struct report_config *config = &report->config;
	size_t len = report_json_format(view, &report->interval, report->json);

	return config->broker ? broker_write_report(config->broker,
						    report->json, len, failure)
			      : report_file_write(config->json_path,
						  report->json, len, failure);
}

/* Update the file while the link runs; a failure is not fatal. */
static void update_json(struct report *report, const struct report_view *view)
{
	const char *path = report->config.json_path;
	struct failure failure;
	int error;

	if (!path)
		return;
	error = write_json(report, view, &failure);
	if (error == -EPIPE && !report->failing)
		log_warning("cannot write %s: %s", path, failure.text);
	else if (error && !report->failing)
		log_warning("cannot write %s: %s (it is tried again at each "
			    "interval)",
			    path, strerror(-error));
	else if (!error && report->failing)
		log_info("%s is written again", path);
	report->failing = error;
}

/* Write the first version of the file. Return: 0, or -errno, logged. */
static int start_json(struct report *report, const struct report_view *view)
{
	struct failure failure;
	int error = write_json(report, view, &failure);

	if (error)
		log_error("%s", failure.text);
	return error;
}

/**
 * report_open() - begin to report
 * @report: set to the report on success, for report_close(); NULL if @config
 *          asks for nothing, which all other functions accept
 * @config: the configuration, copied
 * @view:   the link at the start
 * @now_ns: the time, of any monotonic clock
 *
 * The function writes the first version of the file. Call it after dropping all
 * privileges: a first write that succeeds shows that later ones can. It logs a
 * failure.
 *
 * Return: 0 or -errno
 */
int report_open(struct report **report, const struct report_config *config,
		const struct report_view *view, uint64_t now_ns)
{
	unsigned int interval_s =
		config->print_s ? config->print_s : REPORT_JSON_S;
	struct report *made;
	int error;

	*report = NULL;
	if (!config->print_s && !config->json_path)
		return 0;
	made = calloc(1, sizeof(*made));
	if (!made) {
		log_error("cannot report: %s", strerror(ENOMEM));
		return -ENOMEM;
	}
	made->config = *config;
	made->interval = (struct report_interval){
		.running = true,
		.started = time(NULL),
		.length_ns = interval_s * NS_PER_S,
		.end_ns = now_ns,
	};
	made->next_ns = now_ns + made->interval.length_ns;
	made->last = *view->stats;
	error = config->json_path ? start_json(made, view) : 0;
	if (error)
		free(made);
	else
		*report = made;
	return error;
}

/**
 * report_close() - write the final report
 * @report: the report, or NULL
 * @view:   the link at the end
 *
 * Later output begins below the status line.
 */
void report_close(struct report *report, const struct report_view *view)
{
	static const struct report_rates none;

	if (!report)
		return;
	report->interval.running = false;
	report->interval.to_line = none;
	report->interval.from_line = none;
	update_json(report, view);
	status_line_end();
	free(report);
}

/**
 * report_next_ns() - the time of the next report
 * @report: the report, or NULL
 *
 * Return: when to call report_tick(), by the clock of report_open();
 * UINT64_MAX: never
 */
uint64_t report_next_ns(const struct report *report)
{
	return report ? report->next_ns : UINT64_MAX;
}

/**
 * report_tick() - report if it is time
 * @report: the report, or NULL
 * @view:   the current link
 * @now_ns: the time
 */
void report_tick(struct report *report, const struct report_view *view,
		 uint64_t now_ns)
{
	const struct stats *stats = view->stats;
	char text[REPORT_TEXT_MAX];
	uint64_t elapsed_ns;

	if (!report || now_ns < report->next_ns)
		return;
	elapsed_ns = now_ns - report->interval.end_ns;
	report->interval.to_line =
		report_derive_rates(&report->last.to_line, &stats->to_line,
				    elapsed_ns);
	report->interval.from_line =
		report_derive_rates(&report->last.from_line, &stats->from_line,
				    elapsed_ns);
	report->last = *stats;
	report->interval.end_ns = now_ns;
	/* Skip missed intervals. */
	report->next_ns +=
		((now_ns - report->next_ns) / report->interval.length_ns + 1) *
		report->interval.length_ns;
	if (report->config.print_s)
		status_line_show(report_format(view, &report->interval.to_line,
					       &report->interval.from_line,
					       text));
	update_json(report, view);
}
