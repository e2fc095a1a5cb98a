/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_OBSERVER_H
#define SERIALTUN_OBSERVER_H

#include "interface/addr.h"
#include "port/port_config.h"
#include "report/stall.h"
#include "report/symptom.h"

#include <stdbool.h>
#include <stdint.h>

struct chatter;
struct line;
struct pairing;
struct pump;
struct tun;

/**
 * struct observer_config - the link to observe
 * @line:        its line
 * @tun:         its interface
 * @pump:        its pump
 * @pairing:     its pairing, or NULL
 * @sharing:     its sharing, or NULL
 * @chatter:     what a board says
 * @takes_mac:   give the interface the address that a board tells
 * @flow:        flow control of the port
 * @is_radio:    a radio is behind the port
 * @keepalive_s: the period of --keepalive; 0: none
 *
 * The observer borrows all pointers for its life.
 */
struct observer_config {
	struct line *line;
	const struct tun *tun;
	struct pump *pump;
	const struct pairing *pairing;
	const struct sharing *sharing;
	struct chatter *chatter;
	bool takes_mac;
	enum port_flow flow;
	bool is_radio;
	unsigned int keepalive_s;
};

/**
 * struct observer - reports to the user about a link
 * @config:       the link
 * @symptoms:     symptoms that were reported
 * @stall:        whether the port takes bytes
 * @check_ns:     time of the next check of the counters
 * @silence_told: the user knows that the peer was silent
 * @own_told:     the user knows that the line's own packets come by the link
 * @own_before:   such packets that were dropped before this port
 * @held_told:    the user knows that packets are held back from a shell
 * @coap_told:    the user knows that a board sends CoAP
 * @board_told:   the user knows that a board has asked for a prefix
 * @vj_told:      the user knows that the peer compresses TCP headers
 * @peer_told:    the user knows @peer
 * @peer:         the sender of the first packet
 * @first:        the sender of this port's first packet
 * @first_ns:     when to tell of @first; UINT64_MAX: never
 */
struct observer {
	struct observer_config config;
	struct symptoms symptoms;
	struct stall stall;
	uint64_t check_ns;
	bool silence_told;
	bool own_told;
	uint64_t own_before;
	bool held_told;
	bool coap_told;
	bool board_told;
	bool vj_told;
	bool peer_told;
	struct addr peer;
	struct addr first;
	uint64_t first_ns;
};

void observer_init(struct observer *observer,
		   const struct observer_config *config);
void observer_begin_port(struct observer *observer, uint64_t now_ns);
void observer_look(struct observer *observer, uint64_t now_ns);
uint64_t observer_next_ns(const struct observer *observer);

#endif
