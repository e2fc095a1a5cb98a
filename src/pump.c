/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pump: packets from the interface become frames on the line, frames from
 * the line become packets of the interface.
 *
 *   interface --tun_read--> slip_encode --> outbox --port_write--> port
 *   interface <--tun_write-- packet_check <-- slip_decode <--port_read-- port
 *
 * One thread, one ppoll(), and nothing else that could block. What is waited
 * for follows from the outbox:
 *
 *   - it is empty: for a packet of the interface;
 *   - it is not:   for room in the port, and the interface is left alone.
 *
 * So a full port stops the choosing of the next packet and never cuts a
 * frame: what a short write left stays in the outbox and goes first. While
 * the port accepts, frames are gathered until a write is worth its price,
 * unless the line has a known speed: then a frame is chosen only when
 * the one before it has been handed over, because a packet that waits in the
 * interface can still be overtaken there, and one that waits in the port
 * cannot.
 *
 * Towards the interface nothing waits. A packet that it does not take is
 * dropped and counted; so is every frame that is no IP packet. Neither side
 * is served for longer than PUMP_ROUNDS system calls before the other one has
 * its turn, so that neither a flood from the line nor one from the kernel
 * keeps the rest waiting, the wake-up included.
 */
#include "pump.h"
#include "log.h"
#include "packet.h"
#include "port.h"
#include "slip.h"
#include "stats.h"
#include "tun.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* Enough for what a tty has at once (4095), and for a socket's bursts. */
#define PUMP_INBOX_LEN 65536

/* When gathering, how much makes a write worth its price. */
#define PUMP_BATCH_LEN 32768

/* The last frame may begin just below the batch's length. */
#define PUMP_OUTBOX_LEN (PUMP_BATCH_LEN + SLIP_ENCODED_MAX(SLIP_PACKET_MAX))

#define PUMP_ROUNDS 16

struct pump {
	struct pump_config config;
	struct stats stats;
	size_t batch_len; /* gather frames up to here */
	size_t outbox_at; /* where in the outbox the next write begins */
	size_t outbox_len;
	struct slip_decoder decoder;
	uint8_t packet[SLIP_PACKET_MAX];
	uint8_t inbox[PUMP_INBOX_LEN];
	uint8_t outbox[PUMP_OUTBOX_LEN];
};

/**
 * pump_new() - make a pump
 * @config: copied
 *
 * Return: the pump, which pump_free() frees; NULL if there is no memory
 */
struct pump *pump_new(const struct pump_config *config)
{
	struct pump *pump = calloc(1, sizeof(*pump));

	if (!pump)
		return NULL;
	pump->config = *config;
	pump->batch_len = config->port->baud ? 1 : PUMP_BATCH_LEN;
	return pump;
}

/**
 * pump_free() - free a pump
 * @pump: a pump, or NULL
 */
void pump_free(struct pump *pump)
{
	free(pump);
}

/**
 * pump_stats() - the counters so far
 * @pump: the pump
 *
 * Return: the counters, valid as long as the pump is
 */
const struct stats *pump_stats(const struct pump *pump)
{
	return &pump->stats;
}

static void drop(struct stats_direction *way, enum stats_drop reason,
		 size_t len)
{
	way->dropped[reason]++;
	log_trace("dropped %zu octets: %s", len, stats_drop_name(reason));
}

/*
 * The next packet that is to go out, into pump->packet. Return: its length,
 * 0 if there is none, or -ENODEV.
 */
static ssize_t next_packet(struct pump *pump)
{
	ssize_t len;
	int round;

	for (round = 0; round < PUMP_ROUNDS; round++) {
		len = tun_read(pump->config.tun, pump->packet,
			       sizeof(pump->packet));
		if (len <= 0 || pump->config.ipv6 || pump->packet[0] >> 4 != 6)
			return len;
		drop(&pump->stats.to_line, STATS_DROP_IPV6, (size_t)len);
	}
	return 0;
}

/* Fill the empty outbox with frames. Return: 0 or -ENODEV. */
static int fill_outbox(struct pump *pump)
{
	struct stats_direction *way = &pump->stats.to_line;
	ssize_t len;

	pump->outbox_at = 0;
	pump->outbox_len = 0;
	while (pump->outbox_len < pump->batch_len) {
		len = next_packet(pump);
		if (len < 0)
			return (int)len;
		if (!len)
			break;
		pump->outbox_len += slip_encode(pump->outbox + pump->outbox_len,
						pump->packet, (size_t)len);
		way->packets++;
		way->bytes += (size_t)len;
	}
	return 0;
}

static bool outbox_empty(const struct pump *pump)
{
	return pump->outbox_at == pump->outbox_len;
}

/* Hand over what the port takes of the outbox. Return: 0 or -errno. */
static int flush_outbox(struct pump *pump)
{
	size_t len = pump->outbox_len - pump->outbox_at;
	ssize_t n = port_write(pump->config.port,
			       pump->outbox + pump->outbox_at, len);

	if (n < 0)
		return (int)n;
	pump->outbox_at += (size_t)n;
	pump->stats.to_line.line_bytes += (size_t)n;
	if ((size_t)n < len)
		pump->stats.to_line.short_writes++;
	return 0;
}

