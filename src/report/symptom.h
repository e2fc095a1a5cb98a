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
 * @SYMPTOM_PPP:      the other end speaks PPP
 * @SYMPTOM_CSLIP:    the other end compresses headers
 * @SYMPTOM_TELNET:   what is between the ends speaks telnet
 * @SYMPTOM_XONXOFF:  the other end alone has software flow control
 * @SYMPTOM_INFO:     the other end puts packet information before packets
 * @SYMPTOM_KISS:     the other end speaks KISS
 * @SYMPTOM_ETHERNET: the other end frames Ethernet
 * @SYMPTOM_IP:       the other end frames IP packets, not Ethernet
 * @SYMPTOM_TEXT:     the other end writes for people
 * @SYMPTOM_GARBAGE:  much came, and never a packet, nobody knows why
 * @SYMPTOM_FRAMING:  the port has seen framing errors
 * @SYMPTOM_BREAKS:   the port has seen breaks, and never a packet came
 * @SYMPTOM_PARITY:   the port has seen parity errors
 * @SYMPTOM_OVERRUN:  bytes came faster than they were taken from the port
 */
enum symptom {
	SYMPTOM_NONE,
	SYMPTOM_REFUSED,
	SYMPTOM_NOTHING,
	SYMPTOM_PPP,
	SYMPTOM_CSLIP,
	SYMPTOM_TELNET,
	SYMPTOM_XONXOFF,
	SYMPTOM_INFO,
	SYMPTOM_KISS,
	SYMPTOM_ETHERNET,
	SYMPTOM_IP,
	SYMPTOM_TEXT,
	SYMPTOM_GARBAGE,
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
 */
struct symptom_view {
	const struct stats *stats;
	bool is_serial;
};

/**
 * struct symptoms - what has been said already
 * @told:          by symptom
 * @first_sent_ns: when something was first seen to have been sent; 0: nothing
 * @first_come_ns: when something was first seen to have come; 0: nothing
 * @text_ns:       when a text was first seen that is no frame; 0: never
 */
struct symptoms {
	bool told[SYMPTOM_COUNT];
	uint64_t first_sent_ns;
	uint64_t first_come_ns;
	uint64_t text_ns;
};

enum symptom symptoms_look(struct symptoms *symptoms,
			   const struct symptom_view *view, uint64_t now_ns);
const char *symptom_text(enum symptom symptom, bool is_serial);

#endif
