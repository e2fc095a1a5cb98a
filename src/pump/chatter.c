/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hear a board that sends more than packets: text to print, and questions to
 * answer (packet/board).
 *
 * A board may print more than a terminal should show, and a hostile one may
 * send escape sequences. So lines wait in a short ring, which loses the newest
 * when it is full; so many leave it per second; and all but printable
 * characters are escaped.
 *
 * Pure: the caller passes the time.
 */
#include "pump/chatter.h"
#include "clock.h"
#include "text.h"

#include <string.h>

/* Longer unfinished frames are not searched for lines. */
#define CHATTER_UNFINISHED_MAX 1024

/* Shorter lines at the beginning of an unfinished frame wait for its end. */
#define CHATTER_LINES_MIN 8

/**
 * chatter_init() - expect a board
 * @chatter: filled in
 * @prefix:  prefix for a board that asks, BOARD_PREFIX_LEN bytes, borrowed;
 *           NULL: there is none
 */
void chatter_init(struct chatter *chatter, const uint8_t *prefix)
{
	*chatter = (struct chatter){.prefix = prefix};
}

/**
 * chatter_reset() - start with a new port
 * @chatter: the chatter; complete lines stay
 */
void chatter_reset(struct chatter *chatter)
{
	chatter->is_board = false;
	chatter->owes_prefix = false;
	chatter->typed_len = 0;
	chatter->has_mac = false;
	chatter->shown = 0;
	chatter->line.len = 0;
}

/* Put the line in the ring, unless it is empty. */
static void end_line(struct chatter *chatter)
{
	size_t last = (chatter->first + chatter->count) % CHATTER_LINES;

	if (!chatter->line.len)
		return;
	if (chatter->count == CHATTER_LINES) {
		chatter->lost++;
	} else {
		chatter->lines[last] = chatter->line;
		chatter->count++;
	}
	chatter->line.len = 0;
}

static void add_text(struct chatter *chatter, const uint8_t *text, size_t len)
{
	struct chatter_line *line = &chatter->line;
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] == '\n' || text[i] == '\r') {
			end_line(chatter);
			continue;
		}
		if (line->len == CHATTER_LINE_MAX)
			end_line(chatter);
		line->bytes[line->len++] = (char)text[i];
	}
}

/* Add output for the terminal; what finds no room is lost. */
static void add_output(struct chatter *chatter, const uint8_t *bytes,
		       size_t len)
{
	const size_t room = CHATTER_OUTPUT_MAX - chatter->output_len;

	if (len > room)
		len = room;
	memcpy(chatter->output + chatter->output_len, bytes, len);
	chatter->output_len += len;
}

/**
 * chatter_hear() - take a frame if it is one of a board
 * @chatter: the chatter
 * @frame:   a frame that is no packet
 * @len:     length of the frame in bytes, at least 1
 * @has_peer: a packet has come by this port
 *
 * Text without a mark may come from a login that echoes packets, until a packet
 * or a marked frame has come.
 *
 * Return: its kind; BOARD_NONE, BOARD_UNSURE: it was not taken
 */
enum board_kind chatter_hear(struct chatter *chatter, const uint8_t *frame,
			     size_t len, bool has_peer)
{
	struct board_frame board;
	size_t from;

	/* The decoder has given up a longer frame, whose lines were taken. */
	if (chatter->shown > len)
		chatter->shown = 0;
	/* A terminal takes any output. */
	if (chatter->has_console && *frame == BOARD_CONSOLE_MARK && len > 1) {
		add_output(chatter, frame + 1, len - 1);
		chatter->is_board = true;
		return BOARD_CONSOLE;
	}
	board_look(&board, frame, len);
	if (board.kind == BOARD_TEXT && !has_peer && !chatter->is_board)
		return BOARD_UNSURE;
	switch (board.kind) {
	case BOARD_NONE:
	case BOARD_UNSURE:
		break;
	case BOARD_ASKS_PREFIX:
		chatter->has_asked = true;
		chatter->owes_prefix = chatter->prefix;
		break;
	case BOARD_TELLS_MAC:
		chatter->has_mac = true;
		memcpy(chatter->mac, board.mac, BOARD_MAC_LEN);
		break;
	case BOARD_COAP:
		chatter->has_coap = true;
		break;
	case BOARD_CONSOLE:
	case BOARD_LINE:
	case BOARD_TEXT:
		from = chatter->shown > board.mark_len ? chatter->shown
						       : board.mark_len;
		add_text(chatter, frame + from, len - from);
		/* The console's output comes in pieces of a line. */
		if (board.kind != BOARD_CONSOLE)
			end_line(chatter);
		break;
	}
	if (board.kind != BOARD_NONE && board.kind != BOARD_TEXT)
		chatter->is_board = true;
	return board.kind;
}

