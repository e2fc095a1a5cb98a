/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sender: from the interface to the port.
 *
 *   interface --tun_read--> gso --> fq_codel --> encode --> port_write
 *
 * The sender always empties the interface into the queue, because the driver's
 * ring is a single FIFO that drops new packets when it is full. The sender
 * hands over the next frame when the wire is about to run dry (pacer) or, on a
 * wire of unknown speed, when the port has room. Only then does fq_codel choose
 * the packet, because no later packet can overtake an encoded one.
 *
 * After a short write the remainder stays in the outbox, and the sender writes
 * it before it chooses another packet, so a full port never truncates a frame.
 * On a wire of known speed the outbox holds one frame; otherwise the sender
 * batches frames to save system calls.
 *
 * The sender writes the framing's idle bytes (a leading END) before a frame if
 * the receiver may be in the middle of other bytes: noise since our last END,
 * or a truncated frame of ours. It does not always do so, because some
 * receivers mishandle a leading END: Serial-TUN stops at the first END of a
 * read, and RIOT's sliptty takes a second END for a packet type.
 *
 * A socket accepts more bytes than its wire carries. So the port of a socket
 * limits the bytes that may wait in it, and reports POLLOUT when their number
 * is below the limit again.
 *
 * A pair's own frames go before the next packet, and the pair puts a head and a
 * check around each packet before the framing encodes it. Without a session,
 * and with a peer that compresses TCP headers, the sender does so, too (vj). It
 * does both behind the queue, because frames must arrive in their order.
 *
 * Where the pair lets short frames interrupt long ones, and the speed is known,
 * the port gets a bulk frame in pieces, each as late as the wire allows (lead).
 * Between two pieces goes what is urgent: a frame of the pair, or a short
 * packet of a flow that sends little (weave). The frame behind an interrupted
 * one has a leading END: if the END of the inner frame was lost, the receiver
 * takes the END of the outer one for it.
 *
 * The sender segments super-packets from the interface before it queues them
 * (gso), so that fq_codel can choose among single packets.
 */
#include "pump/sender.h"
#include "clock.h"
#include "framing/framing.h"
#include "framing/weave.h"
#include "interface/tun.h"
#include "log.h"
#include "packet/gso.h"
#include "packet/link_layer.h"
#include "packet/packet.h"
#include "packet/siphash.h"
#include "packet/transport.h"
#include "packet/vj.h"
#include "pair/pair.h"
#include "port/port.h"
#include "pump/chatter.h"
#include "pump/drop.h"
#include "pump/fq_codel.h"
#include "pump/keepalive.h"
#include "pump/lead.h"
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

/* Bytes per write of a batch: enough to make the system call cheap. */
#define SENDER_BATCH_LEN 32768

/* A packet in the frame of a pair. */
#define SENDER_ROOM_LEN (PAIR_HEADROOM + PACKET_MAX + PAIR_TAILROOM)
_Static_assert(PAIR_FRAME_MAX == FRAMING_CONTENTS_MAX,
	       "a decoder takes what is sent");

/* An encoded frame inside of another one. */
#define SENDER_INNER_LEN FRAMING_ENCODED_MAX(FRAMING_INNER_MAX)

/* The last frame may begin just below SENDER_BATCH_LEN and have a mark, and
 * another END may follow it. */
#define SENDER_OUTBOX_LEN                                            \
	(SENDER_BATCH_LEN + KEEPALIVE_MARK_ENDS +                    \
	 FRAMING_ENCODED_MAX(SENDER_ROOM_LEN) + 1 + WEAVE_HEAD_LEN + \
	 SENDER_INNER_LEN)

/* The pieces of a frame that may be interrupted: so many in a second, but not
 * shorter than this. */
#define SENDER_PIECES_PER_S 250
#define SENDER_PIECE_MIN    16

/*
 * Time after our last END after which noise may have come. It is longer than
 * the interval of a ping every second or two, whose packets need no leading
 * END.
 */
#define SENDER_LEAD_NS (10 * NS_PER_S)

/* Writes per turn. */
#define SENDER_WRITES 16

/*
 * Writes per turn of a datagram port, which cost little. With fewer, a flood
 * from the interface fills the queue even if the port is fast enough.
 */
#define SENDER_WRITES_OF_ONE 256

/*
 * Reads of the interface per turn: more than the driver's ring usually holds,
 * because packets left there wait in a single FIFO.
 */
#define SENDER_READS 64

