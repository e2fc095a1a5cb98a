/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Diagnose a line from its counters. Each symptom is reported once: a second
 * report would not help a user who has read the first, or who cannot fix the
 * cause.
 *
 * "Nothing has arrived" and "nothing good has arrived" wait until packets had
 * time to arrive. Line errors are reported at once, because a good line has
 * none. The peer's protocol is reported at once if the signature is certain;
 * otherwise after several frames, if no packet has arrived (guess.c).
 *
 * symptoms_look() reports the first condition that holds, so specific symptoms
 * stand before general ones. (symptom_text has the messages.)
 *
 * Pure: the caller provides the counters and the time.
 */
#include "report/symptom.h"
#include "clock.h"
#include "pump/census.h"
#include "pump/stats.h"
#include "pump/witness.h"

#define SYMPTOM_NOTHING_NS	(10 * NS_PER_S)
#define SYMPTOM_NOTHING_PACKETS 3

/*
 * On a radio of 1200 bits per second, whose stations take turns, an answer to a
 * few full packets takes half a minute.
 */
#define SYMPTOM_RADIO_NS (60 * NS_PER_S)

/* Shorter than for garbage, because text explains garbage. */
#define SYMPTOM_TEXT_NS (3 * NS_PER_S)

#define SYMPTOM_GARBAGE_NS     (5 * NS_PER_S)
#define SYMPTOM_GARBAGE_FRAMES 3
/* Or this many bytes without an END: longer than most packets. */
#define SYMPTOM_GARBAGE_BYTES 4096

/* Plugging in a cable, or a starting board, causes one or two. */
#define SYMPTOM_BREAKS_COUNT 5

/* Longer than all symptoms that explain more. */
#define SYMPTOM_WHISPER_NS (12 * NS_PER_S)

/*
 * The percentage of bad frames, beside good ones, the least number of frames,
 * and the time in which they arrive.
 */
#define SYMPTOM_DAMAGED_PERCENT 10
#define SYMPTOM_DAMAGED_FRAMES	20
#define SYMPTOM_DAMAGED_NS	(14 * NS_PER_S)

/* Any line has a few by noise. */
#define SYMPTOM_BAD_SUMS_COUNT 5

/* A pty that carries less per second has a wire behind it, not a program. */
#define SYMPTOM_BAUD_SLOW 1000000
#define SYMPTOM_BAUD_NS	  (4 * NS_PER_S)

/*
 * Has a condition held for @long_ns? @since_ns keeps the state between calls.
 */
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
	       direction->dropped[STATS_DROP_BAD_CHECKSUM] +
	       direction->dropped[STATS_DROP_BAD_CHECK] +
	       direction->dropped[STATS_DROP_VJ_BAD];
}

/* Has anything come that only a SLIP peer, or a serialtun, sends? */
static bool hears_peer(const struct stats *stats)
{
	return stats->from_line.packets ||
	       (stats->has_pair && stats->pair.sessions);
}

/* Do most of the bad frames look like this protocol? */
static bool are_mostly(const struct stats *stats, enum guess guess)
{
	const struct stats_direction *from = &stats->from_line;

	return stats->guesses[guess] * 2 >
	       bad_frames(from) + from->dropped[STATS_DROP_BOARD];
}

/* Has the pair found a misfit? It is reported, and explains what arrives. */
static bool has_misfit(const struct stats *stats)
{
	return stats->has_pair && stats->pair.misfits;
}

/* Do frames arrive, but no packets, and most frames look like this protocol? */
static bool speaks(const struct stats *stats, enum guess guess)
{
	return !hears_peer(stats) && !has_misfit(stats) &&
	       stats->guesses[guess] >= SYMPTOM_GARBAGE_FRAMES &&
	       are_mostly(stats, guess);
}

static bool sees(const struct stats *stats, enum witness_verdict verdict)
{
	return stats->witness && stats->witness->verdict == verdict;
}

/* Does text arrive, with or without an END? */
static bool writes(const struct stats *stats)
{
	return !hears_peer(stats) && (stats->unfinished == GUESS_TEXT ||
				      are_mostly(stats, GUESS_TEXT));
}

/* The input of one symptoms_look() call. */
struct look {
	struct symptoms *symptoms;
	const struct symptom_view *view;
	const struct stats *stats;
	const struct stats_direction *to;
	const struct stats_direction *from;
	struct symptom_count now;
	uint64_t now_ns;
};

/* Has anything been reported that explains why no packets arrive? */
static bool is_explained(const struct look *look)
{
	int symptom;

	if (has_misfit(look->stats))
		return true;
	for (symptom = SYMPTOM_ECHO; symptom <= SYMPTOM_IPV6; symptom++)
		if (look->symptoms->told[symptom])
			return true;
	return false;
}

static bool shows_refused(const struct look *look)
{
	return !hears_peer(look->stats) &&
	       look->to->dropped[STATS_DROP_REFUSED] >= SYMPTOM_NOTHING_PACKETS;
}

