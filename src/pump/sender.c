/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sender: from the interface to the port.
 *
 *   interface --> intake --> fq_codel --> supply --> outbox --port_write-->
 *
 * The sender asks for the next frame (supply) when the wire is about to run dry
 * (pacer) or, on a wire of unknown speed, when the port has room. After a short
 * write it writes the rest of the outbox before it asks again.
 *
 * A socket accepts more bytes than its wire carries. So the port of a socket
 * limits the bytes that may wait in it, and reports POLLOUT when their number
 * is below the limit again.
 *
 * Where the pair lets short frames interrupt long ones, and the speed is known,
 * the port gets a bulk frame in pieces, each as late as the wire allows (lead).
 * An urgent frame goes between two pieces.
 */
#include "pump/sender.h"
#include "clock.h"
#include "framing/framing.h"
#include "packet/vj.h"
#include "pair/pair.h"
#include "port/port.h"
#include "pump/fq_codel.h"
#include "pump/intake.h"
#include "pump/lead.h"
#include "pump/outbox.h"
#include "pump/pacer.h"
#include "pump/pump.h"
#include "pump/stats.h"
#include "pump/supply.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/types.h>

/* The pieces of a frame that may be interrupted: so many in a second. */
#define SENDER_PIECES_PER_S 250

/* Writes per turn. */
#define SENDER_WRITES 16

/*
 * Writes per turn of a datagram port, which cost little. With fewer, a flood
 * from the interface fills the queue even if the port is fast enough.
 */
#define SENDER_WRITES_OF_ONE 256

struct sender {
	const struct pump_config *config;
	struct stats_direction direction;
	struct pacer pacer;
	struct lead lead;
	bool port_is_full; /* more than queue_max bytes wait in the port */
	bool is_ahead;	   /* bytes wait in the port, by its own count */
	struct intake intake;
	struct supply supply;
	struct outbox outbox;
};

/**
 * sender_new() - make a sender
 * @config: borrowed, with all its pointers, for the life of the sender
 * @layer: link layer of the interface
 * @witness: the sender shows it the sent packets; borrowed
 *
 * The sender drops packets until it has a port.
 *
 * Return: the sender, freed by sender_free(); NULL without memory
 */
struct sender *sender_new(const struct pump_config *config,
			  const struct link_layer *layer,
			  struct witness *witness)
{
	struct sender *sender = calloc(1, sizeof(*sender));

	if (!sender)
		return NULL;
	sender->config = config;
	intake_init(&sender->intake, config, layer, &sender->direction);
	sender->supply = (struct supply){.config = config,
					 .layer = layer,
					 .witness = witness,
					 .counters = &sender->direction};
	sender->outbox.config = config;
	sender->outbox.counters = &sender->direction;
	return sender;
}

/**
 * sender_free() - free a sender
 * @sender: a sender, or NULL
 */
void sender_free(struct sender *sender)
{
	if (!sender)
		return;
	fq_codel_free(sender->supply.queue);
	free(sender);
}

/**
 * sender_fit() - prepare for a port
 * @sender: the sender, new or reset
 * @port: the port
 * @transport: the connection that the port uses; the sender drops packets that
 *             belong to it; copied
 *
 * Return: 0 or -ENOMEM
 */
int sender_fit(struct sender *sender, const struct port *port,
	       const struct transport *transport)
{
	sender->intake.transport = *transport;
	pacer_init(&sender->pacer, port->rate, port->kind->queue_slack);
	return supply_fit(&sender->supply, port->rate);
}

/* The port's count of bytes before the wire, 0 if it has none. */
static size_t queued_for_pacer(const struct port *port)
{
	return port->kind->counts_wire ? port_queued(port) : 0;
}

/**
 * sender_follow() - follow a change of the port's speed
 * @sender: the sender
 * @port: the port, with its new speed
 *
 * The frame that the port has not taken yet is lost; the packets in the queue
 * are not. An attempt changes the speed only after the outbox is empty. So a
 * packet waits there only if the session is over, and nothing repeats it.
 */
void sender_follow(struct sender *sender, const struct port *port)
{
	outbox_drop(&sender->outbox);
	sender->port_is_full = false;
	/* The peer has not seen the headers that were flushed. */
	if (sender->config->vj)
		vj_compress_reset(&sender->config->vj->compressor);
	pacer_init(&sender->pacer, port->rate, port->kind->queue_slack);
	supply_fit(&sender->supply, port->rate);
}

/**
 * sender_dry_ns() - when has the wire sent all bytes that the port took?
 * @sender: the sender
 * @port: the port
 * @now_ns: the time
 *
 * Return: the time, which may have passed; UINT64_MAX: not known
 */
uint64_t sender_dry_ns(const struct sender *sender, const struct port *port,
		       uint64_t now_ns)
{
	const size_t queued = queued_for_pacer(port);

	if (!outbox_is_empty(&sender->outbox))
		return UINT64_MAX;
	/* A wire that is slower than its rate, by 1 %, is behind the clock. */
	if (queued && port->rate)
		return clock_later(sender->pacer.free_ns,
				   now_ns + queued * NS_PER_S / port->rate);
	return sender->pacer.free_ns;
}