struct sender {
	const struct pump_config *config;
	const struct link_layer *layer;
	struct witness *witness;
	struct stats_direction direction;
	struct siphash_key flow_key;
	struct fq_codel *queue; /* NULL before the first port */
	struct pacer pacer;
	struct transport transport;
	size_t outbox_at; /* start of the next write */
	size_t outbox_len;
	size_t outbox_packets; /* packets in the outbox, and their bytes */
	size_t outbox_bytes;
	bool in_pieces;	  /* a bulk frame, which others may interrupt */
	bool was_woven;	  /* others have interrupted it, or the last one */
	bool is_short;	  /* the port did not take all of the last write */
	size_t inner_end; /* where the frame inside of it ends */
	struct lead lead;
	uint64_t ended_ns; /* when the port took the last byte of a frame */
	bool marks;	   /* put a mark before the next frame */
	bool is_between;   /* the receiver is between two frames */
	bool port_is_full; /* more than queue_max bytes wait in the port */
	bool is_ahead;	   /* bytes wait in the port, by its own count */
	uint8_t *packet;   /* in the middle of the room */
	uint8_t room[SENDER_ROOM_LEN];
	uint8_t outbox[SENDER_OUTBOX_LEN];
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
	sender->packet = sender->room + PAIR_HEADROOM;
	sender->layer = layer;
	sender->witness = witness;
	/* A predictable key only makes hash collisions easier. */
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

static bool outbox_empty(const struct sender *sender)
{
	return sender->outbox_at == sender->outbox_len;
}

/* Does the rest of the outbox wait for its time, and not for the port? */
static bool is_between_pieces(const struct sender *sender)
{
	return !outbox_empty(sender) && sender->in_pieces && !sender->is_short;
}

static void drop_outbox(struct sender *sender, enum stats_drop reason)
{
	sender->outbox_at = sender->outbox_len;
	drop_packets(&sender->direction, reason, sender->outbox_packets,
		     sender->outbox_bytes);
}

static void clear_outbox(struct sender *sender)
{
	sender->outbox_at = 0;
	sender->outbox_len = 0;
	sender->outbox_packets = 0;
	sender->outbox_bytes = 0;
	sender->in_pieces = false;
	sender->is_short = false;
	sender->inner_end = 0;
}

/* Bytes of the longest packet that the interface sends. */
static uint32_t packet_max(const struct sender *sender)
{
	size_t len = sender->config->mtu + sender->layer->header_max;

	return (uint32_t)MIN(len, PACKET_MAX);
}

/* Fit the queue to the speed of a port. Return: 0 or -ENOMEM. */
static int fit_queue(struct sender *sender, const struct port *port)
{
	struct fq_codel_config config = {0};

	fq_codel_derive_config(&config, port->rate, packet_max(sender));
	if (sender->queue)
		fq_codel_adapt(sender->queue, &config);
	else
		sender->queue = fq_codel_new(&config);
	return sender->queue ? 0 : -ENOMEM;
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
	sender->is_between = false;
	sender->transport = *transport;
	pacer_init(&sender->pacer, port->rate, port->kind->queue_slack);
	return fit_queue(sender, port);
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
	if (!outbox_empty(sender) && sender->outbox_packets)
		drop_outbox(sender, STATS_DROP_NO_LINE);
	clear_outbox(sender);
	sender->was_woven = false;
	sender->port_is_full = false;
	sender->is_between = false;
	/* The peer has not seen the headers that were flushed. */
	if (sender->config->vj)
		vj_compress_reset(&sender->config->vj->compressor);
	pacer_init(&sender->pacer, port->rate, port->kind->queue_slack);
	fit_queue(sender, port);
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

	if (!outbox_empty(sender))
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
 * with a burst of old ones. Of a batch that the port took in part, all count as
 * dropped.
 */
void sender_reset(struct sender *sender)
{
	if (!outbox_empty(sender) && sender->outbox_packets)
		drop_outbox(sender, STATS_DROP_NO_LINE);
	clear_outbox(sender);
	sender->was_woven = false;
	sender->port_is_full = false;
	if (sender->queue)
		purge_queue(sender);
}

/* Does a packet belong to the connection, present or future, of the line? */
static bool is_of_the_line(const struct sender *sender, const uint8_t *ip,
			   size_t len, bool has_line)
{
	return transport_has_sent(&sender->transport, ip, len) ||
	       (!has_line &&
		transport_has_answered(sender->config->listen_port, ip, len));
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
	else if (is_of_the_line(sender, ip, len - ip_at, has_line))
		drop_packets(direction, STATS_DROP_OWN_TRANSPORT, 1, len);
	else if (!has_line)
		drop_packets(direction, STATS_DROP_NO_LINE, 1, len);
	else
		fq_codel_enqueue(sender->queue, packet, len,
				 layer->flow(packet, len, &sender->flow_key),
				 packet_is_ecn_capable(ip, len - ip_at),
				 now_ns);
}

/* Segment the packet or super-packet of one read, and queue the packets. */
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
 * sender_drain() - read packets from the interface into the queue
 * @sender: the sender
 * @has_line: there is a port; without one the sender drops the packets
 * @now_ns: the time
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
			     PACKET_MAX);
		if (n <= 0)
			return !n;
		sender->direction.interface_packets++;
		cut_and_enqueue(sender, &gso, (size_t)n, has_line, now_ns);
	}
	return true;
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
	return SENDER_BATCH_LEN;
}

