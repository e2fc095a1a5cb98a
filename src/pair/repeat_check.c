/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The check for losses that no later frame shows, and for a dead line.
 *
 * The end of a burst has no later frame whose arrival would show a loss. There
 * a probe asks: at once after "failed", otherwise when nothing was acknowledged
 * for two round trips. The answer carries an acknowledgement, so it shows what
 * was lost. Only then is a frame sent again: none is repeated because of a time
 * alone. The check is made for each class, because a stream of bulk frames
 * proves nothing about an urgent one.
 */
#include "clock.h"
#include "pair/repeat_state.h"

/* A probe goes after this time, or two round trips if that is longer; before
 * the first is known, after REPEAT_CHECK_FIRST_NS. Each further one waits twice
 * as long, up to REPEAT_CHECK_MAX_NS. */
#define REPEAT_CHECK_NS	      (90 * NS_PER_MS)
#define REPEAT_CHECK_FIRST_NS (200 * NS_PER_MS)
#define REPEAT_CHECK_MAX_NS   (500 * NS_PER_MS)

/* The line is dead after so many probes in vain, and this time, or that of so
 * many of the longest frames. */
#define REPEAT_CHECKS_MAX   5
#define REPEAT_DEAD_NS	    (2 * NS_PER_S)
#define REPEAT_DEAD_PACKETS 6

/* A peer that answers the probes hears something, so the line is noisy, not
 * dead; but not for longer than this. */
#define REPEAT_STUCK_NS (10 * NS_PER_S)

/* While its own port is held, an end waits this much longer. */
#define REPEAT_HELD_NS (3 * NS_PER_S)

/* A frame that the wire ends within this time is under way no more. */
#define REPEAT_LEAD_NS (4 * NS_PER_MS)

/* So many answers in a row that cannot be true end the session. A copy of an
 * earlier answer could be one of them. */
#define REPEAT_ASTRAY_MAX 2

/*
 * Get the time from the last transmission to a probe. The acknowledgement of an
 * urgent frame may wait for the end of the peer's bulk frame.
 */
static uint64_t patience_ns(const struct repeat *repeat, enum lane lane)
{
	uint64_t ns = REPEAT_CHECK_FIRST_NS;

	if (repeat->rtt_ns)
		ns = clock_later(REPEAT_CHECK_NS, 2 * repeat->rtt_ns);
	return lane == LANE_URGENT ? ns + repeat->wire.packet_ns : ns;
}

/**
 * repeat_await() - Restart the wait for an acknowledgement
 * @repeat: the repetition
 * @lane:   class of the frames that wait for it
 * @now_ns: the current time
 */
void repeat_await(struct repeat *repeat, enum lane lane, uint64_t now_ns)
{
	struct repeat_class *class = &repeat->classes[lane];

	class->check_ns = UINT64_MAX;
	if (!window_awaits(repeat->lanes.windows[lane]))
		return;
	class->pause_ns = patience_ns(repeat, lane);
	class->check_ns =
		clock_later(class->ended_ns, now_ns) + class->pause_ns;
	if (lane == LANE_URGENT && lanes_is_held(&repeat->lanes))
		class->check_ns = 0;
}

/**
 * repeat_note_progress() - Note news from the peer, or that any is awaited
 * @repeat: the repetition
 * @now_ns: the current time
 */
void repeat_note_progress(struct repeat *repeat, uint64_t now_ns)
{
	repeat->progress_ns = clock_later(repeat->wire_ns, now_ns);
	repeat->checks = 0;
}

/**
 * repeat_measure() - Note the time from a frame to its acknowledgement
 * @repeat: the repetition
 * @rtt_ns: the time; 0: not known
 */
void repeat_measure(struct repeat *repeat, uint64_t rtt_ns)
{
	if (!rtt_ns)
		return;
	repeat->rtt_ns =
		repeat->rtt_ns ? (7 * repeat->rtt_ns + rtt_ns) / 8 : rtt_ns;
}

/**
 * repeat_check_soon() - Ask at once if no later frame shows a loss
 * @repeat: the repetition, to which the peer has said "failed"
 * @lane:   class of the frames
 * @now_ns: the current time
 */
void repeat_check_soon(struct repeat *repeat, enum lane lane, uint64_t now_ns)
{
	struct repeat_class *class = &repeat->classes[lane];

	if (!window_awaits(repeat->lanes.windows[lane]) ||
	    class->ended_ns > now_ns + REPEAT_LEAD_NS)
		return;
	/* While bulk frames go, a later one shows the loss of one. */
	if (lane == LANE_BULK && repeat->wire_ns > now_ns + REPEAT_LEAD_NS)
		return;
	if (repeat->checked_ns &&
	    now_ns - repeat->checked_ns < REPEAT_FAILED_NS)
		return;
	class->check_ns = clock_earlier(class->check_ns, now_ns);
}

/* Can an acknowledgement in an answer not be true? */
static bool is_untrue(enum window_verdict verdict)
{
	return verdict == WINDOW_OLD || verdict == WINDOW_INVALID;
}

/*
 * Judge the acknowledgement in an answer to the last probe. Frame numbers have
 * 8 bits. If something on the line repeats what it heard some seconds ago, an
 * old frame or acknowledgement may count as a new one. From then on the two
 * ends disagree about the numbers, and no repetition helps. The answers show
 * that.
 */
