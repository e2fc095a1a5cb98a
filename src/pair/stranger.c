/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The search for the speed of a peer that is no serialtun, and so cannot agree
 * on one. This end searches only if the user has asked for it, and if it has
 * never heard a serialtun on this port.
 *
 *            garbage for 10 s           in turns
 *   WATCH ---------------------> BASE <---------> LISTEN
 *     ^                           |  ^              |
 *     +--- packets, or silence ---+  |   packets    |
 *                                    |              v
 *                                    +- garbage - FOUND
 *
 * A serialtun may come at any time, and says hello at the base speed. So this
 * end has the base speed in every second slot, and sends there as usual. At all
 * other speeds it only listens: its bytes would be garbage to the peer.
 *
 * A slot ends early when its bytes turn out to be garbage. So a peer that sends
 * one packet a second tests one speed in two seconds, and each packet counts.
 * In silence a slot tests nothing, and the same speed has its turn again.
 *
 * Bytes without a long pause are a run. A run fails if a frame in it is bad or
 * does not end, or if it is longer than the idle bytes that a peer may send.
 * Text for people is no garbage: the speed is right.
 *
 * A found speed is left as soon as two runs fail, or one after the end of a
 * session, because the next peer may be a serialtun. Then the base speed comes
 * first.
 *
 * stranger is pure: time is an argument, and the caller sets the port.
 */
#include "pair/stranger.h"
#include "clock.h"

/* The search begins after garbage for this time, in so many runs. */
#define STRANGER_GARBAGE_NS (10 * NS_PER_S)
#define STRANGER_GARBAGE    3

/* A run ends after a pause, with the third bad frame, or after this time and
 * the time of some frames. */
#define STRANGER_PAUSE_NS   (100 * NS_PER_MS)
#define STRANGER_BAD_MAX    3
#define STRANGER_RUN_NS	    (400 * NS_PER_MS)
#define STRANGER_RUN_FRAMES 2

/* A peer with a keepalive sends so many idle bytes at once. */
#define STRANGER_IDLE_MAX 8

/*
 * The slots, in silence. That at the base speed is longer: two ends that both
 * search then have it at the same time. A slot after garbage is longer than the
 * pause between the first hellos of a serialtun, or between two pings. So it
 * sees the next of them.
 */
#define STRANGER_LISTEN_NS (500 * NS_PER_MS)
#define STRANGER_BASE_NS   (600 * NS_PER_MS)
#define STRANGER_AFTER_NS  (1200 * NS_PER_MS)

/* The search ends when nothing came for this long, and garbage on both sides of
 * such a silence does not begin it. */
#define STRANGER_SILENCE_NS (30 * NS_PER_S)

/* A found speed is left after so many failed runs in this time. */
#define STRANGER_DOUBTS	  2
#define STRANGER_DOUBT_NS (10 * NS_PER_S)

/* The longest wait for a dry wire. */
#define STRANGER_LEAVE_NS (300 * NS_PER_MS)

static bool is_base(const struct stranger *stranger)
{
	return stranger->baud == stranger->config.base;
}

static void forget_garbage(struct stranger *stranger)
{
	stranger->in_run = false;
	stranger->pending = false;
	stranger->failed = 0;
}

/**
 * stranger_open() - Start on a newly opened port
 * @stranger: the state; needs no other initialization
 * @config:   the speeds of the port, copied
 * @now_ns:   the current time
 */
void stranger_open(struct stranger *stranger,
		   const struct stranger_config *config, uint64_t now_ns)
{
	*stranger = (struct stranger){
		.config = *config,
		.phase = config->count ? STRANGER_WATCH : STRANGER_OFF,
		.baud = config->base,
		.told = config->base,
		.heard_ns = now_ns,
	};
}

/**
 * stranger_packet_ns() - Get the time that the longest frame takes
 * @stranger: the state
 *
 * Return: the time at the present speed
 */
uint64_t stranger_packet_ns(const struct stranger *stranger)
{
	return stranger->config.packet_ns * stranger->config.base /
	       stranger->baud;
}

/* The time at which the present run ends. */
static uint64_t run_end_ns(const struct stranger *stranger)
{
	const uint64_t longest =
		STRANGER_RUN_NS +
		STRANGER_RUN_FRAMES * stranger_packet_ns(stranger);

	if (stranger->bad >= STRANGER_BAD_MAX)
		return 0;
	return clock_earlier(stranger->heard_ns + STRANGER_PAUSE_NS,
			     stranger->run_ns + longest);
}