/* May the receiver be in the middle of a frame or of noise? */
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
		return !sender->outbox_len &&
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

/* May a short frame interrupt a long one? */
static bool interrupts(const struct sender *sender)
{
	return sender->config->pair && pair_interrupts(sender->config->pair);
}

/* Encode a frame and append it to the outbox. */
static void append_frame(struct sender *sender, const uint8_t *frame,
			 size_t len, uint64_t now_ns)
{
	const struct framing *framing = sender->config->framing;
	const bool lead = sender->was_woven || needs_lead(sender, now_ns);
	uint8_t *out = sender->outbox;
	int ends;

	for (ends = 0; sender->marks && ends < KEEPALIVE_MARK_ENDS; ends++)
		sender->outbox_len += framing->idle(out + sender->outbox_len);
	sender->marks = false;
	sender->was_woven = false;
	if (lead)
		sender->outbox_len += framing->idle(out + sender->outbox_len);
	sender->outbox_len +=
		framing->encode(out + sender->outbox_len, frame, len);
	sender->in_pieces = pacer_is_paced(&sender->pacer) &&
			    framing->take_inner && interrupts(sender) &&
			    frame_is_bulk(frame);
}

/* Append the pair's next own frame. Return: false if none is due. */
static bool append_pair_frame(struct sender *sender, uint64_t now_ns)
{
	size_t len = 0;

	if (sender->config->pair)
		len = pair_take(sender->config->pair, sender->room, now_ns);
	if (len)
		append_frame(sender, sender->room, len, now_ns);
	return len;
}

static bool owes_board(const struct sender *sender)
{
	const struct chatter *chatter = sender->config->chatter;

	return chatter && chatter_owes(chatter);
}

/*
 * Append a frame for the board that is owed one. A serialtun, which takes
 * frames with a check alone, is no board.
 */
static void append_board_frame(struct sender *sender, uint64_t now_ns)
{
	const struct pair *pair = sender->config->pair;
	uint8_t frame[CHATTER_FRAME_MAX];
	size_t len = 0;

	if (!(pair && pair_holds(pair)))
		len = chatter_take_frame(sender->config->chatter, frame);
	if (len && (!pair || pair_state(pair) == PAIR_PLAIN))
		append_frame(sender, frame, len, now_ns);
}

static bool may_be_urgent(const void *pair, uint32_t flow)
{
	return pair_may_be_urgent(pair, flow);
}

/* Take an urgent packet of the queue. Return: its length; 0: there is none. */
static size_t take_urgent(struct sender *sender, uint64_t now_ns)
{
	const struct fq_codel_choice urgent = {may_be_urgent,
					       sender->config->pair};

	if (!interrupts(sender))
		return 0;
	return fq_codel_dequeue_sparse(sender->queue, sender->packet, &urgent,
				       now_ns);
}

/*
 * When the next packet may go: now, or behind the first hello. While the pair's
 * window is closed, only a frame from the line can open it, and only an urgent
 * packet can go.
 */
static uint64_t packet_ns(const struct sender *sender)
{
	const struct pair *pair = sender->config->pair;
	const struct fq_codel_choice urgent = {may_be_urgent, pair};

	if (fq_codel_is_empty(sender->queue))
		return UINT64_MAX;
	if (pair && !pair_has_room(pair) &&
	    !fq_codel_has_sparse(sender->queue, &urgent))
		return UINT64_MAX;
	return pair ? pair_quiet_until(pair) : 0;
}

/* Does this end compress TCP headers now? */
static bool compresses(const struct sender *sender)
{
	const struct pair *pair = sender->config->pair;
	const struct vj *vj = sender->config->vj;

	return vj && vj_sends(vj) && (!pair || pair_state(pair) == PAIR_PLAIN);
}

