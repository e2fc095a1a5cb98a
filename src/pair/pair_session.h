/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PAIR_SESSION_H
#define SERIALTUN_PAIR_SESSION_H

#include "pair/agree.h"
#include "pair/frame.h"
#include "pair/probe.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * enum pair_session_news - what a checked frame brought
 * @PAIR_SESSION_NOTHING: nothing that its caller need know
 * @PAIR_SESSION_PACKET:  a packet, which is to be delivered
 * @PAIR_SESSION_TWICE:   a packet that had come before
 * @PAIR_SESSION_UNKNOWN: something that this end does not know
 * @PAIR_SESSION_AGREE:   something new of the other end's host
 * @PAIR_SESSION_CLOSE:   the other end's good-bye
 */
enum pair_session_news {
	PAIR_SESSION_NOTHING,
	PAIR_SESSION_PACKET,
	PAIR_SESSION_TWICE,
	PAIR_SESSION_UNKNOWN,
	PAIR_SESSION_AGREE,
	PAIR_SESSION_CLOSE,
};

/**
 * struct pair_session - all that is forgotten when a session ends
 * @start_out:      where the check of our frames begins
 * @heard:          what was heard
 * @theirs:         what the other end said that it heard
 * @missing:        packets that did not come
 * @data_out:       number of the next packet
 * @data_in:        number of the packet that is expected next
 * @plain:          plain packets in a row
 * @answer_due:     a probe is to be answered
 * @answer_k:       that one
 * @ack_due:        an agree is to be acknowledged
 * @agree_out:      number of the agree that is being said, or is said next
 * @agree_in:       number of the agree that is expected next
 * @agree_unacked:  one was said that is not acknowledged
 * @agree_is_new:   there is something new to say
 * @agree_ns:       when it is said; UINT64_MAX: there is nothing to say
 * @agree_pause_ns: how long after that it is said again
 * @agree:          what the other end said of its host
 * @has_agree:      it did
 * @probe:          whether the other end is there
 */
struct pair_session {
	uint32_t start_out;
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
			uint64_t packet_ns, uint64_t idle_ns, uint64_t now_ns);
void pair_session_say_agree(struct pair_session *session, uint64_t now_ns);
enum pair_session_news pair_session_hear(struct pair_session *session,
					 const struct frame *frame,
					 uint64_t now_ns);
void pair_session_failed(struct pair_session *session, uint64_t now_ns);
uint64_t pair_session_next_ns(const struct pair_session *session);
bool pair_session_take(struct pair_session *session, struct frame *frame,
		       uint64_t now_ns);

#endif
