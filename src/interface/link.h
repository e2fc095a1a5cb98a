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
 * struct link - the interface as it now is
 * @mtu:             bytes
 * @mtu_chosen:      somebody chose it, so the other end would have another
 * @link_local_only: it has no other address than @link_local
 * @link_local:      an IPv6 link-local address
 * @taken:           what the other end cannot have as its address
 */
struct link {
	uint32_t mtu;
	bool mtu_chosen;
	bool link_local_only;
	struct addr link_local;
	struct conflict_taken taken;
};

int link_check(const struct link_config *config);
int link_configure(struct link *link, const struct tun *tun,
		   const struct link_config *config, uint32_t rate);

#endif
