/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SENDER_H
#define SERIALTUN_SENDER_H

#include "framing/framing.h"

#include <stdbool.h>
#include <stdint.h>

struct link_layer;
struct port;
struct pump_config;
struct sender;
struct stats;
struct transport;
struct witness;

/**
 * struct sender_plan - when to call sender_send() next
 * @is_paced: the pacer limits the sender to the speed of the wire
 * @is_full: wait until the port has room (POLLOUT)
 * @next_ns: if not @is_full: time of the next call, which may have passed;
 *           UINT64_MAX: after the next packet
 */
struct sender_plan {
	bool is_paced;
	bool is_full;
	uint64_t next_ns;
};

struct sender *sender_new(const struct pump_config *config,
			  const struct link_layer *layer,
			  struct witness *witness);
void sender_free(struct sender *sender);
int sender_fit(struct sender *sender, const struct port *port,
	       const struct transport *transport);
void sender_follow(struct sender *sender, const struct port *port);
uint64_t sender_dry_ns(const struct sender *sender, const struct port *port,
		       uint64_t now_ns);
void sender_reset(struct sender *sender);
bool sender_drain(struct sender *sender, bool has_line, uint64_t now_ns);
int sender_send(struct sender *sender, struct port *port, uint64_t now_ns);
int sender_send_idle(struct sender *sender, struct port *port, uint64_t now_ns);
void sender_mark(struct sender *sender);
void sender_part(struct sender *sender, struct port *port, uint64_t now_ns);
bool sender_is_full(const struct sender *sender);
struct sender_plan sender_plan(const struct sender *sender, uint64_t now_ns);
bool sender_is_stuck(const struct sender *sender, const struct port *port);
void sender_get_stats(const struct sender *sender, struct stats *stats);

#endif
