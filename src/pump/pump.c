/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pump carries packets from the interface to the line as frames (sender),
 * and frames from the line to the interface as packets (receiver).
 *
 * The packets of a TAP interface are Ethernet frames. The pump treats the IP
 * packet inside such a frame like a packet of a TUN interface (link_layer).
 *
 * On a line of unknown speed the machine is the bottleneck, above all the path
 * of each packet through the kernel. There kernel and pump exchange
 * super-packets, up to 64 KB of one TCP stream. All counters of the pump count
 * single packets, as on the line; the counters of the interface (ip -s link)
 * count a super-packet as one packet.
 *
 * One thread and one event set (events); no call blocks. The session waits for
 * events and then gives the pump a turn. Sender and receiver limit their system
 * calls per turn, so that a flood from the line or from the kernel does not
 * starve the rest.
 *
 * System calls:
 *
 *   epoll_wait()  once for all descriptors that are ready
 *   epoll_ctl()   when the events of interest change: on a full port, and on
 *                 the interface that is ignored meanwhile
 *   timerfd_settime()  when the time of the next frame changes
 *   readv()  of the interface, one per packet, or one for up to 64 KB of a
 *            TCP stream, and one more that returns EAGAIN
 *   write()  to the port, one per frame or per batch of frames
 *   ioctl()  TIOCOUTQ, on a wire of known speed twice per frame: after the
 *            write, to see whether the port counts, and before the next one;
 *            SIOCOUTQ and SIOCOUTQNSD on a socket, once per write
 *   read()   of the port, one for all bytes that have arrived
 *   writev() to the interface, one per packet, or one for the packets of a
 *            TCP stream that arrived in one turn
 */
#include "pump/pump.h"
#include "clock.h"
#include "events.h"
#include "interface/tun.h"
#include "packet/link_layer.h"
#include "packet/vj.h"
#include "pair/pair.h"
#include "port/port.h"
#include "pump/chatter.h"
#include "pump/interest.h"
#include "pump/presence.h"
#include "pump/receiver.h"
#include "pump/sender.h"
#include "pump/stats.h"
#include "pump/tally.h"
#include "pump/tuner.h"
#include "pump/witness.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

/*
 * How long the pump ignores the interface while the line is full; the ring of
 * the interface has room for 500 packets.
 */
#define PUMP_PUT_OFF_NS (3 * NS_PER_MS)

/**
 * struct pump - the pump
 * @config: configuration
 * @port: the port, borrowed; NULL without one
 * @sender: from the interface to the port
 * @receiver: from the port to the interface
 * @presence: whether each end knows that the other is there
 * @witness: judges the first packets of both directions
 * @stats: the result of pump_stats()
 * @tally: counts of all ports
 * @tuner: sets the port for the pair
 * @interest: events of the interface and the port
 * @drained_ns: when the sender last read the interface
 * @next_ns: time of the next turn
 * @offload: kernel and pump exchange super-packets
 */
struct pump {
	struct pump_config config;
	struct port *port;
	struct sender *sender;
	struct receiver *receiver;
	struct presence presence;
	struct witness witness;
	struct stats stats;
	struct tally tally;
	struct tuner tuner;
	struct interest interest;
	uint64_t drained_ns;
	uint64_t next_ns;
	bool offload;
};

/**
 * pump_new() - make a pump
 * @config: copied
 *
 * The pump drops packets from the interface until it has a port.
 *
 * Return: the pump, freed by pump_free(); NULL and errno
 */
struct pump *pump_new(const struct pump_config *config)
{
	const struct link_layer *layer = link_layer_of(config->tun->tap);
	struct pump *pump = calloc(1, sizeof(*pump));
	int err = -ENOMEM;

