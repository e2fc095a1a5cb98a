/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sender: from the interface to the port.
 *
 *   interface --tun_read--> gso --> fq_codel --> encode --> port_write
 *
 * There are three questions, each asked as late as can be. What is there to
 * send? The interface is always emptied into the queue, because packets that
 * wait in the driver's ring wait in one line, and the last ones are lost. When
 * can the next one go? When the wire is about to run dry (pacer), or, if
 * nothing is known of the wire, when the port takes more. Which one is it? That
 * is fq_codel's choice, made at this moment and not before, because what is
 * encoded cannot be overtaken any more.
 *
 * What the port did not take stays in the outbox and goes first; until it has
 * gone, nothing else is chosen. So a full port never cuts a frame. On a wire
 * of known speed there is one frame at a time in the outbox; otherwise frames
 * are gathered until a write is worth its price.
 *
 * In front of a frame go the framing's idle bytes, a leading END, where the
 * receiver may be in the middle of something else: noise that came since our
 * own last END, or a frame of ours that was cut. Not always, because some
 * receivers make too much of it: Serial-TUN looks no further than the first END
 * of a read, and RIOT's sliptty takes a second END for a type of packet.
 *
 * What a socket takes is more than its wire does: there the port says how much
 * is to wait in it, and by POLLOUT when it is less again.
 *
 * Super-packets of the interface are cut before they are queued (gso), so that
 * the queue has its choice among packets as ever.
 */
#include "pump/sender.h"
#include "clock.h"
#include "framing/framing.h"
#include "interface/tun.h"
#include "log.h"
#include "packet/gso.h"
#include "packet/link_layer.h"
#include "packet/packet.h"
#include "packet/siphash.h"
#include "packet/transport.h"
#include "port/port.h"
#include "pump/drop.h"
#include "pump/fq_codel.h"
#include "pump/keepalive.h"
#include "pump/pacer.h"
#include "pump/pump.h"
#include "pump/stats.h"
#include "pump/witness.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/random.h>
#include <sys/types.h>

/* When gathering, how much makes a write worth its price. */
#define SENDER_BATCH_LEN 32768

/* The last frame may begin just below the batch's length, and have a mark. */
#define SENDER_OUTBOX_LEN                         \
	(SENDER_BATCH_LEN + KEEPALIVE_MARK_ENDS + \
	 FRAMING_ENCODED_MAX(PACKET_MAX))

/*
 * So long after our own last END noise may have come; but a ping every second
 * or two crosses without an END in front.
 */
#define SENDER_LEAD_NS (10 * NS_PER_S)

/* How many writes there are in a turn. */
#define SENDER_WRITES 16

/*
 * The same for writes of a single packet, which cost little: with less, a flood
 * from the interface fills the queue however fast the port is.
 */
#define SENDER_WRITES_OF_ONE 256

/*
 * How many packets, super or not, the interface may bring in its turn: more
 * than it has, or the last ones would wait in its ring in one line.
 */
#define SENDER_READS 64

struct sender {
	const struct pump_config *config;
	const struct link_layer *layer;
	struct witness *witness;
	struct stats_direction direction;
	struct siphash_key flow_key;
	struct fq_codel *queue; /* NULL until there was a port */
	struct fq_codel_config queue_config;
	struct pacer pacer;
	struct transport transport;
	size_t outbox_at; /* where in the outbox the next write begins */
	size_t outbox_len;
	size_t outbox_packets; /* packets in the outbox, and bytes of these */
	size_t outbox_bytes;
	uint64_t
		ended_ns; /* when the last byte of the last frame was written */
	bool marks;	  /* the next frame is to have a mark in front of it */
	bool is_between;  /* and that is the last that the receiver had of us */
	bool port_is_full; /* the port holds more than it should */
	bool is_ahead;	   /* it holds something, by its own count */
	uint8_t packet[PACKET_MAX];
	uint8_t outbox[SENDER_OUTBOX_LEN];
};

/**
 * sender_new() - make a sender
 * @config: borrowed, as all in it, for the life of the sender
 * @layer:  of the interface
 * @witness: is told what is sent; borrowed
 *
 * It has no port yet, and drops what the interface brings until it has one.
 *
 * Return: the sender, which sender_free() frees; NULL if there is no memory
 */
struct sender *sender_new(const struct pump_config *config,
			  const struct link_layer *layer,
			  struct witness *witness)
{
	struct sender *sender = calloc(1, sizeof(*sender));

