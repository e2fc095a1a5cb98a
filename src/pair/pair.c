/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pairing of two serialtuns over a plain SLIP line. pair identifies the
 * peer, watches whether the peer is still there, and decides which packets may
 * enter the interface.
 *
 *            hello to us, or a checked frame          a checked frame
 *   PLAIN -------------------------------------> MET ----------------> PAIRED
 *     ^                                           |                      |
 *     +-------------------------------------------+----------------------+
 *         no answer, garbage, plain packets, a hello of another id, close
 *
 * The ids of both ends name a session, and no two sessions have the same pair
 * of ids. An end therefore takes a new id when it forgets a session. There is
 * one exception: an end that forgets a session because the peer has a new id
 * keeps its own, unless it had a session with that new id before. So a frame of
 * an earlier session never passes the check of a later one, and an end cannot
 * go on with a session that its peer has forgotten.
 *
 * A PAIRED end drops all packets that do not pass the check. A MET end admits
 * plain packets for a moment, because the peer may have sent them before it met
 * this end; the line keeps the order, so they arrive before the peer's first
 * checked frame.
 *
 * pair is pure: time, bytes and random numbers are arguments. pair_hear.c has
 * what it does with frames that come, pair_wrap.c what with packets that go.
 */
#include "pair/pair.h"
#include "clock.h"
#include "pair/meeting.h"
#include "pair/pair_speed.h"
#include "pair/pair_squeeze.h"

#include <stdlib.h>
#include <string.h>

/**
 * pair_new() - Allocate a pair without a port
 * @config: settings, copied
 *
 * The caller calls pair_open() before any other function.
 *
 * Return: the pair, to be freed with pair_free(); NULL if memory is short
 */
struct pair *pair_new(const struct pair_config *config)
{
	struct pair *pair = calloc(1, sizeof(*pair));

	if (!pair)
		return NULL;
	pair->config = *config;
	if (!(config->can & HELLO_CAN_REPEAT))
		return pair;
	pair->repeat = repeat_new();
	if (pair->repeat)
		return pair;
	free(pair);
	return NULL;
}

/**
 * pair_free() - Free a pair
 * @pair: the pair, or NULL
 */
void pair_free(struct pair *pair)
{
	if (!pair)
		return;
	repeat_free(pair->repeat);
	pair_squeeze_free(pair);
	free(pair);
}

/**
 * pair_open() - Start on a newly opened port
 * @pair:   the pair
 * @port:   the port, copied
 * @now_ns: the current time
 *
 * Forgets the session, the peer and the problems of the previous port.
 */
void pair_open(struct pair *pair, const struct pair_port *port, uint64_t now_ns)
{
	meeting_forget(pair, now_ns);
	pair->packet_ns = port->packet_ns;
	pair->byte_ns = port->byte_ns;
	pair->is_stream = port->is_stream;
	memset(&pair->peer, 0, sizeof(pair->peer));
	memset(pair->past, 0, sizeof(pair->past));
	memset(pair->told_ns, 0, sizeof(pair->told_ns));
	pair->may_pair = false;
	pair->no_squeeze = false;
	pair->returns = 0;
	pair->crowd_until_ns = 0;
	pair->looped_until_ns = 0;
	pair->unheard = 0;
	pair->absent = false;
	meeting_take_new_id(pair);
	pair_speed_open(pair, now_ns);
	seek_open(&pair->seek, meeting_random(pair), now_ns);
}

/**
 * pair_set_agree() - Set the description of this host for the peer
 * @pair:   the pair
 * @agree:  the whole description
 * @now_ns: the current time
 *
 * pair sends the description at the start of each session, and again when it
 * changes.
 */
void pair_set_agree(struct pair *pair, const struct agree *agree,
		    uint64_t now_ns)
{
	struct agree own = *agree;
	char text[AGREE_TEXT_MAX];
	size_t len;

	pair_speed_describe(pair, &own);
	len = agree_write(text, &own);
	if (len == pair->agree_len && !memcmp(text, pair->agree, len))
		return;
	/* The session repeats an agree under its old number with the new text,
	 * which the peer may ignore. So it also sends it under the next. */
	memcpy(pair->agree, text, len);
	pair->agree_len = len;
	pair->session.agree_is_new = true;
	if (pair->state == PAIR_PAIRED)
		pair_session_say_agree(&pair->session, now_ns);
}

/**
 * pair_set_overruns() - Set the number of overruns of this end's port
 * @pair:     the pair
 * @overruns: overruns so far, those before this session included
 */
void pair_set_overruns(struct pair *pair, uint32_t overruns)
{
	pair->overruns = overruns;
	speed_set_overruns(&pair->speed, overruns);
}

