/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lead: how long before the wire runs dry the port gets more bytes.
 *
 * A frame that is written in pieces has hundreds of wake-ups a second, and
 * after each one that is later than the lead the wire is idle. A long lead
 * costs delay, because no packet can overtake the bytes in the port. So the
 * lead follows the machine: it is a little more than the latest wake-up of the
 * last seconds.
 *
 * lead is pure: times are arguments.
 */
#include "pump/lead.h"
#include "clock.h"

#define LEAD_MIN_NS (2500 * NS_PER_US)
#define LEAD_MAX_NS (40 * NS_PER_MS)

/* What a wake-up needs before the port has its bytes. */
#define LEAD_WORK_NS (500 * NS_PER_US)

/* At each wake-up the memory of the latest one loses this part. */
#define LEAD_FADING 1000

/**
 * lead_note_wake() - Note a wake-up
 * @lead:   the state; an all-zero one is new
 * @due_ns: when the process wanted to wake up
 * @now_ns: when it did, not before
 */
void lead_note_wake(struct lead *lead, uint64_t due_ns, uint64_t now_ns)
{
	/* A process that was stopped for long is not late for long. */
	const uint64_t late_ns = clock_earlier(now_ns - due_ns, LEAD_MAX_NS);

	lead->late_ns -= lead->late_ns / LEAD_FADING;
	lead->late_ns = clock_later(lead->late_ns, late_ns);
}

/**
 * lead_ns() - Get the lead
 * @lead: the state
 *
 * Return: 2.5 to 40 ms
 */
uint64_t lead_ns(const struct lead *lead)
{
	const uint64_t ns = lead->late_ns + LEAD_WORK_NS;

	return clock_earlier(clock_later(ns, LEAD_MIN_NS), LEAD_MAX_NS);
}
