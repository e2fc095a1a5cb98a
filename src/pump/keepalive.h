/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_KEEPALIVE_H
#define SERIALTUN_KEEPALIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ENDs of a mark, in front of a frame. */
#define KEEPALIVE_MARK_ENDS 3

/**
 * struct keepalive - who was heard, and when, since the line was opened
 * @period_ns: after so long without a word of our own, an END; 0: never
 * @sent_ns:   when something was last sent
 * @heard_ns:  when something was last heard
 * @looked_ns: when it was last asked whether the peer is silent
 * @shown_ns:  when we last sent what shows that we keep alive
 * @lone_ns:   when an END came that may be a keepalive; 0: none
 * @lone_ends: how many have come that nothing else can have been, and marks
 * @run:       how many ENDs stood beside each other at the end of what was
 * heard
 * @silent:    the peer was found silent, and nothing was heard since
 */
struct keepalive {
	uint64_t period_ns;
	uint64_t sent_ns;
	uint64_t heard_ns;
	uint64_t looked_ns;
	uint64_t shown_ns;
	uint64_t lone_ns;
	unsigned int lone_ends;
	unsigned int run;
	bool silent;
};

void keepalive_init(struct keepalive *keepalive, unsigned int period_s);
void keepalive_start(struct keepalive *keepalive, uint64_t now_ns);
void keepalive_sent(struct keepalive *keepalive, uint64_t now_ns);
void keepalive_heard(struct keepalive *keepalive, const uint8_t *bytes,
		     size_t len, uint64_t now_ns);
void keepalive_shown(struct keepalive *keepalive, uint64_t now_ns);
bool keepalive_wants_mark(const struct keepalive *keepalive, uint64_t now_ns);
bool keepalive_is_due(const struct keepalive *keepalive, uint64_t now_ns);
bool keepalive_falls_silent(struct keepalive *keepalive, uint64_t now_ns);
bool keepalive_has_carrier(const struct keepalive *keepalive);
uint64_t keepalive_next_ns(const struct keepalive *keepalive);

#endif
