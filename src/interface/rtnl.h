/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_RTNL_H
#define SERIALTUN_RTNL_H

#include "packet/ethernet.h"

#include <stdbool.h>
#include <stdint.h>

struct addr;
struct rtnl;

/**
 * struct rtnl_link - what the kernel says of an interface
 * @index:     its number, which stays when the name does not
 * @mtu:       bytes
 * @up:        administratively up (IFF_UP)
 * @is_bridge: it is a bridge
 * @master:    the index of the bridge that it is a port of, 0: none
 * @mac:       its Ethernet address, if it has one, else zero
 */
struct rtnl_link {
	int index;
	uint32_t mtu;
	bool up;
	bool is_bridge;
	int master;
	uint8_t mac[ETHERNET_MAC_LEN];
};

int rtnl_open(struct rtnl **rtnl);
void rtnl_close(struct rtnl *rtnl);
const char *rtnl_strerror(const struct rtnl *rtnl, int err);

int rtnl_link_find(struct rtnl *rtnl, const char *name, struct rtnl_link *link);
int rtnl_link_get(struct rtnl *rtnl, int index, struct rtnl_link *link);
int rtnl_link_set_addrgen_none(struct rtnl *rtnl, int index);
int rtnl_link_set_mtu(struct rtnl *rtnl, int index, uint32_t mtu);
int rtnl_link_set_mac(struct rtnl *rtnl, int index,
		      const uint8_t mac[ETHERNET_MAC_LEN]);
int rtnl_link_set_master(struct rtnl *rtnl, int index, int master);
int rtnl_link_set_up(struct rtnl *rtnl, int index);
int rtnl_addr_add(struct rtnl *rtnl, int index, const struct addr *local,
		  const struct addr *peer);
bool rtnl_addr_exists(struct rtnl *rtnl, int index, const struct addr *local,
		      const struct addr *peer);
int rtnl_addr_link_local(struct rtnl *rtnl, int index, struct addr *addr);
int rtnl_route_add(struct rtnl *rtnl, int index, const struct addr *dest,
		   const struct addr *via, const uint32_t *metric);
bool rtnl_route_exists(struct rtnl *rtnl, int index, const struct addr *dest,
		       const uint32_t *metric);

int rtnl_route_find(struct rtnl *rtnl, const struct addr *dest, int *index);

#endif
