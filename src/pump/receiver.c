/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The receiver: from the port to the interface.
 *
 *   interface <--tun_write-- gro <-- check <-- decode <-- port_read
 *
 * The receiver queues nothing. It drops and counts a packet that the interface
 * refuses, and a frame that is no packet. The contents of such a frame may show
 * which protocol the peer uses (guess).
 *
 * With a pair, the pair sees each frame first. It keeps its own frames, takes
 * packets out of checked frames, and decides whether a packet without a check
 * may pass.
 *
 * A frame that is no packet may be one with a compressed header (vj). The
 * receiver expands it, and then treats it as any packet.
 *
 * The receiver may join packets of one turn to super-packets (gro). The
 * counters count the single packets, as on the line.
 */
#include "pump/receiver.h"
#include "framing/framing.h"
#include "interface/addr.h"
#include "interface/tun.h"
#include "packet/gro.h"
#include "packet/guess.h"
#include "packet/header.h"
#include "packet/link_layer.h"
#include "packet/packet.h"
#include "packet/prompt.h"
#include "packet/vj.h"
#include "pair/pair.h"
#include "port/port.h"
#include "pump/census.h"
#include "pump/chatter.h"
#include "pump/drop.h"
#include "pump/keepalive.h"
#include "pump/pump.h"
#include "pump/stats.h"
#include "pump/witness.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
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
	struct witness *witness;
	bool has_heard;	     /* a packet has come by this port */
	bool first_is_new;   /* receiver_take_first() has not returned it */
	struct addr first;   /* its sender; AF_UNSPEC: no IP packet */
	uint64_t settled_ns; /* discard bytes that arrive earlier */
	struct stats_direction direction;
	uint64_t guesses[GUESS_COUNT];
	struct census census;
	unsigned int bad_frames; /* in a row */
	bool join;		 /* join packets to super-packets */
	bool tun_gone;
	struct gro *gro;
	void *decoder;
	uint8_t inbox[RECEIVER_INBOX_LEN];
	uint8_t expanded[PACKET_MAX]; /* a packet that came compressed */
};

/* The output of gro. Count the packets on the line, not the super-packets. */
static void write_interface(void *to, const struct gro_packet *packet)
{
	struct receiver *receiver = to;
	struct stats_direction *direction = &receiver->direction;

	switch (tun_write(receiver->config->tun, &packet->gso, packet->data,
			  packet->len)) {
	case TUN_WRITTEN:
		direction->interface_packets++;
		direction->packets += packet->packets;
		direction->bytes += packet->bytes;
		break;
	case TUN_DOWN:
		drop_packets(direction, STATS_DROP_INTERFACE_DOWN,
			     packet->packets, packet->bytes);
		break;
	case TUN_REFUSED:
		drop_packets(direction, STATS_DROP_INTERFACE_REFUSED,
			     packet->packets, packet->bytes);
		break;
	case TUN_GONE:
		receiver->tun_gone = true;
		break;
	}
}

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
	receiver->gro = gro_new(write_interface, receiver);
	receiver->decoder = calloc(1, config->framing->decoder_size);
	if (!receiver->gro || !receiver->decoder) {
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
	gro_free(receiver->gro);
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
	receiver->has_heard = false;
	receiver->first_is_new = false;
	receiver->bad_frames = 0;
	if (receiver->config->vj)
		vj_reset(receiver->config->vj, receiver->config->vj->mode);
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
	receiver->join = join;
}

/* The drop reason for a bad packet. */
static enum stats_drop verdict_reason(enum packet_verdict verdict)
{
	switch (verdict) {
	case PACKET_BAD_VERSION:
		return STATS_DROP_BAD_VERSION;
	case PACKET_BAD_HEADER:
		return STATS_DROP_BAD_HEADER;
	case PACKET_BAD_LENGTH:
		return STATS_DROP_BAD_LENGTH;
	default:
		return STATS_DROP_BAD_CHECKSUM;
	}
}

/*
 * Guess the protocol of a bad frame. Idle bytes identify SLIP. A damaged frame
 * of a protocol that this end speaks tells nothing new.
 */
static enum guess guess(const struct receiver *receiver,
			const struct framing_frame *frame)
{
	enum guess guess =
		guess_frame(frame->bytes, frame->len, receiver->layer->guess,
			    receiver->config->framing->idle);

	return guess == GUESS_CSLIP && receiver->config->vj ? GUESS_NONE
							    : guess;
}

