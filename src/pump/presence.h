/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PRESENCE_H
#define SERIALTUN_PRESENCE_H

#include "pump/keepalive.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pair;
struct port;
struct sender;

/**
 * struct presence - whether each end knows that the other is there
 * @pair: the pair, borrowed; NULL: plain
 * @sender: sends the signs of life; borrowed
 * @keepalive: when each end last sent something
 * @silence: the peer fell silent since the last presence_take_silence()
 */
struct presence {
	struct pair *pair;
	struct sender *sender;
	struct keepalive keepalive;
	bool silence;
};

void presence_init(struct presence *presence, struct pair *pair,
		   struct sender *sender, unsigned int keepalive_s);
void presence_begin_port(struct presence *presence, uint64_t now_ns);
void presence_sent(struct presence *presence, uint64_t now_ns);
void presence_heard(struct presence *presence, const uint8_t *bytes, size_t len,
		    uint64_t now_ns);
uint64_t presence_next_ns(const struct presence *presence);
void presence_keep(struct presence *presence, struct port *port,
		   uint64_t now_ns);
bool presence_has_carrier(const struct presence *presence);
bool presence_take_silence(struct presence *presence);
void presence_part(const struct presence *presence, struct port *port);

#endif
