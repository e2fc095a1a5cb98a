/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_BACKOFF_H
#define SERIALTUN_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct backoff - exponential back-off
 * @min_ns:   the first pause
 * @max_ns:   the longest pause
 * @pause_ns: the next pause
 * @next_ns:  end of the present pause; 0: none
 */
struct backoff {
	uint64_t min_ns;
	uint64_t max_ns;
	uint64_t pause_ns;
	uint64_t next_ns;
};

struct backoff backoff_new(uint64_t min_ns, uint64_t max_ns);
void backoff_reset(struct backoff *backoff);
void backoff_pause(struct backoff *backoff, uint64_t now_ns);
bool backoff_rests(const struct backoff *backoff, uint64_t now_ns);

#endif