/**
 * chatter_lines_len() - find the complete lines at the beginning of a frame
 * @chatter: the chatter
 * @bytes:   the frame, or what has come of it
 * @len:     bytes so far
 *
 * Return: bytes of the lines, with those that were taken already; at most @len
 */
size_t chatter_lines_len(const struct chatter *chatter, const uint8_t *bytes,
			 size_t len)
{
	const size_t shown = chatter->shown <= len ? chatter->shown : 0;

	if (len <= shown || len - shown > CHATTER_UNFINISHED_MAX ||
	    (chatter->has_console && *bytes == BOARD_CONSOLE_MARK))
		return shown;
	return shown + board_lines_len(bytes + shown, len - shown);
}

/**
 * chatter_hear_lines() - take the complete lines at the beginning of a frame
 * @chatter: the chatter
 * @bytes:   the frame, or what has come of it
 * @len:     bytes so far
 *
 * A board that sends no END in front of a frame sends its text as the beginning
 * of the next packet.
 */
void chatter_hear_lines(struct chatter *chatter, const uint8_t *bytes,
			size_t len)
{
	const size_t lines_len = chatter_lines_len(chatter, bytes, len);
	const size_t shown = chatter->shown <= len ? chatter->shown : 0;
	/* The first byte may be the mark of a console, which ends no line. */
	const size_t from = shown || !len || *bytes != '\n' ? shown : 1;

	if (lines_len > from)
		add_text(chatter, bytes + from, lines_len - from);
	chatter->shown = lines_len;
}

/**
 * chatter_hear_unfinished() - take the lines of a frame that has not ended
 * @chatter: the chatter
 * @bytes:   what has come of the frame
 * @len:     bytes so far
 *
 * Short ones may be the beginning of a packet: IPv6 with a traffic class of 0
 * and a flow label of 0xAxxxx begins with "`\n".
 */
void chatter_hear_unfinished(struct chatter *chatter, const uint8_t *bytes,
			     size_t len)
{
	if (chatter_lines_len(chatter, bytes, len) >=
	    chatter->shown + CHATTER_LINES_MIN)
		chatter_hear_lines(chatter, bytes, len);
}

/**
 * chatter_end_frame() - a frame has ended
 * @chatter: the chatter
 */
void chatter_end_frame(struct chatter *chatter)
{
	chatter->shown = 0;
}

/**
 * chatter_take_frame() - take the next frame for the board
 * @chatter: the chatter
 * @frame:   buffer for the contents of the frame
 *
 * Return: their length; 0 if there is none
 */
size_t chatter_take_frame(struct chatter *chatter,
			  uint8_t frame[CHATTER_FRAME_MAX])
{
	const size_t typed_len = chatter->typed_len;

	if (chatter->owes_prefix) {
		chatter->owes_prefix = false;
		board_answer(frame, chatter->prefix);
		return BOARD_ANSWER_LEN;
	}
	if (!typed_len)
		return 0;
	frame[0] = BOARD_CONSOLE_MARK;
	memcpy(frame + 1, chatter->typed, typed_len);
	chatter->typed_len = 0;
	return 1 + typed_len;
}

/**
 * chatter_begin_console() - a terminal takes the output of the console
 * @chatter: the chatter
 */
