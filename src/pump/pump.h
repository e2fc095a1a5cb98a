/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PUMP_H
#define SERIALTUN_PUMP_H

#include "framing/framing.h"
#include "pump/witness.h"

#include <stdbool.h>
#include <stdint.h>

struct addr;
struct chatter;
struct event;
struct events;
struct pair;
struct port;
struct pump;
struct stats;
struct transport;
struct tun;
struct vj;

/**
 * struct pump_config - the interface and the policy of a pump
 * @events: the event set that reports the interface and the port
 * @tun: the interface
 * @framing: the framing on the line
 * @pair: lets this end and another serialtun find each other; NULL: plain
 * @chatter: takes what a board says beside packets; NULL: it is no packet
 * @vj: compression of TCP headers with a peer that is no serialtun, for a line
 *      with SLIP and without Ethernet; NULL: none
 * @lead: when to put the framing's idle bytes before a frame
 * @keepalive_s: send idle bytes after this many seconds without a byte sent; 0:
 *               never
 * @mtu: bytes of the longest packet that the interface sends
 * @ipv6: carry IPv6; otherwise drop IPv6 packets in both directions
 * @listen_port: TCP port at which the line waits for its peer; 0: none
 * @accept_ra: pass on Router Advertisements from the line
 * @witness: addresses and routes of this end
 *
 * The pump borrows all pointers for its life.
 */
struct pump_config {
	struct events *events;
	const struct tun *tun;
	const struct framing *framing;
	struct pair *pair;
	struct chatter *chatter;
	struct vj *vj;
	enum framing_lead lead;
	unsigned int keepalive_s;
	uint32_t mtu;
	bool ipv6;
	uint16_t listen_port;
	bool accept_ra;
	struct witness_config witness;
};

/**
 * enum pump_result - result of a turn
 * @PUMP_GOES_ON: nothing more to do now, or the rest is for the next turn
 * @PUMP_PORT_GONE: the port hung up
 * @PUMP_OUT_OF_STEP: the framing cannot resync and has lost the frames
 * @PUMP_TUN_GONE: the interface was deleted
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
void pump_part(struct pump *pump);
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
