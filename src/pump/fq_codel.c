/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The Flow Queue CoDel packet scheduler and active queue management algorithm,
 * RFC 8290, with CoDel as in RFC 8289.
 *
 * The scheduler hashes each packet's flow to a queue; this file calls such a
 * queue a flow. Two lists hold the active flows. A flow that was idle enters
 * the list of new flows, and the scheduler serves it before the old flows until
 * it has sent a quantum of bytes. So sparse traffic (a keystroke, a name
 * lookup, an acknowledgement) does not wait behind bulk traffic. The old flows
 * take turns of a quantum each. Packets keep their order within a flow. When
 * the packets of a flow have waited longer than the target for a whole
 * interval, CoDel drops or marks the head of the flow, then again at ever
 * shorter intervals until the wait is below the target.
 *
 * Where the RFCs leave a choice:
 *
 * - A flow's turn ends when its credits are used up, not only when they are
 *   negative. RFC 8290's own example does so (section 3: a queue of
 *   quantum-sized packets sends one packet per turn), and so does Linux, which
 *   the RFC calls canonical.
 * - A marked packet counts as a dropped one, but it goes out, as in Linux.
 * - The limit is a limit of memory, and the queue drops from the flow that
 *   holds the most memory, not the most bytes. By bytes, a flood of tiny
 *   packets could fill the pool while other flows lose their packets.
 *
 * fq_codel_dequeue_sparse() is a second way out, for a packet that may go in
 * the middle of another one. It takes a short packet of a flow of which little
 * waits, whether the flow is a new one or an old one: a flow that had its turn
 * while a long packet crossed a slow line is an old one until that packet has
 * ended. It uses the flow's credits and moves no turn, so no flow gets more
 * than its quantum in a round.
 *
 * Waiting packets lie in chains of cells from one pool. The pool has room for
 * the limit and one more packet, so the queue first stores an arriving packet
 * and then chooses the packets to drop among all, as the RFC describes. The
 * queue reuses freed cells last in, first out, and takes a fresh cell only when
 * no freed one is left, so it never touches pages of the pool that it does not
 * need.
 *
 * fq_codel_dequeue() copies a packet into one piece, which the caller may mark,
 * encode and keep. Encoding straight from the cells would save some 30 ns per
 * packet; the system calls for a packet take microseconds.
 */
#include "pump/fq_codel.h"
#include "clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

/* CoDel's values for the Internet (RFC 8289, 4.3 and 4.4). */
#define TARGET_NS   (5 * NS_PER_MS)
#define INTERVAL_NS (100 * NS_PER_MS)

#define LIMIT_MAX ((size_t)512 * 1024)

/*
 * Small cells waste less memory on short packets, large cells are faster to
 * copy: 1500 bytes in and out take 75 ns in cells of 256 bytes, 50 ns in one of
 * 1536 bytes.
 */
#define CELL_BYTES 256

/* Packets to drop at once above the limit (RFC 8290, 4.1). */
#define DROP_BATCH 64

/* Only the first cell of a packet uses the members below next_cell. */
struct cell {
	struct cell *next_cell;
	struct cell *next_packet;
	uint64_t enqueued_ns;
	uint32_t len;
	bool ecn_capable;
	uint8_t bytes[CELL_BYTES];
};

struct flow {
	struct cell *head;
	struct cell *tail;
	uint32_t bytes;
	uint32_t cells;

	/* RFC 8290, 4 */
	struct flow *next;
	int32_t credits;
	bool active;

	/* RFC 8289, 5.2 */
	bool dropping;
	uint32_t count;
	uint32_t lastcount;
	uint64_t first_above_ns;
	uint64_t drop_next_ns;
};

struct flow_list {
	struct flow *head;
	struct flow *tail;
};