/* Send nothing, and then set a speed. */
static void leave(struct stranger *stranger, uint64_t now_ns)
{
	stranger->phase = STRANGER_LEAVE;
	stranger->dry_ns = UINT64_MAX;
	stranger->limit_ns = now_ns + STRANGER_LEAVE_NS;
}

static void begin_search(struct stranger *stranger, uint64_t now_ns)
{
	stranger->told = 0;
	stranger->news = STRANGER_SEARCHES;
	stranger->judged = true;
	leave(stranger, now_ns);
}

static void end_slot(struct stranger *stranger, bool is_judged, uint64_t now_ns)
{
	stranger->judged = is_judged;
	if (stranger->phase == STRANGER_BASE) {
		leave(stranger, now_ns);
		return;
	}
	if (is_judged)
		stranger->at = (stranger->at + 1) % stranger->config.count;
	stranger->wanted = stranger->config.base;
}

/* Count a run that brought nothing good. */
static void fail_run(struct stranger *stranger, uint64_t now_ns)
{
	const uint64_t age_ns = stranger->run_ns - stranger->since_ns;

	if (stranger->phase == STRANGER_FOUND && age_ns > STRANGER_DOUBT_NS)
		stranger->failed = 0;
	if (!stranger->failed++)
		stranger->since_ns = stranger->run_ns;
	switch (stranger->phase) {
	case STRANGER_WATCH:
		if (stranger->failed >= STRANGER_GARBAGE &&
		    now_ns - stranger->since_ns >= STRANGER_GARBAGE_NS)
			begin_search(stranger, now_ns);
		break;
	case STRANGER_FOUND:
		if (stranger->failed < STRANGER_DOUBTS)
			break;
		stranger->judged = true;
		leave(stranger, now_ns);
		break;
	case STRANGER_BASE:
	case STRANGER_LISTEN:
		end_slot(stranger, true, now_ns);
		break;
	case STRANGER_OFF:
	case STRANGER_LEAVE:
		break;
	}
}

/* End the present run, if it is over. */
static void end_run(struct stranger *stranger, uint64_t now_ns)
{
	const bool has_failed = stranger->bad || stranger->pending ||
				stranger->run_len > STRANGER_IDLE_MAX;

	if (!stranger->in_run || now_ns < run_end_ns(stranger))
		return;
	stranger->in_run = false;
	if (has_failed)
		fail_run(stranger, now_ns);
}

/**
 * stranger_heard() - Note that bytes came from the line
 * @stranger: the state
 * @len:      their number
 * @now_ns:   the current time
 *
 * The caller calls it before it reports the frames in these bytes.
 */
void stranger_heard(struct stranger *stranger, size_t len, uint64_t now_ns)
{
	if (stranger->phase == STRANGER_OFF)
		return;
	end_run(stranger, now_ns);
	/* Damage now and then, hours apart, is no garbage all the time. */
	if (stranger->phase == STRANGER_WATCH &&
	    now_ns - stranger->heard_ns > STRANGER_SILENCE_NS)
		stranger->failed = 0;
	if (!stranger->in_run) {
		stranger->run_ns = now_ns;
		stranger->run_len = 0;
		stranger->bad = 0;
	}
	stranger->in_run = true;
	stranger->run_len += len;
	stranger->heard_ns = now_ns;
}

/**
 * stranger_good() - Note something that only comes at the right speed
 * @stranger: the state
 */
void stranger_good(struct stranger *stranger)
{
	if (stranger->phase == STRANGER_OFF)
		return;
	forget_garbage(stranger);
	stranger->wanted = 0;
	stranger->phase = is_base(stranger) ? STRANGER_WATCH : STRANGER_FOUND;
	if (stranger->told == stranger->baud)
		return;
	stranger->told = stranger->baud;
	stranger->news = STRANGER_IS_FOUND;
}

/**
 * stranger_bad() - Note a frame that is garbage
 * @stranger: the state
 */
void stranger_bad(struct stranger *stranger)
{
	stranger->bad++;
}

/**
 * stranger_set_line() - Set what the line is receiving
 * @stranger: the state
 * @in_frame: a frame that has not ended
 * @is_text:  that frame is text for people
 */
void stranger_set_line(struct stranger *stranger, bool in_frame, bool is_text)
{
	stranger->pending = in_frame && !is_text;
	if (is_text && (stranger->phase == STRANGER_WATCH ||
			stranger->phase == STRANGER_FOUND))
		forget_garbage(stranger);
}

