/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The receiver: from the port to the interface.
 *
 *   interface <--tun_write-- gro <-- check <-- decode <-- port_read
 *             |------ delivery -----|---------- receiver ---------|
 *
 * The receiver queues nothing. It reads the port, decodes the bytes, and hands
 * a packet to the delivery, and a frame that is no packet to the strays.
 *
 * With a pair, the pair sees each frame first. It keeps its own frames, takes
 * packets out of checked frames, and decides whether a packet without a check
 * may pass.
 */
#include "pump/receiver.h"
#include "framing/framing.h"
#include "packet/link_layer.h"
#include "packet/prompt.h"
#include "packet/vj.h"
#include "pair/pair.h"
#include "port/port.h"
#include "pump/census.h"
#include "pump/chatter.h"
#include "pump/delivery.h"
#include "pump/drop.h"
#include "pump/presence.h"
#include "pump/pump.h"
#include "pump/stats.h"
#include "pump/strays.h"
#include "pump/witness.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* Enough for a full tty buffer (4095 bytes) and for the bursts of a socket. */
#define RECEIVER_INBOX_LEN 65536

/*
 * After a read of this many bytes more have probably arrived: a tty returns at
 * most 4095 bytes per read (N_TTY_BUF_SIZE, n_tty.c), and often fewer while
 * more are on their way.
 */
#define RECEIVER_READ_MORE 1024

/* Reads per turn. */
#define RECEIVER_READS 16

/*
 * After this many bad frames in a row a framing that cannot resync is out of
 * step. A peer that sends an occasional bad packet also sends good ones.
 */
#define RECEIVER_BAD_MAX 3

struct receiver {
	const struct pump_config *config;
	const struct link_layer *layer;
	const struct witness *witness;
	uint64_t settled_ns; /* discard bytes that arrive earlier */
	struct stats_direction direction;
	struct census census;
	struct delivery delivery;
	struct strays strays;
	void *decoder;
	uint8_t inbox[RECEIVER_INBOX_LEN];
};

/**
 * receiver_new() - make a receiver
 * @config: borrowed, with all its pointers, for the life of the receiver
 * @layer: link layer of the interface
 * @witness: the receiver shows it the received packets; borrowed
 *
 * Return: the receiver, freed by receiver_free(); NULL without memory
 */
struct receiver *receiver_new(const struct pump_config *config,
			      const struct link_layer *layer,
			      struct witness *witness)
{
	struct receiver *receiver = calloc(1, sizeof(*receiver));

	if (!receiver)
		return NULL;
	receiver->config = config;
	receiver->layer = layer;
	receiver->witness = witness;
	receiver->strays.config = config;
	receiver->strays.layer = layer;
	receiver->strays.witness = witness;
	receiver->strays.counters = &receiver->direction;
	receiver->strays.delivery = &receiver->delivery;
	receiver->decoder = calloc(1, config->framing->decoder_size);
	if (delivery_open(&receiver->delivery, config, layer, witness,
			  &receiver->direction) ||
	    !receiver->decoder) {
		receiver_free(receiver);
		return NULL;
	}
	return receiver;
}

/**
 * receiver_free() - free a receiver
 * @receiver: the receiver, or NULL
 */
void receiver_free(struct receiver *receiver)
{
	if (!receiver)
		return;
	delivery_close(&receiver->delivery);
	free(receiver->decoder);
	free(receiver);
}

/**
 * receiver_reset() - start with a new port, or without one
 * @receiver: the receiver
 * @settled_ns: discard bytes that arrive earlier
 */
void receiver_reset(struct receiver *receiver, uint64_t settled_ns)
{
	receiver->settled_ns = settled_ns;
	delivery_reset(&receiver->delivery);
	strays_reset(&receiver->strays);
	memset(receiver->decoder, 0, receiver->config->framing->decoder_size);
}

/**
 * receiver_follow() - follow a change of the port's speed
 * @receiver: the receiver
 * @settled_ns: discard bytes that arrive earlier
 */
void receiver_follow(struct receiver *receiver, uint64_t settled_ns)
{
	receiver->settled_ns = settled_ns;
	memset(receiver->decoder, 0, receiver->config->framing->decoder_size);
	if (receiver->config->chatter)
		chatter_end_frame(receiver->config->chatter);
}

/**
 * receiver_set_join() - choose whether to join packets to super-packets
 * @receiver: the receiver
 * @join: join packets where possible
 */
void receiver_set_join(struct receiver *receiver, bool join)
{
	receiver->delivery.join = join;
}

