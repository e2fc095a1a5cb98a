/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much waits in front of the wire, and when may the next frame join it?
 *
 * What has been handed to a port cannot be overtaken any more, so a frame is
 * handed over as late as possible: when the wire is about to run dry, some
 * milliseconds before it does, because a process may wake up late. Two things
 * tell when that is, and neither alone is enough.
 *
 * The clock: so many octets at so many a second take so long. It knows nothing
 * of a wire that is held (RTS/CTS), slower than it should be (a divisor that
 * does not divide), or much faster (a USB CDC-ACM device takes any speed that
 * it is told and ignores it).
 *
 * The port's own count, TIOCOUTQ, as far as the driver has one: the 8250's is
 * exact but for the 16 octets of the chip; usb-serial counts whole transfers
 * until the chip has all of them (@grain too high), and not what the chip
 * itself holds (128 octets to some thousands, too low); a pty's is always 0.
 *
 * So the clock says when to look, and the count corrects the clock:
 *
 * - More waits than the clock says, by more than the grain: the wire is slower
 *   or held. The clock is put back to the count, so such a port never fills.
 * - Nothing waits although by the clock a good part of a frame should: either
 *   the chip has taken it, or the port is faster than its rate. Which of the
 * two shows only when it gets more. So once in its life, WIRE_PROBE_LEN octets
 * are handed over as fast as the count falls to nothing. A chip is full after
 * WIRE_HIDDEN_MAX at the most; a port that has swallowed more than that ahead
 * of its rate is faster, and is paced no longer: then back-pressure alone
 * decides.
 * - A count that is always 0 is no count. Then the clock decides alone.
 *
 * Where no rate is known there is nothing to pace by in the first place.
 *
 * Pure: the caller brings the time and the count.
 */
#include "wire.h"

#define NS_PER_S  UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_US UINT64_C(1000)

/*
 * Later than this a wake-up is rarely. What is handed over earlier waits for
 * nothing, which counts the more the shorter the frames are, so of a frame it
 * is this part at most.
 */
#define WIRE_LEAD_MIN_NS (2500 * NS_PER_US)
#define WIRE_LEAD_MAX_NS (4000 * NS_PER_US)
#define WIRE_LEAD_PART	 6

/* The largest FIFOs of USB adapters are of 4096 octets (FT2232H). */
#define WIRE_HIDDEN_MAX ((size_t)8192)
#define WIRE_PROBE_LEN	(4 * WIRE_HIDDEN_MAX)

/* A frame of USB. */
#define WIRE_PROBE_LOOK_NS NS_PER_MS

#define WIRE_MTU_MIN_IPV6 1280