/**
 * sender_reset() - drop all packets for the lost port
 * @sender: the sender
 *
 * The peer no longer waits for these packets, and a new line must not begin
 * with a burst of old ones.
 */
void sender_reset(struct sender *sender)
{
	outbox_drop(&sender->outbox);
	sender->port_is_full = false;
	supply_purge(&sender->supply);
}

/**
 * sender_drain() - read packets from the interface into the queue
 * @sender: the sender
 * @has_line: there is a port; without one the sender drops the packets
 * @now_ns: the time
 *
 * Return: false if the interface was deleted
 */
bool sender_drain(struct sender *sender, bool has_line, uint64_t now_ns)
{
	return intake_drain(&sender->intake,
			    has_line ? sender->supply.queue : NULL, now_ns);
}

/* Read the count of a port that limits the bytes waiting in it. */
static void look_at_port(struct sender *sender, const struct port *port)
{
	size_t queued = port->queue_max ? port_queued(port) : 0;

	sender->port_is_full = queued > port->queue_max;
	sender->is_ahead = queued;
}

/* May the sender hand over the next frame? */
static bool line_ready(struct sender *sender, const struct port *port,
		       uint64_t now_ns)
{
	struct pacer *pacer = &sender->pacer;
	size_t queued;

	look_at_port(sender, port);
	if (sender->port_is_full)
		return false;
	if (!pacer_is_paced(pacer))
		return true;
	if (pacer_next_ns(pacer) > now_ns)
		return false;
	queued = queued_for_pacer(port);
	if (sender->config->pair)
		pair_set_queued(sender->config->pair, queued);
	return pacer_look(pacer, queued, now_ns);
}

/*
 * Bytes to gather for one write: one frame if a pacer, datagrams or bytes
 * waiting in the port limit the sender; otherwise only the number of system
 * calls limits it, so a batch.
 */
static size_t batch_len(const struct sender *sender, const struct port *port)
{
	if (pacer_is_paced(&sender->pacer) || port->kind->is_datagram ||
	    sender->is_ahead)
		return 1;
	return OUTBOX_BATCH_LEN;
}

/* Put what is urgent in front of the next piece. */
static void interrupt(struct sender *sender, uint64_t now_ns)
{
	struct outbox_frame frame;

	if (outbox_takes_inner(&sender->outbox) &&
	    supply_next_inner(&sender->supply, &frame, now_ns))
		outbox_insert(&sender->outbox, &frame);
}

/* Fill the empty outbox. */
static void fill_outbox(struct sender *sender, const struct port *port,
			uint64_t now_ns)
{
	const size_t enough = batch_len(sender, port);
	struct outbox *outbox = &sender->outbox;
	struct outbox_frame frame;

	outbox_clear(outbox);
	while (outbox->len < enough &&
	       supply_next(&sender->supply, &frame, now_ns)) {
		frame.in_pieces &= pacer_is_paced(&sender->pacer) &&
				   sender->config->framing->take_inner;
		outbox_append(outbox, &frame, now_ns);
	}
}

/* The system refuses this frame for good; others may still pass. */
static void refuse_outbox(struct sender *sender)
{
	if (sender->config->vj)
		vj_compress_reset(&sender->config->vj->compressor);
	if (sender->config->pair)
		pair_refused(sender->config->pair);
	outbox_refuse(&sender->outbox);
}

/* Return: bytes of the outbox that the port took, or -errno. */
static ssize_t flush_outbox(struct sender *sender, struct port *port,
			    uint64_t now_ns)
{
	struct outbox *outbox = &sender->outbox;
	const size_t len = outbox_next_len(outbox, sender->pacer.rate /
							   SENDER_PIECES_PER_S);
	const ssize_t n = port_write(port, outbox->bytes + outbox->at, len);

	if (n == -ECOMM) {
		refuse_outbox(sender);
		return 0;
	}
	if (n < 0)
		return n;
	outbox_take(outbox, (size_t)n, len, now_ns);
	pacer_set_lead(&sender->pacer, supply_interrupts(&sender->supply)
					       ? lead_ns(&sender->lead)
					       : 0);
	if (pacer_is_paced(&sender->pacer))
		pacer_hand_over(&sender->pacer, (size_t)n,
				queued_for_pacer(port), now_ns);
	return n;
}

/*
 * End a burst to a pair that repeats lost frames. If the line damages the END
 * of the last frame, the next frame may come much later, and only then would
 * the receiver know about the damage. The wire is idle now, so another END
 * delays nothing.
 */
static void end_burst(struct sender *sender, uint64_t now_ns)
{
	const struct pair *pair = sender->config->pair;

	if (!outbox_is_empty(&sender->outbox) && pair && pair_repeats(pair) &&
	    supply_next_ns(&sender->supply, now_ns) > now_ns)
		outbox_append_idle(&sender->outbox);
}

/**
 * sender_send() - write frames while the port takes them
 * @sender: the sender, after sender_fit() for @port
 * @port: the port
 * @now_ns: the time
 *
 * Return: 1 if the port took any bytes, 0 if not, -errno if it hung up
 */