	if (!pump)
		goto fail;
	pump->config = *config;
	witness_init(&pump->witness, &config->witness);
	pump->next_ns = UINT64_MAX;
	pump->sender = sender_new(&pump->config, layer, &pump->witness);
	pump->receiver = receiver_new(&pump->config, layer, &pump->witness);
	if (!pump->sender || !pump->receiver)
		goto fail;
	presence_init(&pump->presence, config->pair, pump->sender,
		      config->keepalive_s);
	pump->tuner = (struct tuner){
		.pair = config->pair,
		.sender = pump->sender,
		.receiver = pump->receiver,
		.tally = &pump->tally,
		.mtu = config->mtu,
	};
	err = interest_open(&pump->interest, config->events, config->tun);
	if (!err)
		return pump;
fail:
	pump_free(pump);
	errno = -err;
	return NULL;
}

/**
 * pump_free() - free a pump
 * @pump: the pump, or NULL
 */
void pump_free(struct pump *pump)
{
	if (!pump)
		return;
	if (pump->port)
		pump_end_port(pump);
	if (pump->interest.events)
		interest_close(&pump->interest);
	sender_free(pump->sender);
	receiver_free(pump->receiver);
	free(pump);
}

static void get_vj_stats(const struct vj *vj, struct stats_vj *stats)
{
	stats->to_line = vj->compressor.counters;
	stats->from_line = vj->expander.counters;
	stats->heard = stats->from_line.whole;
	stats->active = stats->heard || stats->to_line.whole;
}

/**
 * pump_stats() - report the counters
 * @pump: the pump
 *
 * Return: the counters, valid until the next call
 */
const struct stats *pump_stats(struct pump *pump)
{
	struct stats *stats = &pump->stats;

	sender_get_stats(pump->sender, stats);
	receiver_get_stats(pump->receiver, stats);
	stats->witness = &pump->witness;
	if (pump->config.vj)
		get_vj_stats(pump->config.vj, &stats->vj);
	stats->has_pair = pump->config.pair;
	if (pump->config.pair) {
		tuner_look(&pump->tuner, pump->port);
		pair_get_stats(pump->config.pair, &stats->pair);
	}
	tally_get_stats(&pump->tally, pump->port, stats);
	return stats;
}

/*
 * Exchange super-packets with the kernel? They save most of the cost of a
 * packet, where that cost is the bottleneck. On a wire of known speed the wire
 * is the bottleneck, and the late choice of a single packet is worth more.
 */
static void choose_offload(struct pump *pump, const struct sender_plan *plan)
{
	const struct tun *tun = pump->config.tun;
	bool offload = tun->vnet && pump->port && !plan->is_paced;

	if (offload != pump->offload)
		tun_set_offload(tun, offload);
	pump->offload = offload;
	receiver_set_join(pump->receiver, offload);
}

static struct sender_plan plan_sending(const struct pump *pump, uint64_t now_ns)
{
	if (pump->port && !pump_is_held(pump))
		return sender_plan(pump->sender, now_ns);
	return (struct sender_plan){.next_ns = UINT64_MAX};
}

/*
 * While a line of unknown speed is full, one more packet in the queue changes
 * nothing, and a wake-up for each packet costs more than all other work.
 * Return: until when to ignore the interface; 0: do not ignore it
 */
static uint64_t put_off_until(const struct pump *pump,
			      const struct sender_plan *plan, uint64_t now_ns)
{
	const uint64_t until_ns = pump->drained_ns + PUMP_PUT_OFF_NS;

	if (!plan->is_full || plan->is_paced || until_ns <= now_ns)
		return 0;
	return until_ns;
}

/* Do tests of a speed cross the line? Then overruns matter at once. */
static bool is_tested(const struct pump *pump)
{
	return pump->port && pump->config.pair &&
	       speed_is_alone(pair_speed(pump->config.pair));
}

/* Set the events of interest and the time of the next turn. */
static void plan_turn(struct pump *pump, uint64_t now_ns)
{
	const struct sender_plan plan = plan_sending(pump, now_ns);
	const uint64_t put_off_ns = put_off_until(pump, &plan, now_ns);

	choose_offload(pump, &plan);
	interest_set(&pump->interest, pump->port, !put_off_ns, plan.is_full);
	if (put_off_ns)
		pump->next_ns = put_off_ns;
	else
		pump->next_ns = plan.is_full ? UINT64_MAX : plan.next_ns;
	if (pump->port && !pump_is_held(pump))
		pump->next_ns =
			clock_earlier(pump->next_ns,
				      presence_next_ns(&pump->presence));
}

