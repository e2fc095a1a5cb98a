/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The strays: frames from the line that are no packets.
 *
 * Each is dropped and counted. The contents of such a frame may show which
 * protocol the peer uses (guess).
 *
 * A frame that is no packet may be one with a compressed header (vj), or the
 * text of a board with a packet behind it. Such a packet is delivered as any
 * other.
 */
#include "pump/strays.h"
#include "framing/framing.h"
#include "packet/link_layer.h"
#include "packet/vj.h"
#include "pair/pair.h"
#include "pump/chatter.h"
#include "pump/delivery.h"
#include "pump/drop.h"
#include "pump/pump.h"
#include "pump/witness.h"

/**
 * strays_reset() - start with a new port, or without one
 * @strays: the strays
 */
void strays_reset(struct strays *strays)
{
	strays->in_a_row = 0;
	if (strays->config->vj)
		vj_reset(strays->config->vj, strays->config->vj->mode);
}

/**
 * strays_guess() - guess the protocol of a frame that is no packet
 * @strays: the strays
 * @frame: the frame, or its beginning
 *
 * Idle bytes identify SLIP. A damaged frame of a protocol that this end speaks
 * tells nothing new.
 *
 * Return: the guess
 */
enum guess strays_guess(const struct strays *strays,
			const struct framing_frame *frame)
{
	enum guess guess = guess_frame(frame->bytes, frame->len, strays->layer,
				       strays->config->framing->idle);

	return guess == GUESS_CSLIP && strays->config->vj ? GUESS_NONE : guess;
}

static void count_garbage(struct strays *strays,
			  const struct framing_frame *frame,
			  enum stats_drop reason, enum guess guess)
{
	drop_packets(strays->counters, reason, 1, frame->len);
	strays->guesses[guess]++;
	strays->in_a_row++;
	if (strays->config->vj)
		vj_toss(strays->config->vj);
	if (witness_looks(strays->witness))
		witness_garbage(strays->witness, frame->bytes, frame->len);
}

/* Drop a frame that is no packet, but guess its protocol. */
static void drop_garbage(struct strays *strays,
			 const struct framing_frame *frame,
			 enum stats_drop reason)
{
	count_garbage(strays, frame, reason, strays_guess(strays, frame));
}

/* Deliver a packet that was found in such a frame. */
static void deliver(struct strays *strays, const struct framing_frame *packet,
		    enum packet_verdict verdict)
{
	strays->in_a_row = 0;
	delivery_take(strays->delivery, packet, verdict);
}

/* Without a pair, another serialtun may look for one. */
static bool is_hello(const struct strays *strays,
		     const struct framing_frame *frame)
{
	struct hello hello;

	return strays->config->framing->idle &&
	       hello_read(frame->bytes, frame->len, &hello);
}

/* Take the packet behind the text of a board. Return: false if there is none.
 */
static bool take_packet_behind_text(struct strays *strays,
				    const struct framing_frame *frame)
{
	struct chatter *chatter = strays->config->chatter;
	const size_t lines_len =
		chatter_lines_len(chatter, frame->bytes, frame->len);
	const struct framing_frame packet = {frame->bytes + lines_len,
					     frame->len - lines_len};
	enum packet_verdict verdict;

	if (!lines_len || !packet.len)
		return false;
	verdict = strays->layer->check(packet.bytes, packet.len);
	if (!packet_is_good(verdict))
		return false;
	chatter_hear_lines(chatter, frame->bytes, frame->len);
	deliver(strays, &packet, verdict);
	return true;
}

/* Does the frame show that the speed is right? */
static bool shows_speed(enum board_kind kind, size_t len)
{
	switch (kind) {
	case BOARD_NONE:
		return false;
	case BOARD_UNSURE:
	case BOARD_TEXT:
	case BOARD_LINE:
	case BOARD_CONSOLE:
		return len >= BOARD_TEXT_MIN;
	default:
		return true;
	}
}

/* Take a frame of a board. Return: false if it is none. */
static bool take_board(struct strays *strays, const struct framing_frame *frame)
{
	struct chatter *chatter = strays->config->chatter;
	struct pair *pair = strays->config->pair;
	enum board_kind kind;

	if (take_packet_behind_text(strays, frame)) {
		if (pair)
			pair_recognize(pair);
		return true;
	}
	kind = chatter_hear(chatter, frame->bytes, frame->len,
			    strays->delivery->has_heard);
	if (pair && shows_speed(kind, frame->len))
		pair_recognize(pair);
	switch (kind) {
	case BOARD_NONE:
		return false;
	case BOARD_UNSURE:
		drop_garbage(strays, frame, STATS_DROP_BOARD);
		return true;
	case BOARD_COAP:
		drop_packets(strays->counters, STATS_DROP_COAP, 1, frame->len);
		return true;
	default:
		drop_packets(strays->counters, STATS_DROP_BOARD, 1, frame->len);
		return true;
	}
}