int sender_send(struct sender *sender, struct port *port, uint64_t now_ns)
{
	int writes =
		port->kind->is_datagram ? SENDER_WRITES_OF_ONE : SENDER_WRITES;
	int sent = 0;
	ssize_t n;

	sender->port_is_full = false;
	if (outbox_is_between_pieces(&sender->outbox) &&
	    pacer_next_ns(&sender->pacer) <= now_ns)
		lead_note_wake(&sender->lead, pacer_next_ns(&sender->pacer),
			       now_ns);
	for (; writes > 0; writes--) {
		if (outbox_is_between_pieces(&sender->outbox)) {
			if (!line_ready(sender, port, now_ns))
				break;
			interrupt(sender, now_ns);
		} else if (outbox_is_empty(&sender->outbox)) {
			if (supply_next_ns(&sender->supply, now_ns) > now_ns)
				break;
			if (!line_ready(sender, port, now_ns))
				break;
			fill_outbox(sender, port, now_ns);
			end_burst(sender, now_ns);
			if (outbox_is_empty(&sender->outbox))
				break;
		}
		n = flush_outbox(sender, port, now_ns);
		if (n < 0)
			return (int)n;
		if (n)
			sent = 1;
		if (outbox_waits(&sender->outbox))
			break;
	}
	return sent;
}

/**
 * sender_send_idle() - write idle bytes, unless a frame is unfinished
 * @sender: the sender; its framing has idle bytes
 * @port: the port
 * @now_ns: the time
 *
 * Return: as sender_send()
 */
int sender_send_idle(struct sender *sender, struct port *port, uint64_t now_ns)
{
	ssize_t n;

	if (!outbox_is_empty(&sender->outbox))
		return 0;
	outbox_clear(&sender->outbox);
	outbox_append_idle(&sender->outbox);
	n = flush_outbox(sender, port, now_ns);
	return n > 0 ? 1 : (int)n;
}

/**
 * sender_mark() - put a keepalive mark before the next frame
 * @sender: the sender; its framing has idle bytes
 */
void sender_mark(struct sender *sender)
{
	sender->outbox.marks = sender->config->lead != FRAMING_LEAD_NEVER;
}

/**
 * sender_part() - let the pair say good-bye
 * @sender: the sender; its configuration has a pair
 * @port: the port; nothing is sent on it afterwards
 * @now_ns: the time
 *
 * A port that is full, in the middle of a frame, does not get the good-bye.
 */
void sender_part(struct sender *sender, struct port *port, uint64_t now_ns)
{
	struct outbox *outbox = &sender->outbox;
	uint8_t bytes[PAIR_SHORT_MAX];
	const struct outbox_frame frame = {
		.bytes = bytes,
		.len = pair_close(sender->config->pair, bytes, now_ns),
	};

	outbox->in_pieces = false;
	if (!outbox_is_empty(outbox))
		flush_outbox(sender, port, now_ns);
	if (!outbox_is_empty(outbox) || !frame.len)
		return;
	outbox_clear(outbox);
	outbox_append(outbox, &frame, now_ns);
	flush_outbox(sender, port, now_ns);
}

/**
 * sender_is_full() - does the sender wait until the port has room?
 * @sender: the sender
 *
 * Return: true if so: call sender_send() after POLLOUT
 */
bool sender_is_full(const struct sender *sender)
{
	return outbox_waits(&sender->outbox) || sender->port_is_full;
}

/**
 * sender_plan() - when to call sender_send() next
 * @sender: the sender, with a port
 * @now_ns: the time
 *
 * Return: the plan, valid until the next sender_drain() or sender_send()
 */
struct sender_plan sender_plan(const struct sender *sender, uint64_t now_ns)
{
	struct sender_plan plan = {
		.is_paced = pacer_is_paced(&sender->pacer),
		.is_full = sender_is_full(sender),
		.next_ns = outbox_is_between_pieces(&sender->outbox)
				   ? now_ns
				   : supply_next_ns(&sender->supply, now_ns),
	};

	if (plan.is_paced)
		plan.next_ns = clock_later(plan.next_ns,
					   pacer_next_ns(&sender->pacer));
	return plan;
}

/**
 * sender_is_stuck() - do bytes wait for the port?
 * @sender: the sender
 * @port: the port
 *
 * Return: true if the last write was short or refused, or if bytes wait in the
 * port by its own count
 */
bool sender_is_stuck(const struct sender *sender, const struct port *port)
{
	return outbox_waits(&sender->outbox) || port_queued(port);
}

/**
 * sender_get_stats() - report the sender's counters
 * @sender: the sender
 * @stats: the sender fills in its own members
 */
void sender_get_stats(const struct sender *sender, struct stats *stats)
{
	struct stats_direction *direction = &stats->to_line;

	*direction = sender->direction;
	stats->queue = (struct fq_codel_stats){0};
	if (sender->supply.queue)
		stats->queue = *fq_codel_get_stats(sender->supply.queue);
	direction->dropped[STATS_DROP_CODEL] = stats->queue.dropped_codel;
	direction->dropped[STATS_DROP_QUEUE_FULL] = stats->queue.dropped_limit;
}