static void count_garbage(struct receiver *receiver,
			  const struct framing_frame *frame,
			  enum stats_drop reason, enum guess guess)
{
	drop_packets(&receiver->direction, reason, 1, frame->len);
	receiver->guesses[guess]++;
	receiver->bad_frames++;
	if (receiver->config->vj)
		vj_toss(receiver->config->vj);
	if (witness_looks(receiver->witness))
		witness_garbage(receiver->witness, frame->bytes, frame->len);
}

/* Drop a frame that is no packet, but guess its protocol. */
static void drop_garbage(struct receiver *receiver,
			 const struct framing_frame *frame,
			 enum stats_drop reason)
{
	count_garbage(receiver, frame, reason, guess(receiver, frame));
}

/* May the packet go to the interface? If not, @reason is set. */
static bool admit(const struct receiver *receiver,
		  const struct framing_frame *frame,
		  enum packet_verdict verdict, enum stats_drop *reason)
{
	size_t ip_at;

	if (verdict != PACKET_IPV6)
		return true;
	if (!receiver->config->ipv6) {
		*reason = STATS_DROP_IPV6;
		return false;
	}
	ip_at = receiver->layer->find_ip(frame->bytes, frame->len);
	if (!receiver->config->accept_ra &&
	    packet_is_router_advert(frame->bytes + ip_at, frame->len - ip_at)) {
		*reason = STATS_DROP_ROUTER_ADVERT;
		return false;
	}
	return true;
}

/*
 * Count a wrong checksum, because the kernel drops such a packet silently.
 * Return: false if a checksum is wrong.
 */
static bool check_sum(struct receiver *receiver, const uint8_t *packet)
{
	uint64_t *bad_sums = receiver->direction.bad_sums;

	switch (packet_bad_sum(packet)) {
	case 0:
		return true;
	case IPPROTO_TCP:
		bad_sums[STATS_SUM_TCP]++;
		break;
	case IPPROTO_UDP:
		bad_sums[STATS_SUM_UDP]++;
		break;
	default:
		bad_sums[STATS_SUM_ICMP]++;
		break;
	}
	return false;
}

/*
 * Show the witness the IP packet of a good frame. Return: true if the packet's
 * checksums are right.
 */
static bool look_at_packet(struct receiver *receiver,
			   const struct framing_frame *frame)
{
	const size_t ip_at = receiver->layer->find_ip(frame->bytes, frame->len);

	if (witness_looks(receiver->witness))
		witness_heard(receiver->witness, frame->bytes + ip_at,
			      frame->len - ip_at);
	return check_sum(receiver, frame->bytes + ip_at);
}

static bool is_ours(const struct receiver *receiver, const struct addr *addr)
{
	const struct witness_config *own = &receiver->config->witness;
	size_t i;

	for (i = 0; i < own->addr_count; i++)
		if (addr_same_host(addr, &own->addrs[i]))
			return true;
	return false;
}

/*
 * The first packet shows that the peer is there, and its address. A packet of
 * our own that comes back shows nothing.
 */
static void hear_first(struct receiver *receiver,
		       const struct framing_frame *frame)
{
	const size_t ip_at = receiver->layer->find_ip(frame->bytes, frame->len);
	const uint8_t *ip = frame->bytes + ip_at;
	struct addr from = {.family = AF_UNSPEC};

	if (ip_at < frame->len) {
		from.family = ip[0] >> 4 == 4 ? AF_INET : AF_INET6;
		from.prefix_len = addr_bits(from.family);
		memcpy(from.bytes,
		       ip + (from.family == AF_INET ? HEADER_IPV4_FROM
						    : HEADER_IPV6_FROM),
		       from.prefix_len / 8);
		if (is_ours(receiver, &from))
			return;
	}
	receiver->has_heard = true;
	receiver->first_is_new = true;
	receiver->first = from;
}

/* Pass one packet from the line on to the interface. */
static void deliver(struct receiver *receiver,
		    const struct framing_frame *frame,
		    enum packet_verdict verdict)
{
	enum stats_drop reason;
	bool is_summed = false;

	receiver->bad_frames = 0;
	if (!receiver->has_heard)
		hear_first(receiver, frame);
	if (!admit(receiver, frame, verdict, &reason)) {
		drop_packets(&receiver->direction, reason, 1, frame->len);
		return;
	}
	if (verdict != PACKET_OTHER)
		is_summed = look_at_packet(receiver, frame);
	if (receiver->join)
		gro_add(receiver->gro, frame->bytes, frame->len, is_summed);
	else
		gro_pass(receiver->gro, frame->bytes, frame->len);
}

/* Without a pair, another serialtun may look for one. */
static bool is_hello(const struct receiver *receiver,
		     const struct framing_frame *frame)
{
	struct hello hello;

	return receiver->config->framing->idle &&
	       hello_read(frame->bytes, frame->len, &hello);
}