	if (!sender)
		return NULL;
	sender->config = config;
	sender->layer = layer;
	sender->witness = witness;
	/* A key that is not random only makes flows easier to collide. */
	if (getrandom(&sender->flow_key, sizeof(sender->flow_key),
		      GRND_NONBLOCK) < 0)
		log_debug("no random numbers for the flow hash yet");
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
	fq_codel_free(sender->queue);
	free(sender);
}

static void purge_queue(struct sender *sender)
{
	sender->direction.dropped[STATS_DROP_NO_LINE] +=
		fq_codel_get_stats(sender->queue)->backlog_packets;
	fq_codel_purge(sender->queue);
}

/* Bytes of the longest packet that the interface sends. */
static uint32_t packet_max(const struct sender *sender)
{
	size_t len = sender->config->mtu + sender->layer->header_max;

	return (uint32_t)MIN(len, PACKET_MAX);
}

/* Make the queue suit a port. Return: 0 or -ENOMEM. */
static int fit_queue(struct sender *sender, const struct port *port)
{
	struct fq_codel_config config = {0};
	struct fq_codel *queue;

	fq_codel_derive_config(&config, port->rate, packet_max(sender));
	if (sender->queue &&
	    config.target_ns == sender->queue_config.target_ns &&
	    config.limit == sender->queue_config.limit)
		return 0;
	queue = fq_codel_renew(sender->queue, &config);
	if (!queue)
		return -ENOMEM;
	sender->queue = queue;
	sender->queue_config = config;
	return 0;
}

/**
 * sender_fit() - get ready for a port
 * @sender: the sender, new or reset
 * @port:   the port
 * @transport: the connection that the port is, whose own packets are dropped;
 *          copied
 *
 * Return: 0 or -ENOMEM
 */
int sender_fit(struct sender *sender, const struct port *port,
	       const struct transport *transport)
{
	sender->is_between = false;
	sender->transport = *transport;
	pacer_init(&sender->pacer, port->rate, port->kind->queue_slack);
	return fit_queue(sender, port);
}

/**
 * sender_reset() - drop what was meant for a port
 * @sender: the sender
 *
 * The peer of a lost port waits for nothing any more, and a new line must not
 * begin with a burst of the past.
 */
void sender_reset(struct sender *sender)
{
	sender->outbox_at = 0;
	sender->outbox_len = 0;
	sender->port_is_full = false;
	if (sender->queue)
		purge_queue(sender);
}

static void enqueue(struct sender *sender, const uint8_t *packet, size_t len,
		    bool has_line, uint64_t now_ns)
{
	struct stats_direction *direction = &sender->direction;
	const struct link_layer *layer = sender->layer;
	const size_t ip_at = layer->find_ip(packet, len);
	const uint8_t *ip = packet + ip_at;

	if (!sender->config->ipv6 && ip_at < len && ip[0] >> 4 == 6)
		drop_packets(direction, STATS_DROP_IPV6, 1, len);
	else if (transport_has_sent(&sender->transport, ip, len - ip_at))
		drop_packets(direction, STATS_DROP_OWN_TRANSPORT, 1, len);
	else if (!has_line)
		drop_packets(direction, STATS_DROP_NO_LINE, 1, len);
	else
		fq_codel_enqueue(sender->queue, packet, len,
				 layer->flow(packet, len, &sender->flow_key),
				 packet_is_ecn_capable(ip, len - ip_at),
				 now_ns);
}

/* What one read has brought. */
static void cut_and_enqueue(struct sender *sender, const struct gso *gso,
			    size_t len, bool has_line, uint64_t now_ns)
{
	struct gso_cut cut;
	uint8_t *packet;

	if (!gso_cut_begin(&cut, gso, sender->packet, len)) {
		drop_packets(&sender->direction, STATS_DROP_BAD_HEADER, 1, len);
		return;
	}
	while ((len = gso_cut_next(&cut, &packet)))
		enqueue(sender, packet, len, has_line, now_ns);
}

/**
 * sender_drain() - take what the interface has to send
 * @sender:   the sender
 * @has_line: there is a port; otherwise it is dropped
 * @now_ns:   the time
 *
 * Return: false if the interface was deleted
 */
bool sender_drain(struct sender *sender, bool has_line, uint64_t now_ns)
{
	struct gso gso;
	ssize_t n;
	int reads;

	for (reads = 0; reads < SENDER_READS; reads++) {
		n = tun_read(sender->config->tun, &gso, sender->packet,
			     sizeof(sender->packet));
		if (n <= 0)
			return !n;
		sender->direction.interface_packets++;
		cut_and_enqueue(sender, &gso, (size_t)n, has_line, now_ns);
	}
	return true;
}