struct fq_codel {
	struct fq_codel_config config;
	struct fq_codel_stats stats;
	struct flow_list new_flows;
	struct flow_list old_flows;
	uint32_t last_flow; /* of the last packet that went out */
	size_t cells_held;
	size_t cells_kept; /* those that a lower limit leaves alone */
	struct cell *freed;
	struct cell *fresh;
	struct cell *cells;
	struct flow flows[];
};

static size_t cells_for(size_t len)
{
	return (len + CELL_BYTES - 1) / CELL_BYTES;
}

static struct cell *cell_take(struct fq_codel *q)
{
	struct cell *cell = q->freed;

	if (!cell)
		return q->fresh++;
	q->freed = cell->next_cell;
	return cell;
}

static struct cell *packet_store(struct fq_codel *q, const uint8_t *from,
				 size_t len)
{
	struct cell *first = NULL;
	struct cell **link = &first;

	while (len) {
		size_t part = MIN(len, CELL_BYTES);

		*link = cell_take(q);
		memcpy((*link)->bytes, from, part);
		link = &(*link)->next_cell;
		from += part;
		len -= part;
	}
	*link = NULL;
	return first;
}

static void packet_load(const struct cell *cell, uint8_t *to)
{
	size_t len = cell->len;

	while (len) {
		size_t part = MIN(len, CELL_BYTES);

		memcpy(to, cell->bytes, part);
		cell = cell->next_cell;
		to += part;
		len -= part;
	}
}

static void packet_free(struct fq_codel *q, struct cell *packet)
{
	struct cell *last = packet;

	while (last->next_cell)
		last = last->next_cell;
	last->next_cell = q->freed;
	q->freed = packet;
}

static void flow_append(struct fq_codel *q, struct flow *flow,
			struct cell *packet)
{
	packet->next_packet = NULL;
	if (flow->head)
		flow->tail->next_packet = packet;
	else
		flow->head = packet;
	flow->tail = packet;

	flow->bytes += packet->len;
	flow->cells += (uint32_t)cells_for(packet->len);
	q->cells_held += cells_for(packet->len);
	q->stats.backlog_packets++;
	q->stats.backlog_bytes += packet->len;
}

static struct cell *flow_take(struct fq_codel *q, struct flow *flow)
{
	struct cell *packet = flow->head;

	flow->head = packet->next_packet;

	flow->bytes -= packet->len;
	flow->cells -= (uint32_t)cells_for(packet->len);
	q->cells_held -= cells_for(packet->len);
	q->stats.backlog_packets--;
	q->stats.backlog_bytes -= packet->len;
	return packet;
}

static void flow_drop(struct fq_codel *q, struct flow *flow, uint64_t *counter)
{
	packet_free(q, flow_take(q, flow));
	++*counter;
}

static void list_append(struct flow_list *list, struct flow *flow)
{
	flow->next = NULL;
	if (list->head)
		list->tail->next = flow;
	else
		list->head = flow;
	list->tail = flow;
}

static struct flow *list_take(struct flow_list *list)
{
	struct flow *flow = list->head;

	list->head = flow->next;
	return flow;
}

/* The largest r with r * r <= n. */
static uint64_t square_root(uint64_t n)
{
	uint64_t root = 0;
	uint64_t bit;

	for (bit = UINT64_C(1) << 62; bit; bit >>= 2) {
		uint64_t trial = root + bit;

		root >>= 1;
		if (n >= trial) {
			n -= trial;
			root += bit;
		}
	}
	return root;
}

/* RFC 8289, 5.6: from + interval / sqrt(count), with 16 fractional bits. */
static uint64_t codel_control_law(const struct fq_codel *q, uint64_t from_ns,
				  uint32_t count)
{
	return from_ns + (q->config.interval_ns << 16) /
				 square_root(count * (UINT64_C(1) << 32));
}

/*
 * RFC 8289, 5.6, dodequeue(), but the head is still in the flow. True implies
 * that more bytes than the MTU follow the head: a drop never empties a flow.
 */
