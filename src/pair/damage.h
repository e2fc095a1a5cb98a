/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_DAMAGE_H
#define SERIALTUN_DAMAGE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct damage - how many of the last frames were damaged
 * @since_ns: time of the last change of the speed
 * @frames:   frames in the present window
 * @bad:      those that failed their check
 */
struct damage {
	uint64_t since_ns;
	unsigned int frames;
	unsigned int bad;
};

void damage_begin(struct damage *damage, uint64_t now_ns);
bool damage_add(struct damage *damage, bool is_bad, bool is_known_poor,
		uint64_t now_ns);

#endif
