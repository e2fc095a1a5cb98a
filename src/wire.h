/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_WIRE_H
#define SERIALTUN_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct wire - what is known of the wire behind a port
 * @rate:      octets per second, 0: there is no telling
 * @free_ns:   when, at that rate, all that was handed over will be sent
 * @lead_ns:   how long before that the next frame may be handed over
 * @look_ns:   when it pays to look again; not before
 * @grain:     by how much the port's count may be too high
 * @counts:    the port has been seen to count what waits in it
 * @speed:     is it really that rate? A port that is faster shows it once
 * @probed:    octets handed over since the question came up
 */
struct wire {
	uint32_t rate;
	uint32_t grain;
	uint64_t free_ns;
	uint64_t lead_ns;
	uint64_t look_ns;
	bool counts;
	enum {
		WIRE_UNTRIED,
		WIRE_SUSPECT,
		WIRE_NOMINAL
	} speed;
	size_t probed;
};

/* A packet that takes longer than this on the wire is felt by who types. */
#define WIRE_PACKET_MS_MAX 200

uint32_t wire_packet_ms(uint32_t rate, uint32_t mtu);
uint32_t wire_auto_mtu(uint32_t rate, bool ipv6);
void wire_init(struct wire *wire, uint32_t rate, uint32_t grain);
bool wire_is_paced(const struct wire *wire);
uint64_t wire_look_ns(const struct wire *wire);
bool wire_look(struct wire *wire, size_t queued, uint64_t now_ns);
void wire_hand_over(struct wire *wire, size_t octets, size_t queued,
		    uint64_t now_ns);

#endif
