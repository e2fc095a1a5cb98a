/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SUPPLY_H
#define SERIALTUN_SUPPLY_H

#include "packet/packet.h"
#include "pair/pair.h"

#include <stdbool.h>
#include <stdint.h>

struct fq_codel;
struct link_layer;
struct outbox_frame;
struct pump_config;
struct stats_direction;
struct witness;

/**
 * struct supply - the next frame for the line
 * @config: configuration; borrowed
 * @layer: link layer of the interface
 * @witness: the supply shows it the packets; borrowed
 * @counters: counts packets that wait in the pair; borrowed
 * @queue: the packets; NULL before the first port
 * @room: the next frame; its packet begins at PAIR_HEADROOM
 */
struct supply {
	const struct pump_config *config;
	const struct link_layer *layer;
	struct witness *witness;
	struct stats_direction *counters;
	struct fq_codel *queue;
	uint8_t room[PAIR_HEADROOM + PACKET_MAX + PAIR_TAILROOM];
};

int supply_fit(struct supply *supply, uint32_t rate);
void supply_purge(struct supply *supply);
bool supply_interrupts(const struct supply *supply);
uint64_t supply_next_ns(const struct supply *supply, uint64_t now_ns);
bool supply_next(struct supply *supply, struct outbox_frame *frame,
		 uint64_t now_ns);
bool supply_next_inner(struct supply *supply, struct outbox_frame *frame,
		       uint64_t now_ns);

#endif
