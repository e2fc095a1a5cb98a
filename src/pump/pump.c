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
#include "log.h"
#include "packet/link_layer.h"
#include "packet/vj.h"
#include "pair/pair.h"
#include "port/port.h"
#include "pump/chatter.h"
#include "pump/keepalive.h"
#include "pump/receiver.h"
#include "pump/sender.h"
#include "pump/stats.h"
#include "pump/witness.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

/*
 * How long the pump ignores the interface while the line is full; the ring of
 * the interface has room for 500 packets.
 */
#define PUMP_PUT_OFF_NS (3 * NS_PER_MS)

/*
 * How long the last frame of a pair may take to leave the port, and how long
 * it may be on its way afterwards: an adapter hides up to 256 bytes, and a pty
 * hides all.
 */
#define PUMP_PART_NS   (300 * NS_PER_MS)
#define PUMP_UNSEEN_NS (50 * NS_PER_MS)

/*
 * After a change of the speed, bytes of the old speed are still on their way.
 */
#define PUMP_SETTLE_NS (10 * NS_PER_MS)

_Static_assert(PORT_SPEEDS_MAX <= LADDER_MAX, "a pair takes all speeds");
_Static_assert(PORT_STRANGERS_MAX <= STRANGER_SPEEDS_MAX,
	       "a pair listens at all speeds");

/**
 * struct pump - the pump
 * @config: configuration
 * @port: the port, borrowed; NULL without one
 * @sender: from the interface to the port
 * @receiver: from the port to the interface
 * @keepalive: when each end last sent something
 * @witness: judges the first packets of both directions
 * @silence: the peer fell silent since the last pump_take_silence()
 * @stats: the result of pump_stats()
 * @past: counts of lost ports
 * @losses: number of lost ports
 * @counts: last known counts of this port
 * @tun_mask: epoll events of the interface since the last turn
 * @port_mask: epoll events of the port since the last turn
 * @tun_wanted: events of interest of the interface
 * @port_wanted: events of interest of the port, or of its read_fd
 * @room_wanted: events of interest of its write_fd, if that is another one
 * @drained_ns: when the sender last read the interface
 * @next_ns: time of the next turn
 * @offload: kernel and pump exchange super-packets
 */
struct pump {
	struct pump_config config;
	struct port *port;
	struct sender *sender;
	struct receiver *receiver;
	struct keepalive keepalive;
	struct witness witness;
	bool silence;
	struct stats stats;
	struct port_counts past;
	uint64_t losses;
	struct port_counts counts;
	uint32_t tun_mask;
	uint32_t port_mask;
	uint32_t tun_wanted;
	uint32_t port_wanted;
	uint32_t room_wanted;
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
	keepalive_init(&pump->keepalive, config->keepalive_s);
	pump->sender = sender_new(&pump->config, layer, &pump->witness);
	pump->receiver = receiver_new(&pump->config, layer, &pump->witness);
	if (!pump->sender || !pump->receiver)
		goto fail;
	pump->tun_wanted = EPOLLIN;
	err = events_watch(config->events, EVENT_INTERFACE, config->tun->fd,
			   pump->tun_wanted);
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
	events_forget(pump->config.events, pump->config.tun->fd);
	sender_free(pump->sender);
	receiver_free(pump->receiver);
	free(pump);
}

static bool has_two_fds(const struct port *port)
{
	return port->write_fd != port->read_fd;
}

/* Watch the port for events. Return: 0 or -errno. */
static int watch_port(struct pump *pump)
{
	struct events *events = pump->config.events;
	const struct port *port = pump->port;
	int err;

	pump->port_mask = 0;
	pump->port_wanted = EPOLLIN;
	pump->room_wanted = 0;
	err = events_watch(events, EVENT_PORT, port->read_fd,
			   pump->port_wanted);
	if (!err && has_two_fds(port))
		err = events_watch(events, EVENT_PORT, port->write_fd,
				   pump->room_wanted);
	return err;
}

/* A port that hung up no longer reports counts: keep its last ones. */
static void look_at_counts(struct pump *pump)
{
	struct port_counts now;

	if (!pump->port)
		return;
	port_count(pump->port, &now);
	if (now.line_known || !pump->counts.line_known)
		pump->counts = now;
}

static void add_counts(struct port_counts *sum, const struct port_counts *one)
{
	sum->line_known |= one->line_known;
	sum->frame += one->frame;
	sum->parity += one->parity;
	sum->overrun += one->overrun;
	sum->buf_overrun += one->buf_overrun;
	sum->brk += one->brk;
	sum->refused += one->refused;
	sum->strangers += one->strangers;
}

static void get_vj_stats(const struct vj *vj, struct stats_vj *stats)
{
	stats->to_line = vj->compressor.counters;
	stats->from_line = vj->expander.counters;
	stats->heard = stats->from_line.whole;
	stats->active = stats->heard || stats->to_line.whole;
}

