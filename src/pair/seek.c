/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The schedule of hellos.
 *
 * A serialtun must not disturb another program. Until it hears a serialtun it
 * therefore sends SEEK_SERIES_MAX hellos after the opening of the port, and
 * SEEK_BUDGET more at most. The first good packet, and one after a second
 * without any, starts a series of SEEK_SERIES_LEN hellos: somebody has plugged
 * in a cable, or the other end has started. A frame that is no packet and no
 * hello starts a single hello, because it may be a checked frame of a session
 * that this end has forgotten. Single hellos leave SEEK_SERIES_LEN of the
 * budget to a series: a loose wire makes garbage for any time, and the first
 * packet comes after that.
 *
 * After it has heard a serialtun, an end that has no session searches for it
 * without a limit. The search stops when the other end answers none of
 * SEEK_UNANSWERED_MAX hellos but sends packets: another program has taken its
 * place.
 *
 * A hello that is not an answer waits for the end of a frame that the line is
 * receiving, and for the end of text, because a boot loader stops at any byte.
 */
#include "pair/seek.h"
#include "clock.h"

/* Hellos that no peer has asked for, apart from the first series; and the
 * length of each later series. */
#define SEEK_BUDGET	12
#define SEEK_SERIES_LEN 4

#define SEEK_SILENCE_NS (1 * NS_PER_S)

/* An earlier packet does not start a series: both ends have just started. */
#define SEEK_OPENING_NS (500 * NS_PER_MS)

#define SEEK_GARBAGE_NS (1 * NS_PER_S)
#define SEEK_ANSWER_NS	(100 * NS_PER_MS)

/* The intervals of a search. */
#define SEEK_FAST_FOR_NS    (10 * NS_PER_S)
#define SEEK_FAST_NS	    (500 * NS_PER_MS)
#define SEEK_SLOW_NS	    (2 * NS_PER_S)
#define SEEK_UNANSWERED_MAX 5

/* A hello waits while the line receives a frame, until no byte came for
 * SEEK_FRAME_QUIET_NS; and while it receives text, until no byte came for
 * SEEK_TEXT_QUIET_NS. Each wait has a maximum. */
#define SEEK_FRAME_QUIET_NS (50 * NS_PER_MS)
#define SEEK_FRAME_MAX_NS   (200 * NS_PER_MS)
#define SEEK_TEXT_QUIET_NS  (500 * NS_PER_MS)
#define SEEK_TEXT_MAX_NS    (10 * NS_PER_S)

/* Times of the hellos of a series, from its start. */
static const unsigned int opening_ms[SEEK_SERIES_MAX] = {0, 300, 1000, 2000,
							 4000};
static const unsigned int later_ms[SEEK_SERIES_LEN] = {0, 500, 1000, 2000};

/*
 * Delay a hello by up to a tenth, and the first of a series by up to 20 ms,
 * because one script may have started both ends.
 */
static uint64_t spread(uint64_t ns, uint64_t random)
{
	const uint64_t most = ns ? ns / 10 : 20 * NS_PER_MS;

	return ns + most * (random & 0xFFFF) / 0x10000;
}

static void begin_series(struct seek *seek, const unsigned int *at_ms,
			 unsigned int len, uint64_t random, uint64_t now_ns)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		seek->series[i] = now_ns + spread(at_ms[i] * NS_PER_MS,
						  random >> (8 * i));
	seek->series_at = 0;
	seek->series_len = len;
}

/**
 * seek_open() - Start on a newly opened port
 * @seek:   the state; needs no other initialization
 * @random: any number
 * @now_ns: the current time
 */
void seek_open(struct seek *seek, uint64_t random, uint64_t now_ns)
{
	*seek = (struct seek){
		.opened_ns = now_ns,
		.heard_ns = now_ns,
		.plain_ns = now_ns,
		.budget = SEEK_BUDGET,
		.lost_ns = UINT64_MAX,
		.answer_ns = UINT64_MAX,
	};
	begin_series(seek, opening_ms, SEEK_SERIES_MAX, random, now_ns);
}

