/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Frames with which boards say something else than packets, in SLIP.
 *
 * Contiki and Contiki-NG:
 *   \r text \n    a line of debug text (uart0-putchar.c)
 *   text          sensible text between frames (tunslip6.c,
 *                 is_sensible_string())
 *   ?P            the border router asks for its prefix, again and again until
 *                 it gets !P and the first 8 bytes of an address
 *                 (slip-bridge.c, request_prefix() and slip_input_callback())
 *   !M hex        the board's EUI-64 in 16 digits, of which the last 6 bytes
 *                 are an Ethernet address (tunslip6.c, serial_to_tun())
 *
 * RIOT (slipmux, draft-bormann-t2trg-slipmux):
 *   0A text       a piece of the console's output (drivers/slipdev/stdio.c)
 *   A9 CoAP FCS   a message of CoAP, with the 16-bit FCS of RFC 1662 over all
 *                 (drivers/slipdev/coap.c)
 *
 * Noise looks like text now and then: it must be text through and through, and
 * without a mark it must have some length.
 *
 * Pure. The caller asks only about frames that are no packets.
 */
#include "packet/board.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define BOARD_LINE_MARK '\r'
#define BOARD_COAP_MARK 0xA9

/* The mark, the header of CoAP (RFC 7252, section 3), and the FCS. */
#define BOARD_COAP_MIN (1 + 4 + 2)

/* RFC 1662, appendix C.2: the polynomial, and the FCS over a good frame. */
#define BOARD_FCS_POLYNOMIAL 0x8408
#define BOARD_FCS_GOOD	     0xF0B8

/* An EUI-64 in hexadecimal, behind "!M". */
#define BOARD_MAC_FRAME_LEN 18

/* The digits of the Ethernet address in it. */
#define BOARD_MAC_AT 6

/* A printable character, white space, or ESC, which begins a colour. */
static bool is_sensible(uint8_t byte)
{
	return (byte >= ' ' && byte <= '~') || (byte >= '\a' && byte <= '\r') ||
	       byte == '\033';
}

/* A line with a mark may contain UTF-8 as well. */
static bool is_text(const uint8_t *bytes, size_t len, bool utf8)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!is_sensible(bytes[i]) && !(utf8 && bytes[i] >= 0x80))
			return false;
	return true;
}

static bool is_unmarked_text(const uint8_t *frame, size_t len)
{
	return (len >= BOARD_TEXT_MIN ||
		(len >= 2 && frame[len - 1] == '\n')) &&
	       is_text(frame, len, false);
}

/* The value of a hexadecimal digit, -1 if it is none. */
static int hex_value(uint8_t digit)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = digit ? strchr(digits, tolower(digit)) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Read an address. Return: false if it is none, or that of a group. */
static bool read_mac(uint8_t mac[BOARD_MAC_LEN], const uint8_t *frame,
		     size_t len)
{
	static const uint8_t none[BOARD_MAC_LEN];
	const uint8_t *digit = frame + BOARD_MAC_AT;
	size_t i;

	if (len != BOARD_MAC_FRAME_LEN || memcmp(frame, "!M", 2) != 0)
		return false;
	for (i = 2; i < len; i++)
		if (hex_value(frame[i]) < 0)
			return false;
	for (i = 0; i < BOARD_MAC_LEN; i++, digit += 2)
		mac[i] = (uint8_t)(hex_value(digit[0]) << 4 |
				   hex_value(digit[1]));
	return !(mac[0] & 1) && memcmp(mac, none, BOARD_MAC_LEN) != 0;
}

static uint16_t fcs16(const uint8_t *bytes, size_t len)
{
	unsigned int fcs = 0xFFFF;
	int bit;

	while (len--) {
		fcs ^= *bytes++;
		for (bit = 0; bit < 8; bit++)
			fcs = fcs & 1 ? fcs >> 1 ^ BOARD_FCS_POLYNOMIAL
				      : fcs >> 1;
	}
	return (uint16_t)fcs;
}

static bool is_coap(const uint8_t *frame, size_t len)
{
	return len >= BOARD_COAP_MIN && *frame == BOARD_COAP_MARK &&
	       fcs16(frame, len) == BOARD_FCS_GOOD;
}

/* Is it text behind this mark? */
static bool is_marked(const uint8_t *frame, size_t len, uint8_t mark)
{
	return *frame == mark && is_text(frame + 1, len - 1, true);
}

/**
 * board_look() - recognise a frame of a board
 * @board: filled in
 * @frame: a frame that is no packet
 * @len:   length of the frame in bytes, at least 1
 */
void board_look(struct board_frame *board, const uint8_t *frame, size_t len)
{
	*board = (struct board_frame){.kind = BOARD_NONE};
	if (len == 2 && !memcmp(frame, "?P", 2)) {
		board->kind = BOARD_ASKS_PREFIX;
	} else if (read_mac(board->mac, frame, len)) {
		board->kind = BOARD_TELLS_MAC;
	} else if (is_marked(frame, len, BOARD_LINE_MARK)) {
		board->kind = BOARD_LINE;
		board->mark_len = 1;
	} else if (len > 1 && is_marked(frame, len, BOARD_CONSOLE_MARK)) {
		board->kind = BOARD_CONSOLE;
		board->mark_len = 1;
	} else if (is_coap(frame, len)) {
		board->kind = BOARD_COAP;
	} else if (is_unmarked_text(frame, len)) {
		board->kind = BOARD_TEXT;
	}
}

/**
 * board_lines_len() - find lines of text at the beginning of bytes
 * @bytes: the bytes
 * @len:   their number
 *
 * Return: length of the complete lines of sensible text, which may end within
 * the bytes; 0 if there is none
 */
size_t board_lines_len(const uint8_t *bytes, size_t len)
{
	size_t lines_len = 0;
	size_t i;

	for (i = 0; i < len && is_sensible(bytes[i]); i++)
		if (bytes[i] == '\n')
			lines_len = i + 1;
	return lines_len;
}

/**
 * board_answer() - answer the question for a prefix
 * @answer: filled in, the contents of a frame
 * @prefix: the first bytes of an IPv6 address
 */
void board_answer(uint8_t answer[BOARD_ANSWER_LEN],
		  const uint8_t prefix[BOARD_PREFIX_LEN])
{
	answer[0] = '!';
	answer[1] = 'P';
	memcpy(answer + 2, prefix, BOARD_PREFIX_LEN);
}
