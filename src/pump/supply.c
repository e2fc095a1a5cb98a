/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The supply chooses the next frame for the line: one of the pair, an answer to
 * a board, or the next packet of the queue.
 *
 * The sender asks only when the line is ready, because no later packet can
 * overtake an encoded one. A pair's own frames go before the next packet, and
 * the pair puts a head and a check around each packet. Without a session, and
 * with a peer that compresses TCP headers, the supply does so, too (vj). Both
 * happen behind the queue, because frames must arrive in their order.
 *
 * Where the pair lets short frames interrupt long ones, the supply also chooses
 * the frame that goes inside of another one: a frame of the pair, or a short
 * packet of a flow that sends little.
 */
#include "pump/supply.h"
#include "clock.h"
#include "framing/framing.h"
#include "packet/link_layer.h"
#include "packet/packet.h"
#include "packet/vj.h"
#include "pair/pair.h"
#include "pump/chatter.h"
#include "pump/fq_codel.h"
#include "pump/outbox.h"
#include "pump/pump.h"
#include "pump/stats.h"
#include "pump/witness.h"

#include <errno.h>
#include <sys/param.h>

_Static_assert(PAIR_FRAME_MAX == FRAMING_CONTENTS_MAX,
	       "a decoder takes a packet in the frame of a pair");

/* Bytes of the longest packet that the interface sends. */
static uint32_t packet_max(const struct supply *supply)
{
	const size_t len = supply->config->mtu + supply->layer->header_max;

	return (uint32_t)MIN(len, PACKET_MAX);
}

/**
 * supply_fit() - fit the queue to the speed of a port
 * @supply: the supply
 * @rate: bytes per second; 0: unknown
 *
 * A radio behind the port is slower than the port, and holds it.
 *
 * Return: 0 or -ENOMEM
 */
int supply_fit(struct supply *supply, uint32_t rate)
{
	const uint32_t radio_rate = supply->config->framing->radio_rate;
	struct fq_codel_config config = {0};

	if (radio_rate && (!rate || radio_rate < rate))
		rate = radio_rate;
	fq_codel_derive_config(&config, rate, packet_max(supply));
	if (supply->queue)
		fq_codel_adapt(supply->queue, &config);
	else
		supply->queue = fq_codel_new(&config);
	return supply->queue ? 0 : -ENOMEM;
}

/**
 * supply_purge() - drop all packets of the queue, because the port is lost
 * @supply: the supply
 */
void supply_purge(struct supply *supply)
{
	if (!supply->queue)
		return;
	supply->counters->dropped[STATS_DROP_NO_LINE] +=
		fq_codel_get_stats(supply->queue)->backlog_packets;
	fq_codel_purge(supply->queue);
}

/**
 * supply_interrupts() - may a short frame interrupt a long one?
 * @supply: the supply
 *
 * Return: true if so
 */
bool supply_interrupts(const struct supply *supply)
{
	return supply->config->pair && pair_interrupts(supply->config->pair);
}

static uint8_t *packet_of(struct supply *supply)
{
	return supply->room + PAIR_HEADROOM;
}

static void show_witness(struct supply *supply, size_t len)
{
	const uint8_t *packet = packet_of(supply);
	const size_t ip_at = supply->layer->find_ip(packet, len);

	if (ip_at < len)
		witness_sent(supply->witness, packet + ip_at, len - ip_at);
}

static bool owes_board(const struct supply *supply)
{
	const struct chatter *chatter = supply->config->chatter;

	return chatter && chatter_owes(chatter);
}

/*
 * Take a frame for the board that is owed one. A serialtun, which takes frames
 * with a check alone, is no board. Return: its length; 0: there is none
 */
static size_t take_board_frame(struct supply *supply)
{
	const struct pair *pair = supply->config->pair;
	size_t len;

	if (pair && pair_holds(pair))
		return 0;
	len = chatter_take_frame(supply->config->chatter, supply->room);
	return pair && pair_state(pair) != PAIR_PLAIN ? 0 : len;
}

/* Take a frame that has no packet of the queue. Return: false if none is due.
 */
static bool take_own_frame(struct supply *supply, struct outbox_frame *frame,
			   uint64_t now_ns)
{
	size_t len = 0;

	if (supply->config->pair)
		len = pair_take(supply->config->pair, supply->room, now_ns);
	if (!len && owes_board(supply))
		len = take_board_frame(supply);
	*frame = (struct outbox_frame){.bytes = supply->room, .len = len};
	return len;
}

static bool may_be_urgent(const void *pair, uint32_t flow)
{
	return pair_may_be_urgent(pair, flow);
}

/* Take an urgent packet of the queue. Return: its length; 0: there is none. */
static size_t take_urgent(struct supply *supply, uint64_t now_ns)
{
	const struct fq_codel_choice urgent = {may_be_urgent,
					       supply->config->pair};

	if (!supply_interrupts(supply))
		return 0;
	return fq_codel_dequeue_sparse(supply->queue, packet_of(supply),
				       &urgent, now_ns);
}

/*
 * When the pair takes the next packet: now, or behind the first hello. While
 * its window is closed, only a frame from the line can open it, and only an
 * urgent packet can go.
 */
