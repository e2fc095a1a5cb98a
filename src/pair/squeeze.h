/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SQUEEZE_H
#define SERIALTUN_SQUEEZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A compressed packet may be this much longer than the packet. */
#define SQUEEZE_EXTRA 16

/* The longest packet that is compressed. */
#define SQUEEZE_PACKET_MAX (UINT16_MAX - SQUEEZE_EXTRA)

struct squeeze;

/**
 * enum squeeze_size - the sizes of a history
 * @SQUEEZE_LARGE: for packets of all kinds
 * @SQUEEZE_SMALL: for short packets
 */
enum squeeze_size {
	SQUEEZE_LARGE,
	SQUEEZE_SMALL,
};

/**
 * struct squeeze_stats - counters
 * @packets:     packets that this end compressed
 * @packet_len:  bytes of them
 * @body_len:    bytes that they had on the line
 * @passed_over: packets that it sent as they were, because others before them
 *               did not shrink
 * @expanded:    packets of the peer that this end expanded
 * @bad:         streams of the peer that did not decode
 */
struct squeeze_stats {
	uint64_t packets;
	uint64_t packet_len;
	uint64_t body_len;
	uint64_t passed_over;
	uint64_t expanded;
	uint64_t bad;
};

bool squeeze_is_built_in(void);
struct squeeze *squeeze_new(enum squeeze_size size,
			    size_t (*find_ip)(const uint8_t *packet,
					      size_t len));
void squeeze_free(struct squeeze *squeeze);
bool squeeze_begin(struct squeeze *squeeze);
size_t squeeze_shrink(struct squeeze *squeeze, uint8_t *packet, size_t len);
bool squeeze_expand(struct squeeze *squeeze, const uint8_t *body,
		    size_t body_len, const uint8_t **packet, size_t *len);
void squeeze_lose(struct squeeze *squeeze);
bool squeeze_is_lost(const struct squeeze *squeeze);
void squeeze_get_stats(const struct squeeze *squeeze,
		       struct squeeze_stats *stats);

#endif
