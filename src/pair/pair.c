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
 * pair is pure: time, bytes and random numbers are arguments.
 */
#include "pair/pair.h"
#include "clock.h"
#include "pair/pair_session.h"

#include <stdlib.h>
#include <string.h>

/* Number of our own ids that we recognize. */
#define PAIR_OWN_IDS 4

/* Number of past sessions that we remember. */
#define PAIR_PAST_IDS 8

/* Length of the queue of events. */
#define PAIR_EVENTS_MAX 16

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

/* A MET end admits plain packets for this long. */
#define PAIR_MET_NS (750 * NS_PER_MS)

/* A peer that restarts is back within this time. */
#define PAIR_GRACE_NS (3 * NS_PER_S)

/* After this time another program may have taken the peer's place. */
#define PAIR_GIVE_UP_NS (60 * NS_PER_S)

/* After this many plain packets in a row the session ends. The first of them
 * gets a hello as its answer. */
#define PAIR_PLAIN_MAX 3

/* The peer is deaf if it sends more than this many hellos to another id than
 * ours, during this time, although we answer them. */
#define PAIR_DEAF_HELLOS 4
#define PAIR_DEAF_NS	 (2 * NS_PER_S)

/**
 * struct past - a past session
 * @id:     the peer's id
 * @own_id: our id
 * @ns:     time at which the session ended
 */
struct past {
	uint64_t id;
	uint64_t own_id;
	uint64_t ns;
};

struct pair {
	struct pair_config config;
	uint64_t packet_ns;
	uint32_t overruns;
	enum pair_state state;
	uint64_t since_ns;
	bool absent;	    /* the peer fell silent or closed */
	uint64_t absent_ns; /* when */
	uint64_t id;
	uint64_t own_ids[PAIR_OWN_IDS]; /* the newest first */
	struct hello peer;		/* the last hello; id 0: none */
	uint32_t start_in;		/* frame_start() of the peer's frames */
	bool may_pair; /* we accept the peer's checked frames */
	struct past past[PAIR_PAST_IDS];
	unsigned int past_at;
	unsigned int id_sessions; /* past sessions with our current id */
	unsigned int returns;	  /* recent returns of replaced ids */
	uint64_t returned_ns;
	uint64_t crowd_until_ns; /* 0: no crowd */
	uint64_t looped_until_ns;
	unsigned int unheard; /* hellos in a row to another id than ours */
	uint64_t unheard_ns;
	struct seek seek;
	struct pair_session session;
	size_t agree_len; /* the text about this host */
	char agree[AGREE_TEXT_MAX];
	enum pair_event events[PAIR_EVENTS_MAX];
	unsigned int event_first;
	unsigned int event_count;
	uint64_t told_ns[PAIR_EVENT_COUNT]; /* 0: never */
	struct pair_stats stats;
};

static void tell(struct pair *pair, enum pair_event event)
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
	tell(pair, event);
}

static uint64_t random_of(struct pair *pair)
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

static void take_new_id(struct pair *pair)
{
	memmove(pair->own_ids + 1, pair->own_ids,
		sizeof(pair->own_ids) - sizeof(*pair->own_ids));
	do
		pair->id = random_of(pair);
	while (!pair->id);
	pair->own_ids[0] = pair->id;
	pair->id_sessions = 0;
	set_check(pair);
}

static bool is_own_id(const struct pair *pair, uint64_t id)
{
	size_t i;

	for (i = 0; i < PAIR_OWN_IDS; i++)
		if (pair->own_ids[i] == id)
			return true;
	return false;
}

static void enter(struct pair *pair, enum pair_state state, uint64_t now_ns)
{
	pair->state = state;
	pair->since_ns = now_ns;
}

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

	if (pair)
		pair->config = *config;
	return pair;
}

/**
 * pair_free() - Free a pair
 * @pair: the pair, or NULL
 */
void pair_free(struct pair *pair)
{
	free(pair);
}

