/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Guess the peer's protocol when frames arrive that are not IP packets in SLIP,
 * or not Ethernet where Ethernet is expected. Every protocol repeats some bytes
 * in each frame, and a SLIP decoder lets some of them through:
 *
 *   PPP       opens with LCP (RFC 1661), never compressed, control characters
 *             escaped (RFC 1662, section 7): 7E FF 7D 23 C0 21. C0 is an END,
 *             so the bytes before it end a frame.
 *   CSLIP     sends the packet that opens or repairs a connection whole, but
 *             with 7 as the version and a connection number as the protocol
 *             (RFC 1144, section 3.2.2). The checksum is the original one.
 *   telnet    begins with commands, FF and one of FB to FE and an option, and
 *             doubles each FF of the data (RFC 854).
 *   TUN       without IFF_NO_PI, puts flags (0) and the EtherType in front of
 *             each packet (struct tun_pi).
 *   KISS      frames as SLIP does, and puts a command first, 0 before data.
 *   Ethernet  has the EtherType behind its two addresses.
 *   IP        passes packet_check().
 *   text      is mostly printable.
 *
 * The signatures of PPP, CSLIP and telnet are nearly certain. One frame of the
 * others may be noise.
 *
 * Pure. The caller asks only about dropped frames, so good frames cost nothing.
 */
#include "packet/guess.h"
#include "packet/ethernet.h"
#include "packet/info.h"
#include "packet/link_layer.h"
#include "packet/packet.h"

#include <string.h>

/* Bytes examined for text, at the end of a frame. */
#define GUESS_TEXT_MAX 256
/* The length of a login prompt on a new line. */
#define GUESS_TEXT_MIN 8

/* RFC 854: a command begins with IAC; from SB to DONT an option follows. */
#define TELNET_IAC 0xFF
#define TELNET_SB  0xFA

/* Longer frames are not searched for doubled bytes. */
#define GUESS_DOUBLED_MAX 2048

/* Does a frame end with this string literal? */
#define GUESS_ENDS_WITH(frame, len, bytes) \
	guess_ends_with(frame, len, bytes, sizeof(bytes) - 1)

static bool guess_ends_with(const uint8_t *frame, size_t len, const char *bytes,
			    size_t count)
{
	return len >= count && !memcmp(frame + len - count, bytes, count);
}

/* The second form: some modems escape nothing. */
static bool is_ppp(const uint8_t *frame, size_t len)
{
	return GUESS_ENDS_WITH(frame, len, "\x7E\xFF\x7D\x23") ||
	       GUESS_ENDS_WITH(frame, len, "\x7E\xFF\x03");
}

/* Is this, possibly cut off, a telnet command with an option? */
static bool is_telnet_command(const uint8_t *bytes, size_t len)
{
	return len >= 2 && bytes[0] == TELNET_IAC && bytes[1] >= TELNET_SB &&
	       bytes[1] != TELNET_IAC;
}

/* A valid packet with IP in it; PACKET_OTHER proves nothing. */
static bool has_ip(const uint8_t *frame, size_t len,
		   const struct link_layer *layer)
{
	return layer->check(frame, len) <= PACKET_IPV6;
}

/* Would the frame be a packet if each FF FF were one FF? */
static bool is_doubled(const uint8_t *frame, size_t len,
		       const struct link_layer *layer)
{
	uint8_t single[GUESS_DOUBLED_MAX];
	size_t single_len = 0;
	size_t i;

	if (len > sizeof(single))
		return false;
	for (i = 0; i < len; i++) {
		single[single_len++] = frame[i];
		if (frame[i] == TELNET_IAC && i + 1 < len &&
		    frame[i + 1] == TELNET_IAC)
			i++;
	}
	return single_len < len && has_ip(single, single_len, layer);
}

/* A telnet peer offers several options; a single one may be noise. */
static bool is_telnet(const uint8_t *frame, size_t len,
		      const struct link_layer *layer)
{
	return (len >= 3 && is_telnet_command(frame, len) &&
		(len == 3 || is_telnet_command(frame + 3, len - 3))) ||
	       is_doubled(frame, len, layer);
}

static bool has_info(const uint8_t *frame, size_t len,
		     const struct link_layer *layer)
{
	if (layer->guess == GUESS_IP)
		return info_is_first(frame, len);
	return len > INFO_LEN && !frame[0] && !frame[1] &&
	       has_ip(frame + INFO_LEN, len - INFO_LEN, layer);
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
	/* Backspace, tab, LF, VT, FF, CR; ESC, with which colours begin. */
	return (byte >= ' ' && byte <= '~') || (byte >= 8 && byte <= 13) ||
	       byte == 27;
}

/* Nine bytes of ten: the rest may be non-ASCII characters and noise. */
static bool is_text(const uint8_t *frame, size_t len)
{
	size_t looked = len < GUESS_TEXT_MAX ? len : GUESS_TEXT_MAX;
	size_t text = 0;
	size_t i;

	for (i = len - looked; i < len; i++)
		text += is_text_byte(frame[i]);
	return len >= GUESS_TEXT_MIN && text * 10 >= looked * 9;
}

/* Return: the most specific match. */
static enum guess look(const uint8_t *frame, size_t len,
		       const struct link_layer *layer, bool slip)
{
	if (is_ppp(frame, len))
		return GUESS_PPP;
	if (packet_is_vj(frame, len))
		return GUESS_CSLIP;
	if (is_telnet(frame, len, layer))
		return GUESS_TELNET;
	if (has_info(frame, len, layer))
		return GUESS_INFO;
	if (packet_is_good(packet_check(frame, len)))
		return GUESS_IP;
	if (is_ethernet(frame, len))
		return GUESS_ETHERNET;
	if (slip && is_kiss(frame, len))
		return GUESS_KISS;
	return is_text(frame, len) ? GUESS_TEXT : GUESS_NONE;
}

/**
 * guess_frame() - guess the protocol of a bad frame
 * @frame: the bytes between two ENDs, or as many as have arrived
 * @len:   their number
 * @layer: the link layer that is expected
 * @slip:  the framing is SLIP: KISS occurs in no other
 *
 * Return: the most specific match; GUESS_NONE if it is that of @layer, because
 * a damaged frame of the expected protocol tells nothing new
 */
enum guess guess_frame(const uint8_t *frame, size_t len,
		       const struct link_layer *layer, bool slip)
{
	enum guess guess = look(frame, len, layer, slip);

	return guess == layer->guess ? GUESS_NONE : guess;
}
