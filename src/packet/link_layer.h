/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A link layer is the format of an interface's packets: bare IP packets (TUN)
 * or Ethernet frames (TAP).
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
 * struct link_layer - one link layer
 * @header_max: bytes by which a packet may exceed the MTU
 * @guess:      guess_frame()'s result for its packets
 * @check:      validate a packet, as packet_check() does
 * @find_ip:    return the offset of the IP packet in a packet of this link
 *              layer; @len if there is none
 * @flow:       hash the flow of a packet, as packet_flow() does
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
