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
 * The table has one row per symptom: the condition and the message.
 * symptoms_look() reports the first matching row, so specific symptoms stand
 * before general ones.
 *
 * Pure: the caller provides the counters and the time.
 */
#include "report/symptom.h"
#include "clock.h"
#include "interface/addr.h"
#include "pump/census.h"
#include "pump/stats.h"
#include "pump/witness.h"
#include "text.h"

#include <string.h>

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
 * @shows: does the line show the symptom? Every symptoms_look() calls this,
 *         because lasts() tracks the time.
 * @text:  the message; %s is the subject
 * @other: the message for a port without a cable; NULL: the same
 */
static const struct {
	bool (*shows)(const struct look *look);
	const char *text;
	const char *other;
} rows[SYMPTOM_COUNT] = {
	[SYMPTOM_REFUSED] =
		{shows_refused,
		 "the other host refuses the packets (no program listens on "
		 "that port: is the other end running, is the port right?)",
		 NULL},
	[SYMPTOM_NOTHING] =
		{shows_nothing,
		 "nothing has arrived yet, although packets were sent%s (do both "
		 "ends have the same --baud? Are RX and TX crossed, is the "
		 "ground connected? Are there messages at the other end? Are "
		 "both addresses in one network?)",
		 "nothing has arrived yet, although packets were sent%s (does "
		 "serialtun listen there? Are there messages at the other end? "
		 "Are both addresses in one network?)"},
	[SYMPTOM_ECHO] =
		{shows_echo,
		 "the line returns this end's own packets, so sending waits "
		 "for a packet from the peer (is there a loopback plug, or are "
		 "RX and TX of this end connected? If a login prompt echoes "
		 "the packets, start serialtun at the other end)",
		 "the line returns this end's own packets, so sending waits "
		 "for a packet from the peer (a program echoes the packets: "
		 "start serialtun at the other end)"},
	[SYMPTOM_PPP] =
		{shows_ppp,
		 "the other end speaks PPP, not SLIP (run pppd at this end too, "
		 "or serialtun at the other)",
		 NULL},
	[SYMPTOM_CSLIP] =
		{shows_cslip,
		 "the other end compresses headers, so TCP does not get "
		 "through (it speaks CSLIP: leave out --vj off; or, with "
		 "slattach, give it -p slip)",
		 NULL},
	[SYMPTOM_TELNET] =
		{shows_telnet,
		 "the port speaks telnet, which changes the data (use the raw "
		 "port of that server; with ser2net, set accepter: tcp instead "
		 "of telnet)",
		 NULL},
	[SYMPTOM_XONXOFF] =
		{shows_xonxoff,
		 "the other end uses --flow xonxoff, and this one does not "
		 "(give it to both, or to neither)",
		 NULL},
	[SYMPTOM_INFO] =
		{shows_info,
		 "the other end puts packet information in front of each "
		 "packet (it has to open its TUN interface with IFF_NO_PI)",
		 NULL},
	[SYMPTOM_KISS] =
		{shows_kiss,
		 "the other end speaks KISS, as packet radio does, not SLIP "
		 "(give --framing kiss at this end)",
		 NULL},
	[SYMPTOM_SLIP] =
		{shows_slip,
		 "the other end speaks SLIP, not KISS (leave --framing kiss "
		 "out at this end, or give it at the other too)",
		 NULL},
	[SYMPTOM_ETHERNET] =
		{shows_ethernet,
		 "the other end sends Ethernet frames, not IP packets (give "
		 "--tap at this end; or, with Zephyr, set CONFIG_SLIP_TAP=n "
		 "there)",
		 NULL},
	[SYMPTOM_IP] =
		{shows_ip,
		 "the other end sends IP packets, not Ethernet frames (leave "
		 "--tap out at this end, or give it at the other too)",
		 NULL},
	[SYMPTOM_TEXT] =
		{shows_text,
		 "text arrives, not packets (is there a login prompt or the "
		 "kernel's console on the other end's port? Is serialtun "
		 "running there?)",
		 NULL},
	[SYMPTOM_SEVEN_BITS] =
		{shows_seven_bits,
		 "the eighth bit of every byte is missing, so no END arrives "
		 "(set 8 data bits and no parity at the other end and on all "
		 "devices between)",
		 NULL},
	[SYMPTOM_IPV6] =
		{shows_ipv6,
		 "the other end sends nothing but IPv6, and this end has IPv4 "
		 "alone (give the other end an IPv4 --addr, or this one an "
		 "IPv6 --addr as well)",
		 NULL},
	[SYMPTOM_GARBAGE] =
		{shows_garbage,
		 "bytes arrive, but not one IP packet (do both ends have the "
		 "same --baud? Does the other end speak SLIP?)",
		 "bytes arrive, but not one IP packet (do both ends have the "
		 "same --framing? Most programs speak slip)"},
	[SYMPTOM_WHISPER] =
		{shows_whisper,
		 "a few bytes arrive, but not one packet (do both ends have "
		 "the same --baud? Are there messages at the other end? Are "
		 "both addresses in one network?)",
		 "a few bytes arrive, but not one packet (do both ends have "
		 "the same --framing? Are there messages at the other end? Are "
		 "both addresses in one network?)"},
	[SYMPTOM_SAME_ADDRESS] =
		{shows_same_address,
		 "packets arrive from %s, which is this end's own address "
		 "(give the other end another --addr of the same network)",
		 NULL},
	[SYMPTOM_NOT_OURS] =
		{shows_not_ours,
		 "packets arrive for %s, which is no address of this end (give "
		 "this end --addr %s, or tell the other end the right one)",
		 NULL},
	[SYMPTOM_UNKNOWN_NETWORK] =
		{shows_unknown_network,
		 "packets arrive from %s, whose network this end does not know "
		 "(give both ends an --addr of one network, or this end "
		 "--route %s)",
		 NULL},
	[SYMPTOM_DAMAGED] =
		{shows_damaged,
		 "more than one frame of ten arrives damaged (is there noise, "
		 "or are bytes lost? A shorter or shielded cable, a lower "
		 "--baud, or --flow rtscts at both ends helps, and a smaller "
		 "--mtu)",
		 "more than one frame of ten arrives damaged (something between "
		 "the ends loses or changes bytes: is there a serial line "
		 "without flow control?)"},
	[SYMPTOM_MISSING] =
		{shows_missing,
		 "the bytes %s never arrive, and frames are damaged (a device "
		 "between the ends removes them: switch off its flow control "
		 "and its escape characters; for 11 and 13, --flow xonxoff at "
		 "both ends also helps)",
		 NULL},
	[SYMPTOM_BAD_SUMS] =
		{shows_bad_sums,
		 "packets arrive with a wrong checksum of TCP, UDP or ICMP "
		 "(noise that SLIP cannot detect: use a lower --baud, or a "
		 "better cable)",
		 "packets arrive with a wrong checksum of TCP, UDP or ICMP "
		 "(something between the ends changes bytes, or the other end "
		 "leaves its checksums to absent hardware)"},
	[SYMPTOM_BAUD] =
		{shows_baud,
		 "packets wait in the pty, where no urgent packet can overtake "
		 "them (give the speed of the wire with --baud: serialtun then "
		 "queues the packets)",
		 NULL},
	[SYMPTOM_FRAMING] =
		{shows_framing,
		 "framing errors (do both ends have the same --baud, --parity "
		 "and --stop-bits?)",
		 NULL},
	[SYMPTOM_BREAKS] =
		{shows_breaks,
		 "breaks arrive instead of bytes (do both ends have the same "
		 "--baud? A slower peer looks like this)",
		 NULL},
	[SYMPTOM_PARITY] =
		{shows_parity,
		 "parity errors (do both ends have the same --parity? Or there "
		 "is noise on the line)",
		 NULL},
	[SYMPTOM_OVERRUN] =
		{shows_overrun,
		 "bytes were lost: they arrived faster than this host read "
		 "them (wire RTS and CTS, and use --flow rtscts on both ends)",
		 NULL},
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
		if (rows[symptom].shows(&look) && !symptoms->told[symptom] &&
		    !found)
			found = (enum symptom)symptom;
	symptoms->told[found] = true;
	symptoms->last = look.now;
	return found;
}

