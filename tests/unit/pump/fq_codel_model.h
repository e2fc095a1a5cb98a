/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A model to compare fq_codel with, packet by packet. The model follows the
 * text of RFC 8290, section 4, and RFC 8289, section 5, with arrays and without
 * regard for speed. The helpers before it make the packets that a test sends
 * through both.
 */
#ifndef SERIALTUN_FQ_CODEL_MODEL_H
#define SERIALTUN_FQ_CODEL_MODEL_H

#include "../testing.h"
#include "pump/fq_codel.h"

/* As in fq_codel.c; the model measures the memory of a cell. */
#define CELL_BYTES 256

/* The content of a packet is unique to its number. */
static inline void fill_packet(uint8_t *packet, size_t len, uint32_t number)
{
	uint64_t state = UINT64_C(1) << 32 | number;
	size_t i;

	for (i = 0; i < len; i++) {
		if (i % 4 == 0)
			number = (uint32_t)testing_random(&state, UINT32_MAX);
		packet[i] = (uint8_t)(number >> i % 4 * 8);
	}
}

static inline void enqueue(struct fq_codel *q, size_t len, uint32_t number,
			   uint32_t flow, bool ecn_capable, uint64_t now_ns)
{
	static uint8_t packet[PACKET_MAX];

	fill_packet(packet, len, number);
	fq_codel_enqueue(q, packet, len, flow, ecn_capable, now_ns);
}

/* Dequeue; the packet must have this length and number. */
static inline bool expect_dequeue(struct fq_codel *q, size_t len,
				  uint32_t number, uint64_t now_ns)
{
	static uint8_t expected[PACKET_MAX];
	static uint8_t packet[PACKET_MAX];
	bool mark = false;

	assert_false(fq_codel_is_empty(q));
	assert_int_equal(fq_codel_dequeue(q, packet, &mark, now_ns), len);
	fill_packet(expected, len, number);
	assert_memory_equal(packet, expected, len);
	return mark;
}

static inline void expect_nothing(struct fq_codel *q, uint64_t now_ns)
{
	static uint8_t packet[PACKET_MAX];
	bool mark;

	assert_true(fq_codel_is_empty(q));
	assert_int_equal(fq_codel_dequeue(q, packet, &mark, now_ns), 0);
}

static inline void assert_books_balance(const struct fq_codel *q)
{
	const struct fq_codel_stats *stats = fq_codel_get_stats(q);

	assert_int_equal(stats->enqueued,
			 stats->dequeued + stats->dropped_codel +
				 stats->dropped_limit + stats->purged +
				 stats->backlog_packets);
	assert_int_equal(fq_codel_is_empty(q), !stats->backlog_packets);
}

/* Return: number of cells within the limit, which is packets of one byte. */
static inline size_t find_cells(const struct fq_codel_config *config)
{
	struct fq_codel *q = fq_codel_new(config);
	size_t cells = 0;

	while (fq_codel_get_stats(q)->dropped_limit == 0) {
		enqueue(q, 1, 0, 0, false, 0);
		cells++;
	}
	fq_codel_free(q);
	return cells - 1;
}

/* The model: RFC 8290, 4, and RFC 8289, 5, word by word. */

#define MODEL_FLOWS   16
#define MODEL_PACKETS 4096

struct model_packet {
	uint32_t number;
	uint32_t len;
	bool ecn_capable;
	uint64_t tstamp;
};

struct model_queue {
	struct model_packet packets[MODEL_PACKETS];
	size_t count_of_packets;
	int64_t credits;
	uint64_t first_above_time;
	uint64_t drop_next;
	uint32_t count;
	uint32_t lastcount;
	bool dropping;
};

struct model_list {
	struct model_queue *queues[MODEL_FLOWS];
	size_t count;
};

static struct model {
	struct fq_codel_config config;
	struct fq_codel_stats stats;
	size_t cells;
	struct model_queue queues[MODEL_FLOWS];
	struct model_list new_queues;
	struct model_list old_queues;
} model;

static inline void model_init(const struct fq_codel_config *config)
{
	memset(&model, 0, sizeof(model));
	model.config = *config;
	model.cells = find_cells(config);
}

static inline void model_list_add(struct model_list *list,
				  struct model_queue *queue)
{
	list->queues[list->count++] = queue;
}

static inline void model_list_remove_first(struct model_list *list)
{
	size_t i;

	list->count--;
	for (i = 0; i < list->count; i++)
		list->queues[i] = list->queues[i + 1];
}

static inline bool model_list_has(const struct model_list *list,
				  const struct model_queue *queue)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (list->queues[i] == queue)
			return true;
	}
	return false;
}

static inline struct model_packet model_remove_head(struct model_queue *queue)
{
	struct model_packet packet = queue->packets[0];

	queue->count_of_packets--;
	memmove(queue->packets, queue->packets + 1,
		queue->count_of_packets * sizeof(packet));
	model.stats.backlog_packets--;
	model.stats.backlog_bytes -= packet.len;
	return packet;
}

static inline size_t model_bytes(const struct model_queue *queue)
{
	size_t bytes = 0;
	size_t i;

	for (i = 0; i < queue->count_of_packets; i++)
		bytes += queue->packets[i].len;
	return bytes;
}

static inline size_t model_cells(const struct model_queue *queue)
{
	size_t cells = 0;
	size_t i;

	for (i = 0; i < queue->count_of_packets; i++)
		cells += (queue->packets[i].len + CELL_BYTES - 1) / CELL_BYTES;
	return cells;
}

static inline size_t model_all_cells(void)
{
	size_t cells = 0;
	size_t i;

	for (i = 0; i < MODEL_FLOWS; i++)
		cells += model_cells(&model.queues[i]);
	return cells;
}

