/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_GUESS_H
#define SERIALTUN_GUESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link_layer;

/**
 * enum guess - the protocol that the peer may speak
 * @GUESS_NONE:     unknown
 * @GUESS_PPP:      PPP in HDLC-like framing (RFC 1662)
 * @GUESS_CSLIP:    SLIP with compressed TCP headers (RFC 1144)
 * @GUESS_TELNET:   telnet commands (RFC 854) between the data, and FF doubled
 * @GUESS_XONXOFF:  SLIP with the escapes for software flow control
 * @GUESS_INFO:     packet information in front of packets (struct tun_pi)
 * @GUESS_KISS:     KISS, the framing of packet radio
 * @GUESS_SLIP:     SLIP, where KISS is expected
 * @GUESS_ETHERNET: Ethernet in SLIP, where IP packets are expected
 * @GUESS_IP:       IP packets in SLIP, where Ethernet is expected
 * @GUESS_TEXT:     readable text
 */
enum guess {
	GUESS_NONE,
	GUESS_PPP,
	GUESS_CSLIP,
	GUESS_TELNET,
	GUESS_XONXOFF,
	GUESS_INFO,
	GUESS_KISS,
	GUESS_SLIP,
	GUESS_ETHERNET,
	GUESS_IP,
	GUESS_TEXT,
	GUESS_COUNT,
};

enum guess guess_frame(const uint8_t *frame, size_t len,
		       const struct link_layer *layer, bool slip);

#endif