/* How long so many octets are on the wire. */
static uint64_t duration_ns(const struct wire *wire, size_t octets)
{
	return octets * NS_PER_S / wire->rate;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* How long before the end of a frame the next one may be handed over. */
static uint64_t lead_ns(const struct wire *wire, size_t octets)
{
	uint64_t part_ns = duration_ns(wire, octets) / WIRE_LEAD_PART;

	if (part_ns < WIRE_LEAD_MIN_NS)
		return WIRE_LEAD_MIN_NS;
	return part_ns < WIRE_LEAD_MAX_NS ? part_ns : WIRE_LEAD_MAX_NS;
}

/**
 * wire_packet_ms() - how long a packet keeps the wire busy
 * @rate: octets per second; 0: unknown
 * @mtu:  its length in octets; on the line there are two ENDs more
 *
 * Return: milliseconds, rounded; 0 if the speed is not known
 */
uint32_t wire_packet_ms(uint32_t rate, uint32_t mtu)
{
	uint64_t octets = (uint64_t)mtu + 2;

	return rate ? (uint32_t)((octets * 1000 + rate / 2) / rate) : 0;
}

/**
 * wire_auto_mtu() - the MTU that suits a wire
 * @rate: octets per second; 0: unknown
 * @ipv6: it has to carry IPv6
 *
 * A packet on the wire cannot be overtaken, so on a slow one it should be
 * short: 1006 is SLIP's own (RFC 1055), 576 what every host takes (RFC 1122),
 * 296 what RFC 1144 advises (section 5.2), and 1280 the least of IPv6 (RFC
 * 8200, section 5).
 *
 * Return: the largest of 1500, 1006 and 576 that takes WIRE_PACKET_MS_MAX at
 * the most, else 296; with IPv6 1500 or 1280
 */
uint32_t wire_auto_mtu(uint32_t rate, bool ipv6)
{
	static const uint32_t mtus[] = {1500, 1006, 576};
	uint32_t mtu = 296;
	size_t i;

	for (i = sizeof(mtus) / sizeof(*mtus); i > 0; i--)
		if (wire_packet_ms(rate, mtus[i - 1]) <= WIRE_PACKET_MS_MAX)
			mtu = mtus[i - 1];
	return ipv6 && mtu < WIRE_MTU_MIN_IPV6 ? WIRE_MTU_MIN_IPV6 : mtu;
}

/**
 * wire_init() - a wire of which nothing has been seen yet
 * @wire:  filled in
 * @rate:  octets per second, 0: unknown
 * @grain: by how many octets the port's count may be too high
 */
void wire_init(struct wire *wire, uint32_t rate, uint32_t grain)
{
	*wire = (struct wire){.rate = rate, .grain = grain};
}

/**
 * wire_is_paced() - is there anything to wait for?
 * @wire: the wire
 *
 * Return: false if frames may be handed over as the port takes them
 */
bool wire_is_paced(const struct wire *wire)
{
	return wire->rate;
}

/**
 * wire_look_ns() - when to look next
 * @wire: the wire
 *
 * Return: when wire_look() may have something new to say; 0: at once
 */
uint64_t wire_look_ns(const struct wire *wire)
{
	return wire->look_ns;
}

/* What the count says against the clock. */
static void correct(struct wire *wire, size_t queued, uint64_t now_ns)
{
	if (queued)
		wire->counts = true;
	if (queued > wire->grain)
		wire->free_ns =
			later(wire->free_ns,
			      now_ns + duration_ns(wire, queued - wire->grain));
}

/*
 * Is the port faster than its rate? Asked when by the clock the wire is busy
 * until free_ns. Return: true if a frame may be handed over to find out.
 */
static bool probe(struct wire *wire, size_t queued, uint64_t now_ns)
{
	if (wire->speed == WIRE_UNTRIED && wire->counts) {
		wire->speed = queued ? WIRE_NOMINAL : WIRE_SUSPECT;
		wire->probed = 0;
	}
	if (wire->speed != WIRE_SUSPECT)
		return false;

	if (wire->probed >= WIRE_PROBE_LEN) {
		wire->speed = WIRE_NOMINAL;
		return false;
	}
	if (wire->free_ns - now_ns >
	    duration_ns(wire, queued + WIRE_HIDDEN_MAX)) {
		wire->rate = 0;
		return true;
	}
	return !queued;
}

/*
 * When to look next: when the wire is about to run dry. But as long as it is
 * not known whether the port is faster than that, when one that is would have
 * sent a frame of so many octets, and then as often as USB moves anything.
 */
static void plan_look(struct wire *wire, size_t octets, uint64_t now_ns)
{
	if (wire->counts && wire->speed == WIRE_SUSPECT)
		wire->look_ns = now_ns + WIRE_PROBE_LOOK_NS;
	else if (wire->counts && wire->speed == WIRE_UNTRIED)
		wire->look_ns = now_ns + duration_ns(wire, octets) * 5 / 8;
	else
		wire->look_ns =
			later(wire->free_ns, wire->lead_ns) - wire->lead_ns;
}

/**
 * wire_look() - may the next frame be handed over?
 * @wire:   the wire
 * @queued: octets that the port says wait in it, 0 if it does not say
 * @now_ns: the time, never less than before
 *
 * Return: true if it may; if not, wire_look_ns() says when to ask again
 */
bool wire_look(struct wire *wire, size_t queued, uint64_t now_ns)
{
	if (!wire->rate)
		return true;
	correct(wire, queued, now_ns);
	if (wire->free_ns <= now_ns + wire->lead_ns)
		return true;
	if (probe(wire, queued, now_ns))
		return true;
	plan_look(wire, 0, now_ns);
	return false;
}

/**
 * wire_hand_over() - a frame was handed to the port
 * @wire:   the wire
 * @octets: its length on the line
 * @queued: octets that the port says wait in it now, 0 if it does not say
 * @now_ns: the time, never less than before
 */
void wire_hand_over(struct wire *wire, size_t octets, size_t queued,
		    uint64_t now_ns)
{
	if (!wire->rate)
		return;
	wire->free_ns =
		later(wire->free_ns, now_ns) + duration_ns(wire, octets);
	wire->lead_ns = lead_ns(wire, octets);
	wire->probed += octets;
	correct(wire, queued, now_ns);
	plan_look(wire, octets, now_ns);
}