/* Take the packet behind the text of a board. Return: false if there is none.
 */
static bool take_packet_behind_text(struct receiver *receiver,
				    const struct framing_frame *frame)
{
	struct chatter *chatter = receiver->config->chatter;
	const size_t lines_len =
		chatter_lines_len(chatter, frame->bytes, frame->len);
	const struct framing_frame packet = {frame->bytes + lines_len,
					     frame->len - lines_len};
	enum packet_verdict verdict;

	if (!lines_len || !packet.len)
		return false;
	verdict = receiver->layer->check(packet.bytes, packet.len);
	if (!packet_is_good(verdict))
		return false;
	chatter_hear_lines(chatter, frame->bytes, frame->len);
	deliver(receiver, &packet, verdict);
	return true;
}

/* Take a frame of a board. Return: false if it is none. */
static bool take_board(struct receiver *receiver,
		       const struct framing_frame *frame)
{
	struct chatter *chatter = receiver->config->chatter;
	struct pair *pair = receiver->config->pair;
	enum board_kind kind;

	if (take_packet_behind_text(receiver, frame)) {
		if (pair)
			pair_recognize(pair);
		return true;
	}
	kind = chatter_hear(chatter, frame->bytes, frame->len,
			    receiver->has_heard);
	if (pair && kind != BOARD_NONE)
		pair_recognize(pair);
	switch (kind) {
	case BOARD_NONE:
		return false;
	case BOARD_UNSURE:
		drop_garbage(receiver, frame, STATS_DROP_BOARD);
		return true;
	case BOARD_COAP:
		drop_packets(&receiver->direction, STATS_DROP_COAP, 1,
			     frame->len);
		return true;
	default:
		drop_packets(&receiver->direction, STATS_DROP_BOARD, 1,
			     frame->len);
		return true;
	}
}

/*
 * Take a frame with a compressed header. Return: false if it is none. The
 * receiver does not guess the protocol of a bad one, because it is known.
 */
static bool take_vj(struct receiver *receiver,
		    const struct framing_frame *frame, uint64_t now_ns)
{
	struct framing_frame packet = {.bytes = receiver->expanded};
	struct pair *pair = receiver->config->pair;
	const enum vj_result result =
		vj_expand(receiver->config->vj, frame->bytes, frame->len,
			  receiver->expanded, &packet.len);

	if (result == VJ_NONE)
		return false;
	if (pair)
		pair_admit(pair, result == VJ_PACKET, now_ns);
	if (result == VJ_PACKET)
		deliver(receiver, &packet, PACKET_IPV4);
	else
		drop_packets(&receiver->direction,
			     result == VJ_BAD ? STATS_DROP_VJ_BAD
					      : STATS_DROP_VJ_TOSSED,
			     1, frame->len);
	return true;
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
 * check, and a good packet may pass only for a moment. Without a session,
 * frames with a check come from a peer that has not noticed the end of the last
 * one.
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
	    !is_session && take_vj(receiver, frame, now_ns))
		return;
	if (pair && !pair_admit(pair, is_good, now_ns) && is_session)
		drop_packets(&receiver->direction,
			     is_good ? STATS_DROP_UNCHECKED
				     : STATS_DROP_BAD_CHECK,
			     1, frame->len);
	else if (is_good) {
		see_plain(receiver, frame);
		deliver(receiver, frame, verdict);
	} else if (is_hello(receiver, frame))
		drop_packets(&receiver->direction, STATS_DROP_HELLO, 1,
			     frame->len);
	else if (pair && pair_had_any_session(pair) &&
		 frame_looks_checked(frame->bytes, frame->len))
		drop_packets(&receiver->direction, STATS_DROP_STALE, 1,
			     frame->len);
	else if (!receiver->config->chatter || !take_board(receiver, frame))
		drop_garbage(receiver, frame, verdict_reason(verdict));
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
		drop_packets(&receiver->direction, verdict_reason(verdict), 1,
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
		receiver->bad_frames = 0;
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

/*
 * Drop a command for a modem. The first byte of an IP packet, and of the hello
 * of a serialtun, looks like a command, too.
 */
static void drop_command(struct receiver *receiver,
			 const struct framing_frame *frame)
{
	struct hello hello;

	drop_packets(&receiver->direction, STATS_DROP_COMMAND, 1, frame->len);
	if (hello_read(frame->bytes, frame->len, &hello) ||
	    packet_is_good(packet_check(frame->bytes, frame->len)))
		receiver->guesses[GUESS_SLIP]++;
}

/* Drop a frame that the decoder could not read. */
static void take_unreadable(struct receiver *receiver,
			    const struct framing_frame *frame,
			    enum framing_status status, uint64_t now_ns)
{
	struct pair *pair = receiver->config->pair;
	const bool is_session = pair && pair_state(pair) != PAIR_PLAIN;
	const enum stats_drop reason = status == FRAMING_TOO_LONG
					       ? STATS_DROP_TOO_LONG
					       : STATS_DROP_BAD_ESCAPE;

	if (pair)
		pair_admit(pair, false, now_ns);
	if (is_session)
		drop_packets(&receiver->direction, reason, 1, frame->len);
	else if (status == FRAMING_XONXOFF_ESCAPE)
		count_garbage(receiver, frame, reason, GUESS_XONXOFF);
	else
		drop_garbage(receiver, frame, reason);
}

static bool is_out_of_step(const struct receiver *receiver)
{
	return receiver->config->framing->cannot_resync &&
	       receiver->bad_frames >= RECEIVER_BAD_MAX;
}

/* Take the text of a board that has not ended its frame. */
static void take_unfinished(struct receiver *receiver)
{
	struct chatter *chatter = receiver->config->chatter;
	struct framing_frame pending;

	if (!chatter || !chatter->is_board)
		return;
	pending = receiver->config->framing->pending(receiver->decoder);
	chatter_hear_lines(chatter, pending.bytes, pending.len);
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
		switch (status) {
		case FRAMING_MORE:
			break;
		case FRAMING_FRAME:
			take_frame(receiver, &frame, now_ns);
			break;
		case FRAMING_BAD_ESCAPE:
		case FRAMING_XONXOFF_ESCAPE:
		case FRAMING_TOO_LONG:
			take_unreadable(receiver, &frame, status, now_ns);
			break;
		case FRAMING_EMPTY:
			drop_garbage(receiver, &frame, STATS_DROP_EMPTY);
			break;
		case FRAMING_COMMAND:
			drop_command(receiver, &frame);
			break;
		}
		if (status != FRAMING_MORE && receiver->config->chatter)
			chatter_end_frame(receiver->config->chatter);
	} while (len && !receiver->tun_gone && !is_out_of_step(receiver));
}

