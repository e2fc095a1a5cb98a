/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pacer decides when the port may get the next frame.
 *
 * No later packet can overtake a frame that is in the port, so the sender hands
 * over each frame as late as possible: some milliseconds before the wire runs
 * dry, because a process may wake up late. The pacer needs two sources to know
 * that moment.
 *
 * The clock: bytes divided by the rate. The clock does not see a wire that flow
 * control holds (RTS/CTS), that is slower than its rate (an inexact divisor),
 * or that is much faster (a USB CDC-ACM device accepts any speed and ignores
 * it).
 *
 * The port's own count, TIOCOUTQ, as far as the driver has one. The 8250 driver
 * counts exactly, but for the 16 bytes in the chip. usb-serial counts whole
 * transfers until the chip has all of their bytes (too high by up to
 * @queue_slack), and does not count the bytes in the chip (too low by 128 to
 * some thousand bytes). A pty always reports 0.
 *
 * So the clock tells when to look at the count, and the count corrects the
 * clock:
 *
 * - The count exceeds the clock's estimate by more than @queue_slack: the wire
 *   is slower or held. The pacer moves free_ns later, to match the count, so
 *   the port never fills.
 * - The count is 0, but by the clock a good part of a frame should still wait:
 *   either the chip holds it, or the port is faster than its rate. Only more
 *   bytes show which. So once per port the pacer releases PACER_PROBE_LEN
 *   bytes, each frame as soon as the count is 0. A chip is full after
 *   PACER_HIDDEN_MAX bytes at most. A port that gets further ahead of its rate
 *   than that is faster; the pacer then stops pacing, and back-pressure alone
 *   decides.
 * - The count is always 0: the port does not count, and the clock alone
 *   decides.
 *
 * Without a known rate the pacer does not pace.
 *
 * Pure: the caller passes the time and the count.
 */
#include "pump/pacer.h"
#include "clock.h"

/*
 * Wake-ups are rarely later than this. Within these bounds the lead is a
 * PACER_LEAD_PART-th of the frame: a frame handed over too early waits in the
 * port for nothing, and for a short frame the same wait is worse.
 */
#define PACER_LEAD_MIN_NS (2500 * NS_PER_US)
#define PACER_LEAD_MAX_NS (4000 * NS_PER_US)
#define PACER_LEAD_PART	  6

/* The largest FIFO of a USB adapter has 4096 bytes (FT2232H). */
#define PACER_HIDDEN_MAX ((size_t)8192)
#define PACER_PROBE_LEN	 (4 * PACER_HIDDEN_MAX)

/* One USB frame. */
#define PACER_PROBE_LOOK_NS NS_PER_MS

/* Time that the wire needs for these bytes. */
static uint64_t duration_ns(const struct pacer *pacer, size_t bytes)
{
	return bytes * NS_PER_S / pacer->rate;
}

/* How long before the end of this frame the next one may be handed over. */
static uint64_t lead_ns(const struct pacer *pacer, size_t bytes)
{
	uint64_t part_ns = duration_ns(pacer, bytes) / PACER_LEAD_PART;

	if (pacer->set_lead_ns)
		return pacer->set_lead_ns;
	if (part_ns < PACER_LEAD_MIN_NS)
		return PACER_LEAD_MIN_NS;
	return part_ns < PACER_LEAD_MAX_NS ? part_ns : PACER_LEAD_MAX_NS;
}

/**
 * pacer_init() - model a wire behind a new port
 * @pacer: filled in
 * @rate: bytes per second, 0: unknown
 * @queue_slack: bytes by which the port's count may be too high
 */
void pacer_init(struct pacer *pacer, uint32_t rate, uint32_t queue_slack)
{
	*pacer = (struct pacer){.rate = rate, .queue_slack = queue_slack};
}

/**
 * pacer_set_lead() - set the lead of the bytes that are handed over next
 * @pacer: the pacer
 * @lead_ns: how long before the wire runs dry more bytes may be handed over; 0:
 *           the pacer chooses it by the length of the frame
 */
void pacer_set_lead(struct pacer *pacer, uint64_t lead_ns)
{
	pacer->set_lead_ns = lead_ns;
}

/**
 * pacer_next_ns() - when to call pacer_look() next
 * @pacer: the pacer
 *
 * Return: when its answer may change; 0: at once
 */
uint64_t pacer_next_ns(const struct pacer *pacer)
{
	return pacer->next_ns;
}

/* Move free_ns later if the port's count says so. */
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
 * Is the port faster than its rate? The caller asks only if by the clock the
 * wire is busy until free_ns. Return: true if the sender may hand over a frame
 * to find out.
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
 * Look next when the wire is about to run dry. But until the pacer knows
 * whether the port is faster than its rate, look when a faster port would have
 * sent these bytes, and then once per USB frame.
 */
static void plan_look(struct pacer *pacer, size_t bytes, uint64_t now_ns)
{
	if (pacer->counts && pacer->speed == PACER_SUSPECT)
		pacer->next_ns = now_ns + PACER_PROBE_LOOK_NS;
	else if (pacer->counts && pacer->speed == PACER_UNTRIED)
		pacer->next_ns = now_ns + duration_ns(pacer, bytes) * 5 / 8;
	else
		pacer->next_ns = clock_later(pacer->free_ns, pacer->lead_ns) -
				 pacer->lead_ns;
}

/**
 * pacer_look() - may the sender hand over the next frame?
 * @pacer: the pacer
 * @queued: bytes waiting in the port by its own count, 0 without a count
 * @now_ns: the time, never less than before
 *
 * Return: true if so; otherwise ask again at pacer_next_ns()
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
 * pacer_hand_over() - the sender has handed bytes to the port
 * @pacer: the pacer
 * @bytes: bytes that the port took
 * @queued: bytes waiting in the port by its own count, 0 without a count
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
