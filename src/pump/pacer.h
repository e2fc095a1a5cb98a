/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PACER_H
#define SERIALTUN_PACER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct pacer - model of the wire behind a port
 * @rate: bytes per second; 0: unknown, or the port is faster than its rate
 * @queue_slack: bytes by which the port's count may be too high
 * @free_ns: when the wire will have sent all bytes handed over, at @rate
 * @lead_ns: how long before @free_ns the next frame may be handed over
 * @set_lead_ns: the same, set by the caller; 0: the pacer chooses it
 * @next_ns: when the next call of pacer_look() is useful
 * @counts: the port counts the bytes waiting in it, as it has shown
 * @speed: whether the real speed is @rate; a faster port reveals itself once
 * @probed: bytes handed over since @speed became PACER_SUSPECT
 */
struct pacer {
	uint32_t rate;
	uint32_t queue_slack;
	uint64_t free_ns;
	uint64_t lead_ns;
	uint64_t set_lead_ns;
	uint64_t next_ns;
	bool counts;
	enum {
		PACER_UNTRIED,
		PACER_SUSPECT,
		PACER_NOMINAL
	} speed;
	size_t probed;
};

/**
 * pacer_is_paced() - does the pacer limit the sender?
 * @pacer: the pacer
 *
 * Return: false if back-pressure of the port alone decides
 */
static inline bool pacer_is_paced(const struct pacer *pacer)
{
	return pacer->rate;
}

void pacer_init(struct pacer *pacer, uint32_t rate, uint32_t queue_slack);
void pacer_set_lead(struct pacer *pacer, uint64_t lead_ns);
uint64_t pacer_next_ns(const struct pacer *pacer);
bool pacer_look(struct pacer *pacer, size_t queued, uint64_t now_ns);
void pacer_hand_over(struct pacer *pacer, size_t bytes, size_t queued,
		     uint64_t now_ns);

#endif
