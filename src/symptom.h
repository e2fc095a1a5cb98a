/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SYMPTOM_H
#define SERIALTUN_SYMPTOM_H

#include <stdbool.h>
#include <stdint.h>

struct stats;

/**
 * enum symptom - what the counters say of a line that does not do well
 * @SYMPTOM_NONE:    nothing that was not said before
 * @SYMPTOM_NOTHING: nothing ever came, although something was sent
 * @SYMPTOM_GARBAGE: much came, and never a packet
 * @SYMPTOM_FRAMING: the port has seen framing errors
 * @SYMPTOM_PARITY:  the port has seen parity errors
 * @SYMPTOM_OVERRUN: octets came faster than they were taken from the port
 */
enum symptom {
	SYMPTOM_NONE,
	SYMPTOM_NOTHING,
	SYMPTOM_GARBAGE,
	SYMPTOM_FRAMING,
	SYMPTOM_PARITY,
	SYMPTOM_OVERRUN,
	SYMPTOM_COUNT,
};

/**
 * struct symptoms - what has been said already
 * @told:          by symptom
 * @first_sent_ns: when something was first seen to have been sent; 0: nothing
 * @first_come_ns: when something was first seen to have come; 0: nothing
 */
struct symptoms {
	bool told[SYMPTOM_COUNT];
	uint64_t first_sent_ns;
	uint64_t first_come_ns;
};

enum symptom symptoms_look(struct symptoms *symptoms, const struct stats *stats,
			   uint64_t now_ns);
const char *symptom_text(enum symptom symptom);

#endif