static inline struct model_queue *model_fattest(const struct model_list *list,
						struct model_queue *fattest)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (!fattest ||
		    model_cells(list->queues[i]) > model_cells(fattest))
			fattest = list->queues[i];
	}
	return fattest;
}

static inline void model_enqueue(struct model_packet packet, uint32_t flow)
{
	struct model_queue *queue = &model.queues[flow];

	queue->packets[queue->count_of_packets++] = packet;
	assert_true(queue->count_of_packets < MODEL_PACKETS);
	model.stats.enqueued++;
	model.stats.backlog_packets++;
	model.stats.backlog_bytes += packet.len;

	if (!model_list_has(&model.new_queues, queue) &&
	    !model_list_has(&model.old_queues, queue)) {
		model_list_add(&model.new_queues, queue);
		queue->credits = model.config.quantum;
	}

	while (model_all_cells() > model.cells) {
		struct model_queue *fattest =
			model_fattest(&model.old_queues,
				      model_fattest(&model.new_queues, NULL));
		size_t half = model_cells(fattest) / 2;
		int dropped;

		for (dropped = 0; dropped < 64; dropped++) {
			if (dropped && model_cells(fattest) <= half)
				break;
			model_remove_head(fattest);
			model.stats.dropped_limit++;
		}
	}
}

static inline uint64_t model_control_law(uint64_t t, uint32_t count)
{
	uint64_t low = 0, high = UINT64_C(1) << 32;

	while (high - low > 1) {
		uint64_t middle = (low + high) / 2;

		if (middle * middle <= (uint64_t)count << 32)
			low = middle;
		else
			high = middle;
	}
	return t + (model.config.interval_ns << 16) / low;
}

struct dodequeue_result {
	bool any;
	struct model_packet p;
	bool ok_to_drop;
};

static inline struct dodequeue_result model_dodequeue(struct model_queue *queue,
						      uint64_t now)
{
	struct dodequeue_result r = {0};

	if (!queue->count_of_packets) {
		queue->first_above_time = 0;
		return r;
	}
	r.any = true;
	r.p = model_remove_head(queue);
	if (now - r.p.tstamp < model.config.target_ns ||
	    model_bytes(queue) <= model.config.mtu) {
		queue->first_above_time = 0;
	} else {
		if (queue->first_above_time == 0)
			queue->first_above_time =
				now + model.config.interval_ns;
		else if (now >= queue->first_above_time)
			r.ok_to_drop = true;
	}
	return r;
}

/* RFC 8289, 5.5. In place of a drop, a mark, where that is possible. */
static inline struct dodequeue_result model_codel(struct model_queue *queue,
						  uint64_t now, bool *mark)
{
	struct dodequeue_result r = model_dodequeue(queue, now);
	uint32_t delta;

	*mark = false;
	if (queue->dropping) {
		if (!r.ok_to_drop)
			queue->dropping = false;
		while (now >= queue->drop_next && queue->dropping) {
			if (r.p.ecn_capable) {
				*mark = true;
				queue->count++;
				queue->drop_next =
					model_control_law(queue->drop_next,
							  queue->count);
				break;
			}
			model.stats.dropped_codel++;
			r = model_dodequeue(queue, now);
			if (!r.ok_to_drop) {
				queue->dropping = false;
			} else {
				queue->count++;
				queue->drop_next =
					model_control_law(queue->drop_next,
							  queue->count);
			}
		}
	} else if (r.ok_to_drop) {
		if (r.p.ecn_capable) {
			*mark = true;
		} else {
			model.stats.dropped_codel++;
			r = model_dodequeue(queue, now);
		}
		queue->dropping = true;
		delta = queue->count - queue->lastcount;
		queue->count = 1;
		if (delta > 1 &&
		    (int64_t)(now - queue->drop_next) <
			    (int64_t)(16 * model.config.interval_ns))
			queue->count = delta;
		queue->drop_next = model_control_law(now, queue->count);
		queue->lastcount = queue->count;
	}
	return r;
}

static inline bool model_dequeue(struct model_packet *packet, bool *mark,
				 uint64_t now)
{
	while (model.new_queues.count || model.old_queues.count) {
		bool is_new = model.new_queues.count;
		struct model_list *list =
			is_new ? &model.new_queues : &model.old_queues;
		struct model_queue *queue = list->queues[0];
		struct dodequeue_result r;

		if (queue->credits <= 0) {
			queue->credits += model.config.quantum;
			model_list_remove_first(list);
			model_list_add(&model.old_queues, queue);
			continue;
		}
		r = model_codel(queue, now, mark);
		if (!r.any) {
			model_list_remove_first(list);
			if (is_new)
				model_list_add(&model.old_queues, queue);
			continue;
		}
		queue->credits -= r.p.len;
		*packet = r.p;
		model.stats.dequeued++;
		model.stats.marked += *mark;
		if (now - r.p.tstamp > model.stats.sojourn_max_ns)
			model.stats.sojourn_max_ns = now - r.p.tstamp;
		return true;
	}
	return false;
}

static inline void model_purge(void)
{
	size_t i;

	model.new_queues.count = 0;
	model.old_queues.count = 0;
	for (i = 0; i < MODEL_FLOWS; i++) {
		while (model.queues[i].count_of_packets) {
			model_remove_head(&model.queues[i]);
			model.stats.purged++;
		}
		model.queues[i].first_above_time = 0;
		model.queues[i].dropping = false;
	}
}

static inline void model_step_departure(struct fq_codel *q, uint64_t now_ns)
{
	struct model_packet packet;
	bool mark;

	if (model_dequeue(&packet, &mark, now_ns))
		assert_int_equal(expect_dequeue(q, packet.len, packet.number,
						now_ns),
				 mark);
	else
		expect_nothing(q, now_ns);
}

#endif