/* Tell the pair about the bytes behind the last frame. */
static void show_line(const struct receiver *receiver)
{
	struct framing_frame pending =
		receiver->config->framing->pending(receiver->decoder);
	const struct seek_line line = {
		.in_frame = pending.len,
		.is_text = pair_state(receiver->config->pair) == PAIR_PLAIN &&
			   guess(receiver, &pending) == GUESS_TEXT,
	};

	pair_set_line(receiver->config->pair, &line);
}

/*
 * Read the port until it is empty. A hang-up takes effect only after the
 * receiver has read all bytes that came before it.
 */
static enum receiver_result drain_port(struct receiver *receiver,
				       struct port *port, bool hung_up,
				       struct keepalive *keepalive,
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
		keepalive_heard(keepalive, receiver->inbox, (size_t)n, now_ns);
		if (receiver->config->pair)
			pair_heard(receiver->config->pair, (size_t)n, now_ns);
		if (!census_is_done(&receiver->census))
			census_add(&receiver->census, receiver->inbox,
				   (size_t)n);
		decode(receiver, receiver->inbox, (size_t)n, now_ns);
		if (is_out_of_step(receiver))
			return RECEIVER_OUT_OF_STEP;
		if (receiver->tun_gone ||
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
 * @keepalive: the receiver tells it of received bytes
 * @now_ns: the time
 *
 * The receiver writes all joined packets before it returns.
 *
 * Return: the result
 */
enum receiver_result receiver_receive(struct receiver *receiver,
				      struct port *port, bool hung_up,
				      struct keepalive *keepalive,
				      uint64_t now_ns)
{
	enum receiver_result result =
		drain_port(receiver, port, hung_up, keepalive, now_ns);

	gro_flush(receiver->gro);
	take_unfinished(receiver);
	if (receiver->config->pair)
		show_line(receiver);
	return receiver->tun_gone ? RECEIVER_TUN_GONE : result;
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

	if (receiver->has_heard)
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
	const bool is_new = receiver->first_is_new;

	receiver->first_is_new = false;
	*from = receiver->first;
	return is_new;
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
	memcpy(stats->guesses, receiver->guesses, sizeof(stats->guesses));
	stats->census = receiver->census;
	stats->unfinished_len = pending.len;
	stats->unfinished =
		is_board(receiver) ? GUESS_NONE : guess(receiver, &pending);
}
