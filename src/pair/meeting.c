/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Meet the other end: the ids of both ends, hellos, and the begin and the end
 * of each session. pair.c has the states, and the frames.
 *
 * meeting is pure: time, hellos and random numbers are arguments.
 */
#include "pair/meeting.h"
#include "clock.h"
#include "pair/pair_squeeze.h"

#include <string.h>

/* After we receive our own hello we ignore hellos and checked frames for this
 * long. */
#define PAIR_LOOPED_NS	    (1 * NS_PER_S)
#define PAIR_LOOPED_PACKETS 4

/* A replaced id that returns within PAIR_RETURN_NS belongs to a third end.
 * After PAIR_CROWD_RETURNS such returns we stay plain for PAIR_CROWD_NS. */
#define PAIR_RETURN_NS	   (10 * NS_PER_S)
#define PAIR_CROWD_NS	   (60 * NS_PER_S)
#define PAIR_CROWD_RETURNS 2

/* Minimum interval between two reports of the same problem. */
#define PAIR_TELL_NS (60 * NS_PER_S)

/* The peer is deaf if it sends more than this many hellos to another id than
 * ours, during this time, although we answer them. */
#define PAIR_DEAF_HELLOS 4
#define PAIR_DEAF_NS	 (2 * NS_PER_S)

/**
 * meeting_tell() - Queue an event for pair_next_event()
 * @pair:  the pair
 * @event: the event
 *
 * If the queue is full, the oldest event is lost.
 */
void meeting_tell(struct pair *pair, enum pair_event event)
{
	if (pair->event_count == PAIR_EVENTS_MAX) {
		pair->event_first = (pair->event_first + 1) % PAIR_EVENTS_MAX;
		pair->event_count--;
	}
	pair->events[(pair->event_first + pair->event_count++) %
		     PAIR_EVENTS_MAX] = event;
}

/* Queue an event that may recur often: once in PAIR_TELL_NS at most. */
static void tell_seldom(struct pair *pair, enum pair_event event,
			uint64_t now_ns)
{
	uint64_t *told_ns = &pair->told_ns[event];

	if (*told_ns && now_ns - *told_ns < PAIR_TELL_NS)
		return;
	*told_ns = now_ns;
	meeting_tell(pair, event);
}

/**
 * meeting_random() - Draw a random number
 * @pair: the pair
 *
 * Return: 64 bits that nobody can guess
 */
uint64_t meeting_random(struct pair *pair)
{
	return pair->config.random(pair->config.context);
}

/* Did our current id have a session with the peer's id? */
static bool had_session(const struct pair *pair)
{
	unsigned int i;

	for (i = 0; i < PAIR_PAST_IDS; i++)
		if (pair->past[i].id == pair->peer.id &&
		    pair->past[i].own_id == pair->id)
			return true;
	return false;
}

/* Update the start of the check, which depends on both ids. */
static void set_check(struct pair *pair)
{
	pair->start_in = frame_start(pair->peer.id, pair->id);
}

/**
 * meeting_take_new_id() - Take a new id
 * @pair: the pair, without a session
 */
void meeting_take_new_id(struct pair *pair)
{
	memmove(pair->own_ids + 1, pair->own_ids,
		sizeof(pair->own_ids) - sizeof(*pair->own_ids));
	do
		pair->id = meeting_random(pair);
	while (!pair->id);
	pair->own_ids[0] = pair->id;
	pair->id_sessions = 0;
	set_check(pair);
}

/**
 * meeting_enter() - Enter a state
 * @pair:   the pair
 * @state:  the state
 * @now_ns: the current time
 */
void meeting_enter(struct pair *pair, enum pair_state state, uint64_t now_ns)
{
	pair->state = state;
	pair->since_ns = now_ns;
}

/**
 * meeting_forget() - Forget the session
 * @pair:   the pair
 * @now_ns: the current time
 *
 * No other function does. The id stays.
 */
void meeting_forget(struct pair *pair, uint64_t now_ns)
{
	struct past *past = &pair->past[pair->past_at];

	if (pair->state != PAIR_PLAIN) {
		*past = (struct past){pair->peer.id, pair->id, now_ns};
		pair->past_at = (pair->past_at + 1) % PAIR_PAST_IDS;
		pair->id_sessions++;
	}
	if (pair->session.repeat)
		repeat_end(pair->session.repeat);
	pair_session_forget(&pair->session);
	speed_forget(&pair->speed);
	stranger_lost(&pair->stranger, now_ns);
	meeting_enter(pair, PAIR_PLAIN, now_ns);
}

/* Report the end of a session, unless the ends were not paired yet. */
static void tell_end(struct pair *pair, enum pair_event why, uint64_t now_ns)
{
	if (pair->state != PAIR_PAIRED)
		return;
	if (why == PAIR_EVENT_ASTRAY)
		tell_seldom(pair, why, now_ns);
	else
		meeting_tell(pair, why);
}