/* Make the packet of the queue a frame. Return: its length; 0: it waits. */
static size_t wrap_packet(struct sender *sender, struct pair_packet *what,
			  uint64_t now_ns, uint8_t **frame)
{
	if (witness_looks(sender->witness))
		show_witness(sender, what->len);
	what->flow = fq_codel_last_flow(sender->queue);
	what->is_sparse = interrupts(sender) &&
			  fq_codel_last_was_sparse(sender->queue, what->len);
	*frame = sender->packet;
	if (!sender->config->pair)
		return what->len;
	return pair_wrap(sender->config->pair, sender->packet, what, now_ns,
			 frame);
}

/* Append the next packet of the queue. Return: false if it is empty. */
static bool append_packet(struct sender *sender, uint64_t now_ns)
{
	struct pair *pair = sender->config->pair;
	struct pair_packet what = {0};
	uint8_t *frame = sender->packet;
	size_t frame_len;
	bool mark = false;

	if (packet_ns(sender) > now_ns)
		return false;
	what.len = take_urgent(sender, now_ns);
	if (!what.len && (!pair || pair_has_room(pair)))
		what.len = fq_codel_dequeue(sender->queue, sender->packet,
					    &mark, now_ns);
	if (!what.len)
		return false;
	if (mark)
		packet_mark_ce(
			sender->packet +
			sender->layer->find_ip(sender->packet, what.len));
	frame_len = wrap_packet(sender, &what, now_ns, &frame);
	if (!frame_len) {
		/* It waits in the pair, which gives it out as its own. */
		sender->direction.packets++;
		sender->direction.bytes += what.len;
		return true;
	}
	if (compresses(sender))
		frame = vj_compress(sender->config->vj, frame, &frame_len);
	append_frame(sender, frame, frame_len, now_ns);
	sender->outbox_packets++;
	sender->outbox_bytes += what.len;
	return true;
}

/* Take the frame that interrupts the one in the outbox. Return: its length; 0:
 * there is none. */
static size_t take_inner(struct sender *sender, uint64_t now_ns,
			 uint8_t **frame)
{
	struct pair_packet what = {.is_inside = true};
	size_t len =
		pair_take_inside(sender->config->pair, sender->room, now_ns);

	*frame = sender->room;
	if (len || packet_ns(sender) > now_ns)
		return len;
	what.len = take_urgent(sender, now_ns);
	if (!what.len)
		return 0;
	sender->outbox_packets++;
	sender->outbox_bytes += what.len;
	return wrap_packet(sender, &what, now_ns, frame);
}

/* Put what is urgent in front of the next piece. */
static void interrupt(struct sender *sender, uint64_t now_ns)
{
	uint8_t inner[SENDER_INNER_LEN];
	uint8_t *frame;
	size_t len;

	if (sender->outbox_at < sender->inner_end ||
	    !weave_fits(sender->outbox, sender->outbox_at))
		return;
	len = take_inner(sender, now_ns, &frame);
	if (!len)
		return;
	len = sender->config->framing->encode(inner, frame, len);
	sender->inner_end = weave_insert(sender->outbox, &sender->outbox_at,
					 &sender->outbox_len, inner, len);
	sender->was_woven = true;
}

/* Bytes of the next write. */
static size_t write_len(const struct sender *sender)
{
	const size_t rest = sender->outbox_len - sender->outbox_at;
	const size_t piece = sender->pacer.rate / SENDER_PIECES_PER_S;

	if (!sender->in_pieces)
		return rest;
	if (sender->outbox_at < sender->inner_end)
		return sender->inner_end - sender->outbox_at;
	return weave_piece(sender->outbox + sender->outbox_at, rest,
			   MAX(piece, SENDER_PIECE_MIN));
}

/* Fill the empty outbox. */
static void fill_outbox(struct sender *sender, const struct port *port,
			uint64_t now_ns)
{
	const size_t enough = batch_len(sender, port);

	clear_outbox(sender);
	if (owes_board(sender)) {
		while (sender->outbox_len < enough &&
		       append_pair_frame(sender, now_ns))
			;
		if (sender->outbox_len < enough)
			append_board_frame(sender, now_ns);
	}
	while (sender->outbox_len < enough &&
	       (append_pair_frame(sender, now_ns) ||
		append_packet(sender, now_ns)))
		;
}

/* The system refuses this frame for good; others may still pass. */
static void refuse_outbox(struct sender *sender)
{
	if (sender->outbox_at)
		sender->is_between = false;
	if (sender->config->vj)
		vj_compress_reset(&sender->config->vj->compressor);
	if (sender->config->pair)
		pair_refused(sender->config->pair);
	drop_outbox(sender, STATS_DROP_UNSENDABLE);
}

