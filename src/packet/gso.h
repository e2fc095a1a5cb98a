/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_GSO_H
#define SERIALTUN_GSO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct gso - the work left undone in a packet
 * @segment_len:   bytes of payload in each TCP segment that the packet must be
 *                 cut into, the last may have less; 0: the packet is not cut
 * @needs_sum:     the upper layer's checksum is missing: its field holds the
 *                 sum of the pseudo-header, with the length of the uncut
 *                 packet; always true if @segment_len is not 0
 * @sum_from:      offset of the upper layer's header, where the checksum begins
 * @sum_at:        offset of the checksum field
 *
 * All zero: no work is left. The fields mirror struct virtio_net_hdr (virtio
 * 1.2, section 5.1.6), in host byte order.
 */
struct gso {
	uint16_t segment_len;
	bool needs_sum;
	uint16_t sum_from;
	uint16_t sum_at;
};

/**
 * struct gso_cut - the state of cutting a packet
 * @gso:        the work left undone
 * @packet:     the current packet
 * @begun:      gso_cut_next() has returned a packet
 * @remaining:  bytes of payload not returned yet
 * @header_len: bytes of headers in front of each payload
 * @flags:      the TCP flags to distribute over the packets
 * @pseudo_sum: the sum of the pseudo-header without the length
 *
 * Private to gso.c.
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