/**
 * meeting_lose() - End a session and take a new id
 * @pair:   the pair
 * @why:    the reason
 * @now_ns: the current time
 */
void meeting_lose(struct pair *pair, enum pair_event why, uint64_t now_ns)
{
	tell_end(pair, why, now_ns);
	if (pair->state == PAIR_PAIRED)
		pair->absent =
			why == PAIR_EVENT_SILENT || why == PAIR_EVENT_CLOSED;
	pair->absent_ns = now_ns;
	meeting_forget(pair, now_ns);
	meeting_take_new_id(pair);
	if (why == PAIR_EVENT_CLOSED)
		seek_rest(&pair->seek);
	else
		seek_lost(&pair->seek, now_ns);
}

/**
 * meeting_can() - Get the parts of the protocol that this end supports here
 * @pair: the pair
 *
 * Return: bits of enum hello_can
 */
unsigned int meeting_can(const struct pair *pair)
{
	unsigned int can = pair->config.can;

	if (!pair->speed.config.count)
		can &= ~(unsigned int)HELLO_CAN_SPEED;
	if (!pair_squeeze_can(pair))
		can &= ~(unsigned int)HELLO_CAN_ZSTD;
	return can | (pair->is_stream ? HELLO_CAN_STREAM : 0U);
}

/*
 * Does a session with the peer repeat lost frames? Not on a line that loses
 * none, as both ends say.
 */
static bool repeats(const struct pair *pair)
{
	const unsigned int both = meeting_can(pair) & pair->peer.can;

	return both & HELLO_CAN_REPEAT && !(both & HELLO_CAN_STREAM);
}

/* Does a session with the peer compress? Not if it may lose a packet. */
static bool compresses(const struct pair *pair)
{
	const unsigned int both = meeting_can(pair) & pair->peer.can;

	return both & HELLO_CAN_ZSTD &&
	       both & (HELLO_CAN_REPEAT | HELLO_CAN_STREAM);
}

/**
 * meeting_begin() - Begin a session with the sender of the last hello
 * @pair:   the pair, without a session
 * @now_ns: the current time
 */
void meeting_begin(struct pair *pair, uint64_t now_ns)
{
	const struct repeat_wire wire = {
		.packet_ns = pair->packet_ns,
		.byte_ns = pair->byte_ns,
		.interrupts = meeting_can(pair) & pair->peer.can &
			      HELLO_CAN_INTERRUPT,
	};
	struct repeat *repeat = NULL;

	if (repeats(pair)) {
		repeat = pair->repeat;
		repeat_begin(repeat, &wire);
	}
	pair_session_begin(&pair->session, frame_start(pair->id, pair->peer.id),
			   repeat, pair->packet_ns, pair->config.idle_ns,
			   now_ns);
	pair->session.compresses = compresses(pair);
	pair->session.agree_is_new = pair->agree_len;
	speed_begin(&pair->speed,
		    meeting_can(pair) & pair->peer.can & HELLO_CAN_SPEED,
		    pair->id > pair->peer.id);
	seek_stop(&pair->seek);
	stranger_met(&pair->stranger);
	/* The next peer may have the base speed, and never be heard here. */
	if (pair->stranger.phase == STRANGER_FOUND)
		lease_begin(&pair->speed.lease, pair->packet_ns, now_ns);
	pair->unheard = 0;
	pair->absent = false;
	pair->stats.sessions++;
	meeting_enter(pair, PAIR_MET, now_ns);
}

/* Find the reason why no session is possible with the sender of a hello. */
static enum pair_event find_misfit(const struct pair *pair,
				   const struct hello *hello)
{
	const struct pair_config *own = &pair->config;

	if (hello->version != HELLO_VERSION)
		return PAIR_EVENT_VERSION;
	if (hello->kind != own->kind)
		return PAIR_EVENT_KIND;
	if ((hello->flow == HELLO_FLOW_XONXOFF) !=
	    (own->flow == HELLO_FLOW_XONXOFF))
		return PAIR_EVENT_FLOW;
	if (!(hello->can & own->can & HELLO_CAN_CHECK))
		return PAIR_EVENT_CHECK;
	return PAIR_EVENT_NONE;
}

/* Check whether a replaced id has returned, and detect a crowd. */
static void note_return(struct pair *pair, uint64_t id, uint64_t now_ns)
{
	unsigned int i;

	for (i = 0; i < PAIR_PAST_IDS; i++)
		if (pair->past[i].id == id &&
		    now_ns - pair->past[i].ns < PAIR_RETURN_NS)
			break;
	if (i == PAIR_PAST_IDS || pair->crowd_until_ns)
		return;
	if (now_ns - pair->returned_ns >= PAIR_RETURN_NS)
		pair->returns = 0;
	pair->returned_ns = now_ns;
	if (++pair->returns < PAIR_CROWD_RETURNS)
		return;
	pair->returns = 0;
	pair->crowd_until_ns = now_ns + PAIR_CROWD_NS;
	tell_seldom(pair, PAIR_EVENT_CROWD, now_ns);
}

