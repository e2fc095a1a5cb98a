/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The checked frames of a session: numbered packets, the probes that show
 * whether the peer is there (probe.c), the repetition of those that were lost
 * (repeat.c), and the description of each host (agree.c). pair.c knows the ids,
 * and begins and ends the sessions.
 *
 * pair_session is pure: time and frames are arguments.
 */
#include "pair/pair_session.h"
#include "clock.h"

#include <string.h>

/* We repeat an agree until the peer acknowledges it: the first time after
 * PAIR_AGREE_NS, then each time after twice the pause before. */
#define PAIR_AGREE_NS	  (250 * NS_PER_MS)
#define PAIR_AGREE_MAX_NS (2 * NS_PER_S)

/**
 * pair_session_forget() - Reset a session
 * @session: the session; it has not begun afterwards
 */
void pair_session_forget(struct pair_session *session)
{
	memset(session, 0, sizeof(*session));
	session->agree_ns = UINT64_MAX;
}

/**
 * pair_session_begin() - Begin a session
 * @session:   a session that pair_session_forget() has reset
 * @start_out: frame_start() of our frames
 * @repeat:    repeats lost frames, and has begun; NULL: they are not repeated
 * @packet_ns: time that the longest frame takes on the wire; 0: not known
 * @idle_ns:   the session probes the peer after this time without a good frame;
 *             0: it probes only for other reasons
 * @now_ns:    the current time
 */
void pair_session_begin(struct pair_session *session, uint32_t start_out,
			struct repeat *repeat, uint64_t packet_ns,
			uint64_t idle_ns, uint64_t now_ns)
{
	session->start_out = start_out;
	session->repeat = repeat;
	probe_begin(&session->probe, packet_ns, idle_ns, now_ns);
}

/**
 * pair_session_say_agree() - Send the description of this host if it is new
 * @session: the session of two paired ends
 * @now_ns:  the current time
 *
 * Does nothing unless @session->agree_is_new, nor while the previous agree is
 * not acknowledged; its acknowledgement calls this function again.
 */
void pair_session_say_agree(struct pair_session *session, uint64_t now_ns)
{
	if (session->agree_unacked || !session->agree_is_new)
		return;
	session->agree_is_new = false;
	session->agree_unacked = true;
	session->agree_ns = now_ns;
	session->agree_pause_ns =
		clock_later(PAIR_AGREE_NS, session->probe.packet_ns);
}

/**
 * pair_session_interrupts() - Check whether short frames interrupt long ones
 * @session: the session
 *
 * Return: true if they may
 */
bool pair_session_interrupts(const struct pair_session *session)
{
	return session->repeat && repeat_interrupts(session->repeat);
}

static enum pair_session_news hear_agree(struct pair_session *session,
					 const struct frame *frame)
{
	session->ack_due = true;
	if (frame->seq != session->agree_in)
		return PAIR_SESSION_NOTHING;
	session->agree_in++;
	if (!agree_read(frame->body, frame->body_len, &session->agree))
		return PAIR_SESSION_UNKNOWN;
	session->has_agree = true;
	return PAIR_SESSION_AGREE;
}

/*
 * Does a frame tell that its sender expects this agree next? Where both streams
 * of packets are in use, the number has a place of its own, which data frames
 * do not have.
 */
static bool acknowledges_agree(const struct pair_session *session,
			       const struct frame *frame, uint8_t next)
{
	if (pair_session_interrupts(session))
		return frame->has_agree && frame->agree == next;
	return frame->next[FRAME_CLASSES - 1] == next;
}

static void hear_ack(struct pair_session *session, const struct frame *frame,
		     uint64_t now_ns)
{
	if (session->repeat)
		repeat_hear_ack(session->repeat, frame, now_ns);
	if (!session->agree_unacked ||
	    !acknowledges_agree(session, frame,
				(uint8_t)(session->agree_out + 1)))
		return;
	session->agree_out++;
	session->agree_unacked = false;
	session->agree_ns = UINT64_MAX;
	pair_session_say_agree(session, now_ns);
}

