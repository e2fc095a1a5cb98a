/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is wrong with a line usually shows in its counters, to those who know
 * how to read them. Each symptom is named once: who has read it need not be
 * told again, and who cannot help it should not be pestered.
 *
 * That nothing, or nothing good, has ever come is only said when there was
 * time enough for it to come. Line errors are said at once: there should be
 * none. What the other end speaks is said at once where it is certain;
 * otherwise it has to be said more than once, and no packet (guess.c).
 *
 * Pure: the caller brings the counters and the time.
 */
#include "report/symptom.h"
#include "clock.h"
#include "pump/stats.h"

#define SYMPTOM_NOTHING_NS	(10 * NS_PER_S)
#define SYMPTOM_NOTHING_PACKETS 3

/* Less than garbage: it explains it. */
#define SYMPTOM_TEXT_NS (3 * NS_PER_S)

#define SYMPTOM_GARBAGE_NS     (5 * NS_PER_S)
#define SYMPTOM_GARBAGE_FRAMES 3
/* Or so much without any END in it: longer than most packets. */
#define SYMPTOM_GARBAGE_BYTES 4096

/* One or two are made by a plug that goes in, or by a board that starts. */
#define SYMPTOM_BREAKS_COUNT 5

/* Has a condition held for so long? @since_ns is kept between calls. */
static bool lasts(uint64_t *since_ns, bool holds, uint64_t long_ns,
		  uint64_t now_ns)
{
	if (!holds)
		*since_ns = 0;
	else if (!*since_ns)
		*since_ns = now_ns;
	return holds && now_ns - *since_ns >= long_ns;
}

static uint64_t bad_frames(const struct stats_direction *direction)
{
	return direction->dropped[STATS_DROP_BAD_ESCAPE] +
	       direction->dropped[STATS_DROP_TOO_LONG] +
	       direction->dropped[STATS_DROP_EMPTY] +
	       direction->dropped[STATS_DROP_BAD_VERSION] +
	       direction->dropped[STATS_DROP_BAD_HEADER] +
	       direction->dropped[STATS_DROP_BAD_LENGTH] +
	       direction->dropped[STATS_DROP_BAD_CHECKSUM];
}

/* Is this what most of the frames look like that were no packets? */
static bool are_mostly(const struct stats *stats, enum guess guess)
{
	return stats->guesses[guess] * 2 > bad_frames(&stats->from_line);
}

/* Do frames come, but no packets, and most of them of this kind? */
static bool speaks(const struct stats *stats, enum guess guess)
{
	return !stats->from_line.packets &&
	       stats->guesses[guess] >= SYMPTOM_GARBAGE_FRAMES &&
	       are_mostly(stats, guess);
}

/* Does text come, whether anything ends it or not? */
static bool writes(const struct stats *stats)
{
	return !stats->from_line.packets && (stats->unfinished == GUESS_TEXT ||
					     are_mostly(stats, GUESS_TEXT));
}

/* Is it known why no packets come? */
static bool is_explained(const struct symptoms *symptoms)
{
	int symptom;

	for (symptom = SYMPTOM_PPP; symptom <= SYMPTOM_TEXT; symptom++)
		if (symptoms->told[symptom])
			return true;
	return false;
}

/* Does a line show this? To be asked at each look, or time is not kept. */
static bool shows(struct symptoms *symptoms, enum symptom symptom,
		  const struct stats *stats, uint64_t now_ns)
{
	const struct stats_direction *to = &stats->to_line;
	const struct stats_direction *from = &stats->from_line;

	switch (symptom) {
	case SYMPTOM_REFUSED:
		return !from->packets && to->dropped[STATS_DROP_REFUSED] >=
						 SYMPTOM_NOTHING_PACKETS;
	case SYMPTOM_NOTHING:
		return lasts(&symptoms->first_sent_ns,
			     !from->line_bytes &&
				     !symptoms->told[SYMPTOM_REFUSED] &&
				     to->packets >= SYMPTOM_NOTHING_PACKETS,
			     SYMPTOM_NOTHING_NS, now_ns);
	case SYMPTOM_PPP:
		return stats->guesses[GUESS_PPP];
	case SYMPTOM_CSLIP:
		return stats->guesses[GUESS_CSLIP];
	case SYMPTOM_KISS:
		return speaks(stats, GUESS_KISS);
	case SYMPTOM_ETHERNET:
		return speaks(stats, GUESS_ETHERNET);
	case SYMPTOM_IP:
		return speaks(stats, GUESS_IP);
	case SYMPTOM_TEXT:
		return lasts(&symptoms->text_ns, writes(stats), SYMPTOM_TEXT_NS,
			     now_ns);
	case SYMPTOM_GARBAGE:
		return lasts(&symptoms->first_come_ns,
			     !from->packets && !is_explained(symptoms) &&
				     (bad_frames(from) >=
					      SYMPTOM_GARBAGE_FRAMES ||
				      stats->unfinished_len >=
					      SYMPTOM_GARBAGE_BYTES),
			     SYMPTOM_GARBAGE_NS, now_ns);
	case SYMPTOM_FRAMING:
		return stats->line.frame;
	/*
	 * If the other end is so slow that a bit of its zeros is as long as an
	 * byte of ours, drivers count a break and no framing error (LSR's BI;
	 * serial8250_read_char(), 8250_port.c, and ftdi_sio.c).
	 */
	case SYMPTOM_BREAKS:
		return !from->packets &&
		       stats->line.breaks >= SYMPTOM_BREAKS_COUNT;
	case SYMPTOM_PARITY:
		return stats->line.parity;
	case SYMPTOM_OVERRUN:
	default:
		return stats->line.overrun || stats->line.buffer_overrun;
	}
}

