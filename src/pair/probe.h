/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PROBE_H
#define SERIALTUN_PROBE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * enum probe_doubt - why one may doubt that the other end is there
 * @PROBE_SURE:    there is no doubt
 * @PROBE_NEW:     nothing checked was heard of it yet
 * @PROBE_GARBAGE: what comes does not pass its check
 * @PROBE_SILENCE: nothing comes
 */
enum probe_doubt {
	PROBE_SURE,
	PROBE_NEW,
	PROBE_GARBAGE,
	PROBE_SILENCE,
};

/**
 * struct probe - is the other end of a session there?
 * @packet_ns:    how long the longest frame is on the wire; 0: not known
 * @idle_ns:      after so long without a good frame the other end is asked;
 *                UINT64_MAX: not without a reason
 * @doubt:        what there is to doubt
 * @since_ns:     when the first probe because of that was sent; 0: none yet
 * @sent:         how many were, because of that
 * @next_ns:      when the next is due; UINT64_MAX: none
 * @good_ns:      when a good frame was last heard
 * @unheard_ns:   when something was first sent after that; 0: nothing was
 * @failed:       frames in a row that did not pass their check
 * @k:            of the last probe; 0: there was none
 * @k_ns:         when that was sent; 0: it was answered
 * @rtt_ns:       the last round trip; 0: not known
 * @rtt_min_ns:   the shortest
 */
struct probe {
	uint64_t packet_ns;
	uint64_t idle_ns;
	enum probe_doubt doubt;
	uint64_t since_ns;
	unsigned int sent;
	uint64_t next_ns;
	uint64_t good_ns;
	uint64_t unheard_ns;
	unsigned int failed;
	uint8_t k;
	uint64_t k_ns;
	uint64_t rtt_ns;
	uint64_t rtt_min_ns;
};

void probe_begin(struct probe *probe, uint64_t packet_ns, uint64_t idle_ns,
		 uint64_t now_ns);
void probe_good(struct probe *probe, uint64_t now_ns);
void probe_failed(struct probe *probe, uint64_t now_ns);
void probe_sent(struct probe *probe, uint64_t now_ns);
void probe_answered(struct probe *probe, uint8_t k, uint64_t now_ns);
uint64_t probe_next_ns(const struct probe *probe);
bool probe_is_dead(struct probe *probe, uint64_t now_ns);
bool probe_take(struct probe *probe, uint64_t now_ns);

#endif