static bool codel_ok_to_drop(const struct fq_codel *q, struct flow *flow,
			     uint64_t now_ns)
{
	const struct cell *packet = flow->head;

	if (now_ns - packet->enqueued_ns < q->config.target_ns ||
	    flow->bytes - packet->len <= q->config.mtu) {
		flow->first_above_ns = 0;
		return false;
	}
	if (!flow->first_above_ns) {
		flow->first_above_ns = now_ns + q->config.interval_ns;
		return false;
	}
	return now_ns >= flow->first_above_ns;
}

/*
 * Tell the sender to slow down: mark the head if the head is ECN capable, else
 * drop it and check the next head. Return: true if the head is marked.
 */
static bool codel_signal(struct fq_codel *q, struct flow *flow, uint64_t now_ns,
			 bool *ok_to_drop)
{
	if (flow->head->ecn_capable)
		return true;
	flow_drop(q, flow, &q->stats.dropped_codel);
	*ok_to_drop = codel_ok_to_drop(q, flow, now_ns);
	return false;
}

/*
 * RFC 8289, 5.5: enter the drop state. If CoDel left the drop state recently,
 * it resumes near the drop rate that was right then. Return: true if the head
 * is marked.
 */
static bool codel_begin(struct fq_codel *q, struct flow *flow, uint64_t now_ns)
{
	uint32_t delta = flow->count - flow->lastcount;
	bool lately = now_ns < flow->drop_next_ns + 16 * q->config.interval_ns;
	bool mark = codel_signal(q, flow, now_ns, &flow->dropping);

	flow->dropping = true;
	flow->count = delta > 1 && lately ? delta : 1;
	flow->lastcount = flow->count;
	flow->drop_next_ns = codel_control_law(q, now_ns, flow->count);
	return mark;
}

/*
 * RFC 8289, 5.5: drop or mark while in the drop state. Return: true if the head
 * is marked.
 */
static bool codel_continue(struct fq_codel *q, struct flow *flow,
			   uint64_t now_ns)
{
	bool mark = false;

	while (flow->dropping && !mark && now_ns >= flow->drop_next_ns) {
		mark = codel_signal(q, flow, now_ns, &flow->dropping);
		if (!flow->dropping)
			break;
		/* The count must not wrap: the control law divides by it. */
		if (flow->count < UINT32_MAX)
			flow->count++;
		flow->drop_next_ns =
			codel_control_law(q, flow->drop_next_ns, flow->count);
	}
	return mark;
}

/* RFC 8289, 5.5: drop until the head may go out. Return: is it marked? */
static bool codel_run(struct fq_codel *q, struct flow *flow, uint64_t now_ns)
{
	bool ok_to_drop = codel_ok_to_drop(q, flow, now_ns);

	if (ok_to_drop && !flow->dropping)
		return codel_begin(q, flow, now_ns);
	flow->dropping = ok_to_drop;
	return codel_continue(q, flow, now_ns);
}

/*
 * RFC 8290, 4.2: find the next flow that has credits and a packet. An empty new
 * flow becomes an old flow for one round; otherwise it could return as a new
 * flow at once, again and again, and starve the old ones.
 */
static struct flow *flow_select(struct fq_codel *q)
{
	for (;;) {
		bool is_new = q->new_flows.head;
		struct flow_list *list = is_new ? &q->new_flows : &q->old_flows;
		struct flow *flow = list->head;

		if (!flow || (flow->head && flow->credits > 0))
			return flow;

		list_take(list);
		if (flow->credits <= 0) {
			flow->credits += (int32_t)q->config.quantum;
		} else {
			flow->active = is_new;
			/* Empty: not above the target (RFC 8289, 5.6). */
			flow->first_above_ns = 0;
		}
		if (flow->active)
			list_append(&q->old_flows, flow);
	}
}

static struct flow *list_fattest(const struct flow_list *list,
				 struct flow *fattest)
{
	struct flow *flow;

	for (flow = list->head; flow; flow = flow->next) {
		if (!fattest || flow->cells > fattest->cells)
			fattest = flow;
	}
	return fattest;
}

