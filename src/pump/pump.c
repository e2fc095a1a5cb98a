/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pump: packets from the interface become frames on the line, frames from
 * the line become packets of the interface.
 *
 * The sender:
 *
 *   interface --tun_read--> gso --> fq_codel --> encode --> port_write
 *
 * The receiver:
 *
 *   interface <--tun_write-- gro <-- check <-- decode <-- port_read
 *
 * A TAP interface has frames of Ethernet for packets (link_layer); what is done
 * to an IP packet is done to the one in the frame.
 *
 * Where the line has no speed that we know of, the machine is what limits, and
 * of that most is the way of each packet through the kernel. Then kernel and
 * pump hand each other super-packets, up to 64 KB of one TCP stream. All
 * counters are of packets, as they are on the line; those of the interface
 * (ip -s link) are of what went through it.
 *
 * One thread, one event set (events), and nothing that blocks. The session
 * waits; for what it finds, the pump has a turn, in which each side makes so
 * many system calls at most, so that no flood, from the line or from the
 * kernel, keeps the rest waiting.
 *
 * System calls, each of which has to earn its place:
 *
 *   epoll_wait()  once for all that has become ready in the meantime
 *   epoll_ctl()   when what is waited for changes: a full port, and the
 *                 interface that is left alone meanwhile
 *   timerfd_settime()  when a frame is to be sent at another time than said
 *   readv()  of the interface, one a packet, or one for up to 64 KB of a TCP
 *            stream, and one more that says "no more"
 *   write()  to the port, one a frame, or one for all that were gathered
 *   ioctl()  TIOCOUTQ, on a wire of known speed twice a frame: behind the
 *            write, to see whether the port counts, and before the next one;
 *            SIOCOUTQ and SIOCOUTQNSD on a socket, once a write
 *   read()   of the port, one for all that has arrived
 *   writev() to the interface, one a packet, or one for what a turn has
 *            brought of a TCP stream
 */
#include "pump/pump.h"
#include "clock.h"
#include "events.h"
#include "interface/tun.h"
#include "packet/link_layer.h"
#include "port/port.h"
#include "pump/keepalive.h"
#include "pump/receiver.h"
#include "pump/sender.h"
#include "pump/stats.h"
#include "pump/witness.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

/* How long the interface is left alone while the line is full: its ring has
 * room for 500 packets. */
#define PUMP_PUT_OFF_NS (3 * NS_PER_MS)

/**
 * struct pump - the pump
 * @config:     what it runs between
 * @port:       the port, borrowed; NULL: there is none
 * @sender:     from the interface to the port
 * @receiver:   from the port to the interface
 * @keepalive:  when the port was last used, either way
 * @witness:    sees the first packets of both directions
 * @silence:    the peer has fallen silent, and nobody has asked yet
 * @stats:      the counters, summed up when they were last asked for
 * @past:       what lost ports had counted
 * @losses:     how often the port was lost
 * @counts:     what this port has counted, as far as it still says
 * @tun_mask:   what has happened to the interface since the last turn
 * @port_mask:  what has happened to the port since the last turn
 * @tun_wanted: what is waited for of the interface
 * @port_wanted: what is waited for of the port, or of its reading side
 * @room_wanted: what is waited for of its writing side, if it has two
 * @drained_ns: when the interface was last read
 * @next_ns:    when it wants its next turn
 * @offload:    the kernel leaves work to us, and we leave work to the kernel
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
 * It has no port yet, and drops what the interface brings until it has one.
 *
 * Return: the pump, which pump_free() frees; NULL and errno
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
 * @pump: a pump, or NULL
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

/* Wait for the port. Return: 0 or -errno. */
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

/* One that hung up does not tell any more: then what it said last stands. */
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

/**
 * pump_stats() - the counters so far
 * @pump: the pump
 *
 * Return: the counters, as they are now, until the next call
 */
const struct stats *pump_stats(struct pump *pump)
{
	struct stats *stats = &pump->stats;
	struct port_counts all;

	look_at_counts(pump);
	all = pump->past;
	add_counts(&all, &pump->counts);
	sender_get_stats(pump->sender, stats);
	receiver_get_stats(pump->receiver, stats);
	stats->witness = &pump->witness;
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
 * Are the kernel and we to leave work to each other? It saves most of what a
 * packet costs, where that is what limits. On a wire of known speed it is the
 * wire, and the next packet is worth more than many at once.
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

static struct sender_plan plan_sending(const struct pump *pump)
{
	if (pump->port && !pump_is_held(pump))
		return sender_plan(pump->sender);
	return (struct sender_plan){.next_ns = UINT64_MAX};
}

/*
 * While a line without a known speed is full, a packet more in the queue
 * changes nothing, and to be woken for each costs more than all the rest.
 * Return: until when the interface is left alone; 0: it is not
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
	/* It is in the set already, so this does not fail. */
	if (*wanted != mask)
		events_watch(pump->config.events, kind, fd, mask);
	*wanted = mask;
}

/* What is to be waited for, and for how long, until the next turn. */
static void plan_turn(struct pump *pump, uint64_t now_ns)
{
	const struct sender_plan plan = plan_sending(pump);
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
	if (!pump_is_held(pump))
		pump->next_ns =
			clock_earlier(pump->next_ns,
				      keepalive_next_ns(&pump->keepalive));
}

