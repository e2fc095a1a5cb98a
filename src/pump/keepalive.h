/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_KEEPALIVE_H
#define SERIALTUN_KEEPALIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Number of ENDs in a mark, which precedes a frame. */
#define KEEPALIVE_MARK_ENDS 3

/**
 * struct keepalive - when each end last sent something, since the line opened
 * @period_ns: send an END after a period without sending; 0: never
 * @sent_ns: when we last sent anything
 * @heard_ns: when we last received anything
 * @looked_ns: when keepalive_falls_silent() last checked the peer
 * @sign_ns: when we last sent a lone END or a mark
 * @lone_ns: when an END came that may be a lone one; 0: none
 * @lone_ends: number of lone ENDs and marks from the peer
 * @run: number of consecutive ENDs at the end of the received bytes
 * @silent: the peer fell silent and has sent nothing since
 */
struct keepalive {
	uint64_t period_ns;
	uint64_t sent_ns;
	uint64_t heard_ns;
	uint64_t looked_ns;
	uint64_t sign_ns;
	uint64_t lone_ns;
	unsigned int lone_ends;
	unsigned int run;
	bool silent;
};

/**
 * keepalive_is_due() - is it time to send an END?
 * @keepalive: the keepalive
 * @now_ns: the time
 *
 * Return: true if we have sent nothing for a period
 */
static inline bool keepalive_is_due(const struct keepalive *keepalive,
				    uint64_t now_ns)
{
	return keepalive->period_ns &&
	       now_ns >= keepalive->sent_ns + keepalive->period_ns;
}

/**
 * keepalive_wants_mark() - is it time to send a mark?
 * @keepalive: the keepalive
 * @now_ns: the time
 *
 * Return: true if we have sent neither a lone END nor a mark for a period
 */
static inline bool keepalive_wants_mark(const struct keepalive *keepalive,
					uint64_t now_ns)
{
	return keepalive->period_ns &&
	       now_ns >= keepalive->sign_ns + keepalive->period_ns;
}

void keepalive_init(struct keepalive *keepalive, unsigned int period_s);
void keepalive_start(struct keepalive *keepalive, uint64_t now_ns);
void keepalive_sent(struct keepalive *keepalive, uint64_t now_ns);
void keepalive_heard(struct keepalive *keepalive, const uint8_t *bytes,
		     size_t len, uint64_t now_ns);
void keepalive_sent_sign(struct keepalive *keepalive, uint64_t now_ns);
bool keepalive_falls_silent(struct keepalive *keepalive, uint64_t now_ns);
bool keepalive_has_carrier(const struct keepalive *keepalive);
uint64_t keepalive_next_ns(const struct keepalive *keepalive);

#endif
