/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Configure an interface: MTU, addresses, up, routes, in the order that the
 * kernel needs; or make it a port of a bridge, which then has the addresses and
 * routes.
 *
 * The address generation mode comes first, while the MTU is still 1500: an
 * interface with an MTU below 1280 has no IPv6, and the kernel refuses the
 * request. Addresses and bridge come before up, so that no packet leaves with
 * another source address. Routes come last, because the kernel only takes a
 * route through an interface that is up.
 *
 * An interface that existed before keeps every setting that the user did not
 * ask to change. A setting may already be there: from the last run, or made by
 * root for an unprivileged user.
 */
#include "interface/link.h"
#include "denied.h"
#include "interface/link_config.h"
#include "interface/mtu.h"
#include "interface/rtnl.h"
#include "interface/rtnl_change.h"
#include "interface/rtnl_read.h"
#include "interface/survey.h"
#include "interface/tun.h"
#include "log.h"
#include "privilege.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* Arguments of every step. */
struct setup {
	struct rtnl *rtnl;
	const struct tun *tun;
	const struct link_config *config;
	uint32_t auto_mtu;
	struct rtnl_link now; /* the interface before the first step */
	struct rtnl_link bridge;
};

/*
 * Log that the kernel refused an operation. A lack of privilege has a remedy of
 * its own; @remedy is for every other reason. Return: err.
 */
