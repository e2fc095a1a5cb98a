/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_VJ_H
#define SERIALTUN_VJ_H

#include "packet/vj_compress.h"
#include "packet/vj_expand.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * enum vj_mode - when to compress TCP headers
 * @VJ_AUTO: expand them from the first valid frame on, and from then on
 *           compress them as long as the peer does
 * @VJ_ON:   always
 * @VJ_OFF:  never, and expand none
 */
enum vj_mode {
	VJ_AUTO,
	VJ_ON,
	VJ_OFF,
};

/**
 * struct vj - compression of TCP headers, both directions of a line
 * @mode:       when to compress
 * @is_heard:   the peer has compressed by this port
 * @peer_does:  the peer compresses now, as far as this end knows
 * @unheard:    whole packets sent since the peer's last compressed or whole one
 * @compressor: towards the line
 * @expander:   from the line
 */
struct vj {
	enum vj_mode mode;
	bool is_heard;
	bool peer_does;
	unsigned int unheard;
	struct vj_compressor compressor;
	struct vj_expander expander;
};

void vj_reset(struct vj *vj, enum vj_mode mode);
bool vj_sends(const struct vj *vj);
uint8_t *vj_compress(struct vj *vj, uint8_t *packet, size_t *len);
enum vj_result vj_expand(struct vj *vj, const uint8_t *frame, size_t len,
			 uint8_t *packet, size_t *packet_len);
void vj_toss(struct vj *vj);
void vj_see_plain(struct vj *vj, const uint8_t *packet, size_t len);

#endif
