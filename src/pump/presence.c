/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The presence: shows the peer that this end is there, or that it leaves, and
 * judges whether the peer is there.
 */
#include "pump/presence.h"
#include "clock.h"
#include "pair/pair.h"
#include "port/port.h"
#include "pump/sender.h"

#include <stddef.h>
#include <time.h>

/*
 * How long the last frame of a pair may take to leave the port, and how long
 * it may be on its way afterwards: an adapter hides up to 256 bytes, and a pty
 * hides all.
 */
#define PRESENCE_PART_NS   (300 * NS_PER_MS)
#define PRESENCE_UNSEEN_NS (50 * NS_PER_MS)

/**
 * presence_init() - make a presence
 * @presence: filled in
 * @pair: the pair, borrowed; NULL: plain
 * @sender: sends the signs of life; borrowed
 * @keepalive_s: send an END after so many seconds without sending; 0: never
 */
void presence_init(struct presence *presence, struct pair *pair,
		   struct sender *sender, unsigned int keepalive_s)
{
	*presence = (struct presence){.pair = pair, .sender = sender};
	keepalive_init(&presence->keepalive, keepalive_s);
}

/**
 * presence_begin_port() - forget what was sent and heard on the port before
 * @presence: the presence
 * @now_ns: when the port begins; earlier bytes do not count as heard
 */
void presence_begin_port(struct presence *presence, uint64_t now_ns)
{
	keepalive_start(&presence->keepalive, now_ns);
}

/**
 * presence_sent() - note that this end has sent bytes
 * @presence: the presence
 * @now_ns: the time
 */
void presence_sent(struct presence *presence, uint64_t now_ns)
{
	keepalive_sent(&presence->keepalive, now_ns);
}

/**
 * presence_heard() - note bytes from the peer
 * @presence: the presence
 * @bytes: the bytes
 * @len: their number
 * @now_ns: the time
 */
void presence_heard(struct presence *presence, const uint8_t *bytes, size_t len,
		    uint64_t now_ns)
{
	keepalive_heard(&presence->keepalive, bytes, len, now_ns);
	if (presence->pair)
		pair_heard(presence->pair, len, now_ns);
}

/* While two ends are paired, their probes replace the keepalive. */
static bool is_paired(const struct presence *presence)
{
	return presence->pair && pair_state(presence->pair) == PAIR_PAIRED;
}

/* Only at the speed of the peer are idle bytes a sign of life. */
static bool needs_keepalive(const struct presence *presence)
{
	return presence->keepalive.period_ns && !is_paired(presence) &&
	       !(presence->pair && pair_holds(presence->pair));
}

/**
 * presence_next_ns() - when is presence_keep() due?
 * @presence: the presence
 *
 * Return: the time; UINT64_MAX: never
 */
uint64_t presence_next_ns(const struct presence *presence)
{
	return needs_keepalive(presence)
		       ? keepalive_next_ns(&presence->keepalive)
		       : UINT64_MAX;
}

/**
 * presence_keep() - send idle bytes or a mark when due
 * @presence: the presence
 * @port: the port
 * @now_ns: the time
 *
 * If the port is gone, the next write of a frame reports it, so errors do not
 * matter here.
 */
void presence_keep(struct presence *presence, struct port *port,
		   uint64_t now_ns)
{
	struct keepalive *keepalive = &presence->keepalive;

	if (!needs_keepalive(presence))
		return;
	if (keepalive_is_due(keepalive, now_ns)) {
		sender_send_idle(presence->sender, port, now_ns);
		/* Without this the pump would repeat a failed write at once. */
		keepalive_sent(keepalive, now_ns);
		keepalive_sent_sign(keepalive, now_ns);
	} else if (keepalive_wants_mark(keepalive, now_ns)) {
		sender_mark(presence->sender);
		keepalive_sent_sign(keepalive, now_ns);
	}
	if (keepalive_falls_silent(keepalive, now_ns))
		presence->silence = true;
}

/**
 * presence_has_carrier() - should the interface have carrier?
 * @presence: the presence
 *
 * Return: false while a peer is silent that has a keepalive or was paired
 */
bool presence_has_carrier(const struct presence *presence)
{
	if (presence->pair && pair_is_absent(presence->pair, clock_ns()))
		return false;
	return is_paired(presence) ||
	       keepalive_has_carrier(&presence->keepalive);
}

/**
 * presence_take_silence() - has the peer fallen silent?
 * @presence: the presence
 *
 * Return: true if it has since the last call
 */
bool presence_take_silence(struct presence *presence)
{
	const bool silence = presence->silence;

	presence->silence = false;
	return silence;
}

/**
 * presence_part() - tell the peer of a pair that this end stops
 * @presence: the presence
 * @port: the port; the caller sends nothing afterwards
 *
 * Waits until the port has sent the last frame, for 350 ms at most.
 */
void presence_part(const struct presence *presence, struct port *port)
{
	const uint64_t end_ns = clock_ns() + PRESENCE_PART_NS;
	const struct timespec pause = {.tv_nsec = (long)NS_PER_MS};
	const struct timespec unseen = {.tv_nsec = (long)PRESENCE_UNSEEN_NS};

	if (!presence->pair || pair_state(presence->pair) == PAIR_PLAIN)
		return;
	sender_part(presence->sender, port, clock_ns());
	/* Closing the port discards unsent bytes. */
	while (port_queued(port) && clock_ns() < end_ns)
		nanosleep(&pause, NULL);
	nanosleep(&unseen, NULL);
}