/* Interface to port, while there are packets and the port takes them. */
static enum pump_end pump_to_line(struct pump *pump)
{
	int round;

	for (round = 0; round < PUMP_ROUNDS; round++) {
		if (outbox_empty(pump) && fill_outbox(pump))
			return PUMP_TUN_GONE;
		if (outbox_empty(pump))
			break;
		if (flush_outbox(pump))
			return PUMP_PORT_GONE;
		if (!outbox_empty(pump))
			break;
	}
	return PUMP_WOKEN;
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

/* Is a frame to reach the interface? If not, @reason says why. */
static bool admit(const struct pump *pump, const uint8_t *packet, size_t len,
		  enum stats_drop *reason)
{
	enum packet_verdict verdict = packet_check(packet, len);

	if (verdict == PACKET_IPV4)
		return true;
	if (verdict != PACKET_IPV6) {
		*reason = verdict_reason(verdict);
		return false;
	}
	if (!pump->config.ipv6) {
		*reason = STATS_DROP_IPV6;
		return false;
	}
	if (!pump->config.accept_ra && packet_is_router_advert(packet, len)) {
		*reason = STATS_DROP_ROUTER_ADVERT;
		return false;
	}
	return true;
}

/* One frame from the line. Return: false if the interface is gone. */
static bool deliver(struct pump *pump, const uint8_t *packet, size_t len)
{
	struct stats_direction *way = &pump->stats.from_line;
	enum stats_drop reason;

	if (!admit(pump, packet, len, &reason)) {
		drop(way, reason, len);
		return true;
	}
	switch (tun_write(pump->config.tun, packet, len)) {
	case TUN_WRITTEN:
		way->packets++;
		way->bytes += len;
		return true;
	case TUN_DOWN:
		drop(way, STATS_DROP_INTERFACE_DOWN, len);
		return true;
	case TUN_REFUSED:
		drop(way, STATS_DROP_INTERFACE_REFUSED, len);
		return true;
	case TUN_GONE:
	default:
		return false;
	}
}

/* Octets from the line. Return: false if the interface is gone. */
static bool decode(struct pump *pump, const uint8_t *octets, size_t len)
{
	struct stats_direction *way = &pump->stats.from_line;
	struct slip_decoder *decoder = &pump->decoder;
	enum slip_status status;
	size_t used;

	for (; len; octets += used, len -= used) {
		used = slip_decode(decoder, octets, len, &status);
		switch (status) {
		case SLIP_MORE:
			break;
		case SLIP_FRAME:
			if (!deliver(pump, decoder->packet, decoder->len))
				return false;
			break;
		case SLIP_BAD_ESCAPE:
			drop(way, STATS_DROP_BAD_ESCAPE, decoder->len);
			break;
		case SLIP_TOO_LONG:
			drop(way, STATS_DROP_TOO_LONG, decoder->len);
			break;
		}
	}
	return true;
}

/*
 * Port to interface, while there is something to read. A hang-up that poll()
 * saw counts when all that came before it has been read.
 */
static enum pump_end pump_from_line(struct pump *pump, bool hung_up)
{
	ssize_t n;
	int round;

	for (round = 0; round < PUMP_ROUNDS; round++) {
		n = port_read(pump->config.port, pump->inbox,
			      sizeof(pump->inbox));
		if (n < 0 || (!n && hung_up))
			return PUMP_PORT_GONE;
		pump->stats.from_line.line_bytes += (size_t)n;
		if (!decode(pump, pump->inbox, (size_t)n))
			return PUMP_TUN_GONE;
		/* A tty has no more than it gave. */
		if ((size_t)n < sizeof(pump->inbox))
			break;
	}
	return PUMP_WOKEN;
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
		PORT,
		FDS
	};
	struct pollfd fds[FDS] = {
		[WAKE] = {.fd = pump->config.wake_fd, .events = POLLIN},
		[TUN] = {.fd = pump->config.tun->fd},
		[PORT] = {.fd = pump->config.port->fd},
	};
	enum pump_end end = PUMP_WOKEN;

	while (end == PUMP_WOKEN) {
		bool idle = outbox_empty(pump);
		bool hung_up;

		fds[TUN].events = idle ? POLLIN : 0;
		fds[PORT].events = idle ? POLLIN : POLLIN | POLLOUT;
		if (ppoll(fds, FDS, NULL, NULL) < 0) {
			if (errno == EINTR)
				continue;
			return PUMP_FAILED;
		}
		if (fds[WAKE].revents)
			return PUMP_WOKEN;
		if (fds[TUN].revents & POLLERR)
			return PUMP_TUN_GONE;
		hung_up = fds[PORT].revents & (POLLHUP | POLLERR);
		if (hung_up || fds[PORT].revents & POLLIN)
			end = pump_from_line(pump, hung_up);
		if (end == PUMP_WOKEN && !hung_up &&
		    (fds[PORT].revents & POLLOUT || fds[TUN].revents & POLLIN))
			end = pump_to_line(pump);
	}
	return end;
}
