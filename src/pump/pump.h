/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PUMP_H
#define SERIALTUN_PUMP_H

#include "framing/framing.h"
#include "pump/witness.h"

#include <stdbool.h>
#include <stdint.h>

struct addr;
struct event;
struct events;
struct port;
struct pump;
struct stats;
struct transport;
struct tun;

/**
 * struct pump_config - what a pump runs between, and what it lets through
 * @events:      where it waits for the interface and for the port
 * @tun:         the interface
 * @framing:     how packets travel on the line
 * @lead:        when its idle bytes are sent in front of a frame
 * @keepalive_s: after so many seconds without a byte sent, the framing's idle
 *               bytes; 0: never
 * @mtu:         bytes of the longest packet that the interface sends
 * @ipv6:        carry IPv6; otherwise such packets are dropped both ways
 * @accept_ra:   let Router Advertisements from the line through
 * @witness:     what is known of the addresses of this end
 *
 * All of it is borrowed for the life of the pump.
 */
struct pump_config {
	struct events *events;
	const struct tun *tun;
	const struct framing *framing;
	enum framing_lead lead;
	unsigned int keepalive_s;
	uint32_t mtu;
	bool ipv6;
	bool accept_ra;
	struct witness_config witness;
};

/**
 * enum pump_result - how a turn ended
 * @PUMP_GOES_ON:     there is nothing more now, or it is for the next turn
 * @PUMP_PORT_GONE:   the port hung up
 * @PUMP_OUT_OF_STEP: the framing cannot resync, and what comes makes no sense
 *                    any more
 * @PUMP_TUN_GONE:    the interface was deleted
 */
enum pump_result {
	PUMP_GOES_ON,
	PUMP_PORT_GONE,
	PUMP_OUT_OF_STEP,
	PUMP_TUN_GONE,
};

struct pump *pump_new(const struct pump_config *config);
void pump_free(struct pump *pump);
int pump_begin_port(struct pump *pump, struct port *port,
		    const struct transport *transport, uint64_t settled_ns,
		    uint64_t now_ns);
void pump_end_port(struct pump *pump);
void pump_note(struct pump *pump, const struct event *event);
enum pump_result pump_turn(struct pump *pump);
uint64_t pump_next_ns(const struct pump *pump);
bool pump_is_stuck(const struct pump *pump);
bool pump_has_carrier(const struct pump *pump);
bool pump_take_silence(struct pump *pump);
bool pump_take_first(struct pump *pump, struct addr *from);
bool pump_is_held(const struct pump *pump);
const struct stats *pump_stats(struct pump *pump);

#endif