/* The sum of the counts of all ports. */
static struct port_counts count_all(struct pump *pump)
{
	struct port_counts all = pump->past;

	look_at_counts(pump);
	add_counts(&all, &pump->counts);
	return all;
}

/* Tell the pair how often this end's ports have lost bytes. */
static void look_at_overruns(struct pump *pump)
{
	const struct port_counts all = count_all(pump);

	pair_set_overruns(pump->config.pair, all.overrun + all.buf_overrun);
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
	const struct port_counts all = count_all(pump);

	sender_get_stats(pump->sender, stats);
	receiver_get_stats(pump->receiver, stats);
	stats->witness = &pump->witness;
	if (pump->config.vj)
		get_vj_stats(pump->config.vj, &stats->vj);
	stats->has_pair = pump->config.pair;
	if (pump->config.pair) {
		look_at_overruns(pump);
		pair_get_stats(pump->config.pair, &stats->pair);
	}
	stats->to_line.dropped[STATS_DROP_REFUSED] = all.refused;
	stats->from_line.dropped[STATS_DROP_STRANGER] = all.strangers;
	stats->line = (struct stats_line){
		.known = all.line_known,
		.frame = all.frame,
		.parity = all.parity,
		.overrun = all.overrun,
		.buffer_overrun = all.buf_overrun,
		.breaks = all.brk,
		.losses = pump->losses,
	};
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

static void want(struct pump *pump, int fd, enum event_kind kind,
		 uint32_t *wanted, uint32_t mask)
{
	/* The descriptor is in the set already, so this cannot fail. */
	if (*wanted != mask)
		events_watch(pump->config.events, kind, fd, mask);
	*wanted = mask;
}

/* While two ends are paired, their probes replace the keepalive. */
static bool is_paired(const struct pump *pump)
{
	return pump->config.pair &&
	       pair_state(pump->config.pair) == PAIR_PAIRED;
}

/* Only at the speed of the peer are idle bytes a sign of life. */
static bool needs_keepalive(const struct pump *pump)
{
	return !is_paired(pump) &&
	       !(pump->config.pair && pair_holds(pump->config.pair));
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
	const struct port *port = pump->port;
	const uint32_t room = plan.is_full ? EPOLLOUT : 0;

	choose_offload(pump, &plan);
	want(pump, pump->config.tun->fd, EVENT_INTERFACE, &pump->tun_wanted,
	     put_off_ns ? 0 : EPOLLIN);
	if (put_off_ns)
		pump->next_ns = put_off_ns;
	else
		pump->next_ns = plan.is_full ? UINT64_MAX : plan.next_ns;
	if (!port)
		return;
	if (has_two_fds(port))
		want(pump, port->write_fd, EVENT_PORT, &pump->room_wanted,
		     room);
	else
		want(pump, port->read_fd, EVENT_PORT, &pump->port_wanted,
		     EPOLLIN | room);
	if (!pump_is_held(pump) && needs_keepalive(pump))
		pump->next_ns =
			clock_earlier(pump->next_ns,
				      keepalive_next_ns(&pump->keepalive));
}

/* Nothing is known of the peer on a new port. */
static void open_pair(struct pump *pump, uint64_t settled_ns)
{
	const struct port *port = pump->port;
	const uint64_t len = PAIR_HEADROOM + pump->config.mtu + PAIR_TAILROOM;
	const struct pair_port wire = {
		.packet_ns = port->rate ? len * NS_PER_S / port->rate : 0,
		.byte_ns = port->rate ? NS_PER_S / port->rate : 0,
		.is_stream = port->kind->is_stream,
	};
	struct speed_config speeds = {
		.base = port->baud,
		.packet_ns = wire.packet_ns,
		.count = port->speed_count,
	};
	struct stranger_config strangers = {
		.base = port->baud,
		.packet_ns = wire.packet_ns,
		.count = port->stranger_count,
	};
	size_t i;

	for (i = 0; i < port->speed_count; i++)
		speeds.speeds[i] = port->speeds[i];
	for (i = 0; i < port->stranger_count; i++)
		strangers.speeds[i] = port->strangers[i];
	pair_set_speeds(pump->config.pair, &speeds);
	pair_set_strangers(pump->config.pair, &strangers);
	pair_open(pump->config.pair, &wire, settled_ns);
}

/* Change the speed of the port. */
static void change_speed(struct pump *pump, uint32_t baud)
{
	struct pair *pair = pump->config.pair;
	uint64_t now_ns;
	int err;

	look_at_overruns(pump);
	err = port_set_baud(pump->port, baud);
	now_ns = clock_ns();
	log_debug("%s: %u baud%s%s", pump->port->name, baud,
		  err ? " refused: " : "", err ? strerror(-err) : "");
	sender_follow(pump->sender, pump->port);
	receiver_follow(pump->receiver, now_ns + PUMP_SETTLE_NS);
	if (pump->port->rate)
		pair_set_byte_ns(pair, NS_PER_S / pump->port->rate, now_ns);
	pair_baud_changed(pair, !err, now_ns);
}

/* With a pair: change the speed of the port if it wants another one now. */
static void follow_speed(struct pump *pump, uint64_t now_ns)
{
	struct pair *pair = pump->config.pair;
	uint32_t baud;

	if (pair_is_draining(pair))
		pair_set_dry(pair,
			     sender_dry_ns(pump->sender, pump->port, now_ns));
	baud = pair_wanted_baud(pair, now_ns);
	if (baud)
		change_speed(pump, baud);
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
	/* Discarded bytes do not count as heard. */
	keepalive_start(&pump->keepalive, clock_later(now_ns, settled_ns));
	pump->counts = (struct port_counts){0};
	if (pump->config.pair)
		open_pair(pump, clock_later(now_ns, settled_ns));
	err = watch_port(pump);
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
	struct events *events = pump->config.events;

	look_at_counts(pump);
	add_counts(&pump->past, &pump->counts);
	pump->counts = (struct port_counts){0};
	/*
	 * Closing a port leaves a borrowed descriptor open, so the event set
	 * would keep it.
	 */
	events_forget(events, pump->port->read_fd);
	if (has_two_fds(pump->port))
		events_forget(events, pump->port->write_fd);
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
	const uint64_t end_ns = clock_ns() + PUMP_PART_NS;
	const struct timespec pause = {.tv_nsec = (long)NS_PER_MS};
	const struct timespec unseen = {.tv_nsec = (long)PUMP_UNSEEN_NS};

	if (!pump->port || !pump->config.pair ||
	    pair_state(pump->config.pair) == PAIR_PLAIN)
		return;
	sender_part(pump->sender, pump->port, clock_ns());
	/* Closing the port discards unsent bytes. */
	while (port_queued(pump->port) && clock_ns() < end_ns)
		nanosleep(&pause, NULL);
	nanosleep(&unseen, NULL);
}

/* From the port to the interface. */
static enum pump_result receive(struct pump *pump, bool hung_up)
{
	const enum receiver_result result =
		receiver_receive(pump->receiver, pump->port, hung_up,
				 &pump->keepalive, clock_ns());

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
		keepalive_sent(&pump->keepalive, now_ns);
	return PUMP_GOES_ON;
}

/*
 * Send idle bytes or a mark when due. If the port is gone, the next write of a
 * frame reports it, so errors do not matter here.
 */
static void keep_alive(struct pump *pump, uint64_t now_ns)
{
	struct keepalive *keepalive = &pump->keepalive;

	if (!needs_keepalive(pump))
		return;
	if (keepalive_is_due(keepalive, now_ns)) {
		sender_send_idle(pump->sender, pump->port, now_ns);
		/* Without this the pump would repeat a failed write at once. */
		keepalive_sent(keepalive, now_ns);
		keepalive_sent_sign(keepalive, now_ns);
	} else if (keepalive_wants_mark(keepalive, now_ns)) {
		sender_mark(pump->sender);
		keepalive_sent_sign(keepalive, now_ns);
	}
	if (keepalive_falls_silent(keepalive, now_ns))
		pump->silence = true;
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
		look_at_overruns(pump);
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
		follow_speed(pump, now_ns);
	if (!sender_is_full(pump->sender) || port & EPOLLOUT)
		result = send_frames(pump, now_ns);
	if (pump->config.pair && result == PUMP_GOES_ON)
		follow_speed(pump, now_ns);
	keep_alive(pump, now_ns);
	return result;
}

/**
 * pump_note() - remember an event of the interface or the port
 * @pump: the pump; handles the event in its next turn
 * @event: the event
 */
void pump_note(struct pump *pump, const struct event *event)
{
	if (event->kind == EVENT_INTERFACE)
		pump->tun_mask |= event->mask;
	else
		pump->port_mask |= event->mask;
}

/**
 * pump_turn() - carry packets until nothing more can be done now
 * @pump: the pump
 *
 * Return: the result
 */
enum pump_result pump_turn(struct pump *pump)
{
	const uint32_t port_mask = pump->port ? pump->port_mask : 0;
	const uint32_t tun_mask = pump->tun_mask;
	enum pump_result result;

	pump->tun_mask = 0;
	pump->port_mask = 0;
	result = work(pump, tun_mask, port_mask);
	if (result == PUMP_GOES_ON)
		plan_turn(pump, clock_ns());
	else if (result != PUMP_TUN_GONE)
		pump->losses++;
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
	const struct pair *pair = pump->config.pair;

	if (!pump->port || (pair && pair_is_absent(pair, clock_ns())))
		return false;
	return is_paired(pump) || keepalive_has_carrier(&pump->keepalive);
}

/**
 * pump_take_silence() - has the peer fallen silent?
 * @pump: the pump
 *
 * Return: true if it has since the last call
 */
bool pump_take_silence(struct pump *pump)
{
	const bool silence = pump->silence;

	pump->silence = false;
	return silence;
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