static void deliver(struct receiver *receiver,
		    const struct framing_frame *packet,
		    enum packet_verdict verdict)
{
	receiver->strays.in_a_row = 0;
	delivery_take(&receiver->delivery, packet, verdict);
}

/* Note a packet that came as it is. */
static void see_plain(const struct receiver *receiver,
		      const struct framing_frame *frame)
{
	struct vj *vj = receiver->config->vj;

	if (vj && vj->is_heard)
		vj_see_plain(vj, frame->bytes, frame->len);
}

/*
 * Take a frame that the pair did not. In a session a bad frame has failed its
 * check, and a good packet may pass only for a moment.
 */
static void take_plain(struct receiver *receiver,
		       const struct framing_frame *frame, uint64_t now_ns)
{
	struct pair *pair = receiver->config->pair;
	const bool is_session = pair && pair_state(pair) != PAIR_PLAIN;
	enum packet_verdict verdict =
		receiver->layer->check(frame->bytes, frame->len);
	const bool is_good = packet_is_good(verdict);

	if (verdict == PACKET_BAD_VERSION && receiver->config->vj &&
	    !is_session && strays_take_vj(&receiver->strays, frame, now_ns))
		return;
	if (pair && !pair_admit(pair, is_good, now_ns) && is_session)
		drop_packets(&receiver->direction,
			     is_good ? STATS_DROP_UNCHECKED
				     : STATS_DROP_BAD_CHECK,
			     1, frame->len);
	else if (is_good) {
		see_plain(receiver, frame);
		deliver(receiver, frame, verdict);
	} else
		strays_take(&receiver->strays, frame, verdict);
}

/* The packet of a checked frame. A bad one was bad at the peer already. */
static void take_checked(struct receiver *receiver,
			 const struct framing_frame *frame)
{
	enum packet_verdict verdict =
		receiver->layer->check(frame->bytes, frame->len);

	if (packet_is_good(verdict))
		deliver(receiver, frame, verdict);
	else
		drop_packets(&receiver->direction, drop_reason(verdict), 1,
			     frame->len);
}

static void take_frame(struct receiver *receiver,
		       const struct framing_frame *frame, uint64_t now_ns)
{
	struct pair *pair = receiver->config->pair;
	struct framing_frame packet;

	switch (pair ? pair_receive(pair, frame->bytes, frame->len, now_ns,
				    &packet.bytes, &packet.len)
		     : PAIR_OTHER) {
	case PAIR_OURS:
		receiver->strays.in_a_row = 0;
		break;
	case PAIR_PACKET:
		do
			take_checked(receiver, &packet);
		while (pair_next_packet(pair, &packet.bytes, &packet.len));
		break;
	case PAIR_OTHER:
		take_plain(receiver, frame, now_ns);
		break;
	}
}

static bool is_out_of_step(const struct receiver *receiver)
{
	return receiver->config->framing->cannot_resync &&
	       receiver->strays.in_a_row >= RECEIVER_BAD_MAX;
}

/* Take the text of a board that has not ended its frame. */
static void take_unfinished(struct receiver *receiver)
{
	struct chatter *chatter = receiver->config->chatter;
	struct framing_frame pending;

	if (!chatter || !chatter->is_board)
		return;
	pending = receiver->config->framing->pending(receiver->decoder);
	chatter_hear_unfinished(chatter, pending.bytes, pending.len);
}

/* Decode bytes from the line. */
static void decode(struct receiver *receiver, const uint8_t *bytes, size_t len,
		   uint64_t now_ns)
{
	const struct framing *framing = receiver->config->framing;
	const struct pair *pair = receiver->config->pair;
	struct framing_frame frame;
	enum framing_status status;
	size_t used;

	do {
		/* The last frame may have begun or ended a session. */
		if (pair && framing->take_inner)
			framing->take_inner(receiver->decoder,
					    pair_takes_inner(pair));
		used = framing->decode(receiver->decoder, bytes, len, &status,
				       &frame);
		bytes += used;
		len -= used;
		if (status == FRAMING_FRAME)
			take_frame(receiver, &frame, now_ns);
		else if (status != FRAMING_MORE)
			strays_take_broken(&receiver->strays, &frame, status,
					   now_ns);
		if (status != FRAMING_MORE && receiver->config->chatter)
			chatter_end_frame(receiver->config->chatter);
	} while (len && !receiver->delivery.is_tun_gone &&
		 !is_out_of_step(receiver));
}