/* Handle a hello whose id is not the id of the previous one. */
static void meet(struct pair *pair, const struct hello *hello, uint64_t now_ns)
{
	if (pair->state != PAIR_PLAIN) {
		tell_end(pair, PAIR_EVENT_ANEW, now_ns);
		meeting_forget(pair, now_ns);
		seek_lost(&pair->seek, now_ns);
		/* past[] is full of sessions with our current id. The next one
		 * would displace the first, whose ids could then meet again. */
		if (pair->id_sessions == PAIR_PAST_IDS)
			meeting_take_new_id(pair);
	}
	pair->unheard = 0;
	note_return(pair, hello->id, now_ns);
}

/**
 * meeting_hear_ourselves() - Handle our own hello or our own frame
 * @pair:   the pair
 * @now_ns: the current time
 *
 * The line is looped, or it is a bus with an echo, on which two ends must not
 * send at the same time.
 */
void meeting_hear_ourselves(struct pair *pair, uint64_t now_ns)
{
	if (pair->state != PAIR_PLAIN) {
		meeting_forget(pair, now_ns);
		meeting_take_new_id(pair);
	}
	pair->looped_until_ns =
		now_ns + clock_later(PAIR_LOOPED_NS,
				     PAIR_LOOPED_PACKETS * pair->packet_ns);
	seek_stop(&pair->seek);
	tell_seldom(pair, PAIR_EVENT_LOOPED, now_ns);
}

/* Count a hello to another id than ours. */
static void note_deaf(struct pair *pair, uint64_t now_ns)
{
	if (!pair->unheard)
		pair->unheard_ns = now_ns;
	if (++pair->unheard > PAIR_DEAF_HELLOS &&
	    now_ns - pair->unheard_ns >= PAIR_DEAF_NS)
		tell_seldom(pair, PAIR_EVENT_DEAF, now_ns);
}

/**
 * meeting_hear_hello() - Handle a hello
 * @pair:   the pair
 * @hello:  the hello
 * @now_ns: the current time
 */
void meeting_hear_hello(struct pair *pair, const struct hello *hello,
			uint64_t now_ns)
{
	enum pair_event misfit;

	pair->stats.hellos_heard++;
	if (pair_is_own_id(pair, hello->id)) {
		meeting_hear_ourselves(pair, now_ns);
		return;
	}
	if (pair_is_looped(pair, now_ns))
		return;
	pair->absent = false;
	stranger_met(&pair->stranger);
	seek_found(&pair->seek);
	misfit = find_misfit(pair, hello);
	if (hello->id != pair->peer.id)
		meet(pair, hello, now_ns);
	else if (misfit && pair->state != PAIR_PLAIN)
		/* An end keeps its kind and its flow control for as long as
		 * it keeps its id, so a stranger sent this hello. */
		return;
	pair->peer = *hello;
	pair->may_pair = !misfit && !pair->crowd_until_ns;
	if (pair->crowd_until_ns)
		return;
	if (had_session(pair))
		meeting_take_new_id(pair);
	set_check(pair);
	if (misfit) {
		pair->stats.misfits++;
		tell_seldom(pair, misfit, now_ns);
	}
	if (hello->to != pair->id) {
		if (pair->state == PAIR_PLAIN && !misfit) {
			note_deaf(pair, now_ns);
			seek_unheard(&pair->seek, now_ns);
		}
		seek_answer(&pair->seek, now_ns);
		return;
	}
	if (misfit)
		return;
	if (pair->state == PAIR_PLAIN) {
		meeting_begin(pair, now_ns);
	} else {
		/* A checked frame tells the peer as much as a hello would. */
		pair->session.answer_due = true;
		pair->session.answer_k = 0;
		/* The peer takes no checked frame if the last hello with our
		 * id, which a stranger may have sent, did not fit. So it needs
		 * a hello, too. */
		if (pair->state == PAIR_MET)
			seek_answer(&pair->seek, now_ns);
	}
}

/**
 * pair_next_event() - Take the oldest event from the queue
 * @pair: the pair
 *
 * Return: the event; PAIR_EVENT_NONE: the queue is empty
 */
enum pair_event pair_next_event(struct pair *pair)
{
	enum pair_event event;

	if (!pair->event_count)
		return PAIR_EVENT_NONE;
	event = pair->events[pair->event_first];
	pair->event_first = (pair->event_first + 1) % PAIR_EVENTS_MAX;
	pair->event_count--;
	return event;
}
