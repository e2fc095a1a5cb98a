/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sets up interfaces, addresses and routes.
 *
 * Requests add with NLM_F_EXCL, so that they replace nothing that another
 * program made.
 */
#include "interface/rtnl_change.h"
#include "interface/addr.h"
#include "interface/rtnl.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

static struct nlmsghdr *change_link(struct rtnl *rtnl, int index)
{
	struct nlmsghdr *nlh =
		rtnl_request(rtnl, RTM_NEWLINK, NLM_F_ACK,
			     sizeof(struct ifinfomsg), AF_UNSPEC);
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	ifi->ifi_index = index;
	return nlh;
}

/**
 * rtnl_link_set_addrgen_none() - no IPv6 link-local address, and so neither
 *                                router solicitations nor MLD reports
 * @rtnl:  the handle
 * @index: the interface
 *
 * The kernel answers EAFNOSUPPORT for an interface without IPv6 (MTU below
 * 1280); that counts as success.
 *
 * Return: 0 or -errno
 */
int rtnl_link_set_addrgen_none(struct rtnl *rtnl, int index)
{
	struct nlmsghdr *nlh = change_link(rtnl, index);
	struct nlattr *spec = mnl_attr_nest_start(nlh, IFLA_AF_SPEC);
	struct nlattr *inet6 = mnl_attr_nest_start(nlh, AF_INET6);
	int err;

	mnl_attr_put_u8(nlh, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
	mnl_attr_nest_end(nlh, inet6);
	mnl_attr_nest_end(nlh, spec);
	err = rtnl_talk(rtnl, NULL, NULL);
	return err == -EAFNOSUPPORT ? 0 : err;
}

/**
 * rtnl_link_set_mtu() - set the MTU of an interface
 * @rtnl:  the handle
 * @index: the interface
 * @mtu:   bytes
 *
 * Return: 0 or -errno
 */
int rtnl_link_set_mtu(struct rtnl *rtnl, int index, uint32_t mtu)
{
	struct nlmsghdr *nlh = change_link(rtnl, index);

	mnl_attr_put_u32(nlh, IFLA_MTU, mtu);
	return rtnl_talk(rtnl, NULL, NULL);
}

/**
 * rtnl_link_set_mac() - set the Ethernet address of an interface
 * @rtnl:  the handle
 * @index: the interface
 * @mac:   the address
 *
 * Return: 0 or -errno
 */
int rtnl_link_set_mac(struct rtnl *rtnl, int index,
		      const uint8_t mac[ETHERNET_MAC_LEN])
{
	struct nlmsghdr *nlh = change_link(rtnl, index);

	mnl_attr_put(nlh, IFLA_ADDRESS, ETHERNET_MAC_LEN, mac);
	return rtnl_talk(rtnl, NULL, NULL);
}

/**
 * rtnl_link_set_master() - make an interface a port of a bridge
 * @rtnl:   the handle
 * @index:  the interface
 * @master: the bridge
 *
 * Return: 0 or -errno
 */
int rtnl_link_set_master(struct rtnl *rtnl, int index, int master)
{
	struct nlmsghdr *nlh = change_link(rtnl, index);

	mnl_attr_put_u32(nlh, IFLA_MASTER, (uint32_t)master);
	return rtnl_talk(rtnl, NULL, NULL);
}

/**
 * rtnl_link_set_up() - bring an interface up
 * @rtnl:  the handle
 * @index: the interface
 *
 * Return: 0 or -errno
 */
int rtnl_link_set_up(struct rtnl *rtnl, int index)
{
	struct nlmsghdr *nlh = change_link(rtnl, index);
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	ifi->ifi_change = IFF_UP;
	ifi->ifi_flags = IFF_UP;
	return rtnl_talk(rtnl, NULL, NULL);
}

/* A request that names an address of an interface. */
static struct nlmsghdr *addr_request(struct rtnl *rtnl, uint16_t type,
				     uint16_t flags, int index,
				     const struct addr *local,
				     const struct addr *peer)
{
	const struct addr *reached = peer ? peer : local;
	struct nlmsghdr *nlh =
		rtnl_request(rtnl, type, NLM_F_ACK | flags,
			     sizeof(struct ifaddrmsg), local->family);
	struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);

	ifa->ifa_prefixlen = (uint8_t)reached->prefix_len;
	ifa->ifa_flags = local->family == AF_INET6 ? IFA_F_NODAD : 0;
	ifa->ifa_scope = RT_SCOPE_UNIVERSE;
	ifa->ifa_index = (uint32_t)index;
	rtnl_put_addr(nlh, IFA_LOCAL, local);
	rtnl_put_addr(nlh, IFA_ADDRESS, reached);
	return nlh;
}

