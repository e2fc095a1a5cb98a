/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_RTNL_READ_H
#define SERIALTUN_RTNL_READ_H

#include "interface/addr.h"
#include "packet/ethernet.h"

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

struct nlmsghdr;
struct rtnl;

/**
 * struct rtnl_link - an interface
 * @index:     its number, which survives a change of name
 * @name:      its name now
 * @mtu:       bytes
 * @up:        administratively up (IFF_UP)
 * @is_bridge: it is a bridge
 * @is_tun:    it is a TUN or TAP interface
 * @is_in_vrf: it belongs to a VRF with its own routing table (ip-vrf(8))
 * @master:    index of the bridge that it is a port of, 0: none
 * @mac:       its Ethernet address, or zero
 */
struct rtnl_link {
	int index;
	char name[IFNAMSIZ];
	uint32_t mtu;
	bool up;
	bool is_bridge;
	bool is_tun;
	bool is_in_vrf;
	int master;
	uint8_t mac[ETHERNET_MAC_LEN];
};

/**
 * struct rtnl_addr - an address of an interface
 * @index:         the interface
 * @local:         the address
 * @reached:       the network behind it: @local's own, or the peer's address
 *                 with its prefix
 * @is_link_local: it is an IPv6 link-local address
 * @is_refused:    another host has it (IFA_F_DADFAILED), so it is not in use
 */
struct rtnl_addr {
	int index;
	struct addr local;
	struct addr reached;
	bool is_link_local;
	bool is_refused;
};

/**
 * struct rtnl_route - a route, or one next hop of a multipath route
 * @index:   the interface of the route
 * @dest:    the destination
 * @has_via: the route has a router
 * @via:     the router
 * @metric:  its priority
 */
struct rtnl_route {
	int index;
	struct addr dest;
	bool has_via;
	struct addr via;
	uint32_t metric;
};

typedef void rtnl_link_visit(const struct rtnl_link *link, void *data);
typedef void rtnl_addr_visit(const struct rtnl_addr *addr, void *data);
typedef void rtnl_route_visit(const struct rtnl_route *route, void *data);

bool rtnl_link_parse(struct rtnl_link *link, const struct nlmsghdr *nlh);
bool rtnl_addr_parse(struct rtnl_addr *addr, const struct nlmsghdr *nlh);

int rtnl_link_find(struct rtnl *rtnl, const char *name, struct rtnl_link *link);
int rtnl_link_get(struct rtnl *rtnl, int index, struct rtnl_link *link);
int rtnl_link_each(struct rtnl *rtnl, rtnl_link_visit *visit, void *data);
int rtnl_addr_each(struct rtnl *rtnl, int family, rtnl_addr_visit *visit,
		   void *data);
bool rtnl_addr_exists(struct rtnl *rtnl, int index, const struct addr *local,
		      const struct addr *peer);
int rtnl_addr_link_local(struct rtnl *rtnl, int index, struct addr *addr);
int rtnl_route_each(struct rtnl *rtnl, int family, rtnl_route_visit *visit,
		    void *data);
bool rtnl_route_exists(struct rtnl *rtnl, int index, const struct addr *dest,
		       const uint32_t *metric);
int rtnl_route_find(struct rtnl *rtnl, const struct addr *dest, int *index);

#endif
