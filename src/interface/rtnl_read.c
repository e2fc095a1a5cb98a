/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads the interfaces, addresses and routes that the kernel has. Needs no
 * privilege.
 */
#include "interface/rtnl_read.h"
#include "interface/addr.h"
#include "interface/rtnl.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* Attempts at a dump that other programs' changes interrupt. */
#define RTNL_DUMP_TRIES 5

static int link_info_attr(const struct nlattr *attr, void *data)
{
	struct rtnl_link *link = data;

	if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
		return MNL_CB_OK;
	switch (mnl_attr_get_type(attr)) {
	case IFLA_INFO_KIND:
		link->is_bridge = !strcmp(mnl_attr_get_str(attr), "bridge");
		link->is_tun = !strcmp(mnl_attr_get_str(attr), "tun");
		break;
	case IFLA_INFO_SLAVE_KIND:
		link->is_in_vrf = !strcmp(mnl_attr_get_str(attr), "vrf");
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

static int link_attr(const struct nlattr *attr, void *data)
{
	struct rtnl_link *link = data;

	switch (mnl_attr_get_type(attr)) {
	case IFLA_IFNAME:
		if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			snprintf(link->name, sizeof(link->name), "%s",
				 mnl_attr_get_str(attr));
		break;
	case IFLA_MTU:
		if (mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			link->mtu = mnl_attr_get_u32(attr);
		break;
	case IFLA_MASTER:
		if (mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			link->master = (int)mnl_attr_get_u32(attr);
		break;
	case IFLA_ADDRESS:
		if (mnl_attr_get_payload_len(attr) == ETHERNET_MAC_LEN)
			memcpy(link->mac, mnl_attr_get_payload(attr),
			       ETHERNET_MAC_LEN);
		break;
	case IFLA_LINKINFO:
		mnl_attr_parse_nested(attr, link_info_attr, link);
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

/**
 * rtnl_link_parse() - read a message about an interface
 * @link: filled in
 * @nlh:  the message, of rtnetlink(7)
 *
 * Return: false if the message is about something else
 */
bool rtnl_link_parse(struct rtnl_link *link, const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	/* AF_BRIDGE messages describe the same interface as a bridge port. */
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifi) ||
	    ifi->ifi_family != AF_UNSPEC)
		return false;
	*link = (struct rtnl_link){
		.index = ifi->ifi_index,
		.up = ifi->ifi_flags & IFF_UP,
	};
	mnl_attr_parse(nlh, sizeof(*ifi), link_attr, link);
	return true;
}

static void on_link(const struct nlmsghdr *nlh, void *data)
{
	rtnl_link_parse(data, nlh);
}

/* By its name, or by its index if the name is NULL. Return: 0 or -errno */
static int ask_link(struct rtnl *rtnl, int index, const char *name,
		    struct rtnl_link *link)
{
	struct nlmsghdr *nlh =
		rtnl_request(rtnl, RTM_GETLINK, NLM_F_ACK,
			     sizeof(struct ifinfomsg), AF_UNSPEC);
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	ifi->ifi_index = index;
	if (name)
		mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	return rtnl_talk(rtnl, on_link, link);
}

/**
 * rtnl_link_get() - read the state of an interface
 * @rtnl:  the handle
 * @index: the interface
 * @link:  filled in on success
 *
 * Return: 0 or -errno
 */
int rtnl_link_get(struct rtnl *rtnl, int index, struct rtnl_link *link)
{
	return ask_link(rtnl, index, NULL, link);
}

/**
 * rtnl_link_find() - find an interface by its name
 * @rtnl: the handle
 * @name: the interface's name
 * @link: filled in on success
 *
 * Return: 0 or -errno
 */
int rtnl_link_find(struct rtnl *rtnl, const char *name, struct rtnl_link *link)
{
	return ask_link(rtnl, 0, name, link);
}

/* The caller's function for each item of a dump. */
struct visit {
	union {
		rtnl_link_visit *link;
		rtnl_addr_visit *addr;
		rtnl_route_visit *route;
	} to;
	void *data;
};

/*
 * Dump all items of one type and family, and call on_reply for each message,
 * with @visit as its data. If the list changes meanwhile (NLM_F_DUMP_INTR,
 * which libmnl turns into EINTR), the dump starts again, so @visit may see an
 * item twice. Return: 0 or -errno.
 */
static int dump(struct rtnl *rtnl, uint16_t type, int family, size_t header_len,
		rtnl_reply *on_reply, struct visit *visit)
{
	int tries = RTNL_DUMP_TRIES;
	int err;

	do {
		rtnl_request(rtnl, type, NLM_F_DUMP, header_len, family);
		err = rtnl_talk(rtnl, on_reply, visit);
	} while (err == -EINTR && --tries);
	return err;
}

static void on_any_link(const struct nlmsghdr *nlh, void *data)
{
	const struct visit *visit = data;
	struct rtnl_link link;

	if (rtnl_link_parse(&link, nlh))
		visit->to.link(&link, visit->data);
}

/**
 * rtnl_link_each() - visit every interface
 * @rtnl:  the handle; @visit must not use it
 * @visit: called for each
 * @data:  for @visit
 *
 * Return: 0 or -errno
 */
int rtnl_link_each(struct rtnl *rtnl, rtnl_link_visit *visit, void *data)
{
	struct visit to = {.to.link = visit, .data = data};

	return dump(rtnl, RTM_GETLINK, AF_UNSPEC, sizeof(struct ifinfomsg),
		    on_any_link, &to);
}

/* The attributes of one message, by type. */
struct attr_table {
	const struct nlattr *attrs[RTA_MAX + 1];
};

static int collect_attr(const struct nlattr *attr, void *data)
{
	struct attr_table *table = data;

	if (mnl_attr_get_type(attr) <= RTA_MAX)
		table->attrs[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

/* A missing attribute is address 0. Return: false if it is not an address. */
static bool read_addr(struct addr *addr, int family, unsigned int prefix_len,
		      const struct nlattr *attr)
{
	const size_t len = addr_bits(family) / 8;

	*addr = (struct addr){.family = family, .prefix_len = prefix_len};
	if (!attr)
		return true;
	if (mnl_attr_get_payload_len(attr) != len)
		return false;
	memcpy(addr->bytes, mnl_attr_get_payload(attr), len);
	return true;
}

/**
 * rtnl_addr_parse() - read a message about an address
 * @addr: filled in
 * @nlh:  the message, of rtnetlink(7)
 *
 * Return: false if the message is about something else
 */
bool rtnl_addr_parse(struct rtnl_addr *addr, const struct nlmsghdr *nlh)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct attr_table table = {0};
	const struct nlattr *local;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifa) ||
	    (ifa->ifa_family != AF_INET && ifa->ifa_family != AF_INET6))
		return false;
	mnl_attr_parse(nlh, sizeof(*ifa), collect_attr, &table);
	/* IPv6 has IFA_LOCAL only with a peer. */
	local = table.attrs[IFA_LOCAL] ? table.attrs[IFA_LOCAL]
				       : table.attrs[IFA_ADDRESS];
	addr->index = (int)ifa->ifa_index;
	addr->is_link_local =
		ifa->ifa_family == AF_INET6 && ifa->ifa_scope == RT_SCOPE_LINK;
	addr->is_refused = ifa->ifa_flags & IFA_F_DADFAILED;
	return read_addr(&addr->local, ifa->ifa_family, ifa->ifa_prefixlen,
			 local) &&
	       read_addr(&addr->reached, ifa->ifa_family, ifa->ifa_prefixlen,
			 table.attrs[IFA_ADDRESS]);
}

static void on_any_addr(const struct nlmsghdr *nlh, void *data)
{
	const struct visit *visit = data;
	struct rtnl_addr addr;

	if (rtnl_addr_parse(&addr, nlh))
		visit->to.addr(&addr, visit->data);
}

/**
 * rtnl_addr_each() - visit every address of every interface
 * @rtnl:   the handle; @visit must not use it
 * @family: AF_INET, AF_INET6, or AF_UNSPEC for both
 * @visit:  called for each
 * @data:   for @visit
 *
 * Return: 0 or -errno
 */
int rtnl_addr_each(struct rtnl *rtnl, int family, rtnl_addr_visit *visit,
		   void *data)
{
	struct visit to = {.to.addr = visit, .data = data};

	return dump(rtnl, RTM_GETADDR, family, sizeof(struct ifaddrmsg),
		    on_any_addr, &to);
}

/* A search among all addresses. */
struct addr_search {
	int index;
	const struct addr *local;
	const struct addr *reached;
	bool found;
};

static void find_addr(const struct rtnl_addr *addr, void *data)
{
	struct addr_search *search = data;

	search->found |=
		addr->index == search->index &&
		addr->reached.prefix_len == search->reached->prefix_len &&
		addr_same_host(&addr->local, search->local) &&
		addr_same_host(&addr->reached, search->reached);
}

/**
 * rtnl_addr_exists() - check whether an interface has an address already
 * @rtnl:  the handle
 * @index: the interface
 * @local: as for rtnl_addr_add()
 * @peer:  as for rtnl_addr_add()
 *
 * Needs no privilege, unlike rtnl_addr_add().
 *
 * Return: true if it has; false if not, or if the kernel refused to tell
 */
bool rtnl_addr_exists(struct rtnl *rtnl, int index, const struct addr *local,
		      const struct addr *peer)
{
	struct addr_search search = {.index = index,
				     .local = local,
				     .reached = peer ? peer : local};

	return !rtnl_addr_each(rtnl, local->family, find_addr, &search) &&
	       search.found;
}

/* A search among all addresses, and its result. */
struct link_local_search {
	int index;
	struct addr *addr;
	bool found;
};

static void find_link_local(const struct rtnl_addr *addr, void *data)
{
	struct link_local_search *search = data;

	if (addr->index != search->index || !addr->is_link_local)
		return;
	*search->addr = addr->local;
	search->found = true;
}

/**
 * rtnl_addr_link_local() - find the IPv6 link-local address of an interface
 * @rtnl:  the handle
 * @index: the interface
 * @addr:  filled in if there is one
 *
 * Return: 0, -EADDRNOTAVAIL if there is none, or another -errno
 */
int rtnl_addr_link_local(struct rtnl *rtnl, int index, struct addr *addr)
{
	struct link_local_search search = {.index = index, .addr = addr};
	int err = rtnl_addr_each(rtnl, AF_INET6, find_link_local, &search);

	if (err)
		return err;
	return search.found ? 0 : -EADDRNOTAVAIL;
}

/* Visit the next hops of a multipath route, nested in one attribute. */
static void visit_ways(struct rtnl_route *route, const struct nlattr *ways,
		       const struct visit *visit)
{
	const uint8_t *at = mnl_attr_get_payload(ways);
	const uint8_t *end = at + mnl_attr_get_payload_len(ways);
	const int family = route->dest.family;

	while ((size_t)(end - at) >= sizeof(struct rtnexthop)) {
		const struct rtnexthop *way = (const void *)at;
		struct attr_table table = {0};

		if (way->rtnh_len < sizeof(*way) || way->rtnh_len > end - at)
			return;
		mnl_attr_parse_payload(at + sizeof(*way),
				       way->rtnh_len - sizeof(*way),
				       collect_attr, &table);
		route->index = way->rtnh_ifindex;
		route->has_via = table.attrs[RTA_GATEWAY];
		if (read_addr(&route->via, family, addr_bits(family),
			      table.attrs[RTA_GATEWAY]))
			visit->to.route(route, visit->data);
		if (RTNH_ALIGN(way->rtnh_len) >= end - at)
			return;
		at += RTNH_ALIGN(way->rtnh_len);
	}
}

static void on_any_route(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct visit *visit = data;
	struct attr_table table = {0};
	struct rtnl_route route = {0};
	const struct nlattr *attr;

	if (rtm->rtm_table != RT_TABLE_MAIN || rtm->rtm_type != RTN_UNICAST ||
	    (rtm->rtm_family != AF_INET && rtm->rtm_family != AF_INET6))
		return;
	mnl_attr_parse(nlh, sizeof(*rtm), collect_attr, &table);
	if (!read_addr(&route.dest, rtm->rtm_family, rtm->rtm_dst_len,
		       table.attrs[RTA_DST]))
		return;
	attr = table.attrs[RTA_PRIORITY];
	route.metric = attr ? mnl_attr_get_u32(attr) : 0;
	attr = table.attrs[RTA_OIF];
	route.index = attr ? (int)mnl_attr_get_u32(attr) : 0;
	attr = table.attrs[RTA_GATEWAY];
	route.has_via = attr;
	if (table.attrs[RTA_MULTIPATH])
		visit_ways(&route, table.attrs[RTA_MULTIPATH], visit);
	else if (read_addr(&route.via, rtm->rtm_family,
			   addr_bits(rtm->rtm_family), attr))
		visit->to.route(&route, visit->data);
}

/**
 * rtnl_route_each() - visit every route of the main table
 * @rtnl:   the handle; @visit must not use it
 * @family: AF_INET, AF_INET6, or AF_UNSPEC for both
 * @visit:  called for each unicast route (RTN_UNICAST), and for each next hop
 *          of a multipath route
 * @data:   for @visit
 *
 * Return: 0 or -errno
 */
int rtnl_route_each(struct rtnl *rtnl, int family, rtnl_route_visit *visit,
		    void *data)
{
	struct visit to = {.to.route = visit, .data = data};

	return dump(rtnl, RTM_GETROUTE, family, sizeof(struct rtmsg),
		    on_any_route, &to);
}

/* A search among all routes. */
struct route_search {
	int index;
	const struct addr *dest;
	const uint32_t *metric;
	bool found;
};

static void find_route(const struct rtnl_route *route, void *data)
{
	struct route_search *search = data;

	search->found |= route->index == search->index &&
			 route->dest.prefix_len == search->dest->prefix_len &&
			 addr_same_host(&route->dest, search->dest) &&
			 (!search->metric || route->metric == *search->metric);
}

/**
 * rtnl_route_exists() - check whether a route goes through an interface already
 * @rtnl:   the handle
 * @index:  the interface
 * @dest:   as for rtnl_route_add()
 * @metric: as for rtnl_route_add(); NULL: any
 *
 * Return: true if it does; false if not, or if the kernel refused to tell
 */
bool rtnl_route_exists(struct rtnl *rtnl, int index, const struct addr *dest,
		       const uint32_t *metric)
{
	struct route_search search = {.index = index,
				      .dest = dest,
				      .metric = metric};

	return !rtnl_route_each(rtnl, dest->family, find_route, &search) &&
	       search.found;
}

static int way_attr(const struct nlattr *attr, void *data)
{
	if (mnl_attr_get_type(attr) == RTA_OIF &&
	    mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
		*(int *)data = (int)mnl_attr_get_u32(attr);
	return MNL_CB_OK;
}

static void on_way(const struct nlmsghdr *nlh, void *data)
{
	mnl_attr_parse(nlh, sizeof(struct rtmsg), way_attr, data);
}

/**
 * rtnl_route_find() - find the interface that now leads to a host
 * @rtnl:  the handle
 * @dest:  the host
 * @index: the interface, on success
 *
 * Return: 0 or -errno; -ENETUNREACH and the like if no route leads there
 */
int rtnl_route_find(struct rtnl *rtnl, const struct addr *dest, int *index)
{
	struct nlmsghdr *nlh = rtnl_request(rtnl, RTM_GETROUTE, NLM_F_ACK,
					    sizeof(struct rtmsg), dest->family);
	struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);

	rtm->rtm_dst_len = (uint8_t)addr_bits(dest->family);
	rtnl_put_addr(nlh, RTA_DST, dest);
	return rtnl_talk(rtnl, on_way, index);
}