static bool outbox_empty(const struct sender *sender)
{
	return sender->outbox_at == sender->outbox_len;
}

/* What the wire is to know of what waits in the port. */
static size_t queued_for_pacer(const struct port *port)
{
	return port->kind->counts_wire ? port_queued(port) : 0;
}

/* Look at what waits in a port that should not hold much. */
static void look_at_port(struct sender *sender, const struct port *port)
{
	size_t queued = port->queue_max ? port_queued(port) : 0;

	sender->port_is_full = queued > port->queue_max;
	sender->is_ahead = queued;
}

/* May the next frame be handed over? */
static bool line_ready(struct sender *sender, const struct port *port,
		       uint64_t now_ns)
{
	struct pacer *pacer = &sender->pacer;

	look_at_port(sender, port);
	if (sender->port_is_full)
		return false;
	if (!pacer_is_paced(pacer))
		return true;
	return pacer_look_ns(pacer) <= now_ns &&
	       pacer_look(pacer, queued_for_pacer(port), now_ns);
}

/*
 * How much is worth a write: one frame, or, where the port sends as fast as we
 * can write, and so nothing but the number of writes counts, many.
 */
static size_t batch_len(const struct sender *sender, const struct port *port)
{
	if (pacer_is_paced(&sender->pacer) || port->kind->is_datagram ||
	    sender->is_ahead)
		return 1;
	return SENDER_BATCH_LEN;
}

/* May the receiver be anywhere but between two frames? */
static bool needs_lead(const struct sender *sender, uint64_t now_ns)
{
	if (!sender->config->framing->idle)
		return false;
	switch (sender->config->lead) {
	case FRAMING_LEAD_ALWAYS:
		return true;
	case FRAMING_LEAD_NEVER:
		return false;
	default:
		return !sender->outbox_packets &&
		       (!sender->is_between ||
			now_ns - sender->ended_ns > SENDER_LEAD_NS);
	}
}

static void show_witness(const struct sender *sender, size_t len)
{
	const size_t ip_at = sender->layer->find_ip(sender->packet, len);

	if (ip_at < len)
		witness_sent(sender->witness, sender->packet + ip_at,
			     len - ip_at);
}

/* Put the frame of @sender->packet behind those in the outbox. */
static void append_frame(struct sender *sender, size_t len, uint64_t now_ns)
{
	const struct framing *framing = sender->config->framing;
	uint8_t *out = sender->outbox;
	int ends;

	for (ends = 0; sender->marks && ends < KEEPALIVE_MARK_ENDS; ends++)
		sender->outbox_len += framing->idle(out + sender->outbox_len);
	sender->marks = false;
	if (needs_lead(sender, now_ns))
		sender->outbox_len += framing->idle(out + sender->outbox_len);
	sender->outbox_len +=
		framing->encode(out + sender->outbox_len, sender->packet, len);
	sender->outbox_packets++;
	sender->outbox_bytes += len;
	if (witness_looks(sender->witness))
		show_witness(sender, len);
}

/* Fill the empty outbox. */
static void fill_outbox(struct sender *sender, const struct port *port,
			uint64_t now_ns)
{
	size_t enough = batch_len(sender, port);
	bool mark;
	size_t len;

	sender->outbox_at = 0;
	sender->outbox_len = 0;
	sender->outbox_packets = 0;
	sender->outbox_bytes = 0;
	while (sender->outbox_len < enough) {
		len = fq_codel_dequeue(sender->queue, sender->packet, &mark,
				       now_ns);
		if (!len)
			break;
		if (mark)
			packet_mark_ce(
				sender->packet +
				sender->layer->find_ip(sender->packet, len));
		append_frame(sender, len, now_ns);
	}
	sender->direction.packets += sender->outbox_packets;
	sender->direction.bytes += sender->outbox_bytes;
}

/* The frame in the outbox cannot be sent, which says nothing of others. */
static void drop_outbox(struct sender *sender)
{
	struct stats_direction *direction = &sender->direction;

	if (sender->outbox_at)
		sender->is_between = false;
	sender->outbox_at = sender->outbox_len;
	direction->packets -= sender->outbox_packets;
	direction->bytes -= sender->outbox_bytes;
	drop_packets(direction, STATS_DROP_UNSENDABLE, sender->outbox_packets,
		     sender->outbox_bytes);
}