/**
 * pump_begin_port() - begin with a port
 * @pump:       the pump, which has none
 * @port:       the port, borrowed until pump_end_port()
 * @transport:  the connection that the port is; copied
 * @settled_ns: what arrives earlier is thrown away
 * @now_ns:     the time
 *
 * Return: 0, or -errno: then it has none
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
	/* What is thrown away until then is not heard. */
	keepalive_start(&pump->keepalive, clock_later(now_ns, settled_ns));
	pump->counts = (struct port_counts){0};
	err = watch_port(pump);
	if (err)
		pump_end_port(pump);
	else
		plan_turn(pump, now_ns);
	return err;
}

/**
 * pump_end_port() - do without a port
 * @pump: the pump, which has one; it may be closed then
 *
 * What was meant for it is dropped.
 */
void pump_end_port(struct pump *pump)
{
	struct events *events = pump->config.events;

	look_at_counts(pump);
	add_counts(&pump->past, &pump->counts);
	pump->counts = (struct port_counts){0};
	/* A borrowed descriptor stays open when the port is closed. */
	events_forget(events, pump->port->read_fd);
	if (has_two_fds(pump->port))
		events_forget(events, pump->port->write_fd);
	pump->port = NULL;
	sender_reset(pump->sender);
	receiver_reset(pump->receiver, 0);
	plan_turn(pump, clock_ns());
}

/* Port to interface. */
static enum pump_result receive(struct pump *pump, bool hung_up)
{
	switch (receiver_receive(pump->receiver, pump->port, hung_up,
				 &pump->keepalive, clock_ns())) {
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

/* Interface to queue. */
static enum pump_result drain(struct pump *pump, uint64_t now_ns)
{
	pump->drained_ns = now_ns;
	return sender_drain(pump->sender, pump->port, now_ns) ? PUMP_GOES_ON
							      : PUMP_TUN_GONE;
}

/* Queue to port. */
static enum pump_result send_frames(struct pump *pump, uint64_t now_ns)
{
	int sent = sender_send(pump->sender, pump->port, now_ns);

	if (sent < 0)
		return PUMP_PORT_GONE;
	if (sent)
		keepalive_sent(&pump->keepalive, now_ns);
	return PUMP_GOES_ON;
}

/* A port that is gone says so when there is something to be sent, too. */
static void keep_alive(struct pump *pump, uint64_t now_ns)
{
	struct keepalive *keepalive = &pump->keepalive;

	if (keepalive_is_due(keepalive, now_ns)) {
		sender_send_idle(pump->sender, pump->port, now_ns);
		/* If it could not be sent, it is not tried again at once. */
		keepalive_sent(keepalive, now_ns);
		keepalive_shown(keepalive, now_ns);
	} else if (keepalive_wants_mark(keepalive, now_ns)) {
		sender_mark(pump->sender);
		keepalive_shown(keepalive, now_ns);
	}
	if (keepalive_falls_silent(keepalive, now_ns))
		pump->silence = true;
}

/* All that has happened, and all that is due. */
static enum pump_result work(struct pump *pump, uint32_t tun, uint32_t port)
{
	/* Elsewhere an error ends the port; there it ended a frame. */
	const bool is_datagram = pump->port && pump->port->kind->is_datagram;
	const bool hung_up = port & (EPOLLHUP | EPOLLERR) && !is_datagram;
	enum pump_result result = PUMP_GOES_ON;
	uint64_t now_ns;

	if (tun & EPOLLERR)
		return PUMP_TUN_GONE;
	if (port & (EPOLLIN | EPOLLHUP | EPOLLERR))
		result = receive(pump, hung_up);
	now_ns = clock_ns();
	if (result == PUMP_GOES_ON && tun & EPOLLIN)
		result = drain(pump, now_ns);
	if (!pump->port || hung_up || result != PUMP_GOES_ON)
		return result;
	if (pump_is_held(pump))
		return result;
	if (!plan_sending(pump).is_full || port & EPOLLOUT)
		result = send_frames(pump, now_ns);
	keep_alive(pump, now_ns);
	return result;
}

/**
 * pump_note() - something has happened to the interface or to the port
 * @pump:  the pump; its next turn sees to it
 * @event: what has happened
 */
void pump_note(struct pump *pump, const struct event *event)
{
	if (event->kind == EVENT_INTERFACE)
		pump->tun_mask |= event->mask;
	else
		pump->port_mask |= event->mask;
}

/**
 * pump_turn() - carry packets, as far as that is possible now
 * @pump: the pump
 *
 * Return: how it ended
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
 * pump_next_ns() - when does it want its next turn, whatever happens?
 * @pump: the pump, which has had a turn since anything about it changed
 *
 * Return: the time, which may have passed; UINT64_MAX: not before something
 * happens
 */
uint64_t pump_next_ns(const struct pump *pump)
{
	return pump->next_ns;
}

/**
 * pump_is_stuck() - does the port refuse what it is to send?
 * @pump: the pump, with a port
 *
 * Return: true if it took only a part, or nothing, of the last write, or if by
 * its own count something waits in it
 */
bool pump_is_stuck(const struct pump *pump)
{
	return sender_is_stuck(pump->sender, pump->port);
}

/**
 * pump_has_carrier() - may there be a peer?
 * @pump: the pump
 *
 * Return: false without a port, and while a peer is silent that would not be if
 * it were there
 */
bool pump_has_carrier(const struct pump *pump)
{
	return pump->port && keepalive_has_carrier(&pump->keepalive);
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
	return pump->port && pump->config.framing->idle &&
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
