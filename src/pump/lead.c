/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lead: how long before the wire runs dry the port gets more bytes.
 *
 * A frame that is written in pieces has hundreds of wake-ups a second, and
 * after each one that is later than the lead the wire is idle. A long lead
 * costs delay, because no packet can overtake the bytes in the port. So the
 * lead follows the machine: it grows with each wake-up that is too late, and
 * shrinks slowly while the wire is busy. It stays where one more millisecond
 * would save about 1 of 200 bytes of the wire. How late the late ones are does
 * not matter: a busy machine that stops for 20 ms once a second loses that time
 * with any lead that a keystroke could bear.
 *
 * lead is pure: times are arguments.
 */
#include "pump/lead.h"
#include "clock.h"

#define LEAD_MIN_NS (2500 * NS_PER_US)
#define LEAD_MAX_NS (40 * NS_PER_MS)

/* What a wake-up needs before the port has its bytes. */
#define LEAD_WORK_NS (500 * NS_PER_US)

/* A millisecond of lead is worth this part of the wire's time. */
#define LEAD_LOSS_PART 200U

/* The lead grows by this part of what a late wake-up lacks. */
#define LEAD_GROWTH_PART 8U

/* More is not counted: a millisecond of lead saves no more of it. */
#define LEAD_LACK_MAX_NS NS_PER_MS

/**
 * lead_note_wake() - Note a wake-up
 * @lead:   the state; an all-zero one is new
 * @due_ns: when the process wanted to wake up
 * @now_ns: when it did, not before
 */
void lead_note_wake(struct lead *lead, uint64_t due_ns, uint64_t now_ns)
{
	const uint64_t needed_ns = now_ns - due_ns + LEAD_WORK_NS;
	const uint64_t had_ns = lead_ns(lead);
	/* After a pause of the sender the machine may be as busy as before. */
	const uint64_t busy_ns =
		clock_earlier(now_ns - lead->noted_ns, LEAD_MAX_NS);
	const uint64_t fade_ns = busy_ns / LEAD_LOSS_PART / LEAD_GROWTH_PART;

	lead->noted_ns = now_ns;
	lead->more_ns -= clock_earlier(lead->more_ns, fade_ns);
	if (needed_ns > had_ns)
		lead->more_ns +=
			clock_earlier(needed_ns - had_ns, LEAD_LACK_MAX_NS) /
			LEAD_GROWTH_PART;
	lead->more_ns = clock_earlier(lead->more_ns, LEAD_MAX_NS - LEAD_MIN_NS);
}

/**
 * lead_ns() - Get the lead
 * @lead: the state
 *
 * Return: 2.5 to 40 ms
 */
uint64_t lead_ns(const struct lead *lead)
{
	return LEAD_MIN_NS + lead->more_ns;
}
