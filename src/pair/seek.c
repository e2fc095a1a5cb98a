/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When a hello is said.
 *
 * Nobody but a serialtun is to be disturbed. So until one was heard there are
 * SEEK_SERIES_MAX after the port was opened, and SEEK_BUDGET more: in series,
 * when the first good packet comes, or one after a second without any, because
 * then a cable was plugged in or the other end has begun; and one by one, when
 * frames come that cannot be read, because they may be of a pair that is no
 * more. Of these SEEK_SERIES_LEN are kept for a series: a wire that hangs in
 * the air makes garbage for as long as one likes, and the first packet comes
 * after it.
 *
 * Once a serialtun was heard, one that is lost is sought for as long as it
 * takes: until hellos are not answered while packets come, for then another
 * program is in its place.
 *
 * A hello that is not an answer waits for the end of a frame that is coming in,
 * and as long as text comes: a boot loader stops for any byte.
 */
#include "pair/seek.h"
#include "clock.h"

/* Said without having been asked, besides the first series. */
#define SEEK_BUDGET	12
#define SEEK_SERIES_LEN 4

#define SEEK_SILENCE_NS (1 * NS_PER_S)

/* A packet that comes sooner says nothing: both were started just now. */
#define SEEK_OPENING_NS (500 * NS_PER_MS)

#define SEEK_GARBAGE_NS (1 * NS_PER_S)
#define SEEK_ANSWER_NS	(100 * NS_PER_MS)

/* How a pair that is lost is sought. */
#define SEEK_FAST_FOR_NS    (10 * NS_PER_S)
#define SEEK_FAST_NS	    (500 * NS_PER_MS)
#define SEEK_SLOW_NS	    (2 * NS_PER_S)
#define SEEK_UNANSWERED_MAX 5

/* How long a hello waits: for a frame, in whose midst nothing came for so
 * long; and for text. */
#define SEEK_FRAME_QUIET_NS (50 * NS_PER_MS)
#define SEEK_FRAME_MAX_NS   (200 * NS_PER_MS)
#define SEEK_TEXT_QUIET_NS  (500 * NS_PER_MS)
#define SEEK_TEXT_MAX_NS    (10 * NS_PER_S)

/* When those of a series are said after its beginning. */
static const unsigned int opening_ms[SEEK_SERIES_MAX] = {0, 300, 1000, 2000,
							 4000};
static const unsigned int later_ms[SEEK_SERIES_LEN] = {0, 500, 1000, 2000};

/*
 * Each is up to a tenth later, and the first up to 20 ms, since both ends may
 * have been started at the same time.
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
 * seek_open() - begin with a port
 * @seek:   the state, which needs no other initialization
 * @random: any number
 * @now_ns: the time
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
 * seek_heard() - something has come from the line
 * @seek:   the state
 * @now_ns: the time
 *
 * To be told before the frames in it are.
 */
void seek_heard(struct seek *seek, uint64_t now_ns)
{
	if (now_ns - seek->heard_ns >= SEEK_SILENCE_NS)
		seek->was_silent = true;
	seek->heard_ns = now_ns;
}

/* Something has changed: the other end may be there again. */
static void seek_fast_again(struct seek *seek, uint64_t now_ns)
{
	seek->was_silent = false;
	seek->lost_ns = now_ns;
	seek->fast_ns = now_ns + SEEK_FAST_FOR_NS;
}

/**
 * seek_plain() - a good packet has come from somebody we are not paired with
 * @seek:   the state
 * @now_ns: the time
 */
void seek_plain(struct seek *seek, uint64_t now_ns)
{
	/* Not after a silence: a wire that hangs in the air is not silent. */
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
 * seek_garbage() - a frame has come that is no packet and no hello
 * @seek:   the state
 * @now_ns: the time
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
 * seek_found() - a serialtun was heard
 * @seek: the state
 */
void seek_found(struct seek *seek)
{
	seek->unanswered = 0;
	seek->had_plain = false;
}

/**
 * seek_unheard() - a serialtun was heard that has not heard this end yet
 * @seek:   the state
 * @now_ns: the time
 *
 * Seeks the other end until seek_stop(), as if a pair had been lost: either
 * hello of an exchange may be damaged, and the other end stops saying hello
 * after a while.
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
 * seek_answer() - a hello is to be answered
 * @seek:   the state
 * @now_ns: the time
 *
 * One that comes too soon after the last is answered later.
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
 * seek_lost() - a pair is no more, and is to be sought
 * @seek:   the state
 * @now_ns: the time
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
 * seek_rest() - a pair is no more, and is not to be sought: it said good-bye
 * @seek: the state
 *
 * From here on it is as after an opening, without the first series.
 */
void seek_rest(struct seek *seek)
{
	seek_stop(seek);
	seek->budget = SEEK_BUDGET;
	seek->was_silent = false;
}

/**
 * seek_stop() - say nothing more by ourselves
 * @seek: the state
 *
 * Hellos are answered as before.
 */
void seek_stop(struct seek *seek)
{
	seek->series_len = 0;
	seek->series_at = 0;
	seek->lost_ns = UINT64_MAX;
	seek->wait_ns = 0;
}

/* When the next is due that is not an answer. */
static uint64_t own_ns(const struct seek *seek)
{
	uint64_t ns = seek->lost_ns;

	if (seek->series_at < seek->series_len)
		ns = clock_earlier(ns, seek->series[seek->series_at]);
	return ns;
}

/* Until when one that is due has to wait for the line. */
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
 * seek_next_ns() - when is seek_take() to be called next?
 * @seek:   the state
 * @now_ns: the time
 *
 * Return: a time, which may have passed; UINT64_MAX: never
 */
uint64_t seek_next_ns(const struct seek *seek, uint64_t now_ns)
{
	uint64_t own = own_ns(seek);

	if (own <= now_ns)
		own = clock_later(own, blocked_until(seek));
	return clock_earlier(own, seek->answer_ns);
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
 * seek_take() - is a hello to be said now?
 * @seek:   the state
 * @random: any number
 * @now_ns: the time
 *
 * Return: true if it is; then it counts as said
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
	/* One is as good as two that are due at the same time. */
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