void chatter_begin_console(struct chatter *chatter)
{
	chatter->has_console = true;
}

/**
 * chatter_end_console() - the terminal is gone; print the output again
 * @chatter: the chatter
 */
void chatter_end_console(struct chatter *chatter)
{
	chatter->has_console = false;
	chatter->output_len = 0;
	chatter->typed_len = 0;
}

/**
 * chatter_output() - output of the console that waits for the terminal
 * @chatter: the chatter
 * @output:  the bytes, until the next call for this chatter
 *
 * Return: their number
 */
size_t chatter_output(const struct chatter *chatter, const uint8_t **output)
{
	*output = chatter->output;
	return chatter->output_len;
}

/**
 * chatter_drop_output() - the terminal has taken output
 * @chatter: the chatter
 * @len:     so many bytes, at most all
 */
void chatter_drop_output(struct chatter *chatter, size_t len)
{
	chatter->output_len -= len;
	memmove(chatter->output, chatter->output + len, chatter->output_len);
}

/**
 * chatter_has_typed() - does input wait to be sent to the console?
 * @chatter: the chatter
 *
 * Return: true if so
 */
bool chatter_has_typed(const struct chatter *chatter)
{
	return chatter->typed_len;
}

/**
 * chatter_type() - send input to the console
 * @chatter: the chatter; chatter_has_typed() is false
 * @bytes:   the input
 * @len:     bytes, at most CHATTER_TYPED_MAX
 */
void chatter_type(struct chatter *chatter, const uint8_t *bytes, size_t len)
{
	memcpy(chatter->typed, bytes, len);
	chatter->typed_len = len;
}

/**
 * chatter_take_mac() - has a board told its address?
 * @chatter: the chatter
 * @mac:     then the address
 *
 * Return: true once each time it did
 */
bool chatter_take_mac(struct chatter *chatter, uint8_t mac[BOARD_MAC_LEN])
{
	const bool has_mac = chatter->has_mac;

	chatter->has_mac = false;
	if (has_mac)
		memcpy(mac, chatter->mac, BOARD_MAC_LEN);
	return has_mac;
}

/* May another line be printed in this second? */
static bool has_time(struct chatter *chatter, uint64_t now_ns)
{
	if (now_ns - chatter->second_ns >= NS_PER_S) {
		chatter->second_ns = now_ns;
		chatter->printed = 0;
	}
	return chatter->printed < CHATTER_LINES_PER_S;
}

/* Write a line so that no terminal obeys it. */
static void escape(const struct chatter_line *line, char *text)
{
	char bytes[CHATTER_LINE_MAX + 1];
	const char *at = bytes;
	size_t len;

	memcpy(bytes, line->bytes, line->len);
	bytes[line->len] = '\0';
	*text = '\0';
	while (at < bytes + line->len) {
		len = *at ? text_utf8_len(at) : 0;
		if (!len || text_is_control(at)) {
			text_append(text, CHATTER_TEXT_MAX, "\\x%02x",
				    (unsigned char)*at++);
			continue;
		}
		text_append(text, CHATTER_TEXT_MAX, "%.*s", (int)len, at);
		at += len;
	}
}

/**
 * chatter_take_line() - take a line of text to print
 * @chatter: the chatter
 * @text:    then the line, without a newline, safe for a terminal
 * @lost:    and the number of lines that were lost before it
 * @now_ns:  the time
 *
 * Return: false if there is none, or if enough were printed in this second
 */
bool chatter_take_line(struct chatter *chatter, char text[CHATTER_TEXT_MAX],
		       uint64_t *lost, uint64_t now_ns)
{
	if (!chatter->count || !has_time(chatter, now_ns))
		return false;
	escape(&chatter->lines[chatter->first], text);
	chatter->first = (chatter->first + 1) % CHATTER_LINES;
	chatter->count--;
	chatter->printed++;
	/* The ring was full, so that those behind its last line are missing. */
	*lost = chatter->count ? 0 : chatter->lost;
	if (!chatter->count)
		chatter->lost = 0;
	return true;
}
