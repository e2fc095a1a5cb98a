/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is anyone there? SLIP has no word for it, but it has a word that means
 * nothing: END between frames, which every receiver passes over (RFC 1055).
 * Whoever has had nothing to say for a while says that; the kernel's SLIP
 * calls it outfill (drivers/net/slip/slip.c).
 *
 * A peer from which nothing came for three periods is silent. Whether that
 * means that it is gone depends on the peer. One that keeps alive by itself
 * would have spoken. One that only answers, as most boards do, is silent
 * because nobody asked, and taking its carrier away would make sure that
 * nobody ever does. So only a peer that has been heard to send lone ENDs, and
 * more than the one that noise can make, loses the carrier.
 *
 * A lone END stands alone in time: the ones around a frame have the frame's
 * bytes beside them, as close as the driver and the wire let them be.
 *
 * On a line that is never idle there are no lone ENDs. So who keeps alive also
 * puts a mark in front of a frame, once a period: ENDs in such a number as
 * nobody sends by chance, or between two frames. They are empty frames to every
 * receiver, and as good as lone ENDs to us.
 *
 * Silence is only found by a look that comes when it should. After a look that
 * was late (this process was stopped, or had no processor) what has arrived
 * meanwhile may still wait in the port, so it is the next one that counts.
 *
 * Pure: the caller brings the time.
 */
#include "pump/keepalive.h"
#include "clock.h"
#include "framing/slip.h"

#include <string.h>

/* Further apart than an adapter or a slow wire tears one frame's bytes. */
#define KEEPALIVE_APART_NS (NS_PER_S / 2)

#define KEEPALIVE_SILENT_PERIODS 3

#define KEEPALIVE_LONE_ENDS 2

/* A mark and the END of the frame before it. */
#define KEEPALIVE_MARK_RUN (KEEPALIVE_MARK_ENDS + 1)

/* A look may be late by so much: a busy machine. */
#define KEEPALIVE_LATE_NS (NS_PER_S / 2)

/**
 * keepalive_init() - for a line that is not open yet
 * @keepalive: filled in
 * @period_s:  after so many seconds without a word of our own, an END; 0:
 *             never, and no peer is ever found silent
 */
void keepalive_init(struct keepalive *keepalive, unsigned int period_s)
{
	*keepalive = (struct keepalive){.period_ns = period_s * NS_PER_S};
}

/**
 * keepalive_start() - the line was opened
 * @keepalive: what was known of another time is forgotten
 * @now_ns:    the time
 */
void keepalive_start(struct keepalive *keepalive, uint64_t now_ns)
{
	*keepalive = (struct keepalive){
		.period_ns = keepalive->period_ns,
		.sent_ns = now_ns,
		.heard_ns = now_ns,
		.looked_ns = now_ns,
		.shown_ns = now_ns,
	};
}

/**
 * keepalive_sent() - something was sent
 * @keepalive: whose
 * @now_ns:    the time
 */
void keepalive_sent(struct keepalive *keepalive, uint64_t now_ns)
{
	keepalive->sent_ns = now_ns;
}

/* An END that nothing has followed for long enough. */
static void settle_lone_end(struct keepalive *keepalive, uint64_t now_ns)
{
	if (!keepalive->lone_ns)
		return;
	if (now_ns >= keepalive->lone_ns + KEEPALIVE_APART_NS)
		keepalive->lone_ends++;
	keepalive->lone_ns = 0;
}

static bool only_ends(const uint8_t *bytes, size_t len)
{
	size_t i = 0;

	while (i < len && bytes[i] == SLIP_END)
		i++;
	return i == len;
}

/* Is there a mark in what was heard, and in what came right before it? */
static bool has_mark(struct keepalive *keepalive, const uint8_t *bytes,
		     size_t len)
{
	const uint8_t *at = bytes;
	const uint8_t *const end = bytes + len;
	bool found = false;

	while (at < end) {
		if (*at == SLIP_END) {
			keepalive->run++;
			at++;
		} else {
			keepalive->run = 0;
			at = memchr(at, SLIP_END, (size_t)(end - at));
			if (!at)
				break;
		}
		found |= keepalive->run == KEEPALIVE_MARK_RUN;
	}
	return found;
}