/* Get the flags of a data frame that we said in our hello that we support. */
static unsigned int known_flags(const struct pair_session *session)
{
	unsigned int flags = 0;

	if (session->repeat)
		flags |= FRAME_MORE | FRAME_NEXT;
	if (pair_session_interrupts(session))
		flags |= FRAME_URGENT;
	if (session->squeeze[0])
		flags |= FRAME_COMPRESSED;
	return flags;
}

/* Handle a data frame of a session that repeats. */
static enum pair_session_news hear_numbered(struct pair_session *session,
					    const struct frame *frame,
					    uint64_t now_ns)
{
	if (frame->flags & FRAME_NEXT)
		hear_ack(session, frame, now_ns);
	return repeat_hear_data(session->repeat, frame, now_ns)
		       ? PAIR_SESSION_ARRIVED
		       : PAIR_SESSION_NOTHING;
}

static enum pair_session_news hear_data(struct pair_session *session,
					const struct frame *frame)
{
	const uint8_t missing = (uint8_t)(frame->seq - session->data_in);

	if (missing == UINT8_MAX)
		return PAIR_SESSION_TWICE;
	session->missing += missing;
	if (missing && session->squeeze[0])
		session->is_squeeze_lost = true;
	session->data_in = (uint8_t)(frame->seq + 1);
	return PAIR_SESSION_PACKET;
}

/**
 * pair_session_hear() - Handle a frame that passed its check
 * @session: the session
 * @frame:   the frame
 * @now_ns:  the current time
 *
 * Return: what the caller has to do
 */
enum pair_session_news pair_session_hear(struct pair_session *session,
					 const struct frame *frame,
					 uint64_t now_ns)
{
	session->heard.good++;
	session->plain = 0;
	probe_good(&session->probe, now_ns);
	switch (frame->kind) {
	case FRAME_DATA:
		if (frame->flags & ~known_flags(session))
			return PAIR_SESSION_UNKNOWN;
		return session->repeat ? hear_numbered(session, frame, now_ns)
				       : hear_data(session, frame);
	case FRAME_ACK:
	case FRAME_ACK_FAILED:
		hear_ack(session, frame, now_ns);
		break;
	case FRAME_PROBE:
		session->answer_due = true;
		session->answer_k = frame->k;
		break;
	case FRAME_ANSWER:
		session->theirs = frame->counters;
		if (frame->has_ack)
			hear_ack(session, frame, now_ns);
		if (frame->has_ack && session->repeat)
			repeat_hear_answer(session->repeat, frame->k, now_ns);
		probe_answered(&session->probe, frame->k, now_ns);
		break;
	case FRAME_AGREE:
		return hear_agree(session, frame);
	case FRAME_CLOSE:
		return PAIR_SESSION_CLOSE;
	case FRAME_SPEED:
		return PAIR_SESSION_SPEED;
	case FRAME_UNKNOWN:
		return PAIR_SESSION_UNKNOWN;
	}
	return PAIR_SESSION_NOTHING;
}

/**
 * pair_session_failed() - Count a frame that failed its check
 * @session: the session
 * @now_ns:  the current time
 */
void pair_session_failed(struct pair_session *session, uint64_t now_ns)
{
	session->heard.failed++;
	if (session->repeat)
		repeat_hear_failure(session->repeat, now_ns);
	probe_failed(&session->probe, now_ns);
}

/**
 * pair_session_next_ns() - Get the time of the next call of pair_session_take()
 * @session: the session
 * @now_ns:  the current time
 *
 * Return: the time, which may have passed; UINT64_MAX: never
 */
uint64_t pair_session_next_ns(const struct pair_session *session,
			      uint64_t now_ns)
{
	uint64_t ns = clock_earlier(session->agree_ns,
				    probe_next_ns(&session->probe));

	if (session->answer_due || session->ack_due)
		return 0;
	return session->repeat
		       ? clock_earlier(ns,
				       repeat_next_ns(session->repeat, now_ns))
		       : ns;
}