/* Send in the variant of the framing that the peer uses. */
static void follow_peer(struct pump *pump)
{
	pump->config.framing = receiver_framing(pump->receiver);
}

/**
 * pump_begin_port() - start with a port
 * @pump: the pump, without a port
 * @port: the port, borrowed until pump_end_port()
 * @transport: the connection that the port uses; copied
 * @settled_ns: discard bytes that arrive earlier
 * @now_ns: the time
 *
 * Return: 0, or -errno: then the pump has no port
 */
int pump_begin_port(struct pump *pump, struct port *port,
		    const struct transport *transport, uint64_t settled_ns,
		    uint64_t now_ns)
{
	int err = sender_fit(pump->sender, port, transport);

	if (err)
		return err;
	pump->port = port;
	receiver_reset(pump->receiver, settled_ns);
	follow_peer(pump);
	if (pump->config.chatter)
		chatter_reset(pump->config.chatter);
	presence_begin_port(&pump->presence, clock_later(now_ns, settled_ns));
	if (pump->config.pair)
		tuner_begin_port(&pump->tuner, port,
				 clock_later(now_ns, settled_ns));
	err = interest_begin_port(&pump->interest, port);
	if (err)
		pump_end_port(pump);
	else
		plan_turn(pump, now_ns);
	return err;
}

/**
 * pump_end_port() - stop using the port
 * @pump: the pump, with a port; the caller may close the port afterwards
 *
 * The pump drops all packets that wait for the port.
 */
void pump_end_port(struct pump *pump)
{
	tally_end_port(&pump->tally, pump->port);
	interest_end_port(&pump->interest, pump->port);
	pump->port = NULL;
	sender_reset(pump->sender);
	receiver_reset(pump->receiver, 0);
	plan_turn(pump, clock_ns());
}

/**
 * pump_part() - tell the peer of a pair that this end stops
 * @pump: the pump; it may have no port, and carries nothing afterwards
 *
 * Waits until the port has sent the last frame, for 350 ms at most.
 */
void pump_part(struct pump *pump)
{
	if (pump->port)
		presence_part(&pump->presence, pump->port);
}

/* From the port to the interface. */
static enum pump_result receive(struct pump *pump, bool hung_up)
{
	const enum receiver_result result =
		receiver_receive(pump->receiver, pump->port, hung_up,
				 &pump->presence, clock_ns());

	follow_peer(pump);
	switch (result) {
	case RECEIVER_PORT_GONE:
		return PUMP_PORT_GONE;
	case RECEIVER_OUT_OF_STEP:
		return PUMP_OUT_OF_STEP;
	case RECEIVER_TUN_GONE:
		return PUMP_TUN_GONE;
	default:
		return PUMP_GOES_ON;
	}
}

/* From the interface to the queue. */
static enum pump_result drain(struct pump *pump, uint64_t now_ns)
{
	pump->drained_ns = now_ns;
	return sender_drain(pump->sender, pump->port, now_ns) ? PUMP_GOES_ON
							      : PUMP_TUN_GONE;
}

/* From the queue to the port. */
static enum pump_result send_frames(struct pump *pump, uint64_t now_ns)
{
	int sent = sender_send(pump->sender, pump->port, now_ns);

	if (sent < 0)
		return PUMP_PORT_GONE;
	if (sent)
		presence_sent(&pump->presence, now_ns);
	return PUMP_GOES_ON;
}

/* Handle all events, and send all that is due. */
static enum pump_result work(struct pump *pump, uint32_t tun, uint32_t port)
{
	/* An error ends a stream port, but only a frame of a datagram port. */
	const bool is_datagram = pump->port && pump->port->kind->is_datagram;
	const bool hung_up = port & (EPOLLHUP | EPOLLERR) && !is_datagram;
	enum pump_result result = PUMP_GOES_ON;
	uint64_t now_ns;