/* RFC 8290, 4.1: drop half of the fattest flow's memory, 64 packets at most. */
static void drop_from_fattest(struct fq_codel *q)
{
	struct flow *fattest =
		list_fattest(&q->old_flows, list_fattest(&q->new_flows, NULL));
	uint32_t half = fattest->cells / 2;
	int dropped = 0;

	do {
		flow_drop(q, fattest, &q->stats.dropped_limit);
	} while (fattest->cells > half && ++dropped < DROP_BATCH);
}

/**
 * fq_codel_derive_config() - choose parameters for a line
 * @config: filled in
 * @rate: bytes per second of the line, 0: unknown
 * @mtu: bytes of the longest packet to expect, 1 to PACKET_MAX
 *
 * RFC 8290, 5.2.2: the target must be at least the transmission time of a
 * packet, or CoDel drops a packet that only waits for the previous one; one and
 * a half times that is usual.
 *
 * RFC 8290, 5.2.1: the interval is the round trip time that a flow may need to
 * react. On a slow line most of that time passes in the queue: for a few
 * packets of the flow and some of other flows. So the interval grows by four
 * times the growth of the target. A longer or shorter interval does not change
 * how well TCP fills the line, but a burst, such as a fragmented datagram,
 * passes whole only if its transmission takes less than the interval: 12 kB at
 * 115200 baud.
 *
 * RFC 8290, 3: a small quantum suits slow lines. The limit bounds the delay of
 * a flow that ignores all drops: some 8 s, but at least 32 packets.
 */
void fq_codel_derive_config(struct fq_codel_config *config, uint32_t rate,
			    uint32_t mtu)
{
	*config = (struct fq_codel_config){
		.flows = 1024,
		.quantum = mtu,
		.mtu = mtu,
		.limit = LIMIT_MAX,
		.target_ns = TARGET_NS,
		.interval_ns = INTERVAL_NS,
	};
	if (!rate)
		return;

	config->quantum = MIN(mtu, 300);
	config->limit = MAX(8 * (size_t)rate,
			    32 * cells_for(mtu) * sizeof(struct cell));
	config->limit = MIN(config->limit, LIMIT_MAX);
	config->target_ns = MAX(mtu * NS_PER_S * 3 / 2 / rate, TARGET_NS);
	config->interval_ns += 4 * (config->target_ns - TARGET_NS);
}

/**
 * fq_codel_new() - make an empty queue
 * @config: its parameters; no member may be 0
 *
 * This call allocates all memory of the queue. Most of it is for packets, and
 * occupies no page until a packet needs it.
 *
 * Return: the queue, freed by fq_codel_free(); NULL and errno EINVAL or ENOMEM
 */
struct fq_codel *fq_codel_new(const struct fq_codel_config *config)
{
	struct fq_codel *q;
	struct cell *cells;

	if (!config->flows || !config->quantum || !config->mtu ||
	    !config->limit || !config->target_ns || !config->interval_ns ||
	    config->quantum > INT32_MAX || config->interval_ns >> 48) {
		errno = EINVAL;
		return NULL;
	}

	q = calloc(1, sizeof(*q) + config->flows * sizeof(q->flows[0]));
	/* fq_codel_adapt() may raise the limit. */
	cells = calloc(MAX(config->limit, LIMIT_MAX) / sizeof(struct cell) +
			       cells_for(PACKET_MAX),
		       sizeof(struct cell));
	if (!q || !cells) {
		free(cells);
		free(q);
		return NULL;
	}
	q->config = *config;
	q->cells = cells;
	q->fresh = cells;
	return q;
}

/**
 * fq_codel_adapt() - adapt a queue to another speed of its line
 * @q: the queue
 * @config: copied; with the number of flows of fq_codel_new(), and a limit that
 *          is at most that of fq_codel_derive_config()
 *
 * The queue drops none of the packets that wait, also if they hold more memory
 * than the new limit.
 */
