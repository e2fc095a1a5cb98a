/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LEAD_H
#define SERIALTUN_LEAD_H

#include <stdint.h>

/**
 * struct lead - how late the machine wakes this process
 * @late_ns: the latest wake-up, which fades
 */
struct lead {
	uint64_t late_ns;
};

void lead_note_wake(struct lead *lead, uint64_t due_ns, uint64_t now_ns);
uint64_t lead_ns(const struct lead *lead);

#endif