/* The time that a condition must hold; on a radio it is longer. */
static uint64_t patience(const struct look *look, uint64_t long_ns)
{
	return long_ns + (look->view->is_radio ? SYMPTOM_RADIO_NS : 0);
}

static bool shows_nothing(const struct look *look)
{
	return lasts(&look->symptoms->first_sent_ns,
		     !look->from->line_bytes &&
			     !look->symptoms->told[SYMPTOM_REFUSED] &&
			     look->to->packets >= SYMPTOM_NOTHING_PACKETS,
		     patience(look, SYMPTOM_NOTHING_NS), look->now_ns);
}

static bool shows_echo(const struct look *look)
{
	return sees(look->stats, WITNESS_ECHO);
}

static bool shows_ppp(const struct look *look)
{
	return look->stats->guesses[GUESS_PPP];
}

static bool shows_cslip(const struct look *look)
{
	return look->stats->guesses[GUESS_CSLIP];
}

static bool shows_telnet(const struct look *look)
{
	return look->stats->guesses[GUESS_TELNET] ||
	       look->stats->unfinished == GUESS_TELNET;
}

/* Noise makes any bad escape; software flow control makes only two of them. */
static bool shows_xonxoff(const struct look *look)
{
	const uint64_t escapes = look->stats->guesses[GUESS_XONXOFF];

	return escapes >= SYMPTOM_GARBAGE_FRAMES &&
	       escapes * 2 > look->from->dropped[STATS_DROP_BAD_ESCAPE];
}

static bool shows_info(const struct look *look)
{
	return speaks(look->stats, GUESS_INFO);
}

static bool shows_kiss(const struct look *look)
{
	return speaks(look->stats, GUESS_KISS);
}

static bool shows_slip(const struct look *look)
{
	return !hears_peer(look->stats) &&
	       look->stats->guesses[GUESS_SLIP] >= SYMPTOM_GARBAGE_FRAMES;
}

static bool shows_ethernet(const struct look *look)
{
	return speaks(look->stats, GUESS_ETHERNET);
}

static bool shows_ip(const struct look *look)
{
	return speaks(look->stats, GUESS_IP);
}

static bool shows_text(const struct look *look)
{
	return lasts(&look->symptoms->text_ns,
		     writes(look->stats) && !is_explained(look),
		     SYMPTOM_TEXT_NS, look->now_ns);
}

/* Without an END all bytes are one unfinished frame. */
static bool shows_seven_bits(const struct look *look)
{
	return lasts(&look->symptoms->seven_bits_ns,
		     !hears_peer(look->stats) && !is_explained(look) &&
			     look->stats->unfinished != GUESS_TEXT &&
			     census_has_seven_bits(&look->stats->census),
		     SYMPTOM_TEXT_NS, look->now_ns);
}

static bool shows_ipv6(const struct look *look)
{
	return !hears_peer(look->stats) &&
	       look->from->dropped[STATS_DROP_IPV6] >= SYMPTOM_GARBAGE_FRAMES;
}

static bool shows_garbage(const struct look *look)
{
	return lasts(
		&look->symptoms->first_come_ns,
		!hears_peer(look->stats) && !is_explained(look) &&
			(bad_frames(look->from) >= SYMPTOM_GARBAGE_FRAMES ||
			 look->stats->unfinished_len >= SYMPTOM_GARBAGE_BYTES),
		patience(look, SYMPTOM_GARBAGE_NS), look->now_ns);
}

/* We send packets, bytes arrive, and no other symptom explains them. */
static bool shows_whisper(const struct look *look)
{
	return lasts(&look->symptoms->whisper_ns,
		     !hears_peer(look->stats) && look->from->line_bytes &&
			     !look->from->dropped[STATS_DROP_IPV6] &&
			     !is_explained(look) &&
			     !look->symptoms->told[SYMPTOM_GARBAGE] &&
			     look->to->packets >= SYMPTOM_NOTHING_PACKETS,
		     patience(look, SYMPTOM_WHISPER_NS), look->now_ns);
}

static bool shows_same_address(const struct look *look)
{
	return sees(look->stats, WITNESS_SAME_ADDRESS);
}

static bool shows_not_ours(const struct look *look)
{
	return sees(look->stats, WITNESS_NOT_OURS);
}

static bool shows_unknown_network(const struct look *look)
{
	return sees(look->stats, WITNESS_UNKNOWN_NETWORK);
}

/*
 * Starts a new period when one has enough time and frames. A modem drops
 * damaged frames itself: those that are no packets come from other stations.
 */
static bool shows_damaged(const struct look *look)
{
	struct symptom_count *since = &look->symptoms->since;
	const uint64_t bad = look->now.bad - since->bad;
	const uint64_t all = look->now.good - since->good + bad;

	if (!since->at_ns) {
		since->at_ns = look->now_ns;
		return false;
	}
	if (look->now_ns - since->at_ns < SYMPTOM_DAMAGED_NS ||
	    all < SYMPTOM_DAMAGED_FRAMES)
		return false;
	*since = look->now;
	return !look->view->is_radio && look->now.good &&
	       bad * 100 > all * SYMPTOM_DAMAGED_PERCENT;
}

