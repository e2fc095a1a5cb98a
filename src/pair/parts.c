/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The length of the parts into which bulk packets are cut. While many frames
 * are lost, packets go in parts: a short frame is damaged less often, and costs
 * less to repeat.
 *
 * parts is pure.
 */
#include "pair/parts.h"

/* Of the last 64 transmissions: more repetitions make the parts shorter, and
 * fewer make them longer. */
#define PARTS_SHORTER_ABOVE 6
#define PARTS_LONGER_BELOW  1
#define PARTS_HISTORY	    64

/* Frames with fewer bytes tell nothing about long ones. */
#define PARTS_SHORT_LEN 128

/* Most parts of a packet. */
#define PARTS_MAX 32

/* Lengths of the parts; 0: the whole packet. */
static const size_t lens[] = {0, 512, 256};
#define PARTS_LENS (sizeof(lens) / sizeof(*lens))

/**
 * parts_max() - Get the most parts of a packet of unknown length
 * @parts: the parts
 *
 * Return: their number
 */
unsigned int parts_max(const struct parts *parts)
{
	return parts->at ? PARTS_MAX : 1;
}

/**
 * parts_len() - Get the length of the parts
 * @parts: the parts
 *
 * Return: the length; 0: packets are whole
 */
size_t parts_len(const struct parts *parts)
{
	return lens[parts->at];
}

/**
 * parts_len_of() - Get the length of the parts of a packet
 * @parts:      the parts
 * @packet_len: length of the packet
 *
 * Return: the length of all parts but the last, which may be shorter
 */
size_t parts_len_of(const struct parts *parts, size_t packet_len)
{
	const size_t least = (packet_len + PARTS_MAX - 1) / PARTS_MAX;
	const size_t len = lens[parts->at];

	if (!len)
		return packet_len;
	return len < least ? least : len;
}

/**
 * parts_note() - Choose the length by the last transmissions
 * @parts:       the parts
 * @is_repeated: the frame that this end sends now was sent before
 * @len:         length of its body
 */
void parts_note(struct parts *parts, bool is_repeated, size_t len)
{
	int repeated;

	if (len < PARTS_SHORT_LEN)
		return;
	parts->history = parts->history << 1 | is_repeated;
	if (parts->history_len < PARTS_HISTORY)
		parts->history_len++;
	repeated = __builtin_popcountll(parts->history);
	if (repeated > PARTS_SHORTER_ABOVE && parts->at < PARTS_LENS - 1)
		parts->at++;
	else if (repeated < PARTS_LONGER_BELOW && parts->at &&
		 parts->history_len == PARTS_HISTORY)
		parts->at--;
	else
		return;
	parts->history = 0;
	parts->history_len = 0;
}
