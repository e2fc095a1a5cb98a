/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_INTAKE_H
#define SERIALTUN_INTAKE_H

#include "packet/packet.h"
#include "packet/siphash.h"
#include "packet/transport.h"

#include <stdbool.h>
#include <stdint.h>

struct fq_codel;
struct link_layer;
struct pump_config;
struct stats_direction;

/**
 * struct intake - from the interface to the queue
 * @config: configuration; borrowed
 * @layer: link layer of the interface
 * @counters: counts read and dropped packets; borrowed
 * @transport: the connection that the port uses
 * @flow_key: key of the flow hash
 * @packet: the packet or super-packet of the last read
 */
struct intake {
	const struct pump_config *config;
	const struct link_layer *layer;
	struct stats_direction *counters;
	struct transport transport;
	struct siphash_key flow_key;
	uint8_t packet[PACKET_MAX];
};

void intake_init(struct intake *intake, const struct pump_config *config,
		 const struct link_layer *layer,
		 struct stats_direction *counters);
bool intake_drain(struct intake *intake, struct fq_codel *queue,
		  uint64_t now_ns);

#endif
