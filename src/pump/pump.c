/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pump: packets from the interface become frames on the line, frames from
 * the line become packets of the interface.
 *
 *   interface --tun_read--> gso --> fq_codel --> encode --> port_write sender
 *   interface <--tun_write-- gro <-- packet_check <-- decode <-- port_read
 *                                                                       receiver
 *
 * A TAP interface has frames of Ethernet for packets (ethernet_check); what is
 * done to an IP packet is done to the one in the frame.
 *
 * Where the line has no speed that we know of, the machine is what limits, and
 * of that most is the way of each packet through the kernel. Then kernel and
 * pump hand each other super-packets, up to 64 KB of one TCP stream. All
 * counters are of packets, as they are on the line; those of the interface
 * (ip -s link) are of what went through it.
 *
 * One thread, one ppoll(), and nothing else that could block. Each side has
 * its turn, of so many system calls at most, so that no flood, from the line or
 * from the kernel, keeps the rest waiting, the wake-up included.
 *
 * System calls, each of which has to earn its place:
 *
 *   ppoll()  once for all that has become ready in the meantime
 *   readv()  of the interface, one a packet, or one for up to 64 KB of a TCP
 *            stream, and one more that says "no more"
 *   write()  to the port, one a frame, or one for all that were gathered
 *   ioctl()  TIOCOUTQ, on a wire of known speed twice a frame: behind the
 *            write, to see whether the port counts, and before the next one;
 *            SIOCOUTQ and SIOCOUTQNSD on a socket, once a write
 *   read()   of the port, one for all that has arrived
 *   writev() to the interface, one a packet, or one for what a turn has
 *            brought of a TCP stream
 *
 * The time comes from the vDSO.
 */
#include "pump/pump.h"
#include "interface/tun.h"
#include "port/port.h"
#include "pump/receiver.h"
#include "pump/sender.h"
#include "pump/stats.h"
#include "report/keepalive.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)

/* How long the interface is left alone while the line is full: its ring has
 * room for 500 packets. */
#define PUMP_PUT_OFF_NS UINT64_C(3000000)

struct pump {
	struct pump_config config;
	struct port *port; /* NULL: there is none */
	struct sender *sender;
	struct receiver *receiver;
	struct stats stats;
	uint64_t drained_ns; /* when the interface was last read */
	bool offload;	     /* the kernel leaves work to us, and we to it */
};

/**
 * pump_new() - make a pump
 * @config: copied
 *
 * It has no port yet, and drops what the interface brings until it has one.
 *
 * Return: the pump, which pump_free() frees; NULL and errno if there is no
 * memory
 */
struct pump *pump_new(const struct pump_config *config)
{
	const struct sender_config sender = {
		.tun = config->tun,
		.framing = config->framing,
		.keepalive = config->keepalive,
		.mtu = config->mtu,
		.ipv6 = config->ipv6,
	};
	const struct receiver_config receiver = {
		.tun = config->tun,
		.framing = config->framing,
		.keepalive = config->keepalive,
		.ipv6 = config->ipv6,
		.accept_ra = config->accept_ra,
	};
	struct pump *pump = calloc(1, sizeof(*pump));

	if (!pump)
		return NULL;
	pump->config = *config;
	pump->sender = sender_new(&sender);
	pump->receiver = receiver_new(&receiver);
	if (!pump->sender || !pump->receiver) {
		pump_free(pump);
		errno = ENOMEM;
		return NULL;
	}
	return pump;
}

/**
 * pump_free() - free a pump
 * @pump: a pump, or NULL
 */
void pump_free(struct pump *pump)
{
	if (!pump)
		return;
	sender_free(pump->sender);
	receiver_free(pump->receiver);
	free(pump);
}

/**
 * pump_set_port() - begin with a port, or do without
 * @pump: the pump
 * @port: the port, borrowed until the next call; NULL: there is none
 *
 * What was meant for the old one is dropped.
 *
 * Return: 0, or -ENOMEM: then it has none
 */
int pump_set_port(struct pump *pump, struct port *port)
{
	int err = sender_set_port(pump->sender, port);

	pump->port = err ? NULL : port;
	receiver_set_port(pump->receiver, pump->port);
	return err;
}

/**
 * pump_stats() - the counters so far
 * @pump: the pump
 *
 * Return: the counters, as they are now, until the next call
 */
const struct stats *pump_stats(struct pump *pump)
{
	sender_get_stats(pump->sender, &pump->stats);
	receiver_get_stats(pump->receiver, &pump->stats);
	return &pump->stats;
}

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/*
 * Are the kernel and we to leave work to each other? It saves most of what a
 * packet costs, where that is what limits. On a wire of known speed it is the
 * wire, and the next packet is worth more than many at once.
 */
static void choose_offload(struct pump *pump)
{
	const struct tun *tun = pump->config.tun;
	bool offload =
		tun->vnet && pump->port && !sender_is_paced(pump->sender);

	if (offload != pump->offload)
		tun_set_offload(tun, offload);
	pump->offload = offload;
	receiver_set_join(pump->receiver, offload);
}

/*
 * While a line without a known speed is full, a packet more in the queue
 * changes nothing, and to be woken for each costs more than all the rest.
 * Return: how long the interface is still left alone; 0: it is not
 */
static uint64_t put_off_ns(const struct pump *pump)
{
	const uint64_t until_ns = pump->drained_ns + PUMP_PUT_OFF_NS;
	uint64_t now_ns;

	if (!sender_is_full(pump->sender) || sender_is_paced(pump->sender))
		return 0;
	now_ns = clock_ns();
	return until_ns > now_ns ? until_ns - now_ns : 0;
}

