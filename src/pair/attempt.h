/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_ATTEMPT_H
#define SERIALTUN_ATTEMPT_H

#include "pair/speed_message.h"
#include "pair/trial.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * enum attempt_phase - the state of an attempt
 * @ATTEMPT_NONE:      there is none, and packets cross the line
 * @ATTEMPT_ASKING:    leader: it has proposed a speed
 * @ATTEMPT_ANNOUNCING: leader: it announces a speed, without a test
 * @ATTEMPT_DRAINING:  either: it changes the speed when the wire is dry
 * @ATTEMPT_SETTLING:  leader: it gives the follower time to change, too
 * @ATTEMPT_TESTING:   leader: tests cross the line
 * @ATTEMPT_KEEPING:   leader: the tests were good, and it has said so
 * @ATTEMPT_RETURNING: leader: the attempt failed, and it gives the follower
 *                     time to return, too
 * @ATTEMPT_FOLLOWING: follower: it has changed its speed, and awaits the tests
 *                     and then the leader's word that the speed stays
 */
enum attempt_phase {
	ATTEMPT_NONE,
	ATTEMPT_ASKING,
	ATTEMPT_ANNOUNCING,
	ATTEMPT_DRAINING,
	ATTEMPT_SETTLING,
	ATTEMPT_TESTING,
	ATTEMPT_KEEPING,
	ATTEMPT_RETURNING,
	ATTEMPT_FOLLOWING,
};

/**
 * enum attempt_result - the end of an attempt
 * @ATTEMPT_OPEN:  it has not ended, or attempt_take_result() has told
 * @ATTEMPT_WORKS: the line has the new speed
 * @ATTEMPT_FAILS: the line has its old speed
 * @ATTEMPT_UNCLEAR: the same, but perhaps an end was late
 * @ATTEMPT_LATER: the follower does not want to change now
 */
enum attempt_result {
	ATTEMPT_OPEN,
	ATTEMPT_WORKS,
	ATTEMPT_FAILS,
	ATTEMPT_UNCLEAR,
	ATTEMPT_LATER,
};

/**
 * struct attempt - an attempt to change the speed of the line
 * @phase:           its state
 * @leads:           this end leads
 * @k:               its number
 * @from:            the speed before it
 * @to:              the speed that it is about
 * @packet_ns:       time that the longest frame takes at @from
 * @has_test:        the speed is tested
 * @due_ns:          time at which the phase ends; UINT64_MAX: not by itself
 * @again_ns:        time at which this end repeats its message; UINT64_MAX: not
 * @dry_ns:          time at which the wire is dry, set by the owner while the
 *                   phase is ATTEMPT_DRAINING; UINT64_MAX: not known yet
 * @has_changed:     this end has changed its speed
 * @changed_ns:      time at which it did
 * @asked_ns:        leader: time of its first TRY; UINT64_MAX: none yet
 * @is_late:         an end was late, so that the tests may have missed it
 * @trial:           the tests
 * @says:            the message to send
 * @times:           how often to send it
 * @wanted:          the speed that the caller has to set; 0: none
 * @result:          the result
 */
struct attempt {
	enum attempt_phase phase;
	bool leads;
	uint8_t k;
	uint32_t from;
	uint32_t to;
	uint64_t packet_ns;
	bool has_test;
	uint64_t due_ns;
	uint64_t again_ns;
	uint64_t dry_ns;
	bool has_changed;
	uint64_t changed_ns;
	uint64_t asked_ns;
	bool is_late;
	struct trial trial;
	struct speed_message says;
	unsigned int times;
	uint32_t wanted;
	enum attempt_result result;
};

void attempt_forget(struct attempt *attempt);
void attempt_lead(struct attempt *attempt, uint32_t from, uint32_t to,
		  uint64_t packet_ns, bool has_test);
bool attempt_is_known(const struct attempt *attempt,
		      const struct speed_message *message);
void attempt_follow(struct attempt *attempt, uint32_t from,
		    const struct speed_message *message, uint64_t packet_ns,
		    uint64_t now_ns);
void attempt_tell(struct attempt *attempt, const struct speed_message *message);
void attempt_hear(struct attempt *attempt, const struct speed_message *message,
		  uint64_t now_ns);
void attempt_good(struct attempt *attempt);
void attempt_tick(struct attempt *attempt, uint64_t now_ns);
uint64_t attempt_next_ns(const struct attempt *attempt);
bool attempt_take(struct attempt *attempt, struct speed_message *message,
		  uint64_t now_ns);
void attempt_changed(struct attempt *attempt, bool is_set, uint64_t now_ns);
bool attempt_is_alone(const struct attempt *attempt);
enum attempt_result attempt_take_result(struct attempt *attempt);

#endif