static void judge_answer(struct repeat *repeat)
{
	repeat->is_asked = false;
	if (is_untrue(repeat->classes[LANE_BULK].verdict) ||
	    is_untrue(repeat->classes[LANE_URGENT].verdict))
		repeat->astray++;
	else
		repeat->astray = 0;
}

/**
 * repeat_hear_answer() - Find what was lost before a probe
 * @repeat: the repetition; it has had the acknowledgement in the answer
 * @k:      number of the probe
 * @now_ns: the current time
 */
void repeat_hear_answer(struct repeat *repeat, uint8_t k, uint64_t now_ns)
{
	const uint8_t ago = (uint8_t)(repeat->probe_k - k);
	uint64_t *at;
	size_t i;

	/* Numbers go from 255 to 1, so one that is 0 answers no probe. */
	if (!k || ago >= REPEAT_PROBES)
		return;
	if (!ago && repeat->is_asked)
		judge_answer(repeat);
	for (i = 0; i < LANE_COUNT; i++) {
		at = &repeat->classes[i].probe_at[k % REPEAT_PROBES];
		window_lose(repeat->lanes.windows[i], *at);
		/* A second answer to the same probe shows nothing. */
		*at = 0;
	}
	if (now_ns - repeat->progress_ns < REPEAT_STUCK_NS)
		repeat->checks = 0;
}

/**
 * repeat_check_ns() - Get the time of the next probe
 * @repeat: the repetition
 *
 * Return: the time; UINT64_MAX: none is due
 */
uint64_t repeat_check_ns(const struct repeat *repeat)
{
	return clock_earlier(repeat->classes[LANE_BULK].check_ns,
			     repeat->classes[LANE_URGENT].check_ns);
}

/**
 * repeat_wants_probe() - Check whether to ask the peer what it has
 * @repeat: the repetition
 * @now_ns: the current time
 *
 * Return: true if so
 */
bool repeat_wants_probe(const struct repeat *repeat, uint64_t now_ns)
{
	return repeat_check_ns(repeat) <= now_ns;
}

/* Check whether the own port is held: its count does not fall. */
static bool is_held(const struct repeat *repeat, uint64_t now_ns)
{
	return repeat->queued && repeat->queued >= repeat->queued_then &&
	       now_ns - repeat->progress_ns < REPEAT_DEAD_NS + REPEAT_HELD_NS;
}

/* Note a probe for a class. */
static void probed(struct repeat *repeat, enum lane lane, uint64_t now_ns)
{
	struct repeat_class *class = &repeat->classes[lane];
	uint64_t sent = window_transmissions(repeat->lanes.windows[lane]);

	/* The frame around the probe ends behind it. */
	if (lane == LANE_BULK && repeat->is_inside && sent)
		sent--;
	class->probe_at[repeat->probe_k % REPEAT_PROBES] = sent;
	if (class->check_ns > now_ns)
		return;
	class->check_ns =
		clock_later(repeat->is_inside ? 0 : repeat->wire_ns, now_ns) +
		class->pause_ns;
	class->pause_ns = clock_later(patience_ns(repeat, lane),
				      clock_earlier(2 * class->pause_ns,
						    REPEAT_CHECK_MAX_NS));
}

/**
 * repeat_probed() - Note a probe, whatever its reason
 * @repeat: the repetition
 * @k:      its number
 * @now_ns: the current time
 */
void repeat_probed(struct repeat *repeat, uint8_t k, uint64_t now_ns)
{
	const bool is_check = repeat_check_ns(repeat) <= now_ns;
	size_t i;

	repeat->probe_k = k;
	repeat->is_asked = true;
	repeat_occupy_wire(repeat, 8, now_ns);
	for (i = 0; i < LANE_COUNT; i++)
		probed(repeat, (enum lane)i, now_ns);
	if (!is_check)
		return;
	if (!is_held(repeat, now_ns))
		repeat->checks++;
	repeat->queued_then = repeat->queued;
	repeat->checked_ns = now_ns;
}

/**
 * repeat_set_queued() - Set the count of the port
 * @repeat: the repetition
 * @queued: bytes that wait in the port; 0: none, or not known
 */
void repeat_set_queued(struct repeat *repeat, size_t queued)
{
	repeat->queued = queued;
}

/**
 * repeat_is_dead() - Check whether to give the line up
 * @repeat: the repetition
 * @now_ns: the current time; all frames that came before were heard
 *
 * Return: true if the peer acknowledged nothing in time, although asked
 */
bool repeat_is_dead(const struct repeat *repeat, uint64_t now_ns)
{
	const uint64_t most_ns =
		clock_later(REPEAT_DEAD_NS,
			    REPEAT_DEAD_PACKETS * repeat->wire.packet_ns);

	/* The last probe, too, gets its time for an answer. */
	return repeat->checks >= REPEAT_CHECKS_MAX &&
	       repeat_check_ns(repeat) <= now_ns &&
	       now_ns >= repeat->progress_ns + most_ns;
}

/**
 * repeat_is_astray() - Check whether the ends disagree about the numbers
 * @repeat: the repetition
 *
 * Return: true if only a new session helps
 */
bool repeat_is_astray(const struct repeat *repeat)
{
	return repeat->astray >= REPEAT_ASTRAY_MAX;
}
