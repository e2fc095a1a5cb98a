/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Watch for changes of the interface by other programs. A network manager
 * flushes its addresses, a script sets its MTU, somebody takes it down: none of
 * that makes a read or write fail, so without a warning it looks like a broken
 * line.
 *
 * The kernel announces every change of every interface (rtnetlink(7), groups).
 * An announcement about our interface that differs from the known state makes
 * the monitor ask the kernel for the present state, and it reports the
 * differences in one line, however many announcements one command caused. The
 * kernel holds its lock until that command is done, and the answer waits for
 * the lock; for that moment no packet crosses.
 *
 * The known state starts as monitor_open() finds it, so the set-up is not
 * reported. Nor are the carrier, which serialtun sets itself, and addresses
 * that are added.
 *
 * Needs no capability.
 */
#include "interface/monitor.h"
#include "interface/rtnl.h"
#include "interface/rtnl_read.h"
#include "text.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Number of watched addresses; --addr may be given 32 times. */
#define MONITOR_ADDRS_MAX 40

#define MONITOR_BUFFER_LEN 16384

/* Announcements per call: on a busy host, packets need a turn in between. */
#define MONITOR_READS_MAX 64

/* Size of each of the two lists in a report. */
#define MONITOR_LIST_MAX (MONITOR_TEXT_MAX / 2 - IFNAMSIZ - 16)

/**
 * struct monitor_addr - an address of the interface
 * @addr:    the address
 * @is_here: known state: the interface has it
 * @is_seen: the present dump has it
 */
struct monitor_addr {
	struct rtnl_addr addr;
	bool is_here;
	bool is_seen;
};

struct monitor {
	struct mnl_socket *socket; /* for announcements */
	struct rtnl *rtnl;	   /* for requests */
	struct rtnl_link link;	   /* the known state */
	struct monitor_addr addrs[MONITOR_ADDRS_MAX];
	size_t addr_count;
	bool is_gone;
	/* From the announcements since the last report: */
	bool is_news;
	bool was_down;
	bool was_moved;
	char buffer[MONITOR_BUFFER_LEN];
};

static bool is_same(const struct rtnl_addr *a, const struct rtnl_addr *b)
{
	return a->local.prefix_len == b->local.prefix_len &&
	       addr_same_host(&a->local, &b->local) &&
	       addr_same_host(&a->reached, &b->reached);
}

static struct monitor_addr *find_addr(struct monitor *monitor,
				      const struct rtnl_addr *addr)
{
	size_t i;

	for (i = 0; i < monitor->addr_count; i++)
		if (is_same(&monitor->addrs[i].addr, addr))
			return &monitor->addrs[i];
	return NULL;
}

static void learn_addr(const struct rtnl_addr *addr, void *data)
{
	struct monitor *monitor = data;

	if (addr->index == monitor->link.index &&
	    monitor->addr_count < MONITOR_ADDRS_MAX)
		monitor->addrs[monitor->addr_count++] =
			(struct monitor_addr){.addr = *addr, .is_here = true};
}

/* Return: 0 or -errno. */
static int join_groups(struct monitor *monitor)
{
	static const int groups[] = {RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR,
				     RTNLGRP_IPV6_IFADDR};
	size_t i;

	monitor->socket =
		mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!monitor->socket ||
	    mnl_socket_bind(monitor->socket, 0, MNL_SOCKET_AUTOPID))
		return -errno;
	for (i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		int group = groups[i];

		if (mnl_socket_setsockopt(monitor->socket,
					  NETLINK_ADD_MEMBERSHIP, &group,
					  sizeof(group)))
			return -errno;
	}
	return 0;
}

/**
 * monitor_open() - start to watch an interface
 * @monitor: the monitor on success; monitor_close() frees it
 * @name:    the interface, set up
 *
 * Return: 0 or -errno
 */