/**
 * pair_heard() - Note that bytes came from the line
 * @pair:   the pair
 * @len:    their number
 * @now_ns: the current time
 *
 * The caller calls it before it passes the frames in these bytes to
 * pair_receive().
 */
void pair_heard(struct pair *pair, size_t len, uint64_t now_ns)
{
	seek_heard(&pair->seek, now_ns);
	if (pair->state == PAIR_PLAIN)
		stranger_heard(&pair->stranger, len, now_ns);
}

/**
 * pair_set_line() - Set what the line is receiving
 * @pair: the pair
 * @line: state of the decoder behind the last complete frame
 */
void pair_set_line(struct pair *pair, const struct seek_line *line)
{
	pair->seek.line = *line;
	stranger_set_line(&pair->stranger, line->in_frame, line->is_text);
}

/* As pair_next_ns(), without a session. @hello_ns: time of the next hello. */
static uint64_t plain_next_ns(const struct pair *pair, uint64_t hello_ns)
{
	if (pair->speed.returns || stranger_holds(&pair->stranger))
		return pair_speed_next_ns(pair);
	if (pair->crowd_until_ns)
		return pair->crowd_until_ns;
	if (pair->stranger.phase == STRANGER_OFF)
		return hello_ns;
	return clock_earlier(hello_ns, pair_speed_next_ns(pair));
}

/**
 * pair_next_ns() - Get the time of the next call of pair_take()
 * @pair:   the pair
 * @now_ns: the current time
 *
 * Return: the time, which may have passed; UINT64_MAX: never
 */
uint64_t pair_next_ns(const struct pair *pair, uint64_t now_ns)
{
	uint64_t ns = seek_next_ns(&pair->seek, now_ns);

	if (pair->state == PAIR_PLAIN)
		return plain_next_ns(pair, ns);
	if (speed_is_alone(&pair->speed))
		return speed_next_ns(&pair->speed);
	if (pair_squeeze_is_lost(&pair->session))
		return now_ns;
	ns = clock_earlier(ns, pair_session_next_ns(&pair->session, now_ns));
	return clock_earlier(ns, speed_next_ns(&pair->speed));
}

static size_t take_hello(struct pair *pair, uint8_t out[PAIR_FRAME_MAX])
{
	const struct hello hello = {
		.version = HELLO_VERSION,
		.id = pair->id,
		.to = pair->peer.id,
		.kind = pair->config.kind,
		.flow = pair->config.flow,
		.can = meeting_can(pair),
	};

	pair->stats.hellos_sent++;
	return hello_write((char *)out, &hello);
}

/* Write the next frame of the session, without those about the speed. Return:
 * its length; 0: none is due. */
static size_t take_session(struct pair *pair, uint8_t out[PAIR_FRAME_MAX],
			   uint64_t now_ns)
{
	struct pair_session *session = &pair->session;
	uint8_t *body = out + PAIR_HEADROOM;
	struct frame frame;
	uint8_t *start;
	size_t len;

	if (!pair_session_take(session, &frame, body, now_ns))
		return 0;
	if (frame.kind == FRAME_DATA) {
		len = frame_wrap(body, frame.body_len, &frame,
				 session->start_out, &start);
		memmove(out, start, len);
		return len;
	}
	if (frame.kind == FRAME_PROBE)
		pair->stats.probes++;
	frame.counters.overruns = pair->overruns;
	frame.body = (const uint8_t *)pair->agree;
	frame.body_len = pair->agree_len;
	return frame_write(out, &frame, session->start_out);
}

/* Write the next frame to the peer. Return: its length; 0: none is due. */
static size_t take_due(struct pair *pair, uint8_t out[PAIR_FRAME_MAX],
		       uint64_t now_ns)
{
	const size_t len = pair_speed_take(pair, out, now_ns);

	if (len || speed_is_alone(&pair->speed))
		return len;
	return take_session(pair, out, now_ns);
}

/* Check whether the line has a speed at which this end may say hello. */
static bool may_say_hello(const struct pair *pair)
{
	return pair->state == PAIR_PLAIN ? !pair_holds(pair)
					 : !speed_is_alone(&pair->speed);
}

/* Check whether to give the peer up. */
static bool is_dead(struct pair *pair, uint64_t now_ns)
{
	struct pair_session *session = &pair->session;

	return probe_is_dead(&session->probe, now_ns) ||
	       (session->repeat && repeat_is_dead(session->repeat, now_ns));
}