/**
 * symptoms_look() - is there something wrong that was not said yet?
 * @symptoms: what was said; all zero in the beginning
 * @stats:    the counters
 * @now_ns:   the time
 *
 * To be called every few seconds.
 *
 * Return: one symptom, now taken as said, or SYMPTOM_NONE
 */
enum symptom symptoms_look(struct symptoms *symptoms, const struct stats *stats,
			   uint64_t now_ns)
{
	enum symptom found = SYMPTOM_NONE;
	int symptom;

	for (symptom = SYMPTOM_NONE + 1; symptom < SYMPTOM_COUNT; symptom++)
		if (shows(symptoms, (enum symptom)symptom, stats, now_ns) &&
		    !symptoms->told[symptom] && !found)
			found = (enum symptom)symptom;
	symptoms->told[found] = true;
	return found;
}

/* Where there is a UART, and a cable. */
static const char *serial_text(enum symptom symptom)
{
	static const char *const texts[] = {
		[SYMPTOM_NONE] = "",
		[SYMPTOM_REFUSED] =
			"what is sent comes back refused (nobody listens on "
			"that port there: is the other end running, is it that "
			"port?)",
		[SYMPTOM_NOTHING] =
			"nothing has arrived yet, although packets were sent "
			"(is anybody at the other end? Are RX and TX crossed, "
			"is the ground connected?)",
		[SYMPTOM_PPP] =
			"the other end speaks PPP, not SLIP (run pppd at this "
			"end too, or serialtun at the other)",
		[SYMPTOM_CSLIP] =
			"the other end compresses headers, so TCP does not get "
			"through (it speaks CSLIP: with slattach, give it -p "
			"slip)",
		[SYMPTOM_KISS] =
			"the other end speaks KISS, as packet radio does, not "
			"SLIP (run tncattach at this end, or serialtun at the "
			"other)",
		[SYMPTOM_ETHERNET] =
			"the other end sends Ethernet frames, not IP packets "
			"(give --tap at this end; or, with Zephyr, set "
			"CONFIG_SLIP_TAP=n there)",
		[SYMPTOM_IP] =
			"the other end sends IP packets, not Ethernet frames "
			"(leave --tap out at this end, or give it at the other "
			"too)",
		[SYMPTOM_TEXT] =
			"text arrives, not packets (is there a login prompt or "
			"the kernel's console on the other end's port? Is "
			"serialtun running there?)",
		[SYMPTOM_GARBAGE] =
			"bytes arrive, but not one IP packet (do both ends "
			"have the same --baud? Does the other one speak SLIP?)",
		[SYMPTOM_FRAMING] =
			"framing errors (do both ends have the same --baud, "
			"--parity and --stop-bits?)",
		[SYMPTOM_BREAKS] =
			"breaks instead of bytes (do both ends have the same "
			"--baud? A slower one looks like this)",
		[SYMPTOM_PARITY] =
			"parity errors (do both ends have the same --parity? "
			"Or there is noise on the line)",
		[SYMPTOM_OVERRUN] =
			"bytes were lost, because they came faster than they "
			"could be taken (wire RTS and CTS, and use --flow "
			"rtscts on both ends)",
	};

	return texts[symptom];
}

/**
 * symptom_text() - what a symptom usually means
 * @symptom:   the symptom, not SYMPTOM_NONE
 * @is_serial: the port has a cable and a speed
 *
 * Return: a sentence to stand behind the name of the port
 */
const char *symptom_text(enum symptom symptom, bool is_serial)
{
	if (!is_serial && symptom == SYMPTOM_NOTHING)
		return "nothing has arrived yet, although packets were sent "
		       "(does the other end have its address? Is what listens "
		       "there the other end?)";
	if (!is_serial && symptom == SYMPTOM_GARBAGE)
		return "bytes arrive, but not one IP packet (do both ends have "
		       "the same --framing? Most programs speak slip)";
	return serial_text(symptom);
}