/* The message where a radio is behind the port; NULL: the same. */
static const char *radio_text(enum symptom symptom)
{
	switch (symptom) {
	case SYMPTOM_NOTHING:
		return "nothing has arrived yet, although packets were sent (is "
		       "the modem in KISS mode, with this --baud? Is the other "
		       "station on the air? Are both addresses in one network?)";
	case SYMPTOM_TEXT:
		return "text arrives, not packets (is the modem in KISS mode? "
		       "In a terminal program, type KISS ON and RESTART)";
	case SYMPTOM_GARBAGE:
	case SYMPTOM_WHISPER:
		return "frames arrive, but not one IP packet (do all come from "
		       "other stations? Does the modem have this --baud? The "
		       "other end has to run serialtun --framing kiss, or "
		       "tncattach)";
	default:
		return NULL;
	}
}

/* Return: the text that replaces %s in the message. */
static const char *find_subject(enum symptom symptom, const struct stats *stats,
				char text[SYMPTOM_TEXT_MAX])
{
	switch (symptom) {
	case SYMPTOM_NOTHING:
		return stats->has_pair ? ", and hellos to a serialtun" : "";
	case SYMPTOM_MISSING:
		return census_format(&stats->census, text);
	case SYMPTOM_SAME_ADDRESS:
	case SYMPTOM_NOT_OURS:
	case SYMPTOM_UNKNOWN_NETWORK:
		return addr_format_host(&stats->witness->addr, text);
	default:
		return "";
	}
}

/**
 * symptom_text() - format the message of a symptom
 * @symptom: the symptom, not SYMPTOM_NONE
 * @view:    the line that shows it
 * @text:    filled in
 *
 * Return: @text, to be printed behind the name of the port
 */
const char *symptom_text(enum symptom symptom, const struct symptom_view *view,
			 char text[SYMPTOM_TEXT_MAX])
{
	char subject[SYMPTOM_TEXT_MAX];
	const char *about = find_subject(symptom, view->stats, subject);
	const char *from = rows[symptom].text;
	const char *mark;

	if (!view->is_serial && rows[symptom].other)
		from = rows[symptom].other;
	if (view->is_radio && radio_text(symptom))
		from = radio_text(symptom);
	*text = '\0';
	while ((mark = strstr(from, "%s"))) {
		text_append(text, SYMPTOM_TEXT_MAX, "%.*s%s",
			    (int)(mark - from), from, about);
		from = mark + 2;
	}
	text_append(text, SYMPTOM_TEXT_MAX, "%s", from);
	return text;
}
