/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Compression as a part of the pairing: in which sessions, and what becomes of
 * one whose stream does not decode. squeeze.c has the streams.
 *
 * Both ends say zstd in their hellos, and each begins its streams when it is
 * paired: the peer's first compressed packet comes in a checked frame, which
 * makes this end paired. A session without repetition compresses only on a line
 * that loses nothing, because a lost packet would be missing in the history.
 *
 * Each class has a stream of its own, because an urgent packet may pass others.
 *
 * When a stream is lost the session ends, and the next ones on this port have
 * no compression. Only a fault or a stranger can cause that, so nothing is won
 * by another try.
 *
 * pair_squeeze is pure, as pair is; squeeze_new() allocates memory.
 */
#include "pair/pair_squeeze.h"
#include "clock.h"
#include "packet/link_layer.h"
#include "pair/meeting.h"

/* On a line above 12 Mbaud the processor is slower than the line; of a line of
 * unknown speed, such as a socket, nobody can tell. */
#define PAIR_SQUEEZE_BYTE_NS (10 * NS_PER_S / 12000000)

/**
 * pair_squeeze_can() - Check whether this end can compress on this port
 * @pair: the pair
 *
 * Return: true if so
 */
bool pair_squeeze_can(const struct pair *pair)
{
	return squeeze_is_built_in() && !pair->no_squeeze &&
	       pair->byte_ns >= PAIR_SQUEEZE_BYTE_NS;
}

static bool begin(struct pair *pair, enum lane lane)
{
	const bool is_tap = pair->config.kind == HELLO_KIND_ETHERNET;

	if (!pair->squeeze[lane])
		pair->squeeze[lane] =
			squeeze_new(lane == LANE_BULK ? SQUEEZE_LARGE
						      : SQUEEZE_SMALL,
				    link_layer_of(is_tap)->find_ip);
	if (!pair->squeeze[lane] || !squeeze_begin(pair->squeeze[lane]))
		return false;
	pair->session.squeeze[lane] = pair->squeeze[lane];
	return true;
}

/**
 * pair_squeeze_begin() - Begin the streams of a session
 * @pair: the pair, whose session has just become one of two paired ends
 */
void pair_squeeze_begin(struct pair *pair)
{
	struct pair_session *session = &pair->session;

	if (!session->compresses)
		return;
	session->is_squeeze_lost = !begin(pair, LANE_BULK);
	if (pair_session_interrupts(session) && !session->is_squeeze_lost)
		session->is_squeeze_lost = !begin(pair, LANE_URGENT);
}

/**
 * pair_squeeze_free() - Free the streams of all sessions
 * @pair: the pair
 */
void pair_squeeze_free(struct pair *pair)
{
	squeeze_free(pair->squeeze[LANE_BULK]);
	squeeze_free(pair->squeeze[LANE_URGENT]);
}

/**
 * pair_squeeze_shrink() - Compress a packet, if that is worth its while
 * @session: the session
 * @lane:    class of the packet
 * @packet:  the packet, may be replaced by a compressed one
 * @len:     its length, updated
 *
 * Return: flags of its frame
 */
unsigned int pair_squeeze_shrink(struct pair_session *session, enum lane lane,
				 uint8_t *packet, size_t *len)
{
	size_t body_len = 0;

	if (session->squeeze[lane])
		body_len = squeeze_shrink(session->squeeze[lane], packet, *len);
	if (!body_len)
		return 0;
	*len = body_len;
	return FRAME_COMPRESSED;
}

/**
 * pair_squeeze_expand() - Expand a compressed packet that has come in order
 * @session: the session
 * @lane:    class of the packet
 * @packet:  the packet, replaced
 * @len:     its length, updated
 *
 * Return: false if it does not decode; then pair_squeeze_is_lost()
 */
bool pair_squeeze_expand(struct pair_session *session, enum lane lane,
			 const uint8_t **packet, size_t *len)
{
	struct squeeze *squeeze = session->squeeze[lane];

	if (!session->is_squeeze_lost)
		session->is_squeeze_lost =
			!squeeze ||
			!squeeze_expand(squeeze, *packet, *len, packet, len);
	return !session->is_squeeze_lost;
}

/**
 * pair_squeeze_get_stats() - Get the counters of both classes together
 * @pair:  the pair
 * @stats: filled in
 */
void pair_squeeze_get_stats(const struct pair *pair,
			    struct squeeze_stats *stats)
{
	struct squeeze_stats one;
	enum lane lane;

	*stats = (struct squeeze_stats){0};
	for (lane = LANE_BULK; lane < LANE_COUNT; lane++) {
		if (!pair->squeeze[lane])
			continue;
		squeeze_get_stats(pair->squeeze[lane], &one);
		stats->packets += one.packets;
		stats->packet_len += one.packet_len;
		stats->body_len += one.body_len;
		stats->passed_over += one.passed_over;
		stats->expanded += one.expanded;
		stats->bad += one.bad;
	}
}

/**
 * pair_squeeze_is_lost() - Check whether a stream of the session is lost
 * @session: the session
 *
 * Return: true if the session has to end
 */
bool pair_squeeze_is_lost(const struct pair_session *session)
{
	return session->is_squeeze_lost;
}
