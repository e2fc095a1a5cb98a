/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rtnetlink(7): sets up interfaces, addresses and routes.
 *
 * rtnl_talk() sends one request and receives until the kernel has acknowledged
 * or refused it. With NETLINK_EXT_ACK a refusal carries the kernel's own
 * sentence ("ipv4: Invalid prefix len"), which tells more than an errno;
 * rtnl_strerror() returns the sentence.
 *
 * Requests name interfaces by index, so that a rename does no harm, and add
 * with NLM_F_EXCL, so that they replace nothing that another program made.
 */
#include "interface/rtnl.h"
#include "interface/addr.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* The kernel's messages fit into a page (libmnl's advice). */
#define RTNL_BUFFER_LEN 8192

/* Attempts at a dump that other programs' changes interrupt. */
#define RTNL_DUMP_TRIES 5

struct rtnl {
	struct mnl_socket *socket;
	uint32_t seq;
	void *answer;	   /* where a request's callback stores its result */
	char message[160]; /* the kernel's sentence; "": none */
	char buffer[RTNL_BUFFER_LEN];
};

/**
 * rtnl_open() - open an rtnetlink socket
 * @rtnl: the new handle on success; rtnl_close() frees it
 *
 * Return: 0 or -errno
 */
int rtnl_open(struct rtnl **rtnl)
{
	struct rtnl *r = calloc(1, sizeof(*r));
	int on = 1;
	int err;

	if (!r)
		return -ENOMEM;
	r->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!r->socket || mnl_socket_bind(r->socket, 0, MNL_SOCKET_AUTOPID)) {
		err = -errno;
		rtnl_close(r);
		return err;
	}
	/* Kernels before 4.12 lack it: then rtnl_strerror() tells less. */
	mnl_socket_setsockopt(r->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	*rtnl = r;
	return 0;
}

/**
 * rtnl_close() - close the socket
 * @rtnl: a handle of rtnl_open(), or NULL
 */
void rtnl_close(struct rtnl *rtnl)
{
	if (!rtnl)
		return;
	if (rtnl->socket)
		mnl_socket_close(rtnl->socket);
	free(rtnl);
}

/**
 * rtnl_strerror() - tell why the kernel refused the last request
 * @rtnl: the handle of the request
 * @err:  the request's -errno
 *
 * Return: the kernel's own sentence if it sent one, else strerror()'s
 */
const char *rtnl_strerror(const struct rtnl *rtnl, int err)
{
	return *rtnl->message ? rtnl->message : strerror(-err);
}

static struct nlmsghdr *request(struct rtnl *rtnl, uint16_t type,
				uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(rtnl->buffer);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++rtnl->seq;
	return nlh;
}

static int message_attr(const struct nlattr *attr, void *data)
{
	struct rtnl *rtnl = data;

	if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0) {
		rtnl->message[0] = '\0';
		strncat(rtnl->message, mnl_attr_get_str(attr),
			sizeof(rtnl->message) - 1);
	}
	return MNL_CB_OK;
}

/* An NLMSG_ERROR message: error 0 is the acknowledgement. */
static int on_verdict(const struct nlmsghdr *nlh, void *data)
{
	const struct nlmsgerr *verdict = mnl_nlmsg_get_payload(nlh);
	size_t attrs_at = sizeof(*verdict);

	if (nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*verdict))) {
		errno = EBADMSG;
		return MNL_CB_ERROR;
	}
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS) {
		/* A refusal repeats the request, unless it is capped. */
		if (verdict->error && !(nlh->nlmsg_flags & NLM_F_CAPPED))
			attrs_at += mnl_nlmsg_get_payload_len(&verdict->msg);
		mnl_attr_parse(nlh, (unsigned int)attrs_at, message_attr, data);
	}
	if (!verdict->error)
		return MNL_CB_STOP;
	errno = -verdict->error;
	return MNL_CB_ERROR;
}

static ssize_t receive(struct rtnl *rtnl)
{
	ssize_t n;

	do
		n = mnl_socket_recvfrom(rtnl->socket, rtnl->buffer,
					sizeof(rtnl->buffer));
	while (n < 0 && errno == EINTR);
	return n;
}

/* Is the last message of a dump among the @len bytes in the buffer? */
static bool is_end(const struct rtnl *rtnl, ssize_t len)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)rtnl->buffer;
	int left = (int)len;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		if (nlh->nlmsg_type == NLMSG_DONE ||
		    nlh->nlmsg_type == NLMSG_ERROR)
			return true;
	return false;
}

