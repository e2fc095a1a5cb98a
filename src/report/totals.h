/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_TOTALS_H
#define SERIALTUN_TOTALS_H

#include <stdint.h>

struct agree;
struct fq_codel_stats;
struct pair_stats;
struct stats;
struct stats_direction;
struct stats_line;
struct stats_vj;

/* Room for a line: every number at its longest. */
#define TOTALS_TEXT_MAX 1536

const char *totals_format_sum(const struct stats *stats, uint64_t elapsed_ns,
			      uint32_t baud, char text[TOTALS_TEXT_MAX]);
const char *totals_format_damage(const struct stats *stats,
				 char text[TOTALS_TEXT_MAX]);
const char *totals_format_direction(const struct stats_direction *direction,
				    char text[TOTALS_TEXT_MAX]);
const char *totals_format_queue(const struct fq_codel_stats *queue,
				char text[TOTALS_TEXT_MAX]);
const char *totals_format_line(const struct stats_line *line,
			       char text[TOTALS_TEXT_MAX]);
const char *totals_format_vj(const struct stats_vj *vj,
			     char text[TOTALS_TEXT_MAX]);
const char *totals_format_pair(const struct pair_stats *pair,
			       const struct agree *peer, uint64_t now_ns,
			       char text[TOTALS_TEXT_MAX]);

#endif
