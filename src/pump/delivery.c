/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The delivery: from a good frame to the interface.
 *
 *   interface <--tun_write-- gro <-- admit
 *
 * The delivery drops and counts a packet that may not pass, and a packet that
 * the interface refuses.
 *
 * It may join packets of one turn to super-packets (gro). The counters count
 * the single packets, as on the line.
 */
#include "pump/delivery.h"
#include "framing/framing.h"
#include "interface/tun.h"
#include "packet/gro.h"
#include "packet/header.h"
#include "packet/link_layer.h"
#include "pump/drop.h"
#include "pump/pump.h"
#include "pump/witness.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* The output of gro. Count the packets on the line, not the super-packets. */
static void write_interface(void *to, const struct gro_packet *packet)
{
	struct delivery *delivery = to;
	struct stats_direction *counters = delivery->counters;

	switch (tun_write(delivery->config->tun, &packet->gso, packet->data,
			  packet->len)) {
	case TUN_WRITTEN:
		counters->interface_packets++;
		counters->packets += packet->packets;
		counters->bytes += packet->bytes;
		break;
	case TUN_DOWN:
		drop_packets(counters, STATS_DROP_INTERFACE_DOWN,
			     packet->packets, packet->bytes);
		break;
	case TUN_REFUSED:
		drop_packets(counters, STATS_DROP_INTERFACE_REFUSED,
			     packet->packets, packet->bytes);
		break;
	case TUN_GONE:
		delivery->is_tun_gone = true;
		break;
	}
}

/**
 * delivery_open() - make a delivery
 * @delivery: filled in; closed by delivery_close()
 * @config: borrowed, with all its pointers, for the life of the delivery
 * @layer: link layer of the interface
 * @witness: the delivery shows it the packets; borrowed
 * @counters: counts delivered and dropped packets; borrowed
 *
 * Return: 0 or -ENOMEM
 */
int delivery_open(struct delivery *delivery, const struct pump_config *config,
		  const struct link_layer *layer, struct witness *witness,
		  struct stats_direction *counters)
{
	*delivery = (struct delivery){
		.config = config,
		.layer = layer,
		.witness = witness,
		.counters = counters,
		.gro = gro_new(write_interface, delivery),
	};
	return delivery->gro ? 0 : -ENOMEM;
}

/**
 * delivery_close() - free what a delivery holds
 * @delivery: the delivery, or one that is all 0
 */
void delivery_close(struct delivery *delivery)
{
	gro_free(delivery->gro);
}

/**
 * delivery_reset() - start with a new port, or without one
 * @delivery: the delivery
 */
void delivery_reset(struct delivery *delivery)
{
	delivery->has_heard = false;
	delivery->first_is_new = false;
}

/* May the packet go to the interface? If not, @reason is set. */
static bool admit(const struct delivery *delivery,
		  const struct framing_frame *frame,
		  enum packet_verdict verdict, enum stats_drop *reason)
{
	size_t ip_at;

	if (verdict != PACKET_IPV6)
		return true;
	if (!delivery->config->ipv6) {
		*reason = STATS_DROP_IPV6;
		return false;
	}
	ip_at = delivery->layer->find_ip(frame->bytes, frame->len);
	if (!delivery->config->accept_ra &&
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
static bool check_sum(struct delivery *delivery, const uint8_t *packet)
{
	uint64_t *bad_sums = delivery->counters->bad_sums;

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
static bool look_at_packet(struct delivery *delivery,
			   const struct framing_frame *frame)
{
	const size_t ip_at = delivery->layer->find_ip(frame->bytes, frame->len);

	if (witness_looks(delivery->witness))
		witness_heard(delivery->witness, frame->bytes + ip_at,
			      frame->len - ip_at);
	return check_sum(delivery, frame->bytes + ip_at);
}

static bool is_ours(const struct delivery *delivery, const struct addr *addr)
{
	const struct witness_config *own = &delivery->config->witness;
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
static void hear_first(struct delivery *delivery,
		       const struct framing_frame *frame)
{
	const size_t ip_at = delivery->layer->find_ip(frame->bytes, frame->len);
	const uint8_t *ip = frame->bytes + ip_at;
	struct addr from = {.family = AF_UNSPEC};

	if (ip_at < frame->len) {
		from.family = ip[0] >> 4 == 4 ? AF_INET : AF_INET6;
		from.prefix_len = addr_bits(from.family);
		memcpy(from.bytes,
		       ip + (from.family == AF_INET ? HEADER_IPV4_FROM
						    : HEADER_IPV6_FROM),
		       from.prefix_len / 8);
		if (is_ours(delivery, &from))
			return;
	}
	delivery->has_heard = true;
	delivery->first_is_new = true;
	delivery->first = from;
}

/**
 * delivery_take() - pass one packet from the line on to the interface
 * @delivery: the delivery
 * @packet: the packet
 * @verdict: what the link layer says of it: that it is good
 *
 * A joined packet waits for delivery_flush().
 */
void delivery_take(struct delivery *delivery,
		   const struct framing_frame *packet,
		   enum packet_verdict verdict)
{
	enum stats_drop reason;
	bool is_summed = false;

	if (!delivery->has_heard)
		hear_first(delivery, packet);
	if (!admit(delivery, packet, verdict, &reason)) {
		drop_packets(delivery->counters, reason, 1, packet->len);
		return;
	}
	if (verdict != PACKET_OTHER)
		is_summed = look_at_packet(delivery, packet);
	if (delivery->join)
		gro_add(delivery->gro, packet->bytes, packet->len, is_summed);
	else
		gro_pass(delivery->gro, packet->bytes, packet->len);
}

/**
 * delivery_flush() - write all joined packets
 * @delivery: the delivery
 */
void delivery_flush(struct delivery *delivery)
{
	gro_flush(delivery->gro);
}

/**
 * delivery_take_first() - has the first packet come by this port?
 * @delivery: the delivery
 * @from: then its source address; AF_UNSPEC: it is no IP packet
 *
 * Return: true once for each port
 */
bool delivery_take_first(struct delivery *delivery, struct addr *from)
{
	const bool is_new = delivery->first_is_new;

	delivery->first_is_new = false;
	*from = delivery->first;
	return is_new;
}
