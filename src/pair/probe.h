/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PROBE_H
#define SERIALTUN_PROBE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * enum probe_doubt - the reason to doubt that the peer is there
 * @PROBE_SURE:    there is no doubt
 * @PROBE_NEW:     the session is new, and no checked frame has come
 * @PROBE_GARBAGE: frames fail their check
 * @PROBE_SILENCE: no good frame comes
 */
enum probe_doubt {
	PROBE_SURE,
	PROBE_NEW,
	PROBE_GARBAGE,
	PROBE_SILENCE,
};

/**
 * struct probe - the check whether the peer of a session is there
 * @packet_ns:    time that the longest frame takes on the wire; 0: not known
 * @idle_ns:      time without a good frame after which this end probes the
 *                peer; UINT64_MAX: it does not
 * @doubt:        the current doubt
 * @since_ns:     time of the first probe of this doubt; 0: none was sent
 * @sent:         number of probes of this doubt
 * @next_ns:      time at which the next probe is due; UINT64_MAX: none is
 * @good_ns:      time of the last good frame
 * @unheard_ns:   time at which this end first sent something after the last
 *                good frame; 0: it sent nothing
 * @failed:       frames in a row that failed their check
 * @k:            number of the last probe; 0: there was none
 * @k_ns:         time of the last probe; 0: the peer answered it
 * @rtt_ns:       the last round trip time; 0: not known
 * @rtt_min_ns:   the shortest round trip time
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
uint8_t probe_number(struct probe *probe, uint64_t now_ns);

#endif
