/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The damage of frames at a speed. The line is poor if more than one frame in
 * five of 64 fails its check. After one step down, half of that is enough,
 * because no packet may have crossed for long.
 *
 * damage is pure: time is an argument.
 */
#include "pair/damage.h"
#include "clock.h"

#define DAMAGE_WINDOW	64
#define DAMAGE_POOR_MAX 12

/* The other end may change its speed a little later than this end. */
#define DAMAGE_GRACE_NS (100 * NS_PER_MS)

/**
 * damage_begin() - Begin with a new speed
 * @damage: the state; needs no other initialization
 * @now_ns: the current time
 */
void damage_begin(struct damage *damage, uint64_t now_ns)
{
	*damage = (struct damage){.since_ns = now_ns};
}

/**
 * damage_add() - Count a frame
 * @damage:        the state
 * @is_bad:        the frame failed its check
 * @is_known_poor: a higher speed was poor, too
 * @now_ns:        the current time
 *
 * Return: true if the line is poor; the count then begins anew
 */
bool damage_add(struct damage *damage, bool is_bad, bool is_known_poor,
		uint64_t now_ns)
{
	const unsigned int max =
		is_known_poor ? DAMAGE_POOR_MAX / 2 : DAMAGE_POOR_MAX;
	bool is_poor;

	if (now_ns - damage->since_ns < DAMAGE_GRACE_NS)
		return false;
	damage->frames++;
	damage->bad += is_bad;
	is_poor = damage->bad > max;
	if (is_poor || damage->frames >= DAMAGE_WINDOW) {
		damage->frames = 0;
		damage->bad = 0;
	}
	return is_poor;
}