static uint64_t silent_ns(const struct keepalive *keepalive)
{
	return keepalive->heard_ns +
	       KEEPALIVE_SILENT_PERIODS * keepalive->period_ns;
}

/* A lone END of a peer with our period has nearly that much before it. */
static uint64_t apart_ns(const struct keepalive *keepalive)
{
	uint64_t most_ns = keepalive->period_ns / 4 * 3;

	return most_ns > KEEPALIVE_APART_NS ? most_ns : KEEPALIVE_APART_NS;
}

/**
 * keepalive_heard() - something was heard
 * @keepalive: whose
 * @bytes:    what
 * @len:       how much of it, at least 1
 * @now_ns:    the time
 */
void keepalive_heard(struct keepalive *keepalive, const uint8_t *bytes,
		     size_t len, uint64_t now_ns)
{
	bool apart = now_ns >= keepalive->heard_ns + apart_ns(keepalive);

	settle_lone_end(keepalive, now_ns);
	/* Nobody who keeps alive is silent for so long and still there. */
	if (now_ns >= silent_ns(keepalive))
		keepalive->lone_ends = 0;
	if (apart && only_ends(bytes, len))
		keepalive->lone_ns = now_ns;
	if (keepalive->period_ns &&
	    keepalive->lone_ends < KEEPALIVE_LONE_ENDS &&
	    has_mark(keepalive, bytes, len))
		keepalive->lone_ends++;
	keepalive->heard_ns = now_ns;
	keepalive->silent = false;
}

/**
 * keepalive_is_due() - is it time for an END?
 * @keepalive: whose
 * @now_ns:    the time
 *
 * Return: true if nothing was sent for a period
 */
bool keepalive_is_due(const struct keepalive *keepalive, uint64_t now_ns)
{
	return keepalive->period_ns &&
	       now_ns >= keepalive->sent_ns + keepalive->period_ns;
}

/**
 * keepalive_shown() - a lone END or a mark was sent
 * @keepalive: whose
 * @now_ns:    the time
 */
void keepalive_shown(struct keepalive *keepalive, uint64_t now_ns)
{
	keepalive->shown_ns = now_ns;
}

/**
 * keepalive_wants_mark() - is it time for a mark?
 * @keepalive: whose
 * @now_ns:    the time
 *
 * Return: true if nothing was sent for a period that shows that we keep alive
 */
bool keepalive_wants_mark(const struct keepalive *keepalive, uint64_t now_ns)
{
	return keepalive->period_ns &&
	       now_ns >= keepalive->shown_ns + keepalive->period_ns;
}

/**
 * keepalive_falls_silent() - has the peer been silent for too long?
 * @keepalive: whose
 * @now_ns:    the time
 *
 * To be called when keepalive_next_ns() says so, and behind whatever was heard.
 *
 * Return: true if it has, and was not yet found so
 */
bool keepalive_falls_silent(struct keepalive *keepalive, uint64_t now_ns)
{
	const bool late = now_ns > keepalive->looked_ns + keepalive->period_ns +
					   KEEPALIVE_LATE_NS;

	keepalive->looked_ns = now_ns;
	if (!keepalive->period_ns || keepalive->silent || late ||
	    now_ns < silent_ns(keepalive))
		return false;
	settle_lone_end(keepalive, now_ns);
	keepalive->silent = true;
	return true;
}

/**
 * keepalive_has_carrier() - may there be somebody at the other end?
 * @keepalive: whose
 *
 * Return: false if the peer is silent and would not be if it were there
 */
bool keepalive_has_carrier(const struct keepalive *keepalive)
{
	return !keepalive->silent || keepalive->lone_ends < KEEPALIVE_LONE_ENDS;
}

/**
 * keepalive_next_ns() - when to look again
 * @keepalive: whose
 *
 * Return: when the next END is due or the peer will have been silent for too
 * long, if nothing happens until then; UINT64_MAX if never
 */
uint64_t keepalive_next_ns(const struct keepalive *keepalive)
{
	uint64_t due_ns = keepalive->sent_ns + keepalive->period_ns;

	if (!keepalive->period_ns)
		return UINT64_MAX;
	if (!keepalive->silent && silent_ns(keepalive) < due_ns)
		return silent_ns(keepalive);
	return due_ns;
}