int monitor_open(struct monitor **monitor, const char *name)
{
	struct monitor *opened = calloc(1, sizeof(*opened));
	int err;

	if (!opened)
		return -ENOMEM;
	/* Announcements first, or a change in between would be missed. */
	err = join_groups(opened);
	if (!err)
		err = rtnl_open(&opened->rtnl);
	if (!err)
		err = rtnl_link_find(opened->rtnl, name, &opened->link);
	if (!err)
		err = rtnl_addr_each(opened->rtnl, AF_UNSPEC, learn_addr,
				     opened);
	if (err) {
		monitor_close(opened);
		return err;
	}
	*monitor = opened;
	return 0;
}

/**
 * monitor_close() - stop watching
 * @monitor: the monitor, or NULL
 */
void monitor_close(struct monitor *monitor)
{
	if (!monitor)
		return;
	if (monitor->socket)
		mnl_socket_close(monitor->socket);
	rtnl_close(monitor->rtnl);
	free(monitor);
}

/**
 * monitor_fd() - the descriptor to poll
 * @monitor: the monitor
 *
 * Return: a descriptor that is readable when monitor_read() has work
 */
int monitor_fd(const struct monitor *monitor)
{
	return mnl_socket_get_fd(monitor->socket);
}

static int move_attr(const struct nlattr *attr, void *data)
{
	bool *is_move = data;

	if (mnl_attr_get_type(attr) == IFLA_NEW_NETNSID ||
	    mnl_attr_get_type(attr) == IFLA_NEW_IFINDEX)
		*is_move = true;
	return MNL_CB_OK;
}

static void note_link(struct monitor *monitor, const struct nlmsghdr *nlh)
{
	struct rtnl_link link;

	if (!rtnl_link_parse(&link, nlh) || link.index != monitor->link.index)
		return;
	if (nlh->nlmsg_type == RTM_DELLINK) {
		mnl_attr_parse(nlh, sizeof(struct ifinfomsg), move_attr,
			       &monitor->was_moved);
		monitor->is_news = true;
		return;
	}
	if (!link.up && monitor->link.up)
		monitor->was_down = true;
	if (link.up != monitor->link.up || link.mtu != monitor->link.mtu ||
	    strcmp(link.name, monitor->link.name) != 0)
		monitor->is_news = true;
}

static void note_addr(struct monitor *monitor, const struct nlmsghdr *nlh)
{
	struct monitor_addr *known;
	struct rtnl_addr addr;

	if (!rtnl_addr_parse(&addr, nlh) || addr.index != monitor->link.index)
		return;
	known = find_addr(monitor, &addr);
	if (known && known->is_here != (nlh->nlmsg_type == RTM_NEWADDR))
		monitor->is_news = true;
}

