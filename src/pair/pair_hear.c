/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pair hears the line: it finds the frames of the peer, takes packets from
 * them, and decides whether plain packets may enter the interface.
 */
#include "clock.h"
#include "pair/meeting.h"
#include "pair/pair.h"
#include "pair/pair_speed.h"
#include "pair/pair_squeeze.h"

/* A MET end admits plain packets for this long. */
#define PAIR_MET_NS (750 * NS_PER_MS)

/* After this many plain packets in a row the session ends. The first of them
 * gets a hello as its answer. */
#define PAIR_PLAIN_MAX 3

/* Take the next packet that has come in order. Return: false if none has. */
static bool take_arrived(struct pair_session *session, const uint8_t **packet,
			 size_t *len)
{
	enum lane lane;

	if (!repeat_take_packet(session->repeat, packet, len))
		return false;
	if (!repeat_is_compressed(session->repeat, &lane))
		return true;
	return pair_squeeze_expand(session, lane, packet, len);
}

/* Handle a frame that passed its check. Return: true if there is a packet. */
static bool hear_checked(struct pair *pair, const struct frame *frame,
			 uint64_t now_ns, const uint8_t **packet,
			 size_t *packet_len)
{
	if (pair->state == PAIR_PLAIN)
		meeting_begin(pair, now_ns);
	if (pair->state == PAIR_MET) {
		meeting_enter(pair, PAIR_PAIRED, now_ns);
		pair_squeeze_begin(pair);
		meeting_tell(pair, PAIR_EVENT_PAIRED);
		pair_session_say_agree(&pair->session, now_ns);
	}
	speed_good(&pair->speed, now_ns);
	switch (pair_session_hear(&pair->session, frame, now_ns)) {
	case PAIR_SESSION_PACKET:
		*packet = frame->body;
		*packet_len = frame->body_len;
		return !(frame->flags & FRAME_COMPRESSED) ||
		       pair_squeeze_expand(&pair->session, LANE_BULK, packet,
					   packet_len);
	case PAIR_SESSION_ARRIVED:
		return take_arrived(&pair->session, packet, packet_len);
	case PAIR_SESSION_TWICE:
		pair->stats.twice++;
		break;
	case PAIR_SESSION_UNKNOWN:
		pair->stats.unknown++;
		break;
	case PAIR_SESSION_AGREE:
		pair_speed_hear_agree(pair, now_ns);
		meeting_tell(pair, PAIR_EVENT_AGREE);
		break;
	case PAIR_SESSION_SPEED:
		pair_speed_hear(pair, frame, now_ns);
		break;
	case PAIR_SESSION_CLOSE:
		meeting_lose(pair, PAIR_EVENT_CLOSED, now_ns);
		break;
	case PAIR_SESSION_NOTHING:
		break;
	}
	return false;
}

static bool passes(const struct pair *pair, const uint8_t *bytes, size_t len,
		   uint64_t now_ns)
{
	return pair->may_pair && !pair_is_looped(pair, now_ns) &&
	       frame_looks_checked(bytes, len) &&
	       frame_passes(pair->start_in, bytes, len);
}

/**
 * pair_receive() - Handle a frame from the line
 * @pair:       the pair
 * @bytes:      the frame, decoded
 * @len:        length of @bytes, at least 1
 * @now_ns:     the current time
 * @packet:     with PAIR_PACKET set to the packet, which may be a part of
 * @bytes and is valid until the next call
 * @packet_len: with PAIR_PACKET set to the length of @packet, which may be 0
 *
 * After PAIR_PACKET the caller calls pair_next_packet() until it returns false.
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
		return hear_checked(pair, &frame, now_ns, packet, packet_len)
			       ? PAIR_PACKET
			       : PAIR_OURS;
	}
	if (hello_read(bytes, len, &hello)) {
		meeting_hear_hello(pair, &hello, now_ns);
		return PAIR_OURS;
	}
	if (pair->state != PAIR_PLAIN && frame_looks_checked(bytes, len) &&
	    frame_passes(pair->session.start_out, bytes, len)) {
		meeting_hear_ourselves(pair, now_ns);
		return PAIR_OURS;
	}
	/* A damaged hello still tells its speed. */
	if (hello_begins(bytes, len))
		pair_recognize(pair);
	return PAIR_OTHER;
}

/**
 * pair_next_packet() - Get the next packet after the one of pair_receive()
 * @pair:       the pair
 * @packet:     set to the packet, valid until the next call
 * @packet_len: set to the length of @packet, which may be 0
 *
 * A repeated frame releases the packets that came after it.
 *
 * Return: false if there is none
 */
bool pair_next_packet(struct pair *pair, const uint8_t **packet,
		      size_t *packet_len)
{
	return pair->session.repeat &&
	       take_arrived(&pair->session, packet, packet_len);
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
		meeting_lose(pair, PAIR_EVENT_PLAIN, now_ns);
		return true;
	}
	if (session->plain == 1)
		seek_answer(&pair->seek, now_ns);
	pair->stats.plain++;
	return false;
}

/*
 * Handle a frame that failed its check. The line behind a stream may still
 * damage bytes, for example a serial line behind a terminal server. Then a new
 * session repeats lost frames.
 */
static void fail_check(struct pair *pair, uint64_t now_ns)
{
	pair_session_failed(&pair->session, now_ns);
	speed_failed(&pair->speed, now_ns);
	if (!pair->repeat || pair->session.repeat || !pair->is_stream)
		return;
	pair->is_stream = false;
	if (pair->peer.can & HELLO_CAN_REPEAT)
		meeting_lose(pair, PAIR_EVENT_LOSSY, now_ns);
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
		stranger_good(&pair->stranger);
		seek_plain(&pair->seek, now_ns);
	} else if (pair->state == PAIR_PLAIN) {
		stranger_bad(&pair->stranger);
		seek_garbage(&pair->seek, now_ns);
	} else {
		fail_check(pair, now_ns);
	}
	return is_packet;
}
