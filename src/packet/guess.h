/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_GUESS_H
#define SERIALTUN_GUESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * enum guess - what the other end may speak instead of what we expect
 * @GUESS_NONE:     no idea
 * @GUESS_PPP:      PPP in HDLC-like framing (RFC 1662)
 * @GUESS_CSLIP:    SLIP with compressed TCP headers (RFC 1144)
 * @GUESS_TELNET:   the commands of telnet (RFC 854) in between, and FF doubled
 * @GUESS_XONXOFF:  escapes that SLIP has for software flow control alone
 * @GUESS_INFO:     packet information in front of packets (struct tun_pi)
 * @GUESS_KISS:     KISS, the framing of packet radio
 * @GUESS_ETHERNET: Ethernet in SLIP, where IP packets are expected
 * @GUESS_IP:       IP packets in SLIP, where Ethernet is expected
 * @GUESS_TEXT:     text for people
 */
enum guess {
	GUESS_NONE,
	GUESS_PPP,
	GUESS_CSLIP,
	GUESS_TELNET,
	GUESS_XONXOFF,
	GUESS_INFO,
	GUESS_KISS,
	GUESS_ETHERNET,
	GUESS_IP,
	GUESS_TEXT,
	GUESS_COUNT,
};

enum guess guess_frame(const uint8_t *frame, size_t len, enum guess expected,
		       bool slip);

#endif
