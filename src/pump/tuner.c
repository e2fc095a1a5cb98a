/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tuner: sets the port to the speed that the pair wants, and tells the pair
 * of the port.
 */
#include "pump/tuner.h"
#include "clock.h"
#include "log.h"
#include "pair/pair.h"
#include "port/port.h"
#include "pump/receiver.h"
#include "pump/sender.h"
#include "pump/tally.h"

#include <stddef.h>
#include <string.h>

/*
 * After a change of the speed, bytes of the old speed are still on their way.
 */
#define TUNER_SETTLE_NS (10 * NS_PER_MS)

_Static_assert(PORT_SPEEDS_MAX <= LADDER_MAX, "a pair takes all speeds");
_Static_assert(PORT_STRANGERS_MAX <= STRANGER_SPEEDS_MAX,
	       "a pair listens at all speeds");

/**
 * tuner_begin_port() - tell the pair of a new port
 * @tuner: the tuner
 * @port: the port
 * @settled_ns: the pair sends nothing earlier
 *
 * Nothing is known of the peer on a new port.
 */
void tuner_begin_port(const struct tuner *tuner, const struct port *port,
		      uint64_t settled_ns)
{
	const uint64_t len = PAIR_HEADROOM + tuner->mtu + PAIR_TAILROOM;
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
	pair_set_speeds(tuner->pair, &speeds);
	pair_set_strangers(tuner->pair, &strangers);
	pair_open(tuner->pair, &wire, settled_ns);
}

/**
 * tuner_look() - tell the pair how often this end's ports have lost bytes
 * @tuner: the tuner
 * @port: the port; NULL without one
 */
void tuner_look(const struct tuner *tuner, const struct port *port)
{
	pair_set_overruns(tuner->pair, tally_overruns(tuner->tally, port));
}

/* Change the speed of the port. */
static void change_speed(const struct tuner *tuner, struct port *port,
			 uint32_t baud)
{
	struct pair *pair = tuner->pair;
	uint64_t now_ns;
	int err;

	tuner_look(tuner, port);
	err = port_set_baud(port, baud);
	now_ns = clock_ns();
	log_debug("%s: %u baud%s%s", port->name, baud, err ? " refused: " : "",
		  err ? strerror(-err) : "");
	sender_follow(tuner->sender, port);
	receiver_follow(tuner->receiver, now_ns + TUNER_SETTLE_NS);
	if (port->rate)
		pair_set_byte_ns(pair, NS_PER_S / port->rate, now_ns);
	pair_baud_changed(pair, !err, now_ns);
}

/**
 * tuner_follow() - change the speed of the port if the pair wants another now
 * @tuner: the tuner
 * @port: the port
 * @now_ns: the time
 */
void tuner_follow(const struct tuner *tuner, struct port *port, uint64_t now_ns)
{
	struct pair *pair = tuner->pair;
	uint32_t baud;

	if (pair_is_draining(pair))
		pair_set_dry(pair, sender_dry_ns(tuner->sender, port, now_ns));
	baud = pair_wanted_baud(pair, now_ns);
	if (baud)
		change_speed(tuner, port, baud);
}