/* Forget the session. No other function does. */
static void forget(struct pair *pair, uint64_t now_ns)
{
	struct past *past = &pair->past[pair->past_at];

	if (pair->state != PAIR_PLAIN) {
		*past = (struct past){pair->peer.id, pair->id, now_ns};
		pair->past_at = (pair->past_at + 1) % PAIR_PAST_IDS;
		pair->id_sessions++;
	}
	pair_session_forget(&pair->session);
	enter(pair, PAIR_PLAIN, now_ns);
}

/**
 * pair_open() - Start on a newly opened port
 * @pair:      the pair
 * @packet_ns: time that the longest frame takes on the wire; 0: not known
 * @now_ns:    the current time
 *
 * Forgets the session, the peer and the problems of the previous port.
 */
void pair_open(struct pair *pair, uint64_t packet_ns, uint64_t now_ns)
{
	forget(pair, now_ns);
	pair->packet_ns = packet_ns;
	memset(&pair->peer, 0, sizeof(pair->peer));
	memset(pair->past, 0, sizeof(pair->past));
	memset(pair->told_ns, 0, sizeof(pair->told_ns));
	pair->may_pair = false;
	pair->returns = 0;
	pair->crowd_until_ns = 0;
	pair->looped_until_ns = 0;
	pair->unheard = 0;
	pair->absent = false;
	take_new_id(pair);
	seek_open(&pair->seek, random_of(pair), now_ns);
}

/* Report the end of a session, unless the ends were not paired yet. */
static void tell_end(struct pair *pair, enum pair_event why)
{
	if (pair->state == PAIR_PAIRED)
		tell(pair, why);
}

/* End a session and take a new id. */
static void lose(struct pair *pair, enum pair_event why, uint64_t now_ns)
{
	tell_end(pair, why);
	if (pair->state == PAIR_PAIRED)
		pair->absent =
			why == PAIR_EVENT_SILENT || why == PAIR_EVENT_CLOSED;
	pair->absent_ns = now_ns;
	forget(pair, now_ns);
	take_new_id(pair);
	if (why == PAIR_EVENT_CLOSED)
		seek_rest(&pair->seek);
	else
		seek_lost(&pair->seek, now_ns);
}

static void begin_session(struct pair *pair, uint64_t now_ns)
{
	pair_session_begin(&pair->session, frame_start(pair->id, pair->peer.id),
			   pair->packet_ns, pair->config.idle_ns, now_ns);
	pair->session.agree_is_new = pair->agree_len;
	seek_stop(&pair->seek);
	pair->unheard = 0;
	pair->absent = false;
	pair->stats.sessions++;
	enter(pair, PAIR_MET, now_ns);
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
	char text[AGREE_TEXT_MAX];
	size_t len = agree_write(text, agree);

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
}

/**
 * pair_heard() - Note that bytes came from the line
 * @pair:   the pair
 * @now_ns: the current time
 *
 * The caller calls it before it passes the frames in these bytes to
 * pair_receive().
 */
void pair_heard(struct pair *pair, uint64_t now_ns)
{
	seek_heard(&pair->seek, now_ns);
}

/**
 * pair_set_line() - Set what the line is receiving
 * @pair: the pair
 * @line: state of the decoder behind the last complete frame
 */
void pair_set_line(struct pair *pair, const struct seek_line *line)
{
	pair->seek.line = *line;
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
		tell_end(pair, PAIR_EVENT_ANEW);
		forget(pair, now_ns);
		seek_lost(&pair->seek, now_ns);
		/* past[] is full of sessions with our current id. The next one
		 * would displace the first, whose ids could then meet again. */
		if (pair->id_sessions == PAIR_PAST_IDS)
			take_new_id(pair);
	}
	pair->unheard = 0;
	note_return(pair, hello->id, now_ns);
}

/* Handle our own hello or our own frame: the line is looped, or it is a bus
 * with an echo, on which two ends must not send at the same time. */
