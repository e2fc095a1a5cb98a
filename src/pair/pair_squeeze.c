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

/**
 * pair_squeeze_begin() - Begin the streams of a session
 * @pair: the pair, whose session has just become one of two paired ends
 */
void pair_squeeze_begin(struct pair *pair)
{
	if (!pair->session.compresses)
		return;
	if (!pair->squeeze)
		pair->squeeze = squeeze_new(
			link_layer_of(pair->config.kind == HELLO_KIND_ETHERNET)
				->find_ip);
	if (pair->squeeze && squeeze_begin(pair->squeeze))
		pair->session.squeeze = pair->squeeze;
	else
		pair->session.is_squeeze_lost = true;
}

/**
 * pair_squeeze_shrink() - Compress a packet, if that is worth its while
 * @session: the session
 * @packet:  the packet, may be replaced by a compressed one
 * @len:     its length, updated
 *
 * Return: flags of its frame
 */
unsigned int pair_squeeze_shrink(struct pair_session *session, uint8_t *packet,
				 size_t *len)
{
	size_t body_len = 0;

	if (session->squeeze)
		body_len = squeeze_shrink(session->squeeze, packet, *len);
	if (!body_len)
		return 0;
	*len = body_len;
	return FRAME_COMPRESSED;
}

/**
 * pair_squeeze_expand() - Expand a packet that has come in order
 * @session:       the session
 * @is_compressed: the packet is compressed
 * @packet:        the packet, replaced
 * @len:           its length, updated
 *
 * Return: false if it does not decode; then pair_squeeze_is_lost()
 */
bool pair_squeeze_expand(struct pair_session *session, bool is_compressed,
			 const uint8_t **packet, size_t *len)
{
	if (!is_compressed)
		return true;
	if (session->is_squeeze_lost)
		return false;
	session->is_squeeze_lost =
		!squeeze_expand(session->squeeze, *packet, *len, packet, len);
	return !session->is_squeeze_lost;
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
