/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two serialtuns that have found each other over a plain SLIP line: who the
 * other is, whether it is still there, and what may be let in.
 *
 *            hello to us, or a checked frame          a checked frame
 *   PLAIN -------------------------------------> MET ----------------> PAIRED
 *     ^                                           |                      |
 *     +-------------------------------------------+----------------------+
 *         no answer, garbage, plain packets, a hello of another id, close
 *
 * A session is named by the ids of both ends, and there is only one of the same
 * two: an end that forgets what belongs to a session takes a new id. The one
 * exception is an end that forgets because the other has a new one; it keeps
 * its own, but not for another session with an id that it has had before. So
 * a frame of an earlier session never passes the check of a later one, and
 * one end cannot go on where the other has begun anew.
 *
 * While two are PAIRED, nothing is let in that does not pass its check. A MET
 * end lets plain packets in for a moment: the line keeps the order, so all that
 * the other end has sent before it knew comes before its first checked frame.
 *
 * Pure: the time, bytes and random numbers are arguments.
 */
#include "pair/pair.h"
#include "clock.h"
#include "pair/pair_session.h"

#include <stdlib.h>
#include <string.h>

/* Our own ids that we know again when they come back. */
#define PAIR_OWN_IDS 4

/* Ids of others with which there was a session. */
#define PAIR_PAST_IDS 8

/* So many events wait to be told. */
#define PAIR_EVENTS_MAX 16

/* For so long after our own hello has come back we say nothing and hear
 * nothing. */
#define PAIR_LOOPED_NS	    (1 * NS_PER_S)
#define PAIR_LOOPED_PACKETS 4

/* An id that comes back soon, again and again, is one of several; then all is
 * plain for a minute. */
#define PAIR_RETURN_NS	   (10 * NS_PER_S)
#define PAIR_CROWD_NS	   (60 * NS_PER_S)
#define PAIR_CROWD_RETURNS 2

/* What is wrong is told so often. */
#define PAIR_TELL_NS (60 * NS_PER_S)

/* Plain packets of before are let in for so long. */
#define PAIR_MET_NS (750 * NS_PER_MS)

/* So many plain packets in a row, and the other end is not paired any more;
 * the first and every eighth is answered by a hello. */
#define PAIR_PLAIN_MAX	 3
#define PAIR_PLAIN_HELLO 8

/* So many hellos that we have answered, for so long, and none is to us. */
#define PAIR_DEAF_HELLOS 4
#define PAIR_DEAF_NS	 (2 * NS_PER_S)

/**
 * struct past - an end with which there was a session
 * @id:     its id
 * @own_id: ours in that session
 * @ns:     when it ended
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
	bool absent; /* the peer fell silent, or said good-bye */
	uint64_t id;
	uint64_t own_ids[PAIR_OWN_IDS]; /* the newest first */
	struct hello peer;		/* id 0: none was heard */
	uint32_t start_in; /* where the check of the peer's frames begins */
	bool may_pair;	   /* the peer's checked frames make a session */
	struct past past[PAIR_PAST_IDS];
	unsigned int past_at;
	unsigned int id_sessions; /* that ended under our id of now */
	unsigned int returns;	  /* ids that came back soon, in a row */
	uint64_t returned_ns;
	uint64_t crowd_until_ns; /* 0: there is none */
	uint64_t looped_until_ns;
	unsigned int unheard; /* hellos in a row that were answered in vain */
	uint64_t unheard_ns;
	struct seek seek;
	struct pair_session session;
	size_t agree_len; /* what is said of this host */
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

/* What is wrong, and may be so for long. */
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

/* Was there a session of these two? */
static bool had_session(const struct pair *pair)
{
	unsigned int i;

	for (i = 0; i < PAIR_PAST_IDS; i++)
		if (pair->past[i].id == pair->peer.id &&
		    pair->past[i].own_id == pair->id)
			return true;
	return false;
}

/* The check depends on both ids. */
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
 * pair_new() - make a pair that has met nobody
 * @config: copied
 *
 * pair_open() is to be called before anything else.
 *
 * Return: the pair, which pair_free() frees; NULL if there is no memory
 */