/* Return: bytes that the port took of the outbox, or -errno. */
static ssize_t flush_outbox(struct sender *sender, struct port *port,
			    uint64_t now_ns)
{
	size_t len = sender->outbox_len - sender->outbox_at;
	ssize_t n = port_write(port, sender->outbox + sender->outbox_at, len);

	if (n == -ECOMM) {
		drop_outbox(sender);
		return 0;
	}
	if (n < 0)
		return n;
	sender->outbox_at += (size_t)n;
	sender->direction.line_bytes += (size_t)n;
	if ((size_t)n < len) {
		sender->direction.short_writes++;
	} else {
		sender->ended_ns = now_ns;
		sender->is_between = true;
	}
	if (pacer_is_paced(&sender->pacer))
		pacer_hand_over(&sender->pacer, (size_t)n,
				queued_for_pacer(port), now_ns);
	return n;
}

/**
 * sender_send() - hand frames to the port, while it is ready and takes them
 * @sender: the sender, which was made to fit the port
 * @port:   the port
 * @now_ns: the time
 *
 * Return: 1 if the port took something, 0 if not, -errno if it hung up
 */
int sender_send(struct sender *sender, struct port *port, uint64_t now_ns)
{
	int writes =
		port->kind->is_datagram ? SENDER_WRITES_OF_ONE : SENDER_WRITES;
	int sent = 0;
	ssize_t n;

	sender->port_is_full = false;
	for (; writes > 0; writes--) {
		if (outbox_empty(sender)) {
			if (fq_codel_is_empty(sender->queue) ||
			    !line_ready(sender, port, now_ns))
				break;
			fill_outbox(sender, port, now_ns);
		}
		n = flush_outbox(sender, port, now_ns);
		if (n < 0)
			return (int)n;
		if (n)
			sent = 1;
		if (!outbox_empty(sender))
			break;
	}
	return sent;
}

/**
 * sender_send_idle() - send what receivers pass over, if nothing else is being
 * sent
 * @sender: the sender, whose framing has such bytes
 * @port:   the port
 * @now_ns: the time
 *
 * Return: as sender_send()
 */
int sender_send_idle(struct sender *sender, struct port *port, uint64_t now_ns)
{
	ssize_t n;

	if (!outbox_empty(sender))
		return 0;
	sender->outbox_at = 0;
	sender->outbox_len = sender->config->framing->idle(sender->outbox);
	sender->outbox_packets = 0;
	sender->outbox_bytes = 0;
	n = flush_outbox(sender, port, now_ns);
	return n > 0 ? 1 : (int)n;
}

/**
 * sender_mark() - let the next frame show that this end keeps alive
 * @sender: the sender, whose framing has idle bytes
 */
void sender_mark(struct sender *sender)
{
	sender->marks = sender->config->lead != FRAMING_LEAD_NEVER;
}

/**
 * sender_plan() - when does it want to send next?
 * @sender: the sender, which has a port
 *
 * Return: the answer, until sender_drain() or sender_send() is called
 */
struct sender_plan sender_plan(const struct sender *sender)
{
	struct sender_plan plan = {
		.is_paced = pacer_is_paced(&sender->pacer),
		.is_full = !outbox_empty(sender) || sender->port_is_full,
		.next_ns = UINT64_MAX,
	};

	if (!fq_codel_is_empty(sender->queue))
		plan.next_ns =
			plan.is_paced ? pacer_look_ns(&sender->pacer) : 0;
	return plan;
}

/**
 * sender_is_stuck() - does the port refuse what it is to send?
 * @sender: the sender
 * @port:   the port
 *
 * Return: true if it took only a part, or nothing, of the last write, or if by
 * its own count something waits in it
 */
bool sender_is_stuck(const struct sender *sender, const struct port *port)
{
	return !outbox_empty(sender) || port_queued(port);
}

/**
 * sender_get_stats() - the counters so far
 * @sender: the sender
 * @stats:  filled in as far as it is a sender's
 */
void sender_get_stats(const struct sender *sender, struct stats *stats)
{
	struct stats_direction *direction = &stats->to_line;

	*direction = sender->direction;
	stats->queue = (struct fq_codel_stats){0};
	if (sender->queue)
		stats->queue = *fq_codel_get_stats(sender->queue);
	direction->dropped[STATS_DROP_CODEL] = stats->queue.dropped_codel;
	direction->dropped[STATS_DROP_QUEUE_FULL] = stats->queue.dropped_limit;
}
