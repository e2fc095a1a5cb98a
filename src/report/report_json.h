/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_REPORT_JSON_H
#define SERIALTUN_REPORT_JSON_H

#include "report/report.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* The longest path, each byte escaped as \u0001, and all counters. */
#define REPORT_JSON_MAX (PATH_MAX * 6 + 8192)

/**
 * struct report_interval - what a report says besides the state of the link
 * @running:   false: the link has ended, and the report is the last one
 * @started:   when the report began
 * @length_ns: the planned time between two reports
 * @end_ns:    when the interval ended, on the clock of the pump
 * @to_line:   rates towards the line
 * @from_line: rates from the line
 */
struct report_interval {
	bool running;
	time_t started;
	uint64_t length_ns;
	uint64_t end_ns;
	struct report_rates to_line;
	struct report_rates from_line;
};

size_t report_json_format(const struct report_view *view,
			  const struct report_interval *interval,
			  char text[REPORT_JSON_MAX]);

#endif