/**
 * stranger_met() - Note a hello of a serialtun
 * @stranger: the state
 *
 * At the base speed this ends the search for good. At another one the peer has
 * a fixed speed, and the next one may have the base speed again.
 */
void stranger_met(struct stranger *stranger)
{
	stranger_good(stranger);
	if (is_base(stranger))
		stranger->phase = STRANGER_OFF;
}

/**
 * stranger_lost() - Note the end of a session
 * @stranger: the state
 * @now_ns:   the current time
 *
 * The next garbage shows that the next peer has another speed.
 */
void stranger_lost(struct stranger *stranger, uint64_t now_ns)
{
	stranger->failed = STRANGER_DOUBTS - 1;
	stranger->since_ns = now_ns;
}

/**
 * stranger_set_dry() - Set the time at which the wire is dry
 * @stranger: the state
 * @dry_ns:   the time, which may have passed; UINT64_MAX: not known
 */
void stranger_set_dry(struct stranger *stranger, uint64_t dry_ns)
{
	stranger->dry_ns = dry_ns;
}

static uint64_t leave_ns(const struct stranger *stranger)
{
	return clock_earlier(stranger->dry_ns, stranger->limit_ns);
}

/**
 * stranger_next_ns() - Get the time of the next call of stranger_wanted()
 * @stranger: the state
 *
 * Return: the time, which may have passed; UINT64_MAX: never
 */
uint64_t stranger_next_ns(const struct stranger *stranger)
{
	if (stranger->phase == STRANGER_OFF)
		return UINT64_MAX;
	if (stranger->phase == STRANGER_LEAVE)
		return leave_ns(stranger);
	if (stranger->in_run)
		return run_end_ns(stranger);
	if (stranger->phase == STRANGER_BASE ||
	    stranger->phase == STRANGER_LISTEN)
		return stranger->slot_ns;
	return UINT64_MAX;
}

/* End a slot in which nothing came. */
static void end_silent_slot(struct stranger *stranger, uint64_t now_ns)
{
	if (stranger->in_run || now_ns < stranger->slot_ns)
		return;
	if (stranger->phase == STRANGER_LISTEN) {
		end_slot(stranger, false, now_ns);
	} else if (stranger->phase == STRANGER_BASE) {
		if (now_ns - stranger->heard_ns < STRANGER_SILENCE_NS) {
			end_slot(stranger, false, now_ns);
			return;
		}
		stranger->phase = STRANGER_WATCH;
		forget_garbage(stranger);
	}
}

/**
 * stranger_wanted() - Get the speed that the caller has to set now
 * @stranger: the state
 * @now_ns:   the current time
 *
 * The caller calls stranger_changed() afterwards.
 *
 * Return: the speed; 0: it stays
 */
uint32_t stranger_wanted(struct stranger *stranger, uint64_t now_ns)
{
	if (stranger->phase == STRANGER_OFF)
		return 0;
	if (stranger->phase != STRANGER_LEAVE) {
		end_run(stranger, now_ns);
		end_silent_slot(stranger, now_ns);
	}
	if (stranger->phase == STRANGER_LEAVE && leave_ns(stranger) <= now_ns)
		stranger->wanted =
			is_base(stranger)
				? stranger->config.speeds[stranger->at]
				: stranger->config.base;
	return stranger->wanted;
}

/**
 * stranger_changed() - Note that the port was set to stranger_wanted()
 * @stranger: the state
 * @is_set:   it was; false: it refused, and has its speed of before
 * @now_ns:   the current time
 */
void stranger_changed(struct stranger *stranger, bool is_set, uint64_t now_ns)
{
	/* Without the base speed it goes on to listen, and sends nothing. */
	if (is_set)
		stranger->baud = stranger->wanted;
	else if (stranger->wanted != stranger->config.base)
		stranger->at = (stranger->at + 1) % stranger->config.count;
	stranger->wanted = 0;
	forget_garbage(stranger);
	stranger->phase = is_base(stranger) ? STRANGER_BASE : STRANGER_LISTEN;
	stranger->slot_ns = now_ns + (stranger->judged	  ? STRANGER_AFTER_NS
				      : is_base(stranger) ? STRANGER_BASE_NS
							  : STRANGER_LISTEN_NS);
}

/**
 * stranger_take_news() - Take what the user should know
 * @stranger: the state
 *
 * Return: the news
 */
enum stranger_news stranger_take_news(struct stranger *stranger)
{
	const enum stranger_news news = stranger->news;

	stranger->news = STRANGER_NO_NEWS;
	return news;
}