static bool shows_missing(const struct look *look)
{
	return bad_frames(look->from) &&
	       census_misses_some(&look->stats->census);
}

static bool shows_bad_sums(const struct look *look)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < STATS_SUM_COUNT; i++)
		sum += look->from->bad_sums[i];
	return sum >= SYMPTOM_BAD_SUMS_COUNT;
}

/* The pty is full again and again, but little leaves it. */
static bool shows_baud(const struct look *look)
{
	const struct symptom_count *last = &look->symptoms->last;
	const uint64_t sent = look->now.line_bytes - last->line_bytes;
	const uint64_t most = (look->now_ns - last->at_ns) / NS_PER_MS *
			      (SYMPTOM_BAUD_SLOW / 1000);

	return lasts(&look->symptoms->waiting_ns,
		     look->view->is_serial && !look->view->rate &&
			     last->at_ns && look->now.full > last->full &&
			     sent < most,
		     SYMPTOM_BAUD_NS, look->now_ns);
}

static bool shows_framing(const struct look *look)
{
	return look->stats->line.frame;
}

/*
 * If the peer is so slow that one of its zero bits is as long as a byte at our
 * speed, drivers count a break, not a framing error (LSR's BI;
 * serial8250_read_char(), 8250_port.c, and ftdi_sio.c).
 */
static bool shows_breaks(const struct look *look)
{
	return !hears_peer(look->stats) &&
	       look->stats->line.breaks >= SYMPTOM_BREAKS_COUNT;
}

static bool shows_parity(const struct look *look)
{
	return look->stats->line.parity;
}

static bool shows_overrun(const struct look *look)
{
	return look->stats->line.overrun || look->stats->line.buffer_overrun;
}

/*
 * Does the line show the symptom? Every symptoms_look() calls each function,
 * because lasts() tracks the time.
 */
static bool (*const shows[SYMPTOM_COUNT])(const struct look *look) = {
	[SYMPTOM_REFUSED] = shows_refused,
	[SYMPTOM_NOTHING] = shows_nothing,
	[SYMPTOM_ECHO] = shows_echo,
	[SYMPTOM_PPP] = shows_ppp,
	[SYMPTOM_CSLIP] = shows_cslip,
	[SYMPTOM_TELNET] = shows_telnet,
	[SYMPTOM_XONXOFF] = shows_xonxoff,
	[SYMPTOM_INFO] = shows_info,
	[SYMPTOM_KISS] = shows_kiss,
	[SYMPTOM_SLIP] = shows_slip,
	[SYMPTOM_ETHERNET] = shows_ethernet,
	[SYMPTOM_IP] = shows_ip,
	[SYMPTOM_TEXT] = shows_text,
	[SYMPTOM_SEVEN_BITS] = shows_seven_bits,
	[SYMPTOM_IPV6] = shows_ipv6,
	[SYMPTOM_GARBAGE] = shows_garbage,
	[SYMPTOM_WHISPER] = shows_whisper,
	[SYMPTOM_SAME_ADDRESS] = shows_same_address,
	[SYMPTOM_NOT_OURS] = shows_not_ours,
	[SYMPTOM_UNKNOWN_NETWORK] = shows_unknown_network,
	[SYMPTOM_DAMAGED] = shows_damaged,
	[SYMPTOM_MISSING] = shows_missing,
	[SYMPTOM_BAD_SUMS] = shows_bad_sums,
	[SYMPTOM_BAUD] = shows_baud,
	[SYMPTOM_FRAMING] = shows_framing,
	[SYMPTOM_BREAKS] = shows_breaks,
	[SYMPTOM_PARITY] = shows_parity,
	[SYMPTOM_OVERRUN] = shows_overrun,
};

static struct symptom_count count(const struct stats *stats, uint64_t now_ns)
{
	return (struct symptom_count){
		.at_ns = now_ns,
		.good = stats->from_line.packets,
		.bad = bad_frames(&stats->from_line),
		.line_bytes = stats->to_line.line_bytes,
		.full = stats->to_line.short_writes,
	};
}

/**
 * symptoms_look() - look for a symptom that was not reported yet
 * @symptoms: the state; all zero in the beginning
 * @view:     the line
 * @now_ns:   the time
 *
 * Call this every few seconds.
 *
 * Return: one symptom, which then counts as reported, or SYMPTOM_NONE
 */
enum symptom symptoms_look(struct symptoms *symptoms,
			   const struct symptom_view *view, uint64_t now_ns)
{
	const struct look look = {
		.symptoms = symptoms,
		.view = view,
		.stats = view->stats,
		.to = &view->stats->to_line,
		.from = &view->stats->from_line,
		.now = count(view->stats, now_ns),
		.now_ns = now_ns,
	};
	enum symptom found = SYMPTOM_NONE;
	int symptom;

	for (symptom = SYMPTOM_NONE + 1; symptom < SYMPTOM_COUNT; symptom++)
		if (shows[symptom](&look) && !symptoms->told[symptom] && !found)
			found = (enum symptom)symptom;
	symptoms->told[found] = true;
	symptoms->last = look.now;
	return found;
}