/**
 * seek_heard() - Note that bytes came from the line
 * @seek:   the state
 * @now_ns: the current time
 *
 * The caller calls it before it reports the frames in these bytes.
 */
void seek_heard(struct seek *seek, uint64_t now_ns)
{
	if (now_ns - seek->heard_ns >= SEEK_SILENCE_NS)
		seek->was_silent = true;
	seek->heard_ns = now_ns;
}

/* Restart the fast part of the search: the peer may have come back. */
static void seek_fast_again(struct seek *seek, uint64_t now_ns)
{
	seek->was_silent = false;
	seek->lost_ns = now_ns;
	seek->fast_ns = now_ns + SEEK_FAST_FOR_NS;
}

/**
 * seek_plain() - Note a good packet outside of a session
 * @seek:   the state
 * @now_ns: the current time
 */
void seek_plain(struct seek *seek, uint64_t now_ns)
{
	/* The time since the last packet counts, not the time since the last
	 * byte: a loose wire is not silent. */
	const bool is_new = now_ns - seek->plain_ns >= SEEK_SILENCE_NS ||
			    (!seek->was_plain &&
			     now_ns - seek->opened_ns >= SEEK_OPENING_NS);

	seek->plain_ns = now_ns;
	seek->was_plain = true;
	seek->had_plain = true;
	if (!is_new)
		return;
	if (seek->lost_ns != UINT64_MAX) {
		seek_fast_again(seek, now_ns);
		return;
	}
	if (seek->budget < SEEK_SERIES_LEN)
		return;
	seek->budget -= SEEK_SERIES_LEN;
	begin_series(seek, later_ms, SEEK_SERIES_LEN, 0, now_ns);
}

/**
 * seek_garbage() - Note a frame that is neither a packet nor a hello
 * @seek:   the state
 * @now_ns: the current time
 */
void seek_garbage(struct seek *seek, uint64_t now_ns)
{
	if (seek->lost_ns != UINT64_MAX) {
		if (seek->was_silent)
			seek_fast_again(seek, now_ns);
		return;
	}
	if (seek->budget <= SEEK_SERIES_LEN ||
	    seek->series_at < seek->series_len ||
	    now_ns - seek->said_ns < SEEK_GARBAGE_NS)
		return;
	seek->budget--;
	begin_series(seek, later_ms, 1, 0, now_ns);
}

/**
 * seek_found() - Note a hello of another serialtun
 * @seek: the state
 */
void seek_found(struct seek *seek)
{
	seek->unanswered = 0;
	seek->had_plain = false;
}

/**
 * seek_unheard() - Search for a serialtun that has not heard this end
 * @seek:   the state
 * @now_ns: the current time
 *
 * Searches until seek_stop(), as if a session had been lost: the line may
 * damage the hello of either end, and the other end sends only a few.
 */
void seek_unheard(struct seek *seek, uint64_t now_ns)
{
	if (seek->lost_ns != UINT64_MAX)
		return;
	seek->lost_ns = now_ns + SEEK_FAST_NS;
	seek->fast_ns = now_ns + SEEK_FAST_FOR_NS;
	seek->was_silent = false;
}

/**
 * seek_answer() - Answer a hello
 * @seek:   the state
 * @now_ns: the current time
 *
 * The answer waits until SEEK_ANSWER_NS have passed since the last one. One
 * answer serves all hellos that came in the meantime.
 */
void seek_answer(struct seek *seek, uint64_t now_ns)
{
	if (seek->answer_ns != UINT64_MAX)
		return;
	seek->answer_ns = now_ns;
	if (seek->answered_ns)
		seek->answer_ns =
			clock_later(now_ns, seek->answered_ns + SEEK_ANSWER_NS);
}

/**
 * seek_lost() - Search for the peer of a session that ended
 * @seek:   the state
 * @now_ns: the current time
 */
void seek_lost(struct seek *seek, uint64_t now_ns)
{
	seek_rest(seek);
	seek->lost_ns = now_ns;
	seek->fast_ns = now_ns + SEEK_FAST_FOR_NS;
	seek->unanswered = 0;
	seek->had_plain = false;
}

