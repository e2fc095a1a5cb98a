/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_NAT_H
#define SERIALTUN_NAT_H

#include "interface/uplink.h"

#include <net/if.h>
#include <stdbool.h>

/* Size of a text that tells why there is no table. */
#define NAT_WHY_MAX 160

struct nat;

/**
 * struct nat_config - what the table lets through
 * @interface: name of the link's interface
 * @index:     its number
 * @uplink:    this host's way to the internet
 * @reach_all: the link may reach this host's own networks, too
 */
struct nat_config {
	char interface[IFNAMSIZ];
	int index;
	struct uplink uplink;
	bool reach_all;
};

bool nat_is_built_in(void);
int nat_open(struct nat **nat, char why[NAT_WHY_MAX]);
bool nat_is_marked(struct nat *nat, const char *uplink);
int nat_begin(struct nat *nat, const struct nat_config *config, bool mark,
	      char why[NAT_WHY_MAX]);
bool nat_unmark(struct nat *nat);
void nat_close(struct nat *nat);

#endif
