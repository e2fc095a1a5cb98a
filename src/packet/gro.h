/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_GRO_H
#define SERIALTUN_GRO_H

#include "packet/gso.h"
#include "packet/packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The number of streams that can be joined concurrently. */
#define GRO_STREAMS 4

/**
 * struct gro_packet - a packet to write in one call
 * @data:    the packet
 * @len:     its length in bytes
 * @gso:     the work that is left to the kernel
 * @packets: number of packets that were joined
 * @bytes:   total bytes of the joined packets
 */
struct gro_packet {
	const uint8_t *data;
	size_t len;
	struct gso gso;
	size_t packets;
	size_t bytes;
};

/**
 * typedef gro_write - callback that writes a packet
 * @to:     as given to gro_new()
 * @packet: the packet, valid during the call
 */
typedef void gro_write(void *to, const struct gro_packet *packet);

struct gro;

struct gro *gro_new(gro_write *write, void *to);
void gro_free(struct gro *gro);
void gro_add(struct gro *gro, const uint8_t *packet, size_t len,
	     bool is_summed);
void gro_pass(struct gro *gro, const uint8_t *packet, size_t len);
void gro_flush(struct gro *gro);

#endif
