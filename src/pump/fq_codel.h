/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FQ-CoDel (RFC 8290): the queue of packets for the line. It chooses the packet
 * to send next, and the packets to drop.
 */
#ifndef SERIALTUN_FQ_CODEL_H
#define SERIALTUN_FQ_CODEL_H

#include "packet/packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct fq_codel_config - parameters of a queue
 * @flows: number of queues that flows are hashed into (RFC 8290, 5.2.5)
 * @quantum: bytes that a flow may send per turn (RFC 8290, 5.2.4)
 * @mtu: CoDel drops nothing from a flow with this many bytes or fewer left
 *       ("maxpacket", RFC 8289, 5.3)
 * @limit: bytes of memory for all waiting packets (RFC 8290, 5.2.3); a packet
 *         occupies whole cells, so more than its own bytes
 * @target_ns: acceptable standing delay of a flow's queue (RFC 8290, 5.2.2)
 * @interval_ns: time above the target before CoDel begins to drop (RFC 8290,
 *               5.2.1); below 2^48
 */
struct fq_codel_config {
	uint32_t flows;
	uint32_t quantum;
	uint32_t mtu;
	size_t limit;
	uint64_t target_ns;
	uint64_t interval_ns;
};

/**
 * struct fq_codel_stats - counters of a queue
 * @enqueued: packets that came in
 * @dequeued: packets that went out
 * @marked: packets in @dequeued to be marked "congestion experienced"
 * @dropped_codel: packets dropped because their flow's queue stood too long
 * @dropped_limit: packets dropped because the queue held too much memory
 * @purged: packets dropped by fq_codel_purge()
 * @backlog_packets: packets waiting now
 * @backlog_bytes: bytes in @backlog_packets
 * @sojourn_max_ns: longest wait of a packet that went out
 *
 * At all times @enqueued is the sum of @dequeued, @dropped_codel,
 * @dropped_limit, @purged and @backlog_packets.
 */
struct fq_codel_stats {
	uint64_t enqueued;
	uint64_t dequeued;
	uint64_t marked;
	uint64_t dropped_codel;
	uint64_t dropped_limit;
	uint64_t purged;
	uint64_t backlog_packets;
	uint64_t backlog_bytes;
	uint64_t sojourn_max_ns;
};

struct fq_codel;

/* A packet of a sparse flow, and all that waits of its flow. */
#define FQ_CODEL_SPARSE_LEN   256
#define FQ_CODEL_SPARSE_BYTES 300

/**
 * struct fq_codel_choice - which flows fq_codel_dequeue_sparse() may choose
 * @may: returns true if it may choose this flow
 * @context: argument of @may
 */
struct fq_codel_choice {
	bool (*may)(const void *context, uint32_t flow);
	const void *context;
};

void fq_codel_derive_config(struct fq_codel_config *config, uint32_t rate,
			    uint32_t mtu);
struct fq_codel *fq_codel_new(const struct fq_codel_config *config);
void fq_codel_adapt(struct fq_codel *q, const struct fq_codel_config *config);
void fq_codel_free(struct fq_codel *q);
void fq_codel_enqueue(struct fq_codel *q, const uint8_t *packet, size_t len,
		      uint32_t flow_hash, bool ecn_capable, uint64_t now_ns);
size_t fq_codel_dequeue(struct fq_codel *q, uint8_t packet[static PACKET_MAX],
			bool *mark, uint64_t now_ns);
bool fq_codel_has_sparse(const struct fq_codel *q,
			 const struct fq_codel_choice *choice);
size_t fq_codel_dequeue_sparse(struct fq_codel *q,
			       uint8_t packet[static PACKET_MAX],
			       const struct fq_codel_choice *choice,
			       uint64_t now_ns);
uint32_t fq_codel_last_flow(const struct fq_codel *q);
bool fq_codel_last_was_sparse(const struct fq_codel *q, size_t len);
bool fq_codel_is_empty(const struct fq_codel *q);
void fq_codel_purge(struct fq_codel *q);
const struct fq_codel_stats *fq_codel_get_stats(const struct fq_codel *q);

#endif
