/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SYMPTOM_H
#define SERIALTUN_SYMPTOM_H

#include <stdbool.h>
#include <stdint.h>

struct stats;

/**
 * enum symptom - what the counters say of a line that does not do well
 * @SYMPTOM_NONE:     nothing that was not said before
 * @SYMPTOM_REFUSED:  what is sent comes back refused
 * @SYMPTOM_NOTHING:  nothing ever came, although something was sent
 * @SYMPTOM_ECHO:     what is sent comes back
 * @SYMPTOM_PPP:      the other end speaks PPP
 * @SYMPTOM_CSLIP:    the other end compresses headers
 * @SYMPTOM_TELNET:   what is between the ends speaks telnet
 * @SYMPTOM_XONXOFF:  the other end alone has software flow control
 * @SYMPTOM_INFO:     the other end puts packet information before packets
 * @SYMPTOM_KISS:     the other end speaks KISS
 * @SYMPTOM_ETHERNET: the other end frames Ethernet
 * @SYMPTOM_IP:       the other end frames IP packets, not Ethernet
 * @SYMPTOM_TEXT:     the other end writes for people
 * @SYMPTOM_SEVEN_BITS: the eighth bit of every byte is 0
 * @SYMPTOM_IPV6:     nothing but IPv6 comes, which is not wanted here
 * @SYMPTOM_GARBAGE:  much came, and never a packet, nobody knows why
 * @SYMPTOM_WHISPER:  something came, and never a packet
 * @SYMPTOM_SAME_ADDRESS: both ends have the same address
 * @SYMPTOM_NOT_OURS: what comes is for another address of our network
 * @SYMPTOM_UNKNOWN_NETWORK: what comes is from a network that is not known here
 * @SYMPTOM_DAMAGED:  many frames are damaged, beside good ones
 * @SYMPTOM_MISSING:  frames are damaged, and some bytes never come
 * @SYMPTOM_BAD_SUMS: packets come whose checksums are wrong
 * @SYMPTOM_BAUD:     packets wait for a pty whose speed is not known
 * @SYMPTOM_FRAMING:  the port has seen framing errors
 * @SYMPTOM_BREAKS:   the port has seen breaks, and never a packet came
 * @SYMPTOM_PARITY:   the port has seen parity errors
 * @SYMPTOM_OVERRUN:  bytes came faster than they were taken from the port
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
 * struct symptom_view - a line, as it is looked at
 * @stats:     its counters
 * @is_serial: the port has a cable and a speed, or looks as if it had
 * @rate:      bytes per second that it carries; 0: not known
 */
struct symptom_view {
	const struct stats *stats;
	bool is_serial;
	uint32_t rate;
};

/* Room for symptom_text(). */
#define SYMPTOM_TEXT_MAX 384

/**
 * struct symptom_count - counters at a moment
 * @at_ns:      the moment; 0: never
 * @good:       packets from the line
 * @bad:        frames from the line that were none
 * @line_bytes: bytes to the line
 * @full:       writes of which the port took only a part
 */
struct symptom_count {
	uint64_t at_ns;
	uint64_t good;
	uint64_t bad;
	uint64_t line_bytes;
	uint64_t full;
};

/**
 * struct symptoms - what has been said already
 * @told:          by symptom
 * @first_sent_ns: when something was first seen to have been sent; 0: nothing
 * @first_come_ns: when something was first seen to have come; 0: nothing
 * @text_ns:       when a text was first seen that is no frame; 0: never
 * @seven_bits_ns: when all bytes were first seen to have seven bits; 0: never
 * @whisper_ns:    when something was first seen to have come that is no packet,
 *                 while packets were sent; 0: never
 * @waiting_ns:    since when packets wait for a slow pty; 0: they do not
 * @since:         what frames are counted from
 * @last:          what was counted at the last look
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
const char *symptom_text(enum symptom symptom, const struct symptom_view *view,
			 char text[SYMPTOM_TEXT_MAX]);

#endif
