/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PAIR_SESSION_H
#define SERIALTUN_PAIR_SESSION_H

#include "pair/agree.h"
#include "pair/frame.h"
#include "pair/probe.h"
#include "pair/repeat.h"
#include "pair/squeeze.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * enum pair_session_news - the result of pair_session_hear()
 * @PAIR_SESSION_NOTHING: the caller has nothing to do
 * @PAIR_SESSION_PACKET:  the frame contains a packet for the interface
 * @PAIR_SESSION_ARRIVED: repeat_take_packet() may have packets
 * @PAIR_SESSION_TWICE:   the frame is a duplicate of the last packet
 * @PAIR_SESSION_UNKNOWN: this end does not know such a frame
 * @PAIR_SESSION_AGREE:   the frame contains a new description of the peer's
 *                        host
 * @PAIR_SESSION_SPEED:   the frame contains a message about the speed
 * @PAIR_SESSION_CLOSE:   the peer closed the session
 */
enum pair_session_news {
	PAIR_SESSION_NOTHING,
	PAIR_SESSION_PACKET,
	PAIR_SESSION_ARRIVED,
	PAIR_SESSION_TWICE,
	PAIR_SESSION_UNKNOWN,
	PAIR_SESSION_AGREE,
	PAIR_SESSION_SPEED,
	PAIR_SESSION_CLOSE,
};

/**
 * struct pair_session - everything that an end forgets when a session ends
 * @start_out:      frame_start() of our frames
 * @repeat:         repeats lost frames, borrowed; NULL: the session does not
 * @compresses:     both ends can compress packets
 * @squeeze:        compresses those of each class, borrowed; NULL: not yet, or
 *                  not at all
 * @is_squeeze_lost: a stream of @squeeze is lost, or could not begin
 * @heard:          frames that we received
 * @theirs:         frames that the peer received, by its last answer
 * @missing:        packets that were lost
 * @data_out:       number of the next packet to send
 * @data_in:        number of the next packet to receive
 * @plain:          plain packets in a row
 * @answer_due:     we owe the peer an answer
 * @answer_k:       number of the probe to answer
 * @ack_due:        we owe the peer an acknowledgement of its agree
 * @agree_out:      number of the agree in transit, or of the next one
 * @agree_in:       number of the next agree to receive
 * @agree_unacked:  our last agree is not acknowledged
 * @agree_is_new:   our description has changed since we last sent it
 * @agree_ns:       time at which the agree is due; UINT64_MAX: none is
 * @agree_pause_ns: time from then to its next repetition
 * @agree:          the peer's description of its host
 * @has_agree:      @agree is valid
 * @probe:          the check whether the peer is still there
 */
struct pair_session {
	uint32_t start_out;
	struct repeat *repeat;
	bool compresses;
	struct squeeze *squeeze[LANE_COUNT];
	bool is_squeeze_lost;
	struct frame_counters heard;
	struct frame_counters theirs;
	uint64_t missing;
	uint8_t data_out;
	uint8_t data_in;
	unsigned int plain;
	bool answer_due;
	uint8_t answer_k;
	bool ack_due;
	uint8_t agree_out;
	uint8_t agree_in;
	bool agree_unacked;
	bool agree_is_new;
	uint64_t agree_ns;
	uint64_t agree_pause_ns;
	struct agree agree;
	bool has_agree;
	struct probe probe;
};

void pair_session_forget(struct pair_session *session);
void pair_session_begin(struct pair_session *session, uint32_t start_out,
			struct repeat *repeat, uint64_t packet_ns,
			uint64_t idle_ns, uint64_t now_ns);
void pair_session_say_agree(struct pair_session *session, uint64_t now_ns);
enum pair_session_news pair_session_hear(struct pair_session *session,
					 const struct frame *frame,
					 uint64_t now_ns);
bool pair_session_interrupts(const struct pair_session *session);
void pair_session_failed(struct pair_session *session, uint64_t now_ns);
uint64_t pair_session_next_ns(const struct pair_session *session,
			      uint64_t now_ns);
bool pair_session_take_data(struct pair_session *session, struct frame *frame,
			    uint8_t *body, uint64_t now_ns);
bool pair_session_take(struct pair_session *session, struct frame *frame,
		       uint8_t *body, uint64_t now_ns);

#endif
