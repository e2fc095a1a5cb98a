/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_CHATTER_H
#define SERIALTUN_CHATTER_H

#include "packet/board.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a line; a longer one is cut in pieces. */
#define CHATTER_LINE_MAX 120

/* Lines that wait to be printed. */
#define CHATTER_LINES 16

/* Lines printed per second. */
#define CHATTER_LINES_PER_S 20

/* Bytes of output that wait for a terminal: a long frame, or many short ones.
 */
#define CHATTER_OUTPUT_MAX 65536

/* Bytes that are typed at a time. RIOT's buffer has room for 64. */
#define CHATTER_TYPED_MAX 32

/* Length of the longest frame for a board. */
#define CHATTER_FRAME_MAX (1 + CHATTER_TYPED_MAX)

/* Size of the buffer for chatter_take_line(): each byte may become "\xNN". */
#define CHATTER_TEXT_MAX (4 * CHATTER_LINE_MAX + 1)

/**
 * struct chatter_line - a line of text
 * @len: its bytes
 * @bytes: as the board has sent them
 */
struct chatter_line {
	size_t len;
	char bytes[CHATTER_LINE_MAX];
};

/**
 * struct chatter - what a board says beside packets
 * @prefix: the prefix for a board that asks; NULL: there is none
 * @is_board: a board has sent a frame by this port
 * @has_asked: a board has asked for a prefix
 * @owes_prefix: and has not got an answer yet
 * @has_coap: a board has sent a message of CoAP
 * @has_mac: a board has told its address, @mac
 * @mac: the address
 * @shown: bytes of the unfinished frame that were taken already
 * @line: the line that is not complete
 * @lines: complete lines, in a ring
 * @first: the first of them
 * @count: their number
 * @lost: lines that found no room since the last that did
 * @second_ns: when the current second began
 * @printed: lines of this second
 *
 * @has_console: a terminal takes the output of the console
 * @output_len: bytes in @output
 * @output: output for the terminal
 * @typed_len: bytes in @typed
 * @typed: input for the console
 *
 * Private, but for @is_board, @has_asked, @owes_prefix and @prefix, which
 * others may read.
 */
struct chatter {
	const uint8_t *prefix;
	bool is_board;
	bool has_asked;
	bool owes_prefix;
	bool has_coap;
	bool has_mac;
	uint8_t mac[BOARD_MAC_LEN];
	size_t shown;
	struct chatter_line line;
	struct chatter_line lines[CHATTER_LINES];
	size_t first;
	size_t count;
	uint64_t lost;
	uint64_t second_ns;
	unsigned int printed;
	bool has_console;
	size_t output_len;
	uint8_t output[CHATTER_OUTPUT_MAX];
	size_t typed_len;
	uint8_t typed[CHATTER_TYPED_MAX];
};

/**
 * chatter_owes() - does a frame wait for the board?
 * @chatter: the chatter
 *
 * Return: true if so
 */
static inline bool chatter_owes(const struct chatter *chatter)
{
	return chatter->owes_prefix || chatter->typed_len;
}

/**
 * chatter_has_news() - has a board sent anything for people or for programs?
 * @chatter: the chatter
 *
 * Return: true if so
 */
static inline bool chatter_has_news(const struct chatter *chatter)
{
	return chatter->count || chatter->has_asked || chatter->has_coap ||
	       chatter->has_mac;
}

void chatter_init(struct chatter *chatter, const uint8_t *prefix);
void chatter_reset(struct chatter *chatter);
enum board_kind chatter_hear(struct chatter *chatter, const uint8_t *frame,
			     size_t len, bool has_peer);
size_t chatter_lines_len(const struct chatter *chatter, const uint8_t *bytes,
			 size_t len);
void chatter_hear_lines(struct chatter *chatter, const uint8_t *bytes,
			size_t len);
void chatter_hear_unfinished(struct chatter *chatter, const uint8_t *bytes,
			     size_t len);
void chatter_end_frame(struct chatter *chatter);
size_t chatter_take_frame(struct chatter *chatter,
			  uint8_t frame[CHATTER_FRAME_MAX]);
void chatter_begin_console(struct chatter *chatter);
void chatter_end_console(struct chatter *chatter);
size_t chatter_output(const struct chatter *chatter, const uint8_t **output);
void chatter_drop_output(struct chatter *chatter, size_t len);
bool chatter_has_typed(const struct chatter *chatter);
void chatter_type(struct chatter *chatter, const uint8_t *bytes, size_t len);
bool chatter_take_mac(struct chatter *chatter, uint8_t mac[BOARD_MAC_LEN]);
bool chatter_take_line(struct chatter *chatter, char text[CHATTER_TEXT_MAX],
		       uint64_t *lost, uint64_t now_ns);

#endif
