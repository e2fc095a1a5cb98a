/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much waits in front of the wire, and when may the next frame join it?
 *
 * What has been handed to a port cannot be overtaken any more, so a frame is
 * handed over as late as possible: when the wire is about to run dry, some
 * milliseconds before it does, because a process may wake up late. Two things
 * tell when that is, and neither alone is enough.
 *
 * The clock: so many bytes at so many a second take so long. It knows nothing
 * of a wire that is held (RTS/CTS), slower than it should be (a divisor that
 * does not divide), or much faster (a USB CDC-ACM device takes any speed that
 * it is told and ignores it).
 *
 * The port's own count, TIOCOUTQ, as far as the driver has one: the 8250's is
 * exact but for the 16 bytes of the chip; usb-serial counts whole transfers
 * until the chip has all of them (@queue_slack too high), and not what the chip
 * itself holds (128 bytes to some thousands, too low); a pty's is always 0.
 *
 * So the clock says when to look, and the count corrects the clock:
 *
 * - More waits than the clock says, by more than the queue_slack: the wire is
 * slower or held. The clock is put back to the count, so such a port never
 * fills.
 * - Nothing waits although by the clock a good part of a frame should: either
 *   the chip has taken it, or the port is faster than its rate. Which of the
 * two shows only when it gets more. So once in its life, PACER_PROBE_LEN bytes
 * are handed over as fast as the count falls to nothing. A chip is full after
 * PACER_HIDDEN_MAX at the most; a port that has swallowed more than that ahead
 * of its rate is faster, and is paced no longer: then back-pressure alone
 * decides.
 * - A count that is always 0 is no count. Then the clock decides alone.
 *
 * Where no rate is known there is nothing to pace by in the first place.
 *
 * Pure: the caller brings the time and the count.
 */
#include "pump/pacer.h"
#include "clock.h"

/*
 * Later than this a wake-up is rarely. What is handed over earlier waits for
 * nothing, which counts the more the shorter the frames are, so of a frame it
 * is this part at most.
 */
#define PACER_LEAD_MIN_NS (2500 * NS_PER_US)
#define PACER_LEAD_MAX_NS (4000 * NS_PER_US)
#define PACER_LEAD_PART	  6

/* The largest FIFOs of USB adapters are of 4096 bytes (FT2232H). */
#define PACER_HIDDEN_MAX ((size_t)8192)
#define PACER_PROBE_LEN	 (4 * PACER_HIDDEN_MAX)

/* A frame of USB. */
#define PACER_PROBE_LOOK_NS NS_PER_MS

/* How long so many bytes are on the wire. */
static uint64_t duration_ns(const struct pacer *pacer, size_t bytes)
{
	return bytes * NS_PER_S / pacer->rate;
}

/* How long before the end of a frame the next one may be handed over. */
static uint64_t lead_ns(const struct pacer *pacer, size_t bytes)
{
	uint64_t part_ns = duration_ns(pacer, bytes) / PACER_LEAD_PART;

	if (part_ns < PACER_LEAD_MIN_NS)
		return PACER_LEAD_MIN_NS;
	return part_ns < PACER_LEAD_MAX_NS ? part_ns : PACER_LEAD_MAX_NS;
}

/**
 * pacer_init() - a wire of which nothing has been seen yet
 * @pacer:  filled in
 * @rate:  bytes per second, 0: unknown
 * @queue_slack: by how many bytes the port's count may be too high
 */
void pacer_init(struct pacer *pacer, uint32_t rate, uint32_t queue_slack)
{
	*pacer = (struct pacer){.rate = rate, .queue_slack = queue_slack};
}

/**
 * pacer_is_paced() - is there anything to wait for?
 * @pacer: the wire
 *
 * Return: false if frames may be handed over as the port takes them
 */
bool pacer_is_paced(const struct pacer *pacer)
{
	return pacer->rate;
}

/**
 * pacer_look_ns() - when to look next
 * @pacer: the wire
 *
 * Return: when pacer_look() may have something new to say; 0: at once
 */
uint64_t pacer_look_ns(const struct pacer *pacer)
{
	return pacer->look_ns;
}

/* What the count says against the clock. */
static void correct(struct pacer *pacer, size_t queued, uint64_t now_ns)
{
	if (queued)
		pacer->counts = true;
	if (queued > pacer->queue_slack)
		pacer->free_ns = clock_later(
			pacer->free_ns,
			now_ns + duration_ns(pacer,
					     queued - pacer->queue_slack));
}

/*
 * Is the port faster than its rate? Asked when by the clock the wire is busy
 * until free_ns. Return: true if a frame may be handed over to find out.
 */
static bool probe(struct pacer *pacer, size_t queued, uint64_t now_ns)
{
	if (pacer->speed == PACER_UNTRIED && pacer->counts) {
		pacer->speed = queued ? PACER_NOMINAL : PACER_SUSPECT;
		pacer->probed = 0;
	}
	if (pacer->speed != PACER_SUSPECT)
		return false;

	if (pacer->probed >= PACER_PROBE_LEN) {
		pacer->speed = PACER_NOMINAL;
		return false;
	}
	if (pacer->free_ns - now_ns >
	    duration_ns(pacer, queued + PACER_HIDDEN_MAX)) {
		pacer->rate = 0;
		return true;
	}
	return !queued;
}

/*
 * When to look next: when the wire is about to run dry. But as long as it is
 * not known whether the port is faster than that, when one that is would have
 * sent a frame of so many bytes, and then as often as USB moves anything.
 */
static void plan_look(struct pacer *pacer, size_t bytes, uint64_t now_ns)
{
	if (pacer->counts && pacer->speed == PACER_SUSPECT)
		pacer->look_ns = now_ns + PACER_PROBE_LOOK_NS;
	else if (pacer->counts && pacer->speed == PACER_UNTRIED)
		pacer->look_ns = now_ns + duration_ns(pacer, bytes) * 5 / 8;
	else
		pacer->look_ns = clock_later(pacer->free_ns, pacer->lead_ns) -
				 pacer->lead_ns;
}

/**
 * pacer_look() - may the next frame be handed over?
 * @pacer:   the wire
 * @queued: bytes that the port says wait in it, 0 if it does not say
 * @now_ns: the time, never less than before
 *
 * Return: true if it may; if not, pacer_look_ns() says when to ask again
 */
bool pacer_look(struct pacer *pacer, size_t queued, uint64_t now_ns)
{
	if (!pacer->rate)
		return true;
	correct(pacer, queued, now_ns);
	if (pacer->free_ns <= now_ns + pacer->lead_ns)
		return true;
	if (probe(pacer, queued, now_ns))
		return true;
	plan_look(pacer, 0, now_ns);
	return false;
}

/**
 * pacer_hand_over() - a frame was handed to the port
 * @pacer:   the wire
 * @bytes: its length on the line
 * @queued: bytes that the port says wait in it now, 0 if it does not say
 * @now_ns: the time, never less than before
 */
void pacer_hand_over(struct pacer *pacer, size_t bytes, size_t queued,
		     uint64_t now_ns)
{
	if (!pacer->rate)
		return;
	pacer->free_ns =
		clock_later(pacer->free_ns, now_ns) + duration_ns(pacer, bytes);
	pacer->lead_ns = lead_ns(pacer, bytes);
	pacer->probed += bytes;
	correct(pacer, queued, now_ns);
	plan_look(pacer, bytes, now_ns);
}
