/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_BOARD_H
#define SERIALTUN_BOARD_H

#include <stddef.h>
#include <stdint.h>

/* The first byte of the console's frames. */
#define BOARD_CONSOLE_MARK '\n'

/* Shorter text may be noise. */
#define BOARD_TEXT_MIN 8

/* Length of an Ethernet address. */
#define BOARD_MAC_LEN 6

/* Length of the prefix in an answer, and of the answer. */
#define BOARD_PREFIX_LEN 8
#define BOARD_ANSWER_LEN (2 + BOARD_PREFIX_LEN)

/**
 * enum board_kind - what a board has sent
 * @BOARD_NONE:       not a frame of a board
 * @BOARD_LINE:       a line of debug text
 * @BOARD_TEXT:       text without a mark
 * @BOARD_UNSURE:     such text of a board or of a login (chatter_hear())
 * @BOARD_CONSOLE:    a piece of the output of its console
 * @BOARD_COAP:       a message of CoAP
 * @BOARD_ASKS_PREFIX: the question for an IPv6 prefix
 * @BOARD_TELLS_MAC:  the board's Ethernet address
 */
enum board_kind {
	BOARD_NONE,
	BOARD_LINE,
	BOARD_TEXT,
	BOARD_UNSURE,
	BOARD_CONSOLE,
	BOARD_COAP,
	BOARD_ASKS_PREFIX,
	BOARD_TELLS_MAC,
};

/**
 * struct board_frame - a frame of a board
 * @kind: its kind
 * @mark_len: bytes in front of the text
 * @mac: with BOARD_TELLS_MAC, the address
 */
struct board_frame {
	enum board_kind kind;
	size_t mark_len;
	uint8_t mac[BOARD_MAC_LEN];
};

void board_look(struct board_frame *board, const uint8_t *frame, size_t len);
size_t board_lines_len(const uint8_t *bytes, size_t len);
void board_answer(uint8_t answer[BOARD_ANSWER_LEN],
		  const uint8_t prefix[BOARD_PREFIX_LEN]);

#endif
