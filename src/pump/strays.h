/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_STRAYS_H
#define SERIALTUN_STRAYS_H

#include "framing/framing.h"
#include "packet/guess.h"
#include "packet/packet.h"

#include <stdbool.h>
#include <stdint.h>

struct delivery;
struct link_layer;
struct pump_config;
struct stats_direction;
struct witness;

/**
 * struct strays - frames from the line that are no packets
 * @config: configuration; borrowed
 * @layer: link layer of the interface
 * @witness: judges the frames; borrowed
 * @counters: counts the dropped frames; borrowed
 * @delivery: gets the packets that are found in them; borrowed
 * @guesses: frames by probable content
 * @in_a_row: garbage since the last packet or frame of the pair
 * @expanded: a packet that came compressed
 *
 * The owner sets the borrowed members; the others begin as 0.
 */
struct strays {
	const struct pump_config *config;
	const struct link_layer *layer;
	struct witness *witness;
	struct stats_direction *counters;
	struct delivery *delivery;
	uint64_t guesses[GUESS_COUNT];
	unsigned int in_a_row;
	uint8_t expanded[PACKET_MAX];
};

void strays_reset(struct strays *strays);
enum guess strays_guess(const struct strays *strays,
			const struct framing_frame *frame);
bool strays_take_vj(struct strays *strays, const struct framing_frame *frame,
		    uint64_t now_ns);
void strays_take(struct strays *strays, const struct framing_frame *frame,
		 enum packet_verdict verdict);
void strays_take_broken(struct strays *strays,
			const struct framing_frame *frame,
			enum framing_status status, uint64_t now_ns);

#endif