/* Take the acknowledgement that is due. Return: false if none is. */
static bool take_ack(struct pair_session *session, struct frame *frame,
		     uint64_t now_ns)
{
	if (session->repeat) {
		if (!repeat_take_ack(session->repeat, frame, session->ack_due,
				     now_ns))
			return false;
	} else if (session->ack_due) {
		frame->kind = FRAME_ACK;
		frame->next[0] = session->data_in;
	} else {
		return false;
	}
	session->ack_due = false;
	if (pair_session_interrupts(session)) {
		frame->has_agree = true;
		frame->agree = session->agree_in;
	} else {
		frame->next[1] = session->agree_in;
	}
	return true;
}

/*
 * Take the answer that is due. With the acknowledgement in it, it shows which
 * frames were lost before the probe. Return: false if none is due.
 */
static bool take_answer(struct pair_session *session, struct frame *frame,
			uint64_t now_ns)
{
	if (!session->answer_due)
		return false;
	session->answer_due = false;
	if (session->repeat) {
		session->ack_due = true;
		frame->has_ack = take_ack(session, frame, now_ns);
	}
	frame->kind = FRAME_ANSWER;
	frame->k = session->answer_k;
	frame->counters = session->heard;
	return true;
}

/* Take the probe that is due. Return: false if none is. */
static bool take_probe(struct pair_session *session, struct frame *frame,
		       uint64_t now_ns)
{
	struct probe *probe = &session->probe;

	if (!probe_take(probe, now_ns)) {
		if (!session->repeat ||
		    !repeat_wants_probe(session->repeat, now_ns))
			return false;
		probe_number(probe, now_ns);
	}
	if (session->repeat)
		repeat_probed(session->repeat, probe->k, now_ns);
	frame->kind = FRAME_PROBE;
	frame->k = probe->k;
	return true;
}

static void take_agree(struct pair_session *session, struct frame *frame,
		       uint64_t now_ns)
{
	session->agree_ns = now_ns + session->agree_pause_ns;
	session->agree_pause_ns =
		clock_earlier(2 * session->agree_pause_ns, PAIR_AGREE_MAX_NS);
	frame->kind = FRAME_AGREE;
	frame->seq = session->agree_out;
	probe_sent(&session->probe, now_ns);
}

/**
 * pair_session_take_data() - Take the next data frame
 * @session: the session, which repeats lost frames
 * @frame:   filled in
 * @body:    buffer for its body
 * @now_ns:  the current time
 *
 * Return: false if none is due
 */
bool pair_session_take_data(struct pair_session *session, struct frame *frame,
			    uint8_t *body, uint64_t now_ns)
{
	if (!repeat_take(session->repeat, frame, body, now_ns))
		return false;
	if (frame->flags & FRAME_NEXT && !pair_session_interrupts(session)) {
		session->ack_due = false;
		frame->next[1] = session->agree_in;
	}
	probe_sent(&session->probe, now_ns);
	return true;
}

/**
 * pair_session_take() - Take the next frame that the session has to send
 * @session: the session
 * @frame:   filled in, except for the body of an agree
 * @body:    buffer for the body of a data frame
 * @now_ns:  the current time
 *
 * The order is: answer, acknowledgement, probe, agree, data.
 *
 * Return: false if no frame is due
 */
bool pair_session_take(struct pair_session *session, struct frame *frame,
		       uint8_t *body, uint64_t now_ns)
{
	*frame = (struct frame){0};
	if (take_answer(session, frame, now_ns) ||
	    take_ack(session, frame, now_ns) ||
	    take_probe(session, frame, now_ns))
		return true;
	if (session->agree_ns <= now_ns) {
		take_agree(session, frame, now_ns);
		return true;
	}
	return session->repeat &&
	       pair_session_take_data(session, frame, body, now_ns);
}