struct pair *pair_new(const struct pair_config *config)
{
	struct pair *pair = calloc(1, sizeof(*pair));

	if (pair)
		pair->config = *config;
	return pair;
}

/**
 * pair_free() - free a pair
 * @pair: a pair, or NULL
 */
void pair_free(struct pair *pair)
{
	free(pair);
}

/* The one place where a session is forgotten. */
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
 * pair_open() - begin with a port
 * @pair:      the pair
 * @packet_ns: how long the longest frame is on the wire; 0: not known
 * @now_ns:    the time
 *
 * Nothing is remembered of a port of before.
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

/* The end of a session, if there was one that is worth a word. */
static void tell_end(struct pair *pair, enum pair_event why)
{
	if (pair->state == PAIR_PAIRED)
		tell(pair, why);
}

/* The end of a session for a reason that is ours to find. */
static void lose(struct pair *pair, enum pair_event why, uint64_t now_ns)
{
	tell_end(pair, why);
	if (pair->state == PAIR_PAIRED)
		pair->absent =
			why == PAIR_EVENT_SILENT || why == PAIR_EVENT_CLOSED;
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
 * pair_set_agree() - what is the other end to be told of this host?
 * @pair:   the pair
 * @agree:  all of it; said in each session, and at once if it is not the same
 *          as before
 * @now_ns: the time
 */
void pair_set_agree(struct pair *pair, const struct agree *agree,
		    uint64_t now_ns)
{
	char text[AGREE_TEXT_MAX];
	size_t len = agree_write(text, agree);

	if (len == pair->agree_len && !memcmp(text, pair->agree, len))
		return;
	/* One that is on its way is not changed: its number stands for it. */
	memcpy(pair->agree, text, len);
	pair->agree_len = len;
	pair->session.agree_is_new = true;
	if (pair->state == PAIR_PAIRED)
		pair_session_say_agree(&pair->session, now_ns);
}

/**
 * pair_set_overruns() - how often has our port lost bytes?
 * @pair:     the pair
 * @overruns: so often, in this session or before
 */
void pair_set_overruns(struct pair *pair, uint32_t overruns)
{
	pair->overruns = overruns;
}

/**
 * pair_heard() - something has come from the line
 * @pair:   the pair
 * @now_ns: the time
 *
 * To be called before pair_receive() for the frames in it.
 */
void pair_heard(struct pair *pair, uint64_t now_ns)
{
	seek_heard(&pair->seek, now_ns);
}

/**
 * pair_set_line() - what is the line doing?
 * @pair: the pair
 * @line: in the midst of what it is, behind all the frames that have come
 */
void pair_set_line(struct pair *pair, const struct seek_line *line)
{
	pair->seek.line = *line;
}

/* Why there can be no session with an end that says this. */
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

/* An id that another one had replaced says hello again. */
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

/* A hello of somebody we have not heard last. */
static void meet(struct pair *pair, const struct hello *hello, uint64_t now_ns)
{
	if (pair->state != PAIR_PLAIN) {
		tell_end(pair, PAIR_EVENT_ANEW);
		forget(pair, now_ns);
		seek_lost(&pair->seek, now_ns);
		/* Of more sessions than these, nothing is remembered. */
		if (pair->id_sessions == PAIR_PAST_IDS)
			take_new_id(pair);
	}
	pair->unheard = 0;
	note_return(pair, hello->id, now_ns);
}

/* What we have said: the line is looped, or it is a bus with an echo, on which
 * two must not speak at the same time. */
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

/* A hello that is not to us, though we have answered so often. */
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
		/* An end does not change under one id: a stranger said it. */
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
		if (pair->state == PAIR_PLAIN)
			note_deaf(pair, now_ns);
		if (pair->state == PAIR_PLAIN && !misfit)
			seek_unheard(&pair->seek, now_ns);
		seek_answer(&pair->seek, now_ns);
		return;
	}
	if (misfit)
		return;
	if (pair->state == PAIR_PLAIN) {
		begin_session(pair, now_ns);
	} else {
		/* A checked frame tells it what a hello would. */
		pair->session.answer_due = true;
		pair->session.answer_k = 0;
		/* Unless a stranger has spoken in our name: then the other end
		 * takes no checked frame of ours before it hears a hello. */
		if (pair->state == PAIR_MET)
			seek_answer(&pair->seek, now_ns);
	}
}

