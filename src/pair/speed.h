/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SPEED_H
#define SERIALTUN_SPEED_H

#include "pair/attempt.h"
#include "pair/damage.h"
#include "pair/ladder.h"
#include "pair/lease.h"
#include "pair/speed_stats.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct speed_config - what a port can do
 * @base:      the speed that it has, and at which the ends meet; 0: unknown
 * @packet_ns: time that the longest frame takes at this speed
 * @speeds:    the higher speeds that it can have, in any order
 * @count:     number of them; 0: the speed stays as it is
 * @run:       a number that names this opening of the port
 */
struct speed_config {
	uint32_t base;
	uint64_t packet_ns;
	uint32_t speeds[LADDER_MAX];
	size_t count;
	uint32_t run;
};

/**
 * enum speed_frame - the frame that speed_take() wants to be sent
 * @SPEED_FRAME_NONE:    none
 * @SPEED_FRAME_MESSAGE: a message
 * @SPEED_FRAME_PROBE:   a probe with the number 0, for the lease
 */
enum speed_frame {
	SPEED_FRAME_NONE,
	SPEED_FRAME_MESSAGE,
	SPEED_FRAME_PROBE,
};

/**
 * struct speed - the speed of the line, and the search for a better one
 * @config:      the port
 * @cap:         the highest speed that this end still takes on this port
 * @suspect:     the speed whose lease ended soon after it began; 0: none
 * @suspect_run: the peer's run then
 * @minute_ns:   begin of the minute in which @in_minute counts
 * @in_minute:   attempts in this minute
 * @baud:        the speed that the port has
 * @returns:     the caller has to set the base speed
 * @is_used:     both ends of this session change their speed
 * @leads:       this end is the leader
 * @peer_run:    the peer's run
 * @ladder:      leader: the search
 * @has_ladder:  leader: the search has begun
 * @unclear:     leader: attempts of the search that were repeated
 * @next_ns:     leader: time of the next attempt
 * @attempt:     the attempt
 * @lease:       the lease of the present speed
 * @kept_ns:     time at which the present speed was agreed on
 * @damage:      the damage at the present speed
 * @told:        the last speed of which speed_take_news() told
 * @tell_ns:     time at which the present speed counts as settled
 * @stats:       what became of the attempts
 */
struct speed {
	struct speed_config config;
	uint32_t cap;
	uint32_t suspect;
	uint32_t suspect_run;
	uint64_t minute_ns;
	unsigned int in_minute;
	uint32_t baud;
	bool returns;
	bool is_used;
	bool leads;
	uint32_t peer_run;
	struct ladder ladder;
	bool has_ladder;
	unsigned int unclear;
	uint64_t next_ns;
	struct attempt attempt;
	struct lease lease;
	uint64_t kept_ns;
	struct damage damage;
	uint32_t told;
	uint64_t tell_ns;
	struct speed_stats stats;
};

void speed_open(struct speed *speed, const struct speed_config *config);
void speed_begin(struct speed *speed, bool is_used, bool leads);
void speed_forget(struct speed *speed);
void speed_hear_agree(struct speed *speed, const uint32_t *speeds, size_t count,
		      uint32_t run, uint64_t now_ns);
void speed_hear(struct speed *speed, const struct speed_message *message,
		uint64_t now_ns);
void speed_good(struct speed *speed, uint64_t now_ns);
void speed_failed(struct speed *speed, uint64_t now_ns);
void speed_set_overruns(struct speed *speed, uint32_t overruns);
bool speed_holds(const struct speed *speed);
bool speed_is_alone(const struct speed *speed);
bool speed_is_draining(const struct speed *speed);
void speed_set_dry(struct speed *speed, uint64_t dry_ns);
uint64_t speed_next_ns(const struct speed *speed);
bool speed_is_over(struct speed *speed, uint64_t now_ns);
enum speed_frame speed_take(struct speed *speed, struct speed_message *message,
			    uint64_t now_ns);
uint32_t speed_wanted(struct speed *speed, uint64_t now_ns);
void speed_changed(struct speed *speed, bool is_set, uint64_t now_ns);
bool speed_take_news(struct speed *speed, uint64_t now_ns);

#endif
