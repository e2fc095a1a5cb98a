/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_GSO_H
#define SERIALTUN_GSO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct gso - what was left undone in a packet
 * @segment_len:   bytes of payload in each of the TCP segments that it is to
 *                 be cut into, the last may have less; 0: it is one packet
 * @needs_sum:     the checksum of its upper layer is not made: its field has
 *                 the sum of the pseudo-header only, as long as the packet is
 *                 now; always so if there are segments
 * @sum_from:      where what it covers begins: the upper layer's header
 * @sum_at:        where its field is
 *
 * All zero: nothing. It is what struct virtio_net_hdr says of a packet (virtio
 * 1.2, section 5.1.6), in the machine's byte order.
 */
struct gso {
	uint16_t segment_len;
	bool needs_sum;
	uint16_t sum_from;
	uint16_t sum_at;
};

/**
 * struct gso_cut - a packet that is being cut
 * @gso:        what was left undone
 * @packet:     the one that is given out
 * @begun:      there is one
 * @remaining:  bytes of payload that are still to be given out
 * @header_len: bytes of headers in front of each payload
 * @flags:      TCP's, of which each packet has what it should have
 * @pseudo_sum: the sum of the pseudo-header, but for the length
 *
 * For gso.c alone.
 */
struct gso_cut {
	struct gso gso;
	uint8_t *packet;
	bool begun;
	size_t remaining;
	size_t header_len;
	uint8_t flags;
	uint16_t pseudo_sum;
};

size_t gso_header_len(const struct gso *gso, const uint8_t *packet, size_t len);
bool gso_cut_begin(struct gso_cut *cut, const struct gso *gso, uint8_t *packet,
		   size_t len);
size_t gso_cut_next(struct gso_cut *cut, uint8_t **packet);

#endif