__attribute__((format(printf, 4, 5))) static int refused(
	const struct setup *setup, int err, const char *remedy,
	const char *format, ...)
{
	char operation[ADDR_TEXT_MAX + 64] = "";
	char denied[DENIED_REMEDY_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(operation, sizeof(operation), format, args);
	va_end(args);
	log_error("cannot %s: %s%s", operation, rtnl_strerror(setup->rtnl, err),
		  err == -EPERM ? denied_capability("NET_ADMIN", denied)
				: remedy);
	return err;
}

static int set_addrgen(const struct setup *setup)
{
	const char *name = setup->tun->name;
	const struct link_config *config = setup->config;
	int err;

	/* In a bridge, the bridge has the addresses. */
	if (setup->tun->attached || (config->ipv6 && !config->bridge))
		return 0;
	err = rtnl_link_set_addrgen_none(setup->rtnl, setup->now.index);
	if (err)
		return refused(setup, err, "",
			       "switch off IPv6 address generation on %s",
			       name);
	log_debug("%s: no IPv6 address generation", name);
	return 0;
}

static int set_mtu(const struct setup *setup)
{
	const char *name = setup->tun->name;
	uint32_t mtu = setup->config->mtu;
	int err;

	if (!mtu && setup->tun->attached)
		return 0;
	if (!mtu)
		mtu = setup->auto_mtu;
	err = rtnl_link_set_mtu(setup->rtnl, setup->now.index, mtu);
	if (err)
		return refused(setup, err, "", "set the MTU of %s to %u", name,
			       mtu);
	log_debug("%s: mtu %u", name, mtu);
	return 0;
}

static int set_mac(const struct setup *setup)
{
	const uint8_t *mac = setup->config->mac;
	const char *name = setup->tun->name;
	int err;

	if (!setup->config->mac_given ||
	    !memcmp(setup->now.mac, mac, ETHERNET_MAC_LEN))
		return 0;
	err = rtnl_link_set_mac(setup->rtnl, setup->now.index, mac);
	if (err)
		return refused(setup, err, "", "set the address of %s (--mac)",
			       name);
	log_debug("%s: Ethernet address set", name);
	return 0;
}

static int join_bridge(const struct setup *setup)
{
	const char *bridge = setup->config->bridge;
	const char *name = setup->tun->name;
	int err;

	if (!bridge || setup->now.master == setup->bridge.index)
		return 0;
	/* It would open the administrator's network to the other end. */
	if (privilege_is_of_file()) {
		log_error("cannot put %s into bridge %s: %s (the capability of "
			  "the program file is not for bridges: run as root, "
			  "or use an interface that root has made with "
			  "--create --bridge %s --owner)",
			  name, bridge, strerror(EPERM), bridge);
		return -EPERM;
	}
	err = rtnl_link_set_master(setup->rtnl, setup->now.index,
				   setup->bridge.index);
	if (err)
		return refused(setup, err, "", "put %s into bridge %s", name,
			       bridge);
	log_debug("%s: in bridge %s", name, bridge);
	return 0;
}

/* The kernel may have IPv6 switched off (EACCES), or no IPv6 at all. */
static const char *addr_remedy(const struct addr *addr, int err)
{
	if (addr->family == AF_INET6 &&
	    (err == -EACCES || err == -EOPNOTSUPP || err == -EAFNOSUPPORT))
		return " (IPv6 is switched off: sudo sysctl "
		       "net.ipv6.conf.all.disable_ipv6=0; in a container, "
		       "start it with --sysctl "
		       "net.ipv6.conf.all.disable_ipv6=0)";
	return "";
}

static int add_addr(const struct setup *setup, const struct addr *local)
{
	const struct link_config *config = setup->config;
	const struct addr *peer =
		local == config->peer_of ? &config->peer : NULL;
	const char *name = setup->tun->name;
	char text[ADDR_TEXT_MAX];
	int err;

	if (setup->tun->attached &&
	    rtnl_addr_exists(setup->rtnl, setup->now.index, local, peer))
		return 0;
	addr_format(local, text);
	err = rtnl_addr_add(setup->rtnl, setup->now.index, local, peer,
			    config->metric_given ? &config->metric : NULL);
	if (err)
		return refused(setup, err, addr_remedy(local, err),
			       "add address %s to %s", text, name);
	log_debug("%s: added address %s", name, text);
	return 0;
}

static int bring_up(const struct setup *setup)
{
	const char *name = setup->tun->name;
	int err = rtnl_link_set_up(setup->rtnl, setup->now.index);

	if (err == -EPERM) {
		log_error("cannot bring %s up: %s (first run: sudo ip link set "
			  "%s up)",
			  name, strerror(EPERM), name);
		return err;
	}
	if (err)
		return refused(setup, err, "", "bring %s up", name);
	log_debug("%s: up", name);
	return 0;
}

static int add_route(const struct setup *setup, const struct addr *dest)
{
	const struct link_config *config = setup->config;
	/* IPv6 takes metric 0 as its default. */
	const uint32_t *metric =
		config->metric_given &&
				(config->metric || dest->family == AF_INET)
			? &config->metric
			: NULL;
	/* On Ethernet only a host answers ARP: the peer is the router. */
	const struct addr *via =
		setup->tun->tap && config->peer_of &&
				config->peer.family == dest->family
			? &config->peer
			: NULL;
	const char *name = setup->tun->name;
	char text[ADDR_TEXT_MAX];
	int err;

	if (setup->tun->attached &&
	    rtnl_route_exists(setup->rtnl, setup->now.index, dest, metric))
		return 0;
	addr_format(dest, text);
	err = rtnl_route_add(setup->rtnl, setup->now.index, dest, via, metric);
	if (err)
		return refused(setup, err,
			       err == -EEXIST
				       ? " (the same route exists already: "
					 "give this one another --metric)"
				       : "",
			       "add route %s through %s", text, name);
	log_debug("%s: added route %s", name, text);
	return 0;
}

/* All the steps, in their order. Return: 0 or -errno, logged. */
static int configure(const struct setup *setup)
{
	const struct link_config *config = setup->config;
	size_t i;
	int err;

	err = set_addrgen(setup);
	if (!err)
		err = set_mac(setup);
	if (!err)
		err = set_mtu(setup);
	for (i = 0; !err && i < config->addr_count; i++)
		err = add_addr(setup, &config->addrs[i]);
	if (!err)
		err = join_bridge(setup);
	if (!err && !setup->now.up)
		err = bring_up(setup);
	for (i = 0; !err && i < config->route_count; i++)
		err = add_route(setup, &config->routes[i]);
	return err;
}

static int open_netlink(struct rtnl **rtnl)
{
	int err = rtnl_open(rtnl);

	if (err)
		log_error("cannot open a Netlink socket: %s", strerror(-err));
	return err;
}

/* Return: 0 or -errno, logged. */
static int find_bridge(struct rtnl *rtnl, const char *name,
		       struct rtnl_link *bridge)
{
	int err = rtnl_link_find(rtnl, name, bridge);

	if (err == -ENODEV) {
		log_error("cannot use bridge %s: there is no such interface "
			  "(create it first: sudo ip link add %s type bridge)",
			  name, name);
	} else if (err) {
		log_error("cannot look up bridge %s: %s", name,
			  rtnl_strerror(rtnl, err));
	} else if (!bridge->is_bridge) {
		log_error("cannot use bridge %s: it is not a bridge (see: ip "
			  "link show type bridge)",
			  name);
		err = -EINVAL;
	}
	return err;
}

/**
 * link_check() - check whether this host can have such a link
 * @config: the user's options
 *
 * Call it before anything is created. Logs any failure.
 *
 * Return: 0 or -errno
 */
int link_check(const struct link_config *config)
{
	struct rtnl_link bridge;
	struct rtnl *rtnl;
	int err;

	if (!config->bridge && !config->addr_count)
		return 0;
	err = open_netlink(&rtnl);
	if (err)
		return err;
	if (config->bridge)
		err = find_bridge(rtnl, config->bridge, &bridge);
	if (!err)
		err = survey_check(rtnl, config);
	rtnl_close(rtnl);
	return err;
}

/* Read the state before the first step. Return: 0 or -errno, logged. */
static int read_state_before(struct setup *setup, uint32_t rate)
{
	const struct link_config *config = setup->config;
	const char *name = setup->tun->name;
	int err = rtnl_link_find(setup->rtnl, name, &setup->now);

	if (err)
		return refused(setup, err, "", "look up %s", name);
	if (!config->bridge) {
		setup->auto_mtu = mtu_choose(rate, config->ipv6);
		return 0;
	}
	/* A bridge silently drops packets that are longer than a port's MTU. */
	err = find_bridge(setup->rtnl, config->bridge, &setup->bridge);
	setup->auto_mtu = setup->bridge.mtu;
	return err;
}

/* Read the state after the last step. Return: 0 or -errno, logged. */
static int read_state_after(const struct setup *setup, struct link *link)
{
	const struct link_config *config = setup->config;
	const struct tun *tun = setup->tun;
	struct rtnl_link state;
	int err = rtnl_link_get(setup->rtnl, setup->now.index, &state);

	if (err)
		return refused(setup, err, "", "look up %s", tun->name);
	link->mtu = state.mtu;
	link->mtu_chosen =
		config->mtu || (tun->attached && state.mtu != setup->auto_mtu);
	link->link_local_only = !config->addr_count && !config->bridge &&
				!tun->attached &&
				!rtnl_addr_link_local(setup->rtnl, state.index,
						      &link->link_local);
	survey_taken(setup->rtnl, config, state.index, &link->taken);
	return 0;
}

/**
 * link_configure() - configure the interface
 * @link:    the state of the interface, on success
 * @tun:     the interface
 * @config:  the user's options
 * @rate:    bytes per second on the wire, 0: unknown
 *
 * Logs any failure and leaves the steps before it done: closing an interface
 * that tun_open() created undoes them.
 *
 * Return: 0 or -errno
 */
int link_configure(struct link *link, const struct tun *tun,
		   const struct link_config *config, uint32_t rate)
{
	struct setup setup = {.tun = tun, .config = config};
	int err = open_netlink(&setup.rtnl);

	if (err)
		return err;
	err = read_state_before(&setup, rate);
	if (!err)
		err = configure(&setup);
	if (!err)
		err = read_state_after(&setup, link);
	rtnl_close(setup.rtnl);
	return err;
}