/* A frame that passed its check. Return: false if no packet is in it. */
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
 * pair_receive() - a frame has come from the line
 * @pair:       the pair
 * @bytes:      what was between two ENDs
 * @len:        how many bytes, at least one
 * @now_ns:     the time
 * @packet:     with PAIR_PACKET set to the packet, a part of @bytes
 * @packet_len: and to its length, which may be 0
 *
 * Return: what it is
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

/* A good packet, with no check of ours, from an end we have a session with. */
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
	if (session->plain % PAIR_PLAIN_HELLO == 1)
		seek_answer(&pair->seek, now_ns);
	pair->stats.plain++;
	return false;
}

/**
 * pair_admit() - may a frame that is none of ours be let in?
 * @pair:      the pair
 * @is_packet: it is a good packet; false if it is not, or was dropped because
 *             of a bad escape or its length
 * @now_ns:    the time
 *
 * Return: true if it is a packet, and may
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
 * pair_next_ns() - when is pair_take() to be called next?
 * @pair:   the pair
 * @now_ns: the time
 *
 * Return: a time, which may have passed; UINT64_MAX: never
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

/* A frame of the session. Return: its length; 0: nothing is due. */
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
 * pair_take() - what is to be sent now?
 * @pair:   the pair
 * @out:    where to put a frame
 * @now_ns: the time; all that had come by then was given to pair_receive()
 *
 * To be called again until there is nothing more, when the line takes a frame,
 * and before a packet is chosen.
 *
 * Return: bytes of the frame, to be escaped as any other; 0: nothing
 */
size_t pair_take(struct pair *pair, uint8_t out[PAIR_FRAME_MAX],
		 uint64_t now_ns)
{
	struct pair_session *session = &pair->session;
	size_t len = 0;

	if (pair->crowd_until_ns) {
		if (now_ns < pair->crowd_until_ns)
			return 0;
		/* Whoever was heard meanwhile was not answered. */
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
 * pair_wrap() - make a packet ready for the line
 * @pair:   the pair
 * @packet: the packet, with PAIR_HEADROOM bytes before it and PAIR_TAILROOM
 *          behind it, which may be written
 * @len:    its length
 * @now_ns: the time
 * @frame:  set to what is to be escaped and sent
 *
 * Return: bytes of that
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
 * pair_close() - this end will not be there any more
 * @pair:   the pair
 * @out:    where to put a frame
 * @now_ns: the time
 *
 * Return: bytes of the frame; 0: there is nobody to say good-bye to
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
 * pair_next_event() - what is there to be told?
 * @pair: the pair
 *
 * Return: the oldest thing that was not told yet, PAIR_EVENT_NONE: nothing
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
 * pair_state() - how far are the two ends?
 * @pair: the pair
 *
 * Return: the state
 */
enum pair_state pair_state(const struct pair *pair)
{
	return pair->state;
}

/**
 * pair_is_absent() - is the other end known to be away?
 * @pair: the pair
 *
 * Return: true if the other end of a pair has fallen silent or said good-bye,
 * and neither a packet nor a hello has come since
 */
bool pair_is_absent(const struct pair *pair)
{
	return pair->absent;
}

/**
 * pair_peer() - who was heard last?
 * @pair: the pair
 *
 * Return: the hello of it, with id 0: nobody
 */
const struct hello *pair_peer(const struct pair *pair)
{
	return &pair->peer;
}

/**
 * pair_peer_agree() - what did the other end say of its host?
 * @pair: the pair
 *
 * Return: that, until the session ends; NULL: nothing yet
 */
const struct agree *pair_peer_agree(const struct pair *pair)
{
	return pair->session.has_agree ? &pair->session.agree : NULL;
}

/**
 * pair_id() - who are we?
 * @pair: the pair
 *
 * Return: our id, which is another one after a session
 */
uint64_t pair_id(const struct pair *pair)
{
	return pair->id;
}

/**
 * pair_get_stats() - the counters so far
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
