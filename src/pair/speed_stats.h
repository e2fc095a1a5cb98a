/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SPEED_STATS_H
#define SERIALTUN_SPEED_STATS_H

#include <stdint.h>

/**
 * enum speed_stop - why the ends try no higher speed
 * @SPEED_STOP_FIXED:  one of the ports keeps its speed, or there is no session
 * @SPEED_STOP_NONE:   they do try
 * @SPEED_STOP_PEER:   the peer leads, and knows
 * @SPEED_STOP_TOP:    no higher one is possible at both ports
 * @SPEED_STOP_FAILED: the next higher one failed
 * @SPEED_STOP_NOISE:  frames were damaged, so the ends took a lower speed
 */
enum speed_stop {
	SPEED_STOP_FIXED,
	SPEED_STOP_NONE,
	SPEED_STOP_PEER,
	SPEED_STOP_TOP,
	SPEED_STOP_FAILED,
	SPEED_STOP_NOISE,
};

/**
 * struct speed_stats - what became of the attempts on this port
 * @baud:     the present speed; 0: unknown
 * @base:     the speed at which the ends meet
 * @attempts: attempts, as leader or as follower
 * @failed:   attempts that failed
 * @lowered:  times that the ends took a lower speed because of damaged frames
 * @ended:    leases that ended
 * @stop:     why the ends try no higher speed
 */
struct speed_stats {
	uint32_t baud;
	uint32_t base;
	uint64_t attempts;
	uint64_t failed;
	uint64_t lowered;
	uint64_t ended;
	enum speed_stop stop;
};

const char *speed_stop_name(enum speed_stop stop);

#endif
