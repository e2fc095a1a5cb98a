/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_REPORT_H
#define SERIALTUN_REPORT_H

#include <stdbool.h>
#include <stdint.h>

struct report;
struct stats;
struct stats_direction;

/* Room for report_format(): every number at its longest. */
#define REPORT_TEXT_MAX 384

/**
 * struct report_config - who wants to know, and how often
 * @print_s:   seconds between two lines for a person; 0: none are printed
 * @json_path: the file for programs, or NULL; borrowed for the life of the
 *             report. It is written as often as the lines are printed, or each
 *             second.
 */
struct report_config {
	unsigned int print_s;
	const char *json_path;
};

/**
 * struct report_view - how a link is just now
 * @stats:     its counters
 * @interface: name of the interface
 * @port:      path of the port; NULL while it is not there
 * @rate:      bytes per second that the line carries; 0: not known
 * @carrier:   the interface has carrier
 */
struct report_view {
	const struct stats *stats;
	const char *interface;
	const char *port;
	uint32_t rate;
	bool carrier;
};

/**
 * struct report_rates - how fast one way was, over some time
 * @packets:    packets per second
 * @bytes:      bytes in them per second
 * @line_bytes: bytes on the line per second
 */
struct report_rates {
	uint64_t packets;
	uint64_t bytes;
	uint64_t line_bytes;
};

int report_open(struct report **report, const struct report_config *config,
		const struct report_view *view, uint64_t now_ns);
void report_close(struct report *report, const struct report_view *view);
uint64_t report_next_ns(const struct report *report);
void report_tick(struct report *report, const struct report_view *view,
		 uint64_t now_ns);

struct report_rates report_derive_rates(const struct stats_direction *before,
					const struct stats_direction *now,
					uint64_t elapsed_ns);
const char *report_format(const struct report_view *view,
			  const struct report_rates *to_line,
			  const struct report_rates *from_line,
			  char text[REPORT_TEXT_MAX]);

#endif