/**
 * pair_take() - Write the next frame that pair has to send
 * @pair:   the pair
 * @out:    buffer for the frame
 * @now_ns: the current time; pair_receive() has had all frames that came before
 *
 * The caller calls it when the line can take a frame, before it chooses a
 * packet, and repeats the call until the result is 0.
 *
 * Return: length of the frame, which the caller still has to encode; 0: no
 * frame is due
 */
size_t pair_take(struct pair *pair, uint8_t out[PAIR_FRAME_MAX],
		 uint64_t now_ns)
{
	struct pair_session *session = &pair->session;
	size_t len = 0;

	if (pair->crowd_until_ns) {
		if (now_ns < pair->crowd_until_ns)
			return 0;
		/* pair answered no hello during this minute. */
		pair->crowd_until_ns = 0;
		memset(&pair->peer, 0, sizeof(pair->peer));
		pair->may_pair = false;
		seek_lost(&pair->seek, now_ns);
	}
	if (pair->state != PAIR_PLAIN && is_dead(pair, now_ns))
		meeting_lose(pair,
			     session->probe.doubt == PROBE_GARBAGE
				     ? PAIR_EVENT_GARBAGE
				     : PAIR_EVENT_SILENT,
			     now_ns);
	if (session->repeat && repeat_is_astray(session->repeat))
		meeting_lose(pair, PAIR_EVENT_ASTRAY, now_ns);
	if (pair_squeeze_is_lost(session)) {
		pair->no_squeeze = true;
		meeting_lose(pair, PAIR_EVENT_UNREADABLE, now_ns);
	}
	if (pair->state != PAIR_PLAIN && speed_is_over(&pair->speed, now_ns))
		meeting_lose(pair, PAIR_EVENT_SILENT, now_ns);
	if (pair->state != PAIR_PLAIN) {
		len = take_due(pair, out, now_ns);
		if (speed_take_news(&pair->speed, now_ns))
			meeting_tell(pair, PAIR_EVENT_SPEED);
	}
	if (!len && may_say_hello(pair) && seek_is_due(&pair->seek, now_ns) &&
	    seek_take(&pair->seek, meeting_random(pair), now_ns))
		len = take_hello(pair, out);
	return len;
}

/**
 * pair_interrupts() - Check whether a short frame may interrupt a long one
 * @pair: the pair
 *
 * Return: true if the peer takes such frames now
 */
bool pair_interrupts(const struct pair *pair)
{
	return pair->state == PAIR_PAIRED &&
	       pair_session_interrupts(&pair->session);
}

/**
 * pair_takes_inner() - Check whether the peer may interrupt its frames
 * @pair: the pair
 *
 * Return: true if the decoder has to take frames inside of frames
 */
bool pair_takes_inner(const struct pair *pair)
{
	return pair->state != PAIR_PLAIN &&
	       pair_session_interrupts(&pair->session);
}

/**
 * pair_take_inside() - Write the next frame that may interrupt a bulk frame
 * @pair:   the pair
 * @out:    buffer for the frame
 * @now_ns: the current time
 *
 * The caller calls it instead of pair_take() while the last bulk frame of this
 * pair is on its way to the port.
 *
 * Return: length of the frame, which the caller still has to encode; 0: none is
 * due
 */
size_t pair_take_inside(struct pair *pair, uint8_t out[PAIR_FRAME_MAX],
			uint64_t now_ns)
{
	size_t len;

	if (!pair_interrupts(pair) || speed_holds(&pair->speed))
		return 0;
	repeat_set_inside(pair->session.repeat, true);
	len = take_session(pair, out, now_ns);
	repeat_set_inside(pair->session.repeat, false);
	return len;
}

/**
 * pair_set_queued() - Set the number of bytes that wait in the port
 * @pair:   the pair
 * @queued: their number, by the port's own count; 0: none, or not known
 *
 * While the port is held, the peer's silence means nothing.
 */
void pair_set_queued(struct pair *pair, size_t queued)
{
	if (pair->session.repeat)
		repeat_set_queued(pair->session.repeat, queued);
}

/**
 * pair_close() - Write the frame that closes the session
 * @pair:   the pair
 * @out:    buffer for the frame
 * @now_ns: the current time
 *
 * Return: length of the frame; 0: there is no session
 */
size_t pair_close(struct pair *pair, uint8_t out[PAIR_SHORT_MAX],
		  uint64_t now_ns)
{
	const struct frame frame = {.kind = FRAME_CLOSE};
	size_t len = 0;

	if (pair->state != PAIR_PLAIN)
		len = frame_write(out, &frame, pair->session.start_out);
	meeting_forget(pair, now_ns);
	meeting_take_new_id(pair);
	seek_stop(&pair->seek);
	return len;
}