static int on_announcement(const struct nlmsghdr *nlh, void *data)
{
	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		note_link(data, nlh);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		note_addr(data, nlh);
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

/* Read all announcements. After a loss (ENOBUFS), assume a change. */
static void read_announcements(struct monitor *monitor)
{
	ssize_t n;
	int i;

	for (i = 0; i < MONITOR_READS_MAX; i++) {
		n = mnl_socket_recvfrom(monitor->socket, monitor->buffer,
					sizeof(monitor->buffer));
		if (n > 0)
			mnl_cb_run(monitor->buffer, (size_t)n, 0, 0,
				   on_announcement, monitor);
		else if (n < 0 && (errno == ENOBUFS || errno == ENOSPC))
			monitor->is_news = true;
		else if (n == 0 || errno != EINTR)
			return;
	}
}

static void mark_addr(const struct rtnl_addr *addr, void *data)
{
	struct monitor *monitor = data;
	struct monitor_addr *known = find_addr(monitor, addr);

	if (known && addr->index == monitor->link.index)
		known->is_seen = true;
}

/* Two lists: the changes, and their remedies. */
struct telling {
	char changes[MONITOR_LIST_MAX];
	char remedies[MONITOR_LIST_MAX];
};

__attribute__((format(printf, 2, 3))) static void tell(
	char list[MONITOR_LIST_MAX], const char *format, ...)
{
	char text[MONITOR_LIST_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	text_append(list, MONITOR_LIST_MAX, "%s%s", *list ? "; " : "", text);
}

static void tell_link(struct telling *telling, const struct monitor *monitor,
		      const struct rtnl_link *now)
{
	const struct rtnl_link *then = &monitor->link;

	if (strcmp(then->name, now->name) != 0)
		tell(telling->changes, "it is called %s now", now->name);
	if (then->up && !now->up) {
		tell(telling->changes, "it is down, so no packet crosses");
		tell(telling->remedies,
		     "sudo ip link set %s up; routes through it are gone: "
		     "add them again",
		     now->name);
	} else if (monitor->was_down && now->up) {
		tell(telling->changes, "it was taken down and up again");
		tell(telling->remedies,
		     "routes through it are gone: add them again");
	} else if (!then->up && now->up) {
		tell(telling->changes, "it is up again");
	}
	if (then->mtu != now->mtu)
		tell(telling->changes, "its MTU is %u instead of %u", now->mtu,
		     then->mtu);
	if (then->mtu < now->mtu)
		tell(telling->remedies,
		     "longer packets delay others, and the peer may drop "
		     "them: start both ends with --mtu %u",
		     now->mtu);
}

static void tell_addr(struct telling *telling, const struct rtnl_addr *addr,
		      const char *name)
{
	char local[ADDR_TEXT_MAX];
	char reached[ADDR_TEXT_MAX];
	const bool has_peer = !addr_same_host(&addr->local, &addr->reached);

	tell(telling->changes, "it has lost its address %s",
	     has_peer ? addr_format_host(&addr->local, local)
		      : addr_format(&addr->local, local));
	/* The kernel makes a new link-local address by itself. */
	if (!addr->is_link_local)
		tell(telling->remedies, "sudo ip address add %s%s%s dev %s",
		     local, has_peer ? " peer " : "",
		     has_peer ? addr_format(&addr->reached, reached) : "",
		     name);
}

/* Return: 0 or -errno. */
static int compare(struct monitor *monitor, struct telling *telling)
{
	struct rtnl_link now;
	size_t i;
	int err = rtnl_link_get(monitor->rtnl, monitor->link.index, &now);

	for (i = 0; i < monitor->addr_count; i++)
		monitor->addrs[i].is_seen = false;
	if (!err)
		err = rtnl_addr_each(monitor->rtnl, AF_UNSPEC, mark_addr,
				     monitor);
	if (err)
		return err;
	tell_link(telling, monitor, &now);
	for (i = 0; i < monitor->addr_count; i++) {
		struct monitor_addr *known = &monitor->addrs[i];

		if (known->is_here && !known->is_seen)
			tell_addr(telling, &known->addr, now.name);
		known->is_here = known->is_seen;
	}
	monitor->link = now;
	return 0;
}

/**
 * monitor_read() - report a change of the interface by another program
 * @monitor: the monitor
 * @text:    set to one line: the changes and their remedies
 *
 * Does not wait for announcements. Does not report a deletion: tun_read() does.
 *
 * Return: true if there is something to report
 */
bool monitor_read(struct monitor *monitor, char text[MONITOR_TEXT_MAX])
{
	struct telling telling = {"", ""};
	char name[IFNAMSIZ];
	int err;

	read_announcements(monitor);
	if (!monitor->is_news || monitor->is_gone)
		return false;
	memcpy(name, monitor->link.name, sizeof(name));
	err = compare(monitor, &telling);
	monitor->is_news = false;
	monitor->was_down = false;
	*text = '\0';
	if (err == -ENODEV) {
		/* The final state is announced last. */
		read_announcements(monitor);
		monitor->is_gone = monitor->was_moved;
		text_append(text, MONITOR_TEXT_MAX,
			    "%s was moved to another network namespace by "
			    "another program: its addresses and routes are "
			    "gone (set it up there, or start serialtun again)",
			    name);
		return monitor->was_moved;
	}
	if (err || !*telling.changes)
		return false;
	text_append(text, MONITOR_TEXT_MAX,
		    "%s was changed by another program: "
		    "%s",
		    name, telling.changes);
	if (*telling.remedies)
		text_append(text, MONITOR_TEXT_MAX, " (%s)", telling.remedies);
	return true;
}
