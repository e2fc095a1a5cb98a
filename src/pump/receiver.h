/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_RECEIVER_H
#define SERIALTUN_RECEIVER_H

#include <stdbool.h>
#include <stdint.h>

struct framing;
struct presence;
struct link_layer;
struct port;
struct pump_config;
struct receiver;
struct stats;
struct addr;
struct witness;

/**
 * enum receiver_result - result of a turn
 * @RECEIVER_DONE: the port is empty, or the rest is for the next turn
 * @RECEIVER_PORT_GONE: the port hung up
 * @RECEIVER_OUT_OF_STEP: the framing cannot resync and has lost the frames
 * @RECEIVER_TUN_GONE: the interface was deleted
 */
enum receiver_result {
	RECEIVER_DONE,
	RECEIVER_PORT_GONE,
	RECEIVER_OUT_OF_STEP,
	RECEIVER_TUN_GONE,
};

struct receiver *receiver_new(const struct pump_config *config,
			      const struct link_layer *layer,
			      struct witness *witness);
void receiver_free(struct receiver *receiver);
void receiver_reset(struct receiver *receiver, uint64_t settled_ns);
void receiver_follow(struct receiver *receiver, uint64_t settled_ns);
void receiver_set_join(struct receiver *receiver, bool join);
enum receiver_result receiver_receive(struct receiver *receiver,
				      struct port *port, bool hung_up,
				      struct presence *presence,
				      uint64_t now_ns);
const struct framing *receiver_framing(const struct receiver *receiver);
bool receiver_sees_console(const struct receiver *receiver);
bool receiver_take_first(struct receiver *receiver, struct addr *from);
void receiver_get_stats(const struct receiver *receiver, struct stats *stats);

#endif
