/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The intake: from the interface to the queue.
 *
 *   interface --tun_read--> gso --> fq_codel
 *
 * The intake always empties the interface, because the driver's ring is a
 * single FIFO that drops new packets when it is full. It segments super-packets
 * (gso), so that fq_codel can choose among single packets, and drops packets
 * that must not cross the line.
 */
#include "pump/intake.h"
#include "interface/tun.h"
#include "log.h"
#include "packet/gso.h"
#include "packet/link_layer.h"
#include "pump/drop.h"
#include "pump/fq_codel.h"
#include "pump/pump.h"
#include "pump/stats.h"

#include <sys/random.h>
#include <sys/types.h>

/*
 * Reads of the interface per turn: more than the driver's ring usually holds,
 * because packets left there wait in a single FIFO.
 */
#define INTAKE_READS 64

/**
 * intake_init() - make an intake
 * @intake: filled in
 * @config: borrowed, with all its pointers, for the life of the intake
 * @layer: link layer of the interface
 * @counters: counts read and dropped packets; borrowed
 */
void intake_init(struct intake *intake, const struct pump_config *config,
		 const struct link_layer *layer,
		 struct stats_direction *counters)
{
	intake->config = config;
	intake->layer = layer;
	intake->counters = counters;
	/* A predictable key only makes hash collisions easier. */
	if (getrandom(&intake->flow_key, sizeof(intake->flow_key),
		      GRND_NONBLOCK) < 0)
		log_debug("no random numbers for the flow hash yet");
}

/* Does a packet belong to the connection, present or future, of the line? */
static bool is_of_the_line(const struct intake *intake, const uint8_t *ip,
			   size_t len, const struct fq_codel *queue)
{
	return transport_has_sent(&intake->transport, ip, len) ||
	       (!queue &&
		transport_has_answered(intake->config->listen_port, ip, len));
}

static void enqueue(struct intake *intake, struct fq_codel *queue,
		    const uint8_t *packet, size_t len, uint64_t now_ns)
{
	struct stats_direction *counters = intake->counters;
	const struct link_layer *layer = intake->layer;
	const size_t ip_at = layer->find_ip(packet, len);
	const uint8_t *ip = packet + ip_at;

	if (!intake->config->ipv6 && ip_at < len && ip[0] >> 4 == 6)
		drop_packets(counters, STATS_DROP_IPV6, 1, len);
	else if (is_of_the_line(intake, ip, len - ip_at, queue))
		drop_packets(counters, STATS_DROP_OWN_TRANSPORT, 1, len);
	else if (!queue)
		drop_packets(counters, STATS_DROP_NO_LINE, 1, len);
	else
		fq_codel_enqueue(queue, packet, len,
				 layer->flow(packet, len, &intake->flow_key),
				 packet_is_ecn_capable(ip, len - ip_at),
				 now_ns);
}

/* Segment the packet or super-packet of one read, and queue the packets. */
static void cut_and_enqueue(struct intake *intake, struct fq_codel *queue,
			    const struct gso *gso, size_t len, uint64_t now_ns)
{
	struct gso_cut cut;
	uint8_t *packet;

	if (!gso_cut_begin(&cut, gso, intake->packet, len)) {
		drop_packets(intake->counters, STATS_DROP_BAD_HEADER, 1, len);
		return;
	}
	while ((len = gso_cut_next(&cut, &packet)))
		enqueue(intake, queue, packet, len, now_ns);
}

/**
 * intake_drain() - read packets from the interface into the queue
 * @intake: the intake
 * @queue: the queue; NULL: there is no port, and the intake drops the packets
 * @now_ns: the time
 *
 * Return: false if the interface was deleted
 */
bool intake_drain(struct intake *intake, struct fq_codel *queue,
		  uint64_t now_ns)
{
	struct gso gso;
	ssize_t n;
	int reads;

	for (reads = 0; reads < INTAKE_READS; reads++) {
		n = tun_read(intake->config->tun, &gso, intake->packet,
			     PACKET_MAX);
		if (n <= 0)
			return !n;
		intake->counters->interface_packets++;
		cut_and_enqueue(intake, queue, &gso, (size_t)n, now_ns);
	}
	return true;
}