/**
 * rtnl_addr_add() - add an address to an interface
 * @rtnl:   the handle
 * @index:  the interface
 * @local:  the address of this end
 * @peer:   the peer's address, of the same family, whose prefix the link then
 *          leads to; NULL: the link leads to @local's prefix
 * @metric: the priority of the route to that prefix, lower wins; NULL or 0:
 *          the kernel's default (IFA_RT_PRIORITY, Linux 4.18; older kernels
 *          only have the default)
 *
 * IPv6 addresses are usable at once (IFA_F_NODAD): on a point-to-point line no
 * third host can have the same one.
 *
 * Return: 0 or -errno; -EEXIST if the interface has the address already
 */
int rtnl_addr_add(struct rtnl *rtnl, int index, const struct addr *local,
		  const struct addr *peer, const uint32_t *metric)
{
	struct nlmsghdr *nlh =
		addr_request(rtnl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL,
			     index, local, peer);

	if (metric && *metric)
		mnl_attr_put_u32(nlh, IFA_RT_PRIORITY, *metric);
	return rtnl_talk(rtnl, NULL, NULL);
}

/**
 * rtnl_addr_del() - take an address from an interface
 * @rtnl:  the handle
 * @index: the interface
 * @local: as for rtnl_addr_add()
 * @peer:  as for rtnl_addr_add()
 *
 * Return: 0 or -errno; -EADDRNOTAVAIL if the interface has no such address
 */
int rtnl_addr_del(struct rtnl *rtnl, int index, const struct addr *local,
		  const struct addr *peer)
{
	addr_request(rtnl, RTM_DELADDR, 0, index, local, peer);
	return rtnl_talk(rtnl, NULL, NULL);
}

/* A request that names a route through an interface. */
static void route_request(struct rtnl *rtnl, uint16_t type, uint16_t flags,
			  int index, const struct addr *dest,
			  const struct addr *via, const uint32_t *metric)
{
	struct nlmsghdr *nlh = rtnl_request(rtnl, type, NLM_F_ACK | flags,
					    sizeof(struct rtmsg), dest->family);
	struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);

	rtm->rtm_dst_len = (uint8_t)dest->prefix_len;
	rtm->rtm_table = RT_TABLE_MAIN;
	rtm->rtm_protocol = RTPROT_STATIC;
	rtm->rtm_scope = dest->family == AF_INET && !via ? RT_SCOPE_LINK
							 : RT_SCOPE_UNIVERSE;
	rtm->rtm_type = RTN_UNICAST;
	rtnl_put_addr(nlh, RTA_DST, dest);
	if (via)
		rtnl_put_addr(nlh, RTA_GATEWAY, via);
	mnl_attr_put_u32(nlh, RTA_OIF, (uint32_t)index);
	if (metric)
		mnl_attr_put_u32(nlh, RTA_PRIORITY, *metric);
}

/**
 * rtnl_route_del() - remove a route through an interface
 * @rtnl:   the handle
 * @index:  the interface
 * @dest:   as for rtnl_route_add()
 * @via:    as for rtnl_route_add()
 * @metric: as for rtnl_route_add()
 *
 * Return: 0 or -errno; -ESRCH if there is no such route
 */
int rtnl_route_del(struct rtnl *rtnl, int index, const struct addr *dest,
		   const struct addr *via, const uint32_t *metric)
{
	route_request(rtnl, RTM_DELROUTE, 0, index, dest, via, metric);
	return rtnl_talk(rtnl, NULL, NULL);
}

/**
 * rtnl_route_add() - add a route through an interface
 * @rtnl:   the handle
 * @index:  the interface
 * @dest:   the destination, all bits behind the prefix clear; a prefix of 0
 *          is the default route
 * @via:    the router behind the interface, of the same family; NULL: none
 * @metric: the route's priority, lower wins; NULL: the kernel's default
 *
 * Return: 0 or -errno; -EEXIST if a route with this metric exists already
 */
int rtnl_route_add(struct rtnl *rtnl, int index, const struct addr *dest,
		   const struct addr *via, const uint32_t *metric)
{
	route_request(rtnl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, index,
		      dest, via, metric);
	return rtnl_talk(rtnl, NULL, NULL);
}
