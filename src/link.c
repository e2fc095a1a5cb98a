/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From an interface to a link: MTU, addresses, up, routes, in the order that
 * the kernel wants them.
 *
 * Address generation is settled first, while the MTU is still 1500: below
 * 1280 the interface has no IPv6 to be spoken of. Addresses come before up,
 * so that no packet leaves with another source; routes come last, because a
 * route needs an interface that is up.
 *
 * An interface that we attached to keeps whatever nobody asked us to change,
 * and what is asked for may be there already: from the last run, or made by
 * root for a user who may not.
 */
#include "link.h"
#include "log.h"
#include "options.h"
#include "rtnl.h"
#include "tun.h"
#include "wire.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* What every step needs. */
struct setup {
	struct rtnl *rtnl;
	const struct tun *tun;
	const struct options *options;
	uint32_t auto_mtu;
	int index;
};

/*
 * Log that the kernel refused something. @remedy is for every reason but a
 * lack of privilege, which has its own. Return: err.
 */
__attribute__((format(printf, 4, 5))) static int refused(
	const struct setup *setup, int err, const char *remedy,
	const char *format, ...)
{
	char what[ADDR_TEXT_MAX + 64] = "";
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	log_error("cannot %s: %s%s", what, rtnl_strerror(setup->rtnl, err),
		  err == -EPERM ? " (needs CAP_NET_ADMIN: run as root)"
				: remedy);
	return err;
}

static int set_addrgen(const struct setup *setup)
{
	const char *name = setup->tun->name;
	int err;

	if (setup->tun->attached || setup->options->ipv6)
		return 0;
	err = rtnl_link_set_addrgen_none(setup->rtnl, setup->index);
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
	uint32_t mtu = setup->options->mtu;
	int err;

	if (!mtu && setup->tun->attached)
		return 0;
	if (!mtu)
		mtu = setup->auto_mtu;
	err = rtnl_link_set_mtu(setup->rtnl, setup->index, mtu);
	if (err)
		return refused(setup, err, "", "set the MTU of %s to %u", name,
			       mtu);
	log_debug("%s: mtu %u", name, mtu);
	return 0;
}

static int add_addr(const struct setup *setup, const struct addr *local)
{
	const struct options *options = setup->options;
	const struct addr *peer =
		local == options->peer_of ? &options->peer : NULL;
	const char *name = setup->tun->name;
	char text[ADDR_TEXT_MAX];
	int err;

	if (setup->tun->attached &&
	    rtnl_addr_exists(setup->rtnl, setup->index, local, peer))
		return 0;
	addr_format(local, text);
	err = rtnl_addr_add(setup->rtnl, setup->index, local, peer);
	if (err)
		return refused(setup, err, "", "add address %s to %s", text,
			       name);
	log_debug("%s: added address %s", name, text);
	return 0;
}

static int bring_up(const struct setup *setup)
{
	const char *name = setup->tun->name;
	int err = rtnl_link_set_up(setup->rtnl, setup->index);

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
	const struct options *options = setup->options;
	/* 0 is IPv6's way of saying "the usual one". */
	const uint32_t *metric =
		options->metric_given &&
				(options->metric || dest->family == AF_INET)
			? &options->metric
			: NULL;
	const char *name = setup->tun->name;
	char text[ADDR_TEXT_MAX];
	int err;

	if (setup->tun->attached &&
	    rtnl_route_exists(setup->rtnl, setup->index, dest, metric))
		return 0;
	addr_format(dest, text);
	err = rtnl_route_add(setup->rtnl, setup->index, dest, metric);
	if (err)
		return refused(setup, err,
			       err == -EEXIST
				       ? " (there is such a route already: "
					 "give this one another --metric)"
				       : "",
			       "add route %s through %s", text, name);
	log_debug("%s: added route %s", name, text);
	return 0;
}

/* All the steps, in their order. Return: 0 or -errno, logged. */
static int configure(const struct setup *setup, bool up)
{
	const struct options *options = setup->options;
	size_t i;
	int err;

	err = set_addrgen(setup);
	if (!err)
		err = set_mtu(setup);
	for (i = 0; !err && i < options->addr_count; i++)
		err = add_addr(setup, &options->addrs[i]);
	if (!err && !up)
		err = bring_up(setup);
	for (i = 0; !err && i < options->route_count; i++)
		err = add_route(setup, &options->routes[i]);
	return err;
}

/**
 * link_configure() - make a link of an interface
 * @link:    what it then is, on success
 * @tun:     the interface
 * @options: what the user asked for
 * @rate:    octets per second on the wire, 0: unknown
 *
 * A failure is logged, and what was done before it is left as it is: with an
 * interface of our own, closing it undoes everything.
 *
 * Return: 0 or -errno
 */
int link_configure(struct link *link, const struct tun *tun,
		   const struct options *options, uint32_t rate)
{
	struct setup setup = {
		.tun = tun,
		.options = options,
		.auto_mtu = wire_auto_mtu(rate, options->ipv6),
	};
	struct rtnl_link state;
	int err;

	err = rtnl_open(&setup.rtnl);
	if (err) {
		log_error("cannot open a Netlink socket: %s", strerror(-err));
		return err;
	}
	err = rtnl_link_find(setup.rtnl, tun->name, &state);
	if (err) {
		refused(&setup, err, "", "look up %s", tun->name);
		goto close_rtnl;
	}
	setup.index = state.index;
	err = configure(&setup, state.up);
	if (err)
		goto close_rtnl;
	err = rtnl_link_get(setup.rtnl, setup.index, &state);
	if (err) {
		refused(&setup, err, "", "look up %s", tun->name);
		goto close_rtnl;
	}
	link->mtu = state.mtu;
	link->mtu_chosen =
		options->mtu || (tun->attached && state.mtu != setup.auto_mtu);
	link->link_local_only = !options->addr_count && !tun->attached &&
				!rtnl_addr_link_local(setup.rtnl, state.index,
						      &link->link_local);

close_rtnl:
	rtnl_close(setup.rtnl);
	return err;
}
