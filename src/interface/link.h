/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LINK_H
#define SERIALTUN_LINK_H

#include "interface/addr.h"
#include "interface/conflict.h"

#include <stdbool.h>
#include <stdint.h>

struct link_config;
struct tun;

/**
 * struct link - the state of a configured interface
 * @mtu:             bytes
 * @mtu_chosen:      not the MTU that the peer's serialtun would choose
 * @link_local_only: @link_local is its only address
 * @link_local:      an IPv6 link-local address
 * @takes_addr:      it gets an IPv4 address when two serialtuns pair; set by
 *                   the caller of link_configure()
 * @taken:           addresses that the peer cannot have
 */
struct link {
	uint32_t mtu;
	bool mtu_chosen;
	bool link_local_only;
	struct addr link_local;
	bool takes_addr;
	struct conflict_taken taken;
};

int link_check(const struct link_config *config);
int link_configure(struct link *link, const struct tun *tun,
		   const struct link_config *config, uint32_t rate);

#endif