/**
 * strays_take_vj() - take a frame with a compressed header
 * @strays: the strays; their configuration has vj
 * @frame: the frame
 * @now_ns: the time
 *
 * The protocol of a bad one is known, so it needs no guess.
 *
 * Return: false if the frame is none
 */
bool strays_take_vj(struct strays *strays, const struct framing_frame *frame,
		    uint64_t now_ns)
{
	struct framing_frame packet = {.bytes = strays->expanded};
	struct pair *pair = strays->config->pair;
	const enum vj_result result =
		vj_expand(strays->config->vj, frame->bytes, frame->len,
			  strays->expanded, &packet.len);

	if (result == VJ_NONE)
		return false;
	if (pair)
		pair_admit(pair, result == VJ_PACKET, now_ns);
	if (result == VJ_PACKET)
		deliver(strays, &packet, PACKET_IPV4);
	else
		drop_packets(strays->counters,
			     result == VJ_BAD ? STATS_DROP_VJ_BAD
					      : STATS_DROP_VJ_TOSSED,
			     1, frame->len);
	return true;
}

/**
 * strays_take() - take a frame that is no packet
 * @strays: the strays
 * @frame: the frame
 * @verdict: why it is no packet
 *
 * Without a session, frames with a check come from a peer that has not noticed
 * the end of the last one.
 */
void strays_take(struct strays *strays, const struct framing_frame *frame,
		 enum packet_verdict verdict)
{
	const struct pair *pair = strays->config->pair;

	if (is_hello(strays, frame))
		drop_packets(strays->counters, STATS_DROP_HELLO, 1, frame->len);
	else if (pair && pair_had_any_session(pair) &&
		 frame_looks_checked(frame->bytes, frame->len))
		drop_packets(strays->counters, STATS_DROP_STALE, 1, frame->len);
	else if (!strays->config->chatter || !take_board(strays, frame))
		drop_garbage(strays, frame, drop_reason(verdict));
}

/*
 * Drop a command for a modem. The first byte of an IP packet, and of the hello
 * of a serialtun, looks like a command, too.
 */
static void drop_command(struct strays *strays,
			 const struct framing_frame *frame)
{
	struct hello hello;

	drop_packets(strays->counters, STATS_DROP_COMMAND, 1, frame->len);
	if (hello_read(frame->bytes, frame->len, &hello) ||
	    packet_is_good(packet_check(frame->bytes, frame->len)))
		strays->guesses[GUESS_SLIP]++;
}

/* Drop a frame that the decoder could not read. */
static void take_unreadable(struct strays *strays,
			    const struct framing_frame *frame,
			    enum framing_status status, uint64_t now_ns)
{
	struct pair *pair = strays->config->pair;
	const bool is_session = pair && pair_state(pair) != PAIR_PLAIN;
	const enum stats_drop reason = status == FRAMING_TOO_LONG
					       ? STATS_DROP_TOO_LONG
					       : STATS_DROP_BAD_ESCAPE;

	if (pair)
		pair_admit(pair, false, now_ns);
	if (is_session)
		drop_packets(strays->counters, reason, 1, frame->len);
	else if (status == FRAMING_XONXOFF_ESCAPE)
		count_garbage(strays, frame, reason, GUESS_XONXOFF);
	else
		drop_garbage(strays, frame, reason);
}

/**
 * strays_take_broken() - take a frame that the decoder did not return whole
 * @strays: the strays
 * @frame: the frame, or what is left of it
 * @status: the decoder's verdict, neither FRAMING_MORE nor FRAMING_FRAME
 * @now_ns: the time
 */
void strays_take_broken(struct strays *strays,
			const struct framing_frame *frame,
			enum framing_status status, uint64_t now_ns)
{
	switch (status) {
	case FRAMING_EMPTY:
		drop_garbage(strays, frame, STATS_DROP_EMPTY);
		break;
	case FRAMING_COMMAND:
		drop_command(strays, frame);
		break;
	default:
		take_unreadable(strays, frame, status, now_ns);
		break;
	}
}
