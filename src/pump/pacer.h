/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PACER_H
#define SERIALTUN_PACER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct pacer - what is known of the wire behind a port
 * @rate:      bytes per second, 0: there is no telling
 * @free_ns:   when, at that rate, all that was handed over will be sent
 * @lead_ns:   how long before that the next frame may be handed over
 * @look_ns:   when it pays to look again; not before
 * @queue_slack:     by how much the port's count may be too high
 * @counts:    the port has been seen to count what waits in it
 * @speed:     is it really that rate? A port that is faster shows it once
 * @probed:    bytes handed over since the question came up
 */
struct pacer {
	uint32_t rate;
	uint32_t queue_slack;
	uint64_t free_ns;
	uint64_t lead_ns;
	uint64_t look_ns;
	bool counts;
	enum {
		PACER_UNTRIED,
		PACER_SUSPECT,
		PACER_NOMINAL
	} speed;
	size_t probed;
};

void pacer_init(struct pacer *pacer, uint32_t rate, uint32_t queue_slack);
bool pacer_is_paced(const struct pacer *pacer);
uint64_t pacer_look_ns(const struct pacer *pacer);
bool pacer_look(struct pacer *pacer, size_t queued, uint64_t now_ns);
void pacer_hand_over(struct pacer *pacer, size_t bytes, size_t queued,
		     uint64_t now_ns);

#endif
