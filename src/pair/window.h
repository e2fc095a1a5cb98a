/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_WINDOW_H
#define SERIALTUN_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* At most this many frames, and about this many bytes, are unacknowledged. */
#define WINDOW_FRAMES 96
#define WINDOW_BYTES  65536

/* Flows that can be told apart: no fewer than in the queue of packets. */
#define WINDOW_FLOWS 1024

struct window;

/**
 * enum window_verdict - the judgement of an acknowledgement
 * @WINDOW_NOTHING: it acknowledges nothing new
 * @WINDOW_NEWS:    it acknowledges a frame for the first time
 * @WINDOW_OLD:     it does not acknowledge what an earlier one has
 * @WINDOW_INVALID: it acknowledges a frame that was never sent
 */
enum window_verdict {
	WINDOW_NOTHING,
	WINDOW_NEWS,
	WINDOW_OLD,
	WINDOW_INVALID,
};

/**
 * struct window_ack - an acknowledgement
 * @next:     the number that the receiver expects next
 * @bits:     bitmap: bit n: the receiver has the frame n + 1 behind @next
 * @bits_len: length of @bits in bytes
 */
struct window_ack {
	uint8_t next;
	const uint8_t *bits;
	size_t bits_len;
};

struct window *window_new(void);
void window_free(struct window *window);
void window_reset(struct window *window);
bool window_has_room(const struct window *window, unsigned int frames);
void window_add(struct window *window, const uint8_t *body, size_t len,
		unsigned int flags, uint16_t flow);
bool window_next_due(const struct window *window, uint8_t *seq);
size_t window_copy(const struct window *window, uint8_t seq, uint8_t *out,
		   unsigned int *flags);
bool window_sent(struct window *window, uint8_t seq, uint64_t ended_ns);
enum window_verdict window_hear(struct window *window,
				const struct window_ack *ack, uint64_t now_ns,
				uint64_t *rtt_ns);
void window_lose(struct window *window, uint64_t until);
uint64_t window_transmissions(const struct window *window);
bool window_is_idle(const struct window *window);
bool window_awaits(const struct window *window);
bool window_has_due(const struct window *window);
bool window_has_lost(const struct window *window);
unsigned int window_frames(const struct window *window);
unsigned int window_flow_frames(const struct window *window, uint16_t flow);
void window_void_last(struct window *window);

#endif
