/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_VJ_COMPRESS_H
#define SERIALTUN_VJ_COMPRESS_H

#include "packet/vj_header.h"

#include <stddef.h>
#include <stdint.h>

/**
 * struct vj_compressor - state of the sending end
 * @slots:    the last packet of each connection
 * @used:     when each slot was used last; 0: never
 * @uses:     the count of uses so far
 * @current:  slot of the last frame; VJ_SLOTS: none
 * @counters: what it has sent
 */
struct vj_compressor {
	struct vj_header slots[VJ_SLOTS];
	uint64_t used[VJ_SLOTS];
	uint64_t uses;
	uint8_t current;
	struct vj_counters counters;
};

void vj_compress_reset(struct vj_compressor *compressor);
uint8_t *vj_compress_packet(struct vj_compressor *compressor, uint8_t *packet,
			    size_t *len);

#endif
