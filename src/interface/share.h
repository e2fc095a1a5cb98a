/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SHARE_H
#define SERIALTUN_SHARE_H

#include "interface/forwarding.h"
#include "interface/nat.h"

#include <stdbool.h>

/**
 * struct share - the state of the kernel that lets the link use the uplink
 * @nat:         the table; NULL: there is none
 * @link:        forwarding from the link
 * @uplink:      forwarding from the uplink
 * @host:        forwarding of the whole host
 * @host_was_on: it was on at the beginning
 */
struct share {
	struct nat *nat;
	struct forwarding link;
	struct forwarding uplink;
	struct forwarding host;
	bool host_was_on;
};

#define SHARE_NONE                                   \
	((struct share){.link = FORWARDING_CLOSED,   \
			.uplink = FORWARDING_CLOSED, \
			.host = FORWARDING_CLOSED})

int share_begin(struct share *share, const struct nat_config *config,
		char why[NAT_WHY_MAX]);
void share_end(struct share *share);

#endif