/*
 * Send the request in rtnl->buffer and receive until the kernel acknowledges or
 * refuses it. on_reply, if not NULL, is called for each message of the answer
 * with the handle as its data. Return: 0 or -errno; -EINTR if a list changed
 * during its dump.
 */
static int rtnl_talk(struct rtnl *rtnl, mnl_cb_t on_reply)
{
	/* libmnl handles NLMSG_DONE and the like. */
	static mnl_cb_t control[] = {[NLMSG_ERROR] = on_verdict};
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)rtnl->buffer;
	unsigned int portid = mnl_socket_get_portid(rtnl->socket);
	ssize_t n;
	int status;

	rtnl->message[0] = '\0';
	if (mnl_socket_sendto(rtnl->socket, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		n = receive(rtnl);
		if (n < 0)
			return -errno;
		status = mnl_cb_run2(rtnl->buffer, (size_t)n, rtnl->seq, portid,
				     on_reply, rtnl, control,
				     MNL_ARRAY_SIZE(control));
	} while (status > MNL_CB_STOP);
	if (status == MNL_CB_STOP)
		return 0;
	if (errno != EINTR)
		return -errno;
	/* The socket takes no other request before the end of this dump. */
	while (n > 0 && !is_end(rtnl, n))
		n = receive(rtnl);
	return -EINTR;
}

static struct nlmsghdr *link_request(struct rtnl *rtnl, uint16_t type,
				     int index)
{
	struct nlmsghdr *nlh = request(rtnl, type, NLM_F_ACK);
	struct ifinfomsg *ifi =
		mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));

	ifi->ifi_family = AF_UNSPEC;
	ifi->ifi_index = index;
	return nlh;
}

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

static int on_link(const struct nlmsghdr *nlh, void *data)
{
	struct rtnl *rtnl = data;

	rtnl_link_parse(rtnl->answer, nlh);
	return MNL_CB_OK;
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
	link_request(rtnl, RTM_GETLINK, index);
	rtnl->answer = link;
	return rtnl_talk(rtnl, on_link);
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
	struct nlmsghdr *nlh = link_request(rtnl, RTM_GETLINK, 0);

	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	rtnl->answer = link;
	return rtnl_talk(rtnl, on_link);
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
	struct nlmsghdr *nlh = link_request(rtnl, RTM_NEWLINK, index);
	struct nlattr *spec = mnl_attr_nest_start(nlh, IFLA_AF_SPEC);
	struct nlattr *inet6 = mnl_attr_nest_start(nlh, AF_INET6);
	int err;

	mnl_attr_put_u8(nlh, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
	mnl_attr_nest_end(nlh, inet6);
	mnl_attr_nest_end(nlh, spec);
	err = rtnl_talk(rtnl, NULL);
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
	struct nlmsghdr *nlh = link_request(rtnl, RTM_NEWLINK, index);

	mnl_attr_put_u32(nlh, IFLA_MTU, mtu);
	return rtnl_talk(rtnl, NULL);
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
	struct nlmsghdr *nlh = link_request(rtnl, RTM_NEWLINK, index);

	mnl_attr_put(nlh, IFLA_ADDRESS, ETHERNET_MAC_LEN, mac);
	return rtnl_talk(rtnl, NULL);
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
	struct nlmsghdr *nlh = link_request(rtnl, RTM_NEWLINK, index);

	mnl_attr_put_u32(nlh, IFLA_MASTER, (uint32_t)master);
	return rtnl_talk(rtnl, NULL);
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
	struct nlmsghdr *nlh = link_request(rtnl, RTM_NEWLINK, index);
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	ifi->ifi_change = IFF_UP;
	ifi->ifi_flags = IFF_UP;
	return rtnl_talk(rtnl, NULL);
}

static void put_addr(struct nlmsghdr *nlh, uint16_t attr,
		     const struct addr *addr)
{
	mnl_attr_put(nlh, attr, addr_bits(addr->family) / 8, addr->bytes);
}

/* A request that names an address of an interface. */
static struct nlmsghdr *addr_request(struct rtnl *rtnl, uint16_t type,
				     uint16_t flags, int index,
				     const struct addr *local,
				     const struct addr *peer)
{
	const struct addr *reached = peer ? peer : local;
	struct nlmsghdr *nlh = request(rtnl, type, NLM_F_ACK | flags);
	struct ifaddrmsg *ifa =
		mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifaddrmsg));

	ifa->ifa_family = (uint8_t)local->family;
	ifa->ifa_prefixlen = (uint8_t)reached->prefix_len;
	ifa->ifa_flags = local->family == AF_INET6 ? IFA_F_NODAD : 0;
	ifa->ifa_scope = RT_SCOPE_UNIVERSE;
	ifa->ifa_index = (uint32_t)index;
	put_addr(nlh, IFA_LOCAL, local);
	put_addr(nlh, IFA_ADDRESS, reached);
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
	return rtnl_talk(rtnl, NULL);
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
	return rtnl_talk(rtnl, NULL);
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
 * with the handle as its data and @visit as the handle's answer. If the list
 * changes meanwhile (NLM_F_DUMP_INTR, which libmnl turns into EINTR), the dump
 * starts again, so @visit may see an item twice. Return: 0 or -errno.
 */