/**
 * seek_rest() - Do not search for the peer of a session that ended
 * @seek: the state
 *
 * The budget is again that of a newly opened port, without the first series.
 */
void seek_rest(struct seek *seek)
{
	seek_stop(seek);
	seek->budget = SEEK_BUDGET;
	seek->was_silent = false;
}

/**
 * seek_stop() - Send no hellos except answers
 * @seek: the state
 */
void seek_stop(struct seek *seek)
{
	seek->series_len = 0;
	seek->series_at = 0;
	seek->lost_ns = UINT64_MAX;
	seek->wait_ns = 0;
}

/* Get the time of the next hello that is not an answer. */
static uint64_t own_ns(const struct seek *seek)
{
	uint64_t ns = seek->lost_ns;

	if (seek->series_at < seek->series_len)
		ns = clock_earlier(ns, seek->series[seek->series_at]);
	return ns;
}

/* Get the time until which a hello that is due waits for the line. */
static uint64_t blocked_until(const struct seek *seek)
{
	const uint64_t since = seek->wait_ns ? seek->wait_ns : own_ns(seek);

	if (!seek->line.in_frame)
		return 0;
	if (seek->line.is_text)
		return clock_earlier(seek->heard_ns + SEEK_TEXT_QUIET_NS,
				     since + SEEK_TEXT_MAX_NS);
	return clock_earlier(seek->heard_ns + SEEK_FRAME_QUIET_NS,
			     since + SEEK_FRAME_MAX_NS);
}

/**
 * seek_first_ns() - get the time of the first hello after the opening
 * @seek: the state
 *
 * Return: the time, which may have passed; 0 once a hello was sent
 */
uint64_t seek_first_ns(const struct seek *seek)
{
	return seek->series_at < seek->series_len && !seek->said_ns
		       ? seek->series[0]
		       : 0;
}

/**
 * seek_next_ns() - Get the time of the next call of seek_take()
 * @seek:   the state
 * @now_ns: the current time
 *
 * Return: the time, which may have passed; UINT64_MAX: never
 */
uint64_t seek_next_ns(const struct seek *seek, uint64_t now_ns)
{
	uint64_t own = own_ns(seek);

	if (own <= now_ns)
		own = clock_later(own, blocked_until(seek));
	return clock_earlier(own, seek->answer_ns);
}

/**
 * seek_is_due() - Check whether a hello is due, or waits for the line
 * @seek:   the state
 * @now_ns: the current time
 *
 * Return: true if seek_take() has to be called
 */
bool seek_is_due(const struct seek *seek, uint64_t now_ns)
{
	return seek->answer_ns <= now_ns || own_ns(seek) <= now_ns;
}

static void count_said(struct seek *seek, uint64_t now_ns)
{
	seek->said_ns = now_ns;
	seek->wait_ns = 0;
	if (seek->lost_ns != UINT64_MAX && seek->had_plain &&
	    ++seek->unanswered == SEEK_UNANSWERED_MAX)
		seek_rest(seek);
	seek->had_plain = false;
}

/**
 * seek_take() - Check whether a hello is due
 * @seek:   the state
 * @random: any number
 * @now_ns: the current time
 *
 * Return: true if it is; the hello then counts as sent
 */
bool seek_take(struct seek *seek, uint64_t random, uint64_t now_ns)
{
	bool due = false;

	if (seek->answer_ns <= now_ns) {
		seek->answer_ns = UINT64_MAX;
		seek->answered_ns = now_ns;
		due = true;
	}
	if (own_ns(seek) <= now_ns) {
		if (!seek->wait_ns)
			seek->wait_ns = own_ns(seek);
		due = due || blocked_until(seek) <= now_ns;
	}
	if (!due)
		return false;
	/* One hello serves all that are due. */
	while (seek->series_at < seek->series_len &&
	       seek->series[seek->series_at] <= now_ns)
		seek->series_at++;
	if (seek->lost_ns != UINT64_MAX)
		seek->lost_ns =
			now_ns + spread(now_ns < seek->fast_ns ? SEEK_FAST_NS
							       : SEEK_SLOW_NS,
					random);
	count_said(seek, now_ns);
	return true;
}
