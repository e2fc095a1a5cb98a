/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_REPORT_H
#define SERIALTUN_REPORT_H

#include <stdbool.h>
#include <stdint.h>

struct agree;
struct broker;
struct report;
struct stats;
struct stats_direction;

/* The buffer size for report_format(), with each number at its longest. */
#define REPORT_TEXT_MAX 384

/**
 * struct report_config - the reports to make, and their interval
 * @print_s:   seconds between two status lines; 0: print none
 * @json_path: path of the JSON file, or NULL; must stay valid while the report
 *             is open. The file is updated with each status line, or every
 *             second if there are none.
 * @broker:    writes the file for this process; NULL: this process does
 */
struct report_config {
	unsigned int print_s;
	const char *json_path;
	struct broker *broker;
};

/**
 * struct report_view - the current state of a link
 * @stats:     its counters
 * @interface: name of the interface
 * @port:      path of the port; NULL while the port is absent
 * @rate:      capacity of the line in bytes per second; 0: unknown
 * @carrier:   the interface has carrier
 * @peer:      the description of the peer of a pair; NULL: none
 */
struct report_view {
	const struct stats *stats;
	const char *interface;
	const char *port;
	uint32_t rate;
	bool carrier;
	const struct agree *peer;
};

/**
 * struct report_rates - the speed of one direction over an interval
 * @packets:    packets per second
 * @bytes:      bytes in packets per second
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

uint64_t report_delay_ms(const struct report_view *view);
struct report_rates report_derive_rates(const struct stats_direction *before,
					const struct stats_direction *now,
					uint64_t elapsed_ns);
const char *report_format(const struct report_view *view,
			  const struct report_rates *to_line,
			  const struct report_rates *from_line,
			  char text[REPORT_TEXT_MAX]);

#endif