static void hear_ourselves(struct pair *pair, uint64_t now_ns)
{
	if (pair->state != PAIR_PLAIN) {
		forget(pair, now_ns);
		take_new_id(pair);
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

static void hear_hello(struct pair *pair, const struct hello *hello,
		       uint64_t now_ns)
{
	enum pair_event misfit;

	pair->stats.hellos_heard++;
	if (is_own_id(pair, hello->id)) {
		hear_ourselves(pair, now_ns);
		return;
	}
	if (now_ns < pair->looped_until_ns)
		return;
	pair->absent = false;
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
		take_new_id(pair);
	set_check(pair);
	if (misfit)
		tell_seldom(pair, misfit, now_ns);
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
		begin_session(pair, now_ns);
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

/* Handle a frame that passed its check. Return: true if it has a packet. */
static bool hear_checked(struct pair *pair, const struct frame *frame,
			 uint64_t now_ns)
{
	if (pair->state == PAIR_PLAIN)
		begin_session(pair, now_ns);
	if (pair->state == PAIR_MET) {
		enter(pair, PAIR_PAIRED, now_ns);
		tell(pair, PAIR_EVENT_PAIRED);
		pair_session_say_agree(&pair->session, now_ns);
	}
	switch (pair_session_hear(&pair->session, frame, now_ns)) {
	case PAIR_SESSION_PACKET:
		return true;
	case PAIR_SESSION_TWICE:
		pair->stats.twice++;
		break;
	case PAIR_SESSION_UNKNOWN:
		pair->stats.unknown++;
		break;
	case PAIR_SESSION_AGREE:
		tell(pair, PAIR_EVENT_AGREE);
		break;
	case PAIR_SESSION_CLOSE:
		lose(pair, PAIR_EVENT_CLOSED, now_ns);
		break;
	case PAIR_SESSION_NOTHING:
		break;
	}
	return false;
}

static bool passes(const struct pair *pair, const uint8_t *bytes, size_t len,
		   uint64_t now_ns)
{
	return pair->may_pair && now_ns >= pair->looped_until_ns &&
	       frame_looks_checked(bytes, len) &&
	       frame_passes(pair->start_in, bytes, len);
}

/**
 * pair_receive() - Handle a frame from the line
 * @pair:       the pair
 * @bytes:      the frame, decoded
 * @len:        length of @bytes, at least 1
 * @now_ns:     the current time
 * @packet:     with PAIR_PACKET set to the packet, a part of @bytes
 * @packet_len: with PAIR_PACKET set to the length of @packet, which may be 0
 *
 * Return: the verdict
 */
enum pair_verdict pair_receive(struct pair *pair, const uint8_t *bytes,
			       size_t len, uint64_t now_ns,
			       const uint8_t **packet, size_t *packet_len)
{
	struct hello hello;
	struct frame frame;

	if (passes(pair, bytes, len, now_ns)) {
		frame_read(&frame, bytes, len);
		if (!hear_checked(pair, &frame, now_ns))
			return PAIR_OURS;
		*packet = frame.body;
		*packet_len = frame.body_len;
		return PAIR_PACKET;
	}
	if (hello_read(bytes, len, &hello)) {
		hear_hello(pair, &hello, now_ns);
		return PAIR_OURS;
	}
	if (pair->state != PAIR_PLAIN && frame_looks_checked(bytes, len) &&
	    frame_passes(pair->session.start_out, bytes, len)) {
		hear_ourselves(pair, now_ns);
		return PAIR_OURS;
	}
	return PAIR_OTHER;
}

/* Decide about a good packet without a check during a session. */
static bool admit_plain(struct pair *pair, uint64_t now_ns)
{
	struct pair_session *session = &pair->session;

	if (pair->state == PAIR_MET &&
	    now_ns - pair->since_ns <
		    clock_later(PAIR_MET_NS, 2 * pair->packet_ns))
		return true;
	session->plain++;
	if (session->plain == PAIR_PLAIN_MAX) {
		lose(pair, PAIR_EVENT_PLAIN, now_ns);
		return true;
	}
	if (session->plain == 1)
		seek_answer(&pair->seek, now_ns);
	pair->stats.plain++;
	return false;
}

/**
 * pair_admit() - Decide about a frame that pair_receive() called PAIR_OTHER
 * @pair:      the pair
 * @is_packet: the frame is a good packet; false if it is not, or if the decoder
 *             dropped it because of a bad escape or its length
 * @now_ns:    the current time
 *
 * Return: true if the frame is a packet and may enter the interface
 */
bool pair_admit(struct pair *pair, bool is_packet, uint64_t now_ns)
{
	if (is_packet && pair->state != PAIR_PLAIN)
		return admit_plain(pair, now_ns);
	if (is_packet) {
		pair->absent = false;
		seek_plain(&pair->seek, now_ns);
	} else if (pair->state == PAIR_PLAIN) {
		seek_garbage(&pair->seek, now_ns);
	} else {
		pair_session_failed(&pair->session, now_ns);
	}
	return is_packet;
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

	if (pair->crowd_until_ns)
		return pair->crowd_until_ns;
	if (pair->state == PAIR_PLAIN)
		return ns;
	return clock_earlier(ns, pair_session_next_ns(&pair->session));
}

static size_t take_hello(struct pair *pair, uint8_t out[PAIR_FRAME_MAX])
{
	const struct hello hello = {
		.version = HELLO_VERSION,
		.id = pair->id,
		.to = pair->peer.id,
		.kind = pair->config.kind,
		.flow = pair->config.flow,
		.can = pair->config.can,
	};

	pair->stats.hellos_sent++;
	return hello_write((char *)out, &hello);
}

/* Write the next frame of the session. Return: its length; 0: none is due. */
static size_t take_due(struct pair *pair, uint8_t out[PAIR_FRAME_MAX],
		       uint64_t now_ns)
{
	struct frame frame;

	if (!pair_session_take(&pair->session, &frame, now_ns))
		return 0;
	if (frame.kind == FRAME_PROBE)
		pair->stats.probes++;
	frame.counters.overruns = pair->overruns;
	frame.body = (const uint8_t *)pair->agree;
	frame.body_len = pair->agree_len;
	return frame_write(out, &frame, pair->session.start_out);
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
	if (pair->state != PAIR_PLAIN && probe_is_dead(&session->probe, now_ns))
		lose(pair,
		     session->probe.doubt == PROBE_GARBAGE ? PAIR_EVENT_GARBAGE
							   : PAIR_EVENT_SILENT,
		     now_ns);
	if (pair->state != PAIR_PLAIN)
		len = take_due(pair, out, now_ns);
	if (!len && seek_take(&pair->seek, random_of(pair), now_ns))
		len = take_hello(pair, out);
	return len;
}

/**
 * pair_wrap() - Prepare a packet for the line
 * @pair:   the pair
 * @packet: the packet; pair may write PAIR_HEADROOM bytes before it and
 *          PAIR_TAILROOM bytes behind it
 * @len:    length of @packet
 * @now_ns: the current time
 * @frame:  set to the frame, which the caller still has to encode
 *
 * Return: length of @frame
 */
size_t pair_wrap(struct pair *pair, uint8_t *packet, size_t len,
		 uint64_t now_ns, uint8_t **frame)
{
	struct pair_session *session = &pair->session;

	if (pair->state == PAIR_PLAIN) {
		*frame = packet;
		return len;
	}
	probe_sent(&session->probe, now_ns);
	*frame = packet - FRAME_HEAD_LEN;
	return frame_wrap(packet, len, session->data_out++, session->start_out);
}

/**
 * pair_close() - Write the frame that closes the session
 * @pair:   the pair
 * @out:    buffer for the frame
 * @now_ns: the current time
 *
 * Return: length of the frame; 0: there is no session
 */
size_t pair_close(struct pair *pair, uint8_t out[PAIR_FRAME_MAX],
		  uint64_t now_ns)
{
	const struct frame frame = {.kind = FRAME_CLOSE};
	size_t len = 0;

	if (pair->state != PAIR_PLAIN)
		len = frame_write(out, &frame, pair->session.start_out);
	forget(pair, now_ns);
	take_new_id(pair);
	seek_stop(&pair->seek);
	return len;
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

/**
 * pair_state() - Get the state
 * @pair: the pair
 *
 * Return: the state
 */
enum pair_state pair_state(const struct pair *pair)
{
	return pair->state;
}

/**
 * pair_had_any_session() - check whether there was ever a session
 * @pair: the pair
 *
 * Return: true if there was one, on this port or on an earlier one
 */
bool pair_had_any_session(const struct pair *pair)
{
	return pair->stats.sessions;
}

/**
 * pair_is_absent() - check whether the peer is known to be away
 * @pair: the pair
 * @now_ns: the time
 *
 * The peer may be restarting, so it counts as away only after a grace. It does
 * not for long: another program may have taken its place, and one that only
 * answers would never be asked.
 *
 * Return: true if the peer of a pair fell silent or said good-bye some time
 * ago, and neither a packet nor a hello has come since
 */
bool pair_is_absent(const struct pair *pair, uint64_t now_ns)
{
	const uint64_t since_ns = now_ns - pair->absent_ns;

	return pair->absent && since_ns >= PAIR_GRACE_NS &&
	       since_ns < PAIR_GIVE_UP_NS;
}

/**
 * pair_is_given_up() - check whether an absent peer was waited for long enough
 * @pair: the pair
 * @now_ns: the time
 *
 * Return: true if pair_is_absent() was true, and is no more because of the time
 */
bool pair_is_given_up(const struct pair *pair, uint64_t now_ns)
{
	return pair->absent && now_ns - pair->absent_ns >= PAIR_GIVE_UP_NS;
}

/**
 * pair_quiet_until() - get the time until which packets wait for the pair
 * @pair: the pair
 *
 * The first hello goes before the first packet: a peer whose interface has no
 * carrier then turns it on before the packet is there, and can answer.
 *
 * Return: the time, which may have passed
 */
uint64_t pair_quiet_until(const struct pair *pair)
{
	return seek_first_ns(&pair->seek);
}

/**
 * pair_peer() - Get the last hello
 * @pair: the pair
 *
 * Return: the last hello that this end received; its id is 0 if there is none
 */
const struct hello *pair_peer(const struct pair *pair)
{
	return &pair->peer;
}

/**
 * pair_peer_agree() - Get the peer's description of its host
 * @pair: the pair
 *
 * Return: the description, valid until the session ends; NULL: none came yet
 */
const struct agree *pair_peer_agree(const struct pair *pair)
{
	return pair->session.has_agree ? &pair->session.agree : NULL;
}

/**
 * pair_id() - Get this end's id
 * @pair: the pair
 *
 * Return: the id, which changes when a session ends
 */
uint64_t pair_id(const struct pair *pair)
{
	return pair->id;
}

/**
 * pair_get_stats() - Get the state and the counters
 * @pair:  the pair
 * @stats: filled in
 */
void pair_get_stats(const struct pair *pair, struct pair_stats *stats)
{
	const struct pair_session *session = &pair->session;

	*stats = pair->stats;
	stats->state = pair->state;
	stats->since_ns = pair->since_ns;
	stats->heard = session->heard;
	stats->heard.overruns = pair->overruns;
	stats->theirs = session->theirs;
	stats->missing = session->missing;
	stats->rtt_ns = session->probe.rtt_ns;
	stats->rtt_min_ns = session->probe.rtt_min_ns;
}
