/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The receiver: from the port to the interface.
 *
 *   interface <--tun_write-- gro <-- check <-- decode <-- port_read
 *
 * Nothing waits here. A packet that the interface does not take is dropped and
 * counted; so is every frame that is no packet, and those are looked at once
 * more, because they may show what the other end speaks (guess).
 *
 * What has arrived in one turn may be joined to super-packets (gro). Counted
 * are packets, as they were on the line.
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
#include "port/port.h"
#include "pump/census.h"
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

/* Enough for what a tty has at once (4095), and for a socket's bursts. */
#define RECEIVER_INBOX_LEN 65536

/*
 * After a read of so much there is likely more by now: a tty gives no more than
 * 4095 at once (N_TTY_BUF_SIZE, n_tty.c), and often less while more is coming.
 */
#define RECEIVER_READ_MORE 1024

/* How many reads there are in a turn. */
#define RECEIVER_READS 16

/*
 * So many frames in a row that are no packets, and a framing that cannot_resync
 * is out of step: a peer that sends a bad packet now and then sends good ones,
 * too.
 */
#define RECEIVER_BAD_MAX 3

struct receiver {
	const struct pump_config *config;
	const struct link_layer *layer;
	struct witness *witness;
	bool has_heard;	     /* a packet has come by this port */
	bool first_is_new;   /* and nobody has asked for its sender */
	struct addr first;   /* its sender; AF_UNSPEC: no IP packet */
	uint64_t settled_ns; /* what arrives earlier is thrown away */
	struct stats_direction direction;
	uint64_t guesses[GUESS_COUNT];
	struct census census;
	unsigned int bad_frames; /* in a row */
	bool join;		 /* the kernel takes super-packets */
	bool tun_gone;
	struct gro *gro;
	void *decoder;
	uint8_t inbox[RECEIVER_INBOX_LEN];
};

/* For gro. Counted is what was on the line, not what was made of it. */
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
 * @config: borrowed, as all in it, for the life of the receiver
 * @layer:  of the interface
 * @witness: is told what is heard; borrowed
 *
 * It has no port yet.
 *
 * Return: the receiver, which receiver_free() frees; NULL if there is no memory
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
 * @receiver: a receiver, or NULL
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
 * receiver_reset() - begin with a new port, or with none
 * @receiver:   the receiver
 * @settled_ns: what arrives earlier is thrown away
 */
void receiver_reset(struct receiver *receiver, uint64_t settled_ns)
{
	receiver->settled_ns = settled_ns;
	receiver->has_heard = false;
	receiver->first_is_new = false;
	receiver->bad_frames = 0;
	memset(receiver->decoder, 0, receiver->config->framing->decoder_size);
}

/**
 * receiver_set_join() - is the interface to be given super-packets?
 * @receiver: the receiver
 * @join:     it is, where packets can be joined
 */
void receiver_set_join(struct receiver *receiver, bool join)
{
	receiver->join = join;
}

/* What a verdict other than a good packet is counted as. */
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

/* What may this be? Only SLIP has something to send on an idle line. */
static enum guess guess(const struct receiver *receiver,
			const struct framing_frame *frame)
{
	return guess_frame(frame->bytes, frame->len, receiver->layer->guess,
			   receiver->config->framing->idle);
}

static void count_garbage(struct receiver *receiver,
			  const struct framing_frame *frame,
			  enum stats_drop reason, enum guess guess)
{
	drop_packets(&receiver->direction, reason, 1, frame->len);
	receiver->guesses[guess]++;
	receiver->bad_frames++;
	if (witness_looks(receiver->witness))
		witness_garbage(receiver->witness, frame->bytes, frame->len);
}

/* A frame that is no packet: maybe it shows what the other end speaks. */
static void drop_garbage(struct receiver *receiver,
			 const struct framing_frame *frame,
			 enum stats_drop reason)
{
	count_garbage(receiver, frame, reason, guess(receiver, frame));
}

/* Is a packet to reach the interface? If not, @reason says why. */
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
 * The kernel drops it without a word to anybody. Return: there is nothing wrong
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

/* A good packet, or one in a good frame. Return: its checksums are right. */
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
 * The first packet shows that the peer is there, and who it is. A packet of our
 * own that comes back shows nothing.
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

/* One frame from the line. */
static void deliver(struct receiver *receiver,
		    const struct framing_frame *frame)
{
	enum packet_verdict verdict =
		receiver->layer->check(frame->bytes, frame->len);
	enum stats_drop reason;
	bool is_summed = false;

	if (!packet_is_good(verdict)) {
		drop_garbage(receiver, frame, verdict_reason(verdict));
		return;
	}
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

static bool is_out_of_step(const struct receiver *receiver)
{
	return receiver->config->framing->cannot_resync &&
	       receiver->bad_frames >= RECEIVER_BAD_MAX;
}

/* Bytes from the line. */
static void decode(struct receiver *receiver, const uint8_t *bytes, size_t len)
{
	struct framing_frame frame;
	enum framing_status status;
	size_t used;

	do {
		used = receiver->config->framing->decode(receiver->decoder,
							 bytes, len, &status,
							 &frame);
		bytes += used;
		len -= used;
		switch (status) {
		case FRAMING_MORE:
			break;
		case FRAMING_FRAME:
			deliver(receiver, &frame);
			break;
		case FRAMING_BAD_ESCAPE:
			drop_garbage(receiver, &frame, STATS_DROP_BAD_ESCAPE);
			break;
		case FRAMING_XONXOFF_ESCAPE:
			count_garbage(receiver, &frame, STATS_DROP_BAD_ESCAPE,
				      GUESS_XONXOFF);
			break;
		case FRAMING_TOO_LONG:
			drop_garbage(receiver, &frame, STATS_DROP_TOO_LONG);
			break;
		case FRAMING_EMPTY:
			drop_garbage(receiver, &frame, STATS_DROP_EMPTY);
			break;
		}
	} while (len && !receiver->tun_gone && !is_out_of_step(receiver));
}

/*
 * Port to decoder, while there is something to read. A hang-up that poll()
 * saw counts when all that came before it has been read.
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
		if (!census_is_done(&receiver->census))
			census_add(&receiver->census, receiver->inbox,
				   (size_t)n);
		decode(receiver, receiver->inbox, (size_t)n);
		if (is_out_of_step(receiver))
			return RECEIVER_OUT_OF_STEP;
		if (receiver->tun_gone ||
		    (n < RECEIVER_READ_MORE && !port->kind->is_datagram))
			break;
	}
	return RECEIVER_DONE;
}

/**
 * receiver_receive() - take what the port has, and give it to the interface
 * @receiver:  the receiver
 * @port:      the port
 * @hung_up:   epoll says so: then what came before it is all there is
 * @keepalive: is told when something was heard
 * @now_ns:    the time
 *
 * What was joined in this turn goes before it ends.
 *
 * Return: how it ended
 */
enum receiver_result receiver_receive(struct receiver *receiver,
				      struct port *port, bool hung_up,
				      struct keepalive *keepalive,
				      uint64_t now_ns)
{
	enum receiver_result result =
		drain_port(receiver, port, hung_up, keepalive, now_ns);

	gro_flush(receiver->gro);
	return receiver->tun_gone ? RECEIVER_TUN_GONE : result;
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

/**
 * receiver_get_stats() - the counters so far
 * @receiver: the receiver
 * @stats:    filled in as far as it is a receiver's
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
	stats->unfinished = guess(receiver, &pending);
}