	if (tun & EPOLLERR)
		return PUMP_TUN_GONE;
	if (is_tested(pump))
		tuner_look(&pump->tuner, pump->port);
	if (port & (EPOLLIN | EPOLLHUP | EPOLLERR))
		result = receive(pump, hung_up);
	now_ns = clock_ns();
	if (result == PUMP_GOES_ON && tun & EPOLLIN)
		result = drain(pump, now_ns);
	if (!pump->port || hung_up || result != PUMP_GOES_ON)
		return result;
	if (pump_is_held(pump))
		return result;
	if (pump->config.pair)
		tuner_follow(&pump->tuner, pump->port, now_ns);
	if (!sender_is_full(pump->sender) || port & EPOLLOUT)
		result = send_frames(pump, now_ns);
	if (pump->config.pair && result == PUMP_GOES_ON)
		tuner_follow(&pump->tuner, pump->port, now_ns);
	presence_keep(&pump->presence, pump->port, now_ns);
	return result;
}

/**
 * pump_note() - remember an event of the interface or the port
 * @pump: the pump; handles the event in its next turn
 * @event: the event
 */
void pump_note(struct pump *pump, const struct event *event)
{
	interest_note(&pump->interest, event);
}

/**
 * pump_turn() - carry packets until nothing more can be done now
 * @pump: the pump
 *
 * Return: the result
 */
enum pump_result pump_turn(struct pump *pump)
{
	const uint32_t port_mask = pump->port ? pump->interest.port_mask : 0;
	const uint32_t tun_mask = pump->interest.tun_mask;
	enum pump_result result;

	pump->interest.tun_mask = 0;
	pump->interest.port_mask = 0;
	result = work(pump, tun_mask, port_mask);
	if (result == PUMP_GOES_ON)
		plan_turn(pump, clock_ns());
	else if (result != PUMP_TUN_GONE)
		pump->tally.losses++;
	return result;
}

/**
 * pump_next_ns() - when is the next turn due without an event?
 * @pump: the pump, after a turn or after its port has changed
 *
 * Return: the time, possibly past; UINT64_MAX: only after an event
 */
uint64_t pump_next_ns(const struct pump *pump)
{
	return pump->next_ns;
}

/**
 * pump_is_stuck() - do bytes wait for the port?
 * @pump: the pump, with a port
 *
 * Return: true if the last write was short or refused, or if bytes wait in the
 * port by its own count
 */
bool pump_is_stuck(const struct pump *pump)
{
	return sender_is_stuck(pump->sender, pump->port);
}

/**
 * pump_has_carrier() - should the interface have carrier?
 * @pump: the pump
 *
 * Return: false without a port, and while a peer is silent that has a keepalive
 * or was paired
 */
bool pump_has_carrier(const struct pump *pump)
{
	return pump->port && presence_has_carrier(&pump->presence);
}

/**
 * pump_take_silence() - has the peer fallen silent?
 * @pump: the pump
 *
 * Return: true if it has since the last call
 */
bool pump_take_silence(struct pump *pump)
{
	return presence_take_silence(&pump->presence);
}

/**
 * pump_is_held() - are packets held back from a login or a shell?
 * @pump: the pump
 *
 * A shell would execute packets as commands. The packets wait in the queue
 * until a packet comes, or text that is no prompt.
 *
 * Return: true if they are
 */
bool pump_is_held(const struct pump *pump)
{
	return pump->port && pump->config.framing->has_end &&
	       receiver_sees_console(pump->receiver);
}

/**
 * pump_take_first() - has the first packet come by this port?
 * @pump: the pump
 * @from: then its source address; AF_UNSPEC: it is no IP packet
 *
 * Return: true once for each port
 */
bool pump_take_first(struct pump *pump, struct addr *from)
{
	return receiver_take_first(pump->receiver, from);
}