/* Return: bytes of the outbox that the port took, or -errno. */
static ssize_t flush_outbox(struct sender *sender, struct port *port,
			    uint64_t now_ns)
{
	size_t len = write_len(sender);
	ssize_t n = port_write(port, sender->outbox + sender->outbox_at, len);

	if (n == -ECOMM) {
		refuse_outbox(sender);
		return 0;
	}
	if (n < 0)
		return n;
	sender->outbox_at += (size_t)n;
	sender->direction.line_bytes += (size_t)n;
	sender->is_short = (size_t)n < len;
	if (sender->is_short) {
		sender->direction.short_writes++;
	} else if (outbox_empty(sender)) {
		/* Not before: a counter that goes back has no rate. */
		sender->direction.packets += sender->outbox_packets;
		sender->direction.bytes += sender->outbox_bytes;
		sender->ended_ns = now_ns;
		sender->is_between = true;
	}
	pacer_set_lead(&sender->pacer,
		       interrupts(sender) ? lead_ns(&sender->lead) : 0);
	if (pacer_is_paced(&sender->pacer))
		pacer_hand_over(&sender->pacer, (size_t)n,
				queued_for_pacer(port), now_ns);
	return n;
}

/* As frame_ns(), with a pair. */
static uint64_t pair_frame_ns(const struct sender *sender, uint64_t now_ns)
{
	const struct pair *pair = sender->config->pair;
	const uint64_t ns = packet_ns(sender);

	if (ns <= now_ns || (owes_board(sender) && !pair_holds(pair)))
		return 0;
	return clock_earlier(ns, pair_next_ns(pair, now_ns));
}

/* When anything may go: a packet, or a frame for a board or of the pair. */
static inline uint64_t frame_ns(const struct sender *sender, uint64_t now_ns)
{
	if (sender->config->pair)
		return pair_frame_ns(sender, now_ns);
	if (owes_board(sender) || !fq_codel_is_empty(sender->queue))
		return 0;
	return UINT64_MAX;
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

	if (!outbox_empty(sender) && pair && pair_repeats(pair) &&
	    frame_ns(sender, now_ns) > now_ns)
		sender->outbox_len += sender->config->framing->idle(
			sender->outbox + sender->outbox_len);
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
	if (is_between_pieces(sender) &&
	    pacer_next_ns(&sender->pacer) <= now_ns)
		lead_note_wake(&sender->lead, pacer_next_ns(&sender->pacer),
			       now_ns);
	for (; writes > 0; writes--) {
		if (is_between_pieces(sender)) {
			if (!line_ready(sender, port, now_ns))
				break;
			interrupt(sender, now_ns);
		} else if (outbox_empty(sender)) {
			if (frame_ns(sender, now_ns) > now_ns)
				break;
			if (!line_ready(sender, port, now_ns))
				break;
			fill_outbox(sender, port, now_ns);
			end_burst(sender, now_ns);
			if (outbox_empty(sender))
				break;
		}
		n = flush_outbox(sender, port, now_ns);
		if (n < 0)
			return (int)n;
		if (n)
			sent = 1;
		if (!outbox_empty(sender) && !is_between_pieces(sender))
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

	if (!outbox_empty(sender))
		return 0;
	clear_outbox(sender);
	sender->outbox_len = sender->config->framing->idle(sender->outbox);
	n = flush_outbox(sender, port, now_ns);
	return n > 0 ? 1 : (int)n;
}

/**
 * sender_mark() - put a keepalive mark before the next frame
 * @sender: the sender; its framing has idle bytes
 */
void sender_mark(struct sender *sender)
{
	sender->marks = sender->config->lead != FRAMING_LEAD_NEVER;
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
	uint8_t frame[PAIR_SHORT_MAX];
	size_t len = pair_close(sender->config->pair, frame, now_ns);

	sender->in_pieces = false;
	if (!outbox_empty(sender))
		flush_outbox(sender, port, now_ns);
	if (!outbox_empty(sender) || !len)
		return;
	clear_outbox(sender);
	append_frame(sender, frame, len, now_ns);
	flush_outbox(sender, port, now_ns);
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
		.is_full =
			(!outbox_empty(sender) && !is_between_pieces(sender)) ||
			sender->port_is_full,
		.next_ns = is_between_pieces(sender) ? now_ns
						     : frame_ns(sender, now_ns),
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
	return (!outbox_empty(sender) && !is_between_pieces(sender)) ||
	       port_queued(port);
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
	if (sender->queue)
		stats->queue = *fq_codel_get_stats(sender->queue);
	direction->dropped[STATS_DROP_CODEL] = stats->queue.dropped_codel;
	direction->dropped[STATS_DROP_QUEUE_FULL] = stats->queue.dropped_limit;
}
