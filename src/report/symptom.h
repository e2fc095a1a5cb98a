/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SYMPTOM_H
#define SERIALTUN_SYMPTOM_H

#include <stdbool.h>
#include <stdint.h>

struct stats;

/**
 * enum symptom - a fault that the counters show
 * @SYMPTOM_NONE:     none that was not reported before
 * @SYMPTOM_REFUSED:  the peer's host refuses the packets that we send
 * @SYMPTOM_NOTHING:  packets were sent, but not one byte has arrived
 * @SYMPTOM_ECHO:     our own packets come back
 * @SYMPTOM_PPP:      the peer speaks PPP
 * @SYMPTOM_CSLIP:    the peer compresses headers
 * @SYMPTOM_TELNET:   the port speaks telnet
 * @SYMPTOM_XONXOFF:  only the peer uses software flow control
 * @SYMPTOM_INFO:     the peer puts packet information in front of packets
 * @SYMPTOM_KISS:     the peer speaks KISS
 * @SYMPTOM_SLIP:     the peer speaks SLIP, not KISS
 * @SYMPTOM_ETHERNET: the peer sends Ethernet frames, not IP packets
 * @SYMPTOM_IP:       the peer sends IP packets, not Ethernet frames
 * @SYMPTOM_TEXT:     readable text arrives
 * @SYMPTOM_SEVEN_BITS: the eighth bit of every byte is 0
 * @SYMPTOM_IPV6:     only IPv6 arrives, but this end has IPv4 alone
 * @SYMPTOM_GARBAGE:  many bytes arrive, but no packet, for an unknown reason
 * @SYMPTOM_WHISPER:  some bytes arrive, but no packet
 * @SYMPTOM_SAME_ADDRESS: both ends have the same address
 * @SYMPTOM_NOT_OURS: packets arrive for another address of our network
 * @SYMPTOM_UNKNOWN_NETWORK: packets arrive from a network without a route
 * @SYMPTOM_DAMAGED:  many frames are damaged, beside good ones
 * @SYMPTOM_MISSING:  frames are damaged, and some byte values never arrive
 * @SYMPTOM_BAD_SUMS: packets arrive with wrong checksums
 * @SYMPTOM_BAUD:     packets wait in a pty of unknown speed
 * @SYMPTOM_FRAMING:  the port has seen framing errors
 * @SYMPTOM_BREAKS:   the port has seen breaks, and no packet has arrived
 * @SYMPTOM_PARITY:   the port has seen parity errors
 * @SYMPTOM_OVERRUN:  bytes arrived faster than the port was read
 */
enum symptom {
	SYMPTOM_NONE,
	SYMPTOM_REFUSED,
	SYMPTOM_NOTHING,
	SYMPTOM_ECHO,
	SYMPTOM_PPP,
	SYMPTOM_CSLIP,
	SYMPTOM_TELNET,
	SYMPTOM_XONXOFF,
	SYMPTOM_INFO,
	SYMPTOM_KISS,
	SYMPTOM_SLIP,
	SYMPTOM_ETHERNET,
	SYMPTOM_IP,
	SYMPTOM_TEXT,
	SYMPTOM_SEVEN_BITS,
	SYMPTOM_IPV6,
	SYMPTOM_GARBAGE,
	SYMPTOM_WHISPER,
	SYMPTOM_SAME_ADDRESS,
	SYMPTOM_NOT_OURS,
	SYMPTOM_UNKNOWN_NETWORK,
	SYMPTOM_DAMAGED,
	SYMPTOM_MISSING,
	SYMPTOM_BAD_SUMS,
	SYMPTOM_BAUD,
	SYMPTOM_FRAMING,
	SYMPTOM_BREAKS,
	SYMPTOM_PARITY,
	SYMPTOM_OVERRUN,
	SYMPTOM_COUNT,
};

/**
 * struct symptom_view - the current state of a line
 * @stats:     its counters
 * @is_serial: the port has, or appears to have, a cable and a speed
 * @is_radio:  a radio is behind the port
 * @rate:      capacity of the line in bytes per second; 0: unknown
 */
struct symptom_view {
	const struct stats *stats;
	bool is_serial;
	bool is_radio;
	uint32_t rate;
};

/**
 * struct symptom_count - counters at a point in time
 * @at_ns:      the time; 0: never
 * @good:       good packets from the line
 * @bad:        bad frames from the line
 * @line_bytes: bytes to the line
 * @full:       short writes to the port
 */
struct symptom_count {
	uint64_t at_ns;
	uint64_t good;
	uint64_t bad;
	uint64_t line_bytes;
	uint64_t full;
};

/**
 * struct symptoms - the symptoms reported so far, and the conditions' state
 * @told:          reported, by symptom
 * @first_sent_ns: when packets were sent and no byte had arrived; 0: not now
 * @first_come_ns: when garbage was first seen; 0: not now
 * @text_ns:       when text was first seen; 0: not now
 * @seven_bits_ns: when all bytes were first seen to have seven bits; 0: not now
 * @whisper_ns:    when bytes, but no packet, had arrived although packets were
 *                 sent; 0: not now
 * @waiting_ns:    when packets began to wait for a slow pty; 0: not now
 * @since:         counters at the start of the period of SYMPTOM_DAMAGED
 * @last:          counters at the last call
 */
struct symptoms {
	bool told[SYMPTOM_COUNT];
	uint64_t first_sent_ns;
	uint64_t first_come_ns;
	uint64_t text_ns;
	uint64_t seven_bits_ns;
	uint64_t whisper_ns;
	uint64_t waiting_ns;
	struct symptom_count since;
	struct symptom_count last;
};

enum symptom symptoms_look(struct symptoms *symptoms,
			   const struct symptom_view *view, uint64_t now_ns);

#endif