static uint64_t packet_ns(const struct supply *supply)
{
	const struct pair *pair = supply->config->pair;
	const struct fq_codel_choice urgent = {may_be_urgent, pair};

	if (fq_codel_is_empty(supply->queue))
		return UINT64_MAX;
	if (!pair_has_room(pair) &&
	    !fq_codel_has_sparse(supply->queue, &urgent))
		return UINT64_MAX;
	return pair_quiet_until(pair);
}

/* Does this end compress TCP headers now? */
static bool compresses(const struct supply *supply)
{
	const struct pair *pair = supply->config->pair;
	const struct vj *vj = supply->config->vj;

	return vj && vj_sends(vj) && (!pair || pair_state(pair) == PAIR_PLAIN);
}

/* Take the next packet of the queue. Return: its length; 0: it is empty. */
static size_t take_packet(struct supply *supply, uint64_t now_ns)
{
	const struct pair *pair = supply->config->pair;
	uint8_t *packet = packet_of(supply);
	bool mark = false;
	size_t len = take_urgent(supply, now_ns);

	if (!len && (!pair || pair_has_room(pair)))
		len = fq_codel_dequeue(supply->queue, packet, &mark, now_ns);
	if (mark)
		packet_mark_ce(packet + supply->layer->find_ip(packet, len));
	return len;
}

/* Let the pair put a head and a check around a packet. */
static void wrap_packet(struct supply *supply, bool is_inside,
			struct outbox_frame *frame, uint64_t now_ns)
{
	const struct pair_packet what = {
		.len = frame->len,
		.flow = fq_codel_last_flow(supply->queue),
		.is_sparse =
			supply_interrupts(supply) &&
			fq_codel_last_was_sparse(supply->queue, frame->len),
		.is_inside = is_inside,
	};

	frame->len = pair_wrap(supply->config->pair, packet_of(supply), &what,
			       now_ns, &frame->bytes);
	if (frame->len)
		return;
	supply->counters->packets++;
	supply->counters->bytes += what.len;
}

/*
 * Make the packet a frame. The pair may keep the packet and give it out as its
 * own later: then @frame is empty.
 */
static void make_frame(struct supply *supply, size_t len, bool is_inside,
		       struct outbox_frame *frame, uint64_t now_ns)
{
	frame->bytes = packet_of(supply);
	frame->len = len;
	frame->packet_len = len;
	if (witness_looks(supply->witness))
		show_witness(supply, len);
	if (supply->config->pair)
		wrap_packet(supply, is_inside, frame, now_ns);
	if (frame->len && compresses(supply))
		frame->bytes = vj_compress(supply->config->vj, frame->bytes,
					   &frame->len);
}

/* As supply_next_ns(), with a pair. */
static uint64_t next_ns_of_pair(const struct supply *supply, uint64_t now_ns)
{
	const struct pair *pair = supply->config->pair;
	const uint64_t ns = packet_ns(supply);

	if (ns <= now_ns || (owes_board(supply) && !pair_holds(pair)))
		return 0;
	return clock_earlier(ns, pair_next_ns(pair, now_ns));
}

/**
 * supply_next_ns() - when may the next frame go?
 * @supply: the supply, with a queue
 * @now_ns: the time
 *
 * Return: the time, which may have passed; UINT64_MAX: after the next packet
 */
uint64_t supply_next_ns(const struct supply *supply, uint64_t now_ns)
{
	if (supply->config->pair)
		return next_ns_of_pair(supply, now_ns);
	if (owes_board(supply) || !fq_codel_is_empty(supply->queue))
		return 0;
	return UINT64_MAX;
}

/**
 * supply_next() - take the next frame
 * @supply: the supply, with a queue
 * @frame: the frame on success, valid until the next call
 * @now_ns: the time
 *
 * Return: false if none may go now
 */
bool supply_next(struct supply *supply, struct outbox_frame *frame,
		 uint64_t now_ns)
{
	size_t len;

	do {
		if (take_own_frame(supply, frame, now_ns))
			break;
		if (fq_codel_is_empty(supply->queue) ||
		    (supply->config->pair && packet_ns(supply) > now_ns))
			return false;
		len = take_packet(supply, now_ns);
		if (!len)
			return false;
		make_frame(supply, len, false, frame, now_ns);
	} while (!frame->len);
	frame->in_pieces =
		supply_interrupts(supply) && frame_is_bulk(frame->bytes);
	return true;
}

/**
 * supply_next_inner() - take the frame that interrupts another one
 * @supply: the supply; its pair interrupts frames
 * @frame: the frame on success, valid until the next call
 * @now_ns: the time
 *
 * Return: false if there is none
 */
bool supply_next_inner(struct supply *supply, struct outbox_frame *frame,
		       uint64_t now_ns)
{
	size_t len;

	*frame = (struct outbox_frame){.bytes = supply->room};
	frame->len =
		pair_take_inside(supply->config->pair, supply->room, now_ns);
	if (frame->len)
		return true;
	if (packet_ns(supply) > now_ns)
		return false;
	len = take_urgent(supply, now_ns);
	if (!len)
		return false;
	make_frame(supply, len, true, frame, now_ns);
	return frame->len;
}