/* Tell the pair about the bytes behind the last frame. */
static void show_line(const struct receiver *receiver)
{
	struct framing_frame pending =
		receiver->config->framing->pending(receiver->decoder);
	const struct seek_line line = {
		.in_frame = pending.len,
		.is_text =
			pair_state(receiver->config->pair) == PAIR_PLAIN &&
			strays_guess(&receiver->strays, &pending) == GUESS_TEXT,
	};

	pair_set_line(receiver->config->pair, &line);
}

/*
 * Read the port until it is empty. A hang-up takes effect only after the
 * receiver has read all bytes that came before it.
 */
static enum receiver_result drain_port(struct receiver *receiver,
				       struct port *port, bool hung_up,
				       struct presence *presence,
				       uint64_t now_ns)
{
	ssize_t n;
	int reads;

	for (reads = 0; reads < RECEIVER_READS; reads++) {
		n = port_read(port, receiver->inbox, sizeof(receiver->inbox));
		if (n == -EAGAIN && !hung_up)
			break;
		if (n < 0)
			return RECEIVER_PORT_GONE;
		if (now_ns < receiver->settled_ns)
			continue;
		receiver->direction.line_bytes += (size_t)n;
		presence_heard(presence, receiver->inbox, (size_t)n, now_ns);
		if (!census_is_done(&receiver->census))
			census_add(&receiver->census, receiver->inbox,
				   (size_t)n);
		decode(receiver, receiver->inbox, (size_t)n, now_ns);
		if (is_out_of_step(receiver))
			return RECEIVER_OUT_OF_STEP;
		if (receiver->delivery.is_tun_gone ||
		    (n < RECEIVER_READ_MORE && !port->kind->is_datagram))
			break;
	}
	return RECEIVER_DONE;
}

/**
 * receiver_receive() - read the port and write packets to the interface
 * @receiver: the receiver
 * @port: the port
 * @hung_up: epoll reported a hang-up: no bytes follow those in the port
 * @presence: the receiver tells it of received bytes
 * @now_ns: the time
 *
 * The receiver writes all joined packets before it returns.
 *
 * Return: the result
 */
enum receiver_result receiver_receive(struct receiver *receiver,
				      struct port *port, bool hung_up,
				      struct presence *presence,
				      uint64_t now_ns)
{
	enum receiver_result result =
		drain_port(receiver, port, hung_up, presence, now_ns);

	delivery_flush(&receiver->delivery);
	take_unfinished(receiver);
	if (receiver->config->pair)
		show_line(receiver);
	return receiver->delivery.is_tun_gone ? RECEIVER_TUN_GONE : result;
}

/**
 * receiver_framing() - the framing for the peer
 * @receiver: the receiver
 *
 * Return: the configured framing, or the variant of it that the peer uses
 */
const struct framing *receiver_framing(const struct receiver *receiver)
{
	const struct framing *framing = receiver->config->framing;

	return framing->follow ? framing->follow(receiver->decoder) : framing;
}

/**
 * receiver_sees_console() - is a login or a shell at the other end?
 * @receiver: the receiver
 *
 * Return: true if no packet has come by this port, and either the last text
 * that came is a prompt, or our own packets come back
 */
bool receiver_sees_console(const struct receiver *receiver)
{
	struct framing_frame pending;

	if (receiver->delivery.has_heard)
		return false;
	if (receiver->witness->verdict == WITNESS_ECHO)
		return true;
	pending = receiver->config->framing->pending(receiver->decoder);
	return prompt_ends(pending.bytes, pending.len);
}

/**
 * receiver_take_first() - has the first packet come by this port?
 * @receiver: the receiver
 * @from:     then its source address; AF_UNSPEC: it is no IP packet
 *
 * Return: true once for each port
 */
bool receiver_take_first(struct receiver *receiver, struct addr *from)
{
	return delivery_take_first(&receiver->delivery, from);
}

/* Is a board at the other end? Its text is no sign of a fault. */
static bool is_board(const struct receiver *receiver)
{
	const struct chatter *chatter = receiver->config->chatter;

	return chatter && chatter->is_board;
}

/**
 * receiver_get_stats() - report the receiver's counters
 * @receiver: the receiver
 * @stats: the receiver fills in its own members
 */
void receiver_get_stats(const struct receiver *receiver, struct stats *stats)
{
	struct stats_direction *direction = &stats->from_line;
	struct framing_frame pending =
		receiver->config->framing->pending(receiver->decoder);

	*direction = receiver->direction;
	memcpy(stats->guesses, receiver->strays.guesses,
	       sizeof(stats->guesses));
	stats->census = receiver->census;
	stats->unfinished_len = pending.len;
	stats->unfinished = is_board(receiver)
				    ? GUESS_NONE
				    : strays_guess(&receiver->strays, &pending);
}