static int dump(struct rtnl *rtnl, uint16_t type, int family, size_t header_len,
		mnl_cb_t on_reply, struct visit *visit)
{
	int tries = RTNL_DUMP_TRIES;
	struct nlmsghdr *nlh;
	int err;

	do {
		nlh = request(rtnl, type, NLM_F_DUMP);
		/* The family is the first byte of every header used here. */
		*(uint8_t *)mnl_nlmsg_put_extra_header(nlh, header_len) =
			(uint8_t)family;
		rtnl->answer = visit;
		err = rtnl_talk(rtnl, on_reply);
	} while (err == -EINTR && --tries);
	return err;
}

static const struct visit *visit_of(void *data)
{
	return ((struct rtnl *)data)->answer;
}

static int on_any_link(const struct nlmsghdr *nlh, void *data)
{
	const struct visit *visit = visit_of(data);
	struct rtnl_link link;

	if (rtnl_link_parse(&link, nlh))
		visit->to.link(&link, visit->data);
	return MNL_CB_OK;
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

static int on_any_addr(const struct nlmsghdr *nlh, void *data)
{
	const struct visit *visit = visit_of(data);
	struct rtnl_addr addr;

	if (rtnl_addr_parse(&addr, nlh))
		visit->to.addr(&addr, visit->data);
	return MNL_CB_OK;
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
	struct nlmsghdr *nlh = request(rtnl, RTM_NEWROUTE,
				       NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
	struct rtmsg *rtm =
		mnl_nlmsg_put_extra_header(nlh, sizeof(struct rtmsg));

	rtm->rtm_family = (uint8_t)dest->family;
	rtm->rtm_dst_len = (uint8_t)dest->prefix_len;
	rtm->rtm_table = RT_TABLE_MAIN;
	rtm->rtm_protocol = RTPROT_STATIC;
	rtm->rtm_scope = dest->family == AF_INET && !via ? RT_SCOPE_LINK
							 : RT_SCOPE_UNIVERSE;
	rtm->rtm_type = RTN_UNICAST;
	put_addr(nlh, RTA_DST, dest);
	if (via)
		put_addr(nlh, RTA_GATEWAY, via);
	mnl_attr_put_u32(nlh, RTA_OIF, (uint32_t)index);
	if (metric)
		mnl_attr_put_u32(nlh, RTA_PRIORITY, *metric);
	return rtnl_talk(rtnl, NULL);
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

static int on_any_route(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct visit *visit = visit_of(data);
	struct attr_table table = {0};
	struct rtnl_route route = {0};
	const struct nlattr *attr;

	if (rtm->rtm_table != RT_TABLE_MAIN || rtm->rtm_type != RTN_UNICAST ||
	    (rtm->rtm_family != AF_INET && rtm->rtm_family != AF_INET6))
		return MNL_CB_OK;
	mnl_attr_parse(nlh, sizeof(*rtm), collect_attr, &table);
	if (!read_addr(&route.dest, rtm->rtm_family, rtm->rtm_dst_len,
		       table.attrs[RTA_DST]))
		return MNL_CB_OK;
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
	return MNL_CB_OK;
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
	struct rtnl *rtnl = data;

	if (mnl_attr_get_type(attr) == RTA_OIF &&
	    mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
		*(int *)rtnl->answer = (int)mnl_attr_get_u32(attr);
	return MNL_CB_OK;
}

static int on_way(const struct nlmsghdr *nlh, void *data)
{
	return mnl_attr_parse(nlh, sizeof(struct rtmsg), way_attr, data);
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
	struct nlmsghdr *nlh = request(rtnl, RTM_GETROUTE, NLM_F_ACK);
	struct rtmsg *rtm =
		mnl_nlmsg_put_extra_header(nlh, sizeof(struct rtmsg));

	rtm->rtm_family = (uint8_t)dest->family;
	rtm->rtm_dst_len = (uint8_t)addr_bits(dest->family);
	put_addr(nlh, RTA_DST, dest);
	rtnl->answer = index;
	return rtnl_talk(rtnl, on_way);
}