void fq_codel_adapt(struct fq_codel *q, const struct fq_codel_config *config)
{
	const uint32_t flows = q->config.flows;

	q->config = *config;
	q->config.flows = flows;
	q->cells_kept = q->cells_held;
}

/* Memory for the packets that may wait. */
static size_t limit_of(const struct fq_codel *q)
{
	return MAX(q->config.limit, q->cells_kept * sizeof(struct cell));
}

/**
 * fq_codel_free() - free a queue and all its packets
 * @q: the queue, or NULL
 */
void fq_codel_free(struct fq_codel *q)
{
	if (!q)
		return;
	free(q->cells);
	free(q);
}

/**
 * fq_codel_enqueue() - add a packet
 * @q: the queue
 * @packet: the packet, copied
 * @len: length of the packet in bytes, 1 to PACKET_MAX
 * @flow_hash: the same for every packet of a flow; well spread, and not
 *             predictable by senders (RFC 8290, 8)
 * @ecn_capable: the packet may be marked instead of dropped (RFC 8290, 5.2.6)
 * @now_ns: the time, never less than before
 *
 * RFC 8290, 4.1. If the waiting packets hold more memory than the limit, the
 * queue drops packets from the head of the flow that holds the most memory,
 * which may be the flow of @packet.
 */
void fq_codel_enqueue(struct fq_codel *q, const uint8_t *packet, size_t len,
		      uint32_t flow_hash, bool ecn_capable, uint64_t now_ns)
{
	struct flow *flow = &q->flows[flow_hash % q->config.flows];
	struct cell *stored = packet_store(q, packet, len);

	stored->len = (uint32_t)len;
	stored->ecn_capable = ecn_capable;
	stored->enqueued_ns = now_ns;
	flow_append(q, flow, stored);
	q->stats.enqueued++;

	if (!flow->active) {
		flow->active = true;
		flow->credits = (int32_t)q->config.quantum;
		list_append(&q->new_flows, flow);
	}
	while (q->cells_held * sizeof(struct cell) > limit_of(q))
		drop_from_fattest(q);
	q->cells_kept = MIN(q->cells_kept, q->cells_held);
}

/* Take the head of a flow out of the queue. Return: its length. */
static size_t packet_take(struct fq_codel *q, struct flow *flow,
			  uint8_t *packet, uint64_t now_ns)
{
	struct cell *stored = flow_take(q, flow);
	const size_t len = stored->len;
	const uint64_t sojourn_ns = now_ns - stored->enqueued_ns;

	flow->credits -= (int32_t)len;
	q->last_flow = (uint32_t)(flow - q->flows);
	q->stats.dequeued++;
	if (sojourn_ns > q->stats.sojourn_max_ns)
		q->stats.sojourn_max_ns = sojourn_ns;
	q->cells_kept = MIN(q->cells_kept, q->cells_held);
	packet_load(stored, packet);
	packet_free(q, stored);
	return len;
}

/**
 * fq_codel_dequeue() - take the packet to send next
 * @q: the queue
 * @packet: buffer for the packet
 * @mark: set to true if the caller must mark the packet "congestion
 *        experienced"; only for packets that are ECN capable
 * @now_ns: the time, never less than before
 *
 * RFC 8290, 4.2. CoDel never drops the last packet of a flow, so a queue that
 * is not empty always returns a packet.
 *
 * Return: length of the packet in bytes, 0 if the queue is empty
 */
size_t fq_codel_dequeue(struct fq_codel *q, uint8_t packet[static PACKET_MAX],
			bool *mark, uint64_t now_ns)
{
	struct flow *flow = flow_select(q);

	if (!flow)
		return 0;
	*mark = codel_run(q, flow, now_ns);
	q->stats.marked += *mark;
	return packet_take(q, flow, packet, now_ns);
}

