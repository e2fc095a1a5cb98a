/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_VISIT_H
#define SERIALTUN_VISIT_H

#include <stdbool.h>
#include <stdint.h>

struct stats;

/**
 * struct visit - watches whether the peer still uses this terminal
 * @heard:    valid frames at the last check
 * @heard_ns: when the last valid frame came, by the checks
 * @check_ns: time of the next check
 */
struct visit {
	uint64_t heard;
	uint64_t heard_ns;
	uint64_t check_ns;
};

void visit_begin(struct visit *visit, uint64_t now_ns);
const char *visit_why_over(struct visit *visit, const struct stats *stats,
			   bool has_left, uint64_t now_ns);

#endif
