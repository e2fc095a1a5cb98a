/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_RTNL_CHANGE_H
#define SERIALTUN_RTNL_CHANGE_H

#include "packet/ethernet.h"

#include <stdint.h>

struct addr;
struct rtnl;

int rtnl_link_set_addrgen_none(struct rtnl *rtnl, int index);
int rtnl_link_set_mtu(struct rtnl *rtnl, int index, uint32_t mtu);
int rtnl_link_set_mac(struct rtnl *rtnl, int index,
		      const uint8_t mac[ETHERNET_MAC_LEN]);
int rtnl_link_set_master(struct rtnl *rtnl, int index, int master);
int rtnl_link_set_up(struct rtnl *rtnl, int index);
int rtnl_addr_add(struct rtnl *rtnl, int index, const struct addr *local,
		  const struct addr *peer, const uint32_t *metric);
int rtnl_addr_del(struct rtnl *rtnl, int index, const struct addr *local,
		  const struct addr *peer);
int rtnl_route_del(struct rtnl *rtnl, int index, const struct addr *dest,
		   const struct addr *via, const uint32_t *metric);
int rtnl_route_add(struct rtnl *rtnl, int index, const struct addr *dest,
		   const struct addr *via, const uint32_t *metric);

#endif
