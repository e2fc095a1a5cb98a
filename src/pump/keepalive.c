/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keepalive finds out whether the peer is still there. SLIP has no keepalive
 * message, but every receiver ignores an END between two frames (RFC 1055). So
 * serialtun sends an END when it has sent nothing for a period; the kernel's
 * SLIP calls this outfill (drivers/net/slip/slip.c).
 *
 * A peer is silent after three periods without a byte from it. A peer with a
 * keepalive of its own would have sent something, so it is gone. A peer that
 * only answers, as most boards do, is silent because nobody asked; without
 * carrier nobody could ask it any more. So only a peer that has sent lone ENDs,
 * and more than the single one that noise can fake, loses the carrier.
 *
 * A lone END has a pause on both sides. The ENDs around a frame arrive together
 * with the frame's bytes, as closely as driver and wire permit.
 *
 * A line that is never idle carries no lone ENDs. So once a period serialtun
 * also puts a mark before a frame: more consecutive ENDs than a sender without
 * keepalive puts between two frames. Every receiver takes the extra ENDs for
 * empty frames; keepalive_heard() counts a mark like a lone END. Both are signs
 * of a sender with keepalive.
 *
 * Only a check in time can find the peer silent. After a late check (this
 * process was stopped or starved) the port may still hold bytes from the peer,
 * so only the next check counts.
 *
 * Pure: the caller passes the time.
 */
#include "pump/keepalive.h"
#include "clock.h"
#include "framing/slip.h"

#include <string.h>

/* Adapters and slow wires split a frame by shorter pauses than this. */
#define KEEPALIVE_APART_NS (NS_PER_S / 2)

#define KEEPALIVE_SILENT_PERIODS 3

#define KEEPALIVE_LONE_ENDS 2

/* A mark, and the END of the frame before it. */
#define KEEPALIVE_MARK_RUN (KEEPALIVE_MARK_ENDS + 1)

/* Tolerated delay of a check, for a busy machine. */
#define KEEPALIVE_LATE_NS (NS_PER_S / 2)

/**
 * keepalive_init() - prepare for a line that is not open yet
 * @keepalive: filled in
 * @period_s: send an END after this many seconds without sending; 0: never, and
 *            never find the peer silent
 */
void keepalive_init(struct keepalive *keepalive, unsigned int period_s)
{
	*keepalive = (struct keepalive){.period_ns = period_s * NS_PER_S};
}

/**
 * keepalive_start() - the line has opened
 * @keepalive: the keepalive; forgets the previous line
 * @now_ns: the time
 */
void keepalive_start(struct keepalive *keepalive, uint64_t now_ns)
{
	*keepalive = (struct keepalive){
		.period_ns = keepalive->period_ns,
		.sent_ns = now_ns,
		.heard_ns = now_ns,
		.looked_ns = now_ns,
		.sign_ns = now_ns,
	};
}

/**
 * keepalive_sent() - we have sent something
 * @keepalive: the keepalive
 * @now_ns: the time
 */
void keepalive_sent(struct keepalive *keepalive, uint64_t now_ns)
{
	keepalive->sent_ns = now_ns;
}

/* Count the last END as a lone one if a long enough pause followed it. */
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

/* Do these bytes, with the ENDs received before them, contain a mark? */
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

/*
 * The pause before a lone END, of a peer with our period, is nearly a period.
 */
static uint64_t apart_ns(const struct keepalive *keepalive)
{
	uint64_t most_ns = keepalive->period_ns / 4 * 3;

	return most_ns > KEEPALIVE_APART_NS ? most_ns : KEEPALIVE_APART_NS;
}

/**
 * keepalive_heard() - we have received something
 * @keepalive: the keepalive
 * @bytes: bytes from the line
 * @len: number of bytes, at least 1
 * @now_ns: the time
 */
void keepalive_heard(struct keepalive *keepalive, const uint8_t *bytes,
		     size_t len, uint64_t now_ns)
{
	bool apart = now_ns >= keepalive->heard_ns + apart_ns(keepalive);

	settle_lone_end(keepalive, now_ns);
	/*
	 * A peer with a keepalive is never silent for so long. The time since
	 * the last byte proves nothing: this process may have been stopped
	 * while bytes waited in the port.
	 */
	if (keepalive->silent)
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
 * keepalive_sent_sign() - we have sent a lone END or a mark
 * @keepalive: the keepalive
 * @now_ns: the time
 */
void keepalive_sent_sign(struct keepalive *keepalive, uint64_t now_ns)
{
	keepalive->sign_ns = now_ns;
}

/**
 * keepalive_falls_silent() - has the peer just fallen silent?
 * @keepalive: the keepalive
 * @now_ns: the time
 *
 * Call this at keepalive_next_ns(), after keepalive_heard() for all received
 * bytes.
 *
 * Return: true once per silence
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
 * keepalive_has_carrier() - may the peer be there?
 * @keepalive: the keepalive
 *
 * Return: false if a peer with a keepalive of its own is silent
 */
bool keepalive_has_carrier(const struct keepalive *keepalive)
{
	return !keepalive->silent || keepalive->lone_ends < KEEPALIVE_LONE_ENDS;
}

/**
 * keepalive_next_ns() - when to check again
 * @keepalive: the keepalive
 *
 * Return: when the next END is due or the peer falls silent, whichever is
 * earlier; UINT64_MAX: never
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
