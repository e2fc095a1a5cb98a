/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What does the other end speak, if what came is no IP packet in SLIP, or no
 * frame of Ethernet where that is expected? Other protocols, too, have
 * something that stands in every frame, and some of it can be seen through a
 * SLIP decoder:
 *
 *   PPP       opens with LCP (RFC 1661), never compressed, control characters
 *             escaped (RFC 1662, section 7): 7E FF 7D 23 C0 21. C0 is an END,
 *             so what stands before it ends a frame.
 *   CSLIP     sends the packet that begins or repairs a connection whole, but
 *             for a 7 as the version and a number as the protocol (RFC 1144,
 *             section 3.2.2). The checksum is that of before.
 *   KISS      frames as SLIP does, and puts a command first, 0 before data.
 *   Ethernet  names what it carries behind its two addresses.
 *   IP        is told by all that packet_check() looks at.
 *   text      is, for the most part, printable.
 *
 * The first two are as good as certain; one frame of the others may be noise.
 *
 * Pure; to be asked of frames that were dropped, so that others pay nothing.
 */
#include "packet/guess.h"
#include "packet/ethernet.h"
#include "packet/packet.h"

#include <string.h>

/* So much of a frame is looked at, at its end. */
#define GUESS_TEXT_MAX 256
/* A prompt for a name, on a new line. */
#define GUESS_TEXT_MIN 8

/* A literal of bytes at the end of a frame. */
#define GUESS_ENDS_WITH(frame, len, bytes) \
	guess_ends_with(frame, len, bytes, sizeof(bytes) - 1)

static bool guess_ends_with(const uint8_t *frame, size_t len, const char *bytes,
			    size_t count)
{
	return len >= count && !memcmp(frame + len - count, bytes, count);
}

/* Some modems escape nothing. */
static bool is_ppp(const uint8_t *frame, size_t len)
{
	return GUESS_ENDS_WITH(frame, len, "\x7E\xFF\x7D\x23") ||
	       GUESS_ENDS_WITH(frame, len, "\x7E\xFF\x03");
}

/* IPv4, ARP or IPv6 (IANA, IEEE 802 numbers). */
static bool is_ethernet(const uint8_t *frame, size_t len)
{
	const uint8_t *type;

	if (len < ETHERNET_HEADER_LEN)
		return false;
	type = frame + ETHERNET_HEADER_LEN - 2;
	return !memcmp(type, "\x08\x00", 2) || !memcmp(type, "\x08\x06", 2) ||
	       !memcmp(type, "\x86\xDD", 2);
}

static bool is_kiss(const uint8_t *frame, size_t len)
{
	return len && !frame[0];
}

static bool is_text_byte(uint8_t byte)
{
	/* Backspace, tab, LF, FF, CR; ESC, with which colours begin. */
	return (byte >= ' ' && byte <= '~') || (byte >= 8 && byte <= 13) ||
	       byte == 27;
}

/* Nine bytes of ten: there may be other characters in it, and noise. */
static bool is_text(const uint8_t *frame, size_t len)
{
	size_t looked = len < GUESS_TEXT_MAX ? len : GUESS_TEXT_MAX;
	size_t text = 0;
	size_t i;

	for (i = len - looked; i < len; i++)
		text += is_text_byte(frame[i]);
	return len >= GUESS_TEXT_MIN && text * 10 >= looked * 9;
}

/* The most specific thing that it looks like. */
static enum guess look(const uint8_t *frame, size_t len)
{
	if (is_ppp(frame, len))
		return GUESS_PPP;
	if (packet_is_vj(frame, len))
		return GUESS_CSLIP;
	if (packet_is_good(packet_check(frame, len)))
		return GUESS_IP;
	if (is_ethernet(frame, len))
		return GUESS_ETHERNET;
	if (is_kiss(frame, len))
		return GUESS_KISS;
	return is_text(frame, len) ? GUESS_TEXT : GUESS_NONE;
}

/**
 * guess_frame() - what may this be that is not what we expect?
 * @frame:    what came between two ENDs, or what there is of it so far
 * @len:      how many bytes
 * @expected: what is expected, GUESS_IP or GUESS_ETHERNET
 *
 * Return: the most specific thing that it looks like; GUESS_NONE if that is
 * what is expected, because what is damaged tells nothing new
 */
enum guess guess_frame(const uint8_t *frame, size_t len, enum guess expected)
{
	enum guess guess = look(frame, len);

	return guess == expected ? GUESS_NONE : guess;
}