/* How long there is nothing to do but to wait; UINT64_MAX: for ever. */
static uint64_t wait_ns(const struct pump *pump, uint64_t put_off)
{
	uint64_t ready_ns;
	uint64_t now_ns;

	if (put_off)
		return put_off;
	if (sender_is_full(pump->sender))
		return UINT64_MAX;
	ready_ns = sender_ready_ns(pump->sender);
	if (!ready_ns || ready_ns == UINT64_MAX)
		return ready_ns;
	now_ns = clock_ns();
	return ready_ns > now_ns ? ready_ns - now_ns : 0;
}

/* The same for ppoll(): @wait, filled in, or NULL for as long as it takes. */
static const struct timespec *longest_wait(const struct pump *pump,
					   uint64_t put_off,
					   struct timespec *wait)
{
	const uint64_t ns = wait_ns(pump, put_off);

	if (ns == UINT64_MAX)
		return NULL;
	wait->tv_sec = (time_t)(ns / NS_PER_S);
	wait->tv_nsec = (long)(ns % NS_PER_S);
	return wait;
}

/* Port to interface. */
static enum pump_end receive(struct pump *pump, bool hung_up)
{
	switch (receiver_receive(pump->receiver, hung_up, clock_ns())) {
	case RECEIVER_PORT_GONE:
		return PUMP_PORT_GONE;
	case RECEIVER_OUT_OF_STEP:
		return PUMP_OUT_OF_STEP;
	case RECEIVER_TUN_GONE:
		return PUMP_TUN_GONE;
	default:
		return PUMP_WOKEN;
	}
}

/* Interface to queue. */
static enum pump_end drain(struct pump *pump, uint64_t now_ns)
{
	pump->drained_ns = now_ns;
	return sender_drain(pump->sender, now_ns) ? PUMP_WOKEN : PUMP_TUN_GONE;
}

/* Queue to port. */
static enum pump_end send_frames(struct pump *pump, uint64_t now_ns)
{
	return sender_send(pump->sender, now_ns) ? PUMP_WOKEN : PUMP_PORT_GONE;
}

/**
 * pump_run() - carry packets until something else is to be done
 * @pump: the pump
 *
 * Return: why it stopped
 */
enum pump_end pump_run(struct pump *pump)
{
	enum {
		WAKE,
		TUN,
		PORT_READ,
		PORT_WRITE,
		FDS_MAX
	};
	const struct port *port = pump->port;
	const int read_fd = port ? port->read_fd : -1;
	const int write_fd = port ? port->write_fd : -1;
	/* One entry for both, if they are one. */
	const int out = write_fd == read_fd ? PORT_READ : PORT_WRITE;
	const nfds_t count = (nfds_t)out + 1;
	struct pollfd fds[FDS_MAX] = {
		[WAKE] = {.fd = pump->config.wake_fd, .events = POLLIN},
		[TUN] = {.fd = pump->config.tun->fd},
		[PORT_WRITE] = {.fd = write_fd},
		[PORT_READ] = {.fd = read_fd},
	};
	/* Elsewhere an error ends the port; there it ended a frame. */
	const bool is_datagram = port && port->is_datagram;
	const bool was_silent = pump->config.keepalive->silent;
	enum pump_end end = PUMP_WOKEN;
	struct timespec wait;
	uint64_t now_ns;
	int from_port;
	uint64_t put_off;
	bool hung_up;

	choose_offload(pump);
	while (end == PUMP_WOKEN) {
		put_off = put_off_ns(pump);
		fds[TUN].events = put_off ? 0 : POLLIN;
		fds[PORT_READ].events = POLLIN;
		fds[PORT_WRITE].events = 0;
		if (sender_is_full(pump->sender))
			fds[out].events |= POLLOUT;
		if (ppoll(fds, count, longest_wait(pump, put_off, &wait),
			  NULL) < 0) {
			if (errno == EINTR)
				continue;
			return PUMP_FAILED;
		}
		if (fds[WAKE].revents)
			return PUMP_WOKEN;
		if (fds[TUN].revents & POLLERR)
			return PUMP_TUN_GONE;
		from_port = fds[PORT_READ].revents | fds[PORT_WRITE].revents;
		hung_up = from_port & (POLLHUP | POLLERR) && !is_datagram;
		if (from_port & (POLLIN | POLLHUP | POLLERR))
			end = receive(pump, hung_up);
		now_ns = clock_ns();
		if (end == PUMP_WOKEN && fds[TUN].revents & POLLIN)
			end = drain(pump, now_ns);
		if (end == PUMP_WOKEN && port && !hung_up &&
		    (!sender_is_full(pump->sender) || from_port & POLLOUT))
			end = send_frames(pump, now_ns);
		if (was_silent && !pump->config.keepalive->silent)
			break;
	}
	return end;
}

/**
 * pump_send_idle() - send what receivers pass over, if nothing else is being
 * sent
 * @pump: the pump, with a port, and a framing that has such bytes
 */
void pump_send_idle(struct pump *pump)
{
	sender_send_idle(pump->sender, clock_ns());
}

/**
 * pump_is_stuck() - does the port refuse what it is to send?
 * @pump: the pump
 *
 * Return: true if it took only a part, or nothing, of the last write, or if by
 * its own count something waits in it
 */
bool pump_is_stuck(const struct pump *pump)
{
	return sender_is_stuck(pump->sender);
}
