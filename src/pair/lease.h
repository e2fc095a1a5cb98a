/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LEASE_H
#define SERIALTUN_LEASE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct lease - the time for which a speed stays without a good frame
 * @is_on:    the line has a speed on a lease
 * @good_ns:  time of the last good frame, or of the beginning
 * @probe_ns: time at which the next probe is due
 * @len_ns:   the lease ends this long after @good_ns
 */
struct lease {
	bool is_on;
	uint64_t good_ns;
	uint64_t probe_ns;
	uint64_t len_ns;
};

void lease_begin(struct lease *lease, uint64_t packet_ns, uint64_t now_ns);
void lease_end(struct lease *lease);
void lease_good(struct lease *lease, uint64_t now_ns);
uint64_t lease_next_ns(const struct lease *lease);
bool lease_is_over(const struct lease *lease, uint64_t now_ns);
bool lease_take_probe(struct lease *lease, uint64_t now_ns);

#endif
