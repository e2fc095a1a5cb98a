/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A long SLIP frame that is written in pieces, and short frames between two
 * pieces:
 *
 *   ... first part  ESC ESC_INNER  short frame END  second part ... END
 *
 * A piece never ends between ESC and its code.
 *
 * weave is pure.
 */
#include "framing/weave.h"
#include "framing/slip.h"

#include <string.h>

/**
 * weave_piece() - Choose the next piece of an encoded frame
 * @bytes: the rest of the frame
 * @len:   its length
 * @most:  length of the piece, at least 1
 *
 * Return: length of the piece, which has one byte more if @most bytes end with
 * ESC, and fewer at the end of the frame
 */
size_t weave_piece(const uint8_t *bytes, size_t len, size_t most)
{
	if (most >= len)
		return len;
	return bytes[most - 1] == SLIP_ESC ? most + 1 : most;
}

/**
 * weave_fits() - Check whether another frame may begin between two bytes
 * @bytes: an encoded frame
 * @at:    number of bytes before that place
 *
 * Return: false between ESC and its code
 */
bool weave_fits(const uint8_t *bytes, size_t at)
{
	return !at || bytes[at - 1] != SLIP_ESC;
}

/**
 * weave_insert() - Insert a frame into the unwritten rest of another one
 * @bytes:     an encoded frame; behind it is room for WEAVE_HEAD_LEN +
 *             @inner_len bytes
 * @at:        number of bytes that were written; updated: the inner frame takes
 *             their place as far as it can
 * @len:       length of the encoded frame, updated
 * @inner:     another encoded frame
 * @inner_len: its length
 *
 * Return: where the outer frame goes on in @bytes
 */
size_t weave_insert(uint8_t *bytes, size_t *at, size_t *len,
		    const uint8_t *inner, size_t inner_len)
{
	const size_t need = WEAVE_HEAD_LEN + inner_len;

	if (*at < need) {
		memmove(bytes + need, bytes + *at, *len - *at);
		*len += need - *at;
		*at = need;
	}
	*at -= need;
	bytes[*at] = SLIP_ESC;
	bytes[*at + 1] = SLIP_ESC_INNER;
	memcpy(bytes + *at + WEAVE_HEAD_LEN, inner, inner_len);
	return *at + need;
}
