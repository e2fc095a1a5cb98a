/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_DELIVERY_H
#define SERIALTUN_DELIVERY_H

#include "interface/addr.h"
#include "packet/packet.h"

#include <stdbool.h>

struct framing_frame;
struct gro;
struct link_layer;
struct pump_config;
struct stats_direction;
struct witness;

/**
 * struct delivery - from a good frame to the interface
 * @config: configuration; borrowed
 * @layer: link layer of the interface
 * @witness: judges the packets; borrowed
 * @counters: counts delivered and dropped packets; borrowed
 * @gro: the packets that are being joined
 * @join: join packets to super-packets where possible; the owner sets it
 * @is_tun_gone: the interface was deleted
 * @has_heard: a packet has come by this port
 * @first_is_new: delivery_take_first() has not returned it
 * @first: its sender; AF_UNSPEC: no IP packet
 */
struct delivery {
	const struct pump_config *config;
	const struct link_layer *layer;
	struct witness *witness;
	struct stats_direction *counters;
	struct gro *gro;
	bool join;
	bool is_tun_gone;
	bool has_heard;
	bool first_is_new;
	struct addr first;
};

int delivery_open(struct delivery *delivery, const struct pump_config *config,
		  const struct link_layer *layer, struct witness *witness,
		  struct stats_direction *counters);
void delivery_close(struct delivery *delivery);
void delivery_reset(struct delivery *delivery);
void delivery_take(struct delivery *delivery,
		   const struct framing_frame *packet,
		   enum packet_verdict verdict);
void delivery_flush(struct delivery *delivery);
bool delivery_take_first(struct delivery *delivery, struct addr *from);

#endif
