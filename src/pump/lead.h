/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LEAD_H
#define SERIALTUN_LEAD_H

#include <stdint.h>

/**
 * struct lead - how long before its end the wire gets more bytes
 * @more_ns:  how much longer than on a punctual machine
 * @noted_ns: the last wake-up
 */
struct lead {
	uint64_t more_ns;
	uint64_t noted_ns;
};

void lead_note_wake(struct lead *lead, uint64_t due_ns, uint64_t now_ns);
uint64_t lead_ns(const struct lead *lead);

#endif
