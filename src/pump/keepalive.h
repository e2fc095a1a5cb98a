/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_KEEPALIVE_H
#define SERIALTUN_KEEPALIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct keepalive - who was heard, and when, since the line was opened
 * @period_ns: after so long without a word of our own, an END; 0: never
 * @sent_ns:   when something was last sent
 * @heard_ns:  when something was last heard
 * @lone_ns:   when an END came that may be a keepalive; 0: none
 * @lone_ends: how many have come that nothing else can have been
 * @silent:    the peer was found silent, and nothing was heard since
 */
struct keepalive {
	uint64_t period_ns;
	uint64_t sent_ns;
	uint64_t heard_ns;
	uint64_t lone_ns;
	unsigned int lone_ends;
	bool silent;
};

void keepalive_init(struct keepalive *keepalive, unsigned int period_s);
void keepalive_start(struct keepalive *keepalive, uint64_t now_ns);
void keepalive_sent(struct keepalive *keepalive, uint64_t now_ns);
void keepalive_heard(struct keepalive *keepalive, const uint8_t *bytes,
		     size_t len, uint64_t now_ns);
bool keepalive_is_due(const struct keepalive *keepalive, uint64_t now_ns);
bool keepalive_falls_silent(struct keepalive *keepalive, uint64_t now_ns);
bool keepalive_has_carrier(const struct keepalive *keepalive);
uint64_t keepalive_next_ns(const struct keepalive *keepalive);

#endif