/* Find a flow with a packet for fq_codel_dequeue_sparse(). NULL: none. */
static struct flow *list_find_sparse(const struct fq_codel *q,
				     const struct flow_list *list,
				     const struct fq_codel_choice *choice)
{
	struct flow *flow;

	for (flow = list->head; flow; flow = flow->next)
		if (flow->head && flow->credits > 0 &&
		    flow->head->len <= FQ_CODEL_SPARSE_LEN &&
		    flow->bytes <= FQ_CODEL_SPARSE_BYTES &&
		    choice->may(choice->context, (uint32_t)(flow - q->flows)))
			break;
	return flow;
}

static struct flow *find_sparse(const struct fq_codel *q,
				const struct fq_codel_choice *choice)
{
	struct flow *flow = NULL;

	if (q->stats.backlog_packets)
		flow = list_find_sparse(q, &q->new_flows, choice);
	if (q->stats.backlog_packets && !flow)
		flow = list_find_sparse(q, &q->old_flows, choice);
	return flow;
}

/**
 * fq_codel_has_sparse() - would fq_codel_dequeue_sparse() find a packet?
 * @q: the queue
 * @choice: which flows it may choose
 *
 * Return: true if so
 */
bool fq_codel_has_sparse(const struct fq_codel *q,
			 const struct fq_codel_choice *choice)
{
	return find_sparse(q, choice);
}

/**
 * fq_codel_dequeue_sparse() - take a short packet of a flow that sends little
 * @q: the queue
 * @packet: buffer for the packet
 * @choice: which flows it may choose
 * @now_ns: the time, never less than before
 *
 * The packet has at most FQ_CODEL_SPARSE_LEN bytes, its flow has credits, and
 * at most FQ_CODEL_SPARSE_BYTES wait of it. CoDel neither drops nor marks it,
 * because so little is no standing queue.
 *
 * Return: length of the packet in bytes, 0 if there is none
 */
size_t fq_codel_dequeue_sparse(struct fq_codel *q,
			       uint8_t packet[static PACKET_MAX],
			       const struct fq_codel_choice *choice,
			       uint64_t now_ns)
{
	struct flow *flow = find_sparse(q, choice);

	if (!flow)
		return 0;
	flow->first_above_ns = 0;
	flow->dropping = false;
	return packet_take(q, flow, packet, now_ns);
}

/**
 * fq_codel_last_flow() - the flow of the last packet that went out
 * @q: the queue
 *
 * Return: its number, below the number of flows
 */
uint32_t fq_codel_last_flow(const struct fq_codel *q)
{
	return q->last_flow;
}

/**
 * fq_codel_last_was_sparse() - was the last packet that went out sparse?
 * @q: the queue
 * @len: length of that packet
 *
 * A flow that has used its credits must await its turn, but its packets are as
 * sparse as before.
 *
 * Return: true if it was as short, and as little waited of its flow, as
 * fq_codel_dequeue_sparse() demands
 */
bool fq_codel_last_was_sparse(const struct fq_codel *q, size_t len)
{
	return len <= FQ_CODEL_SPARSE_LEN &&
	       q->flows[q->last_flow].bytes + len <= FQ_CODEL_SPARSE_BYTES;
}

/**
 * fq_codel_is_empty() - is the queue empty?
 * @q: the queue
 *
 * Return: true if fq_codel_dequeue() would find no packet
 */
bool fq_codel_is_empty(const struct fq_codel *q)
{
	return !q->stats.backlog_packets;
}

/**
 * fq_codel_purge() - drop all waiting packets
 * @q: the queue
 */
void fq_codel_purge(struct fq_codel *q)
{
	struct flow *flow;

	while ((flow = flow_select(q)))
		flow_drop(q, flow, &q->stats.purged);
}

/**
 * fq_codel_get_stats() - the counters of a queue
 * @q: the queue
 *
 * Return: the live counters; owned by the queue
 */
const struct fq_codel_stats *fq_codel_get_stats(const struct fq_codel *q)
{
	return &q->stats;
}
