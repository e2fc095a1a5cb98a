/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A link layer: what the packets of an interface are, bare IP packets (TUN) or
 * frames of Ethernet (TAP).
 */
#ifndef SERIALTUN_LINK_LAYER_H
#define SERIALTUN_LINK_LAYER_H

#include "packet/guess.h"
#include "packet/packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct siphash_key;

/**
 * struct link_layer - one kind of link layer
 * @header_max: bytes that a packet may have beyond the MTU
 * @guess:      what guess_frame() takes a packet of it for
 * @check:      is this a packet of it? As packet_check()
 * @find_ip:    where the IP packet begins in what should be a packet of it;
 *              @len if there is none
 * @flow:       which flow is it of? As packet_flow()
 */
struct link_layer {
	size_t header_max;
	enum guess guess;
	enum packet_verdict (*check)(const uint8_t *packet, size_t len);
	size_t (*find_ip)(const uint8_t *packet, size_t len);
	uint32_t (*flow)(const uint8_t *packet, size_t len,
			 const struct siphash_key *key);
};

const struct link_layer *link_layer_of(bool tap);

#endif
