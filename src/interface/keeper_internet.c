/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The requests to the keeper about the internet behind the link: a default
 * route through the link, and name servers.
 *
 * The keeper sets the route only if this host has no other default route. The
 * route's metric is so high that any other default route that comes later takes
 * precedence. Name servers go into /etc/resolv.conf only with --use-dns.
 */
#include "interface/keeper_internet.h"
#include "clock.h"
#include "interface/keeper.h"
#include "interface/rtnl.h"
#include "interface/rtnl_change.h"
#include "interface/uplink.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* Above those of DHCP clients and of NetworkManager, at most 20000 and some. */
#define ROUTE_METRIC 30000

static const struct addr everywhere = {.family = AF_INET};

/**
 * keeper_internet_begin() - get ready, while the process is still root
 * @internet: filled in
 * @config:   the keeper's configuration
 */
void keeper_internet_begin(struct keeper_internet *internet,
			   const struct keeper_config *config)
{
	internet->file.fd = -1;
	internet->metric = config->metric ? *config->metric : ROUTE_METRIC;
	/* Without the file, the user is told a command later. */
	if (config->use_dns)
		(void)resolv_file_open(&internet->file, "/etc/resolv.conf");
}

static int refuse(struct keeper_answer *answer, int err, const char *reason)
{
	snprintf(answer->text, sizeof(answer->text), "%s", reason);
	return err;
}

static const struct addr *via_of(const struct keeper_internet *internet)
{
	return internet->via.family ? &internet->via : NULL;
}

static int drop_route(struct keeper_internet *internet,
		      const struct keeper_config *config, struct rtnl *rtnl,
		      struct keeper_answer *answer)
{
	int err;

	if (!internet->holds_route)
		return 0;
	err = rtnl_route_del(rtnl, config->index, &everywhere, via_of(internet),
			     &internet->metric);
	/* The user has removed the route, or deleted the interface. */
	if (err && err != -ESRCH && err != -ENODEV)
		return refuse(answer, err, rtnl_strerror(rtnl, err));
	internet->holds_route = false;
	return 0;
}

static int take_route(struct keeper_internet *internet,
		      const struct keeper_config *config, struct rtnl *rtnl,
		      const struct keeper_request *request,
		      struct keeper_answer *answer)
{
	int err;

	if (!config->takes_route)
		return refuse(answer, -EPERM,
			      "this end takes no default route");
	if (internet->holds_route &&
	    internet->via.family == request->other.family &&
	    !memcmp(internet->via.bytes, request->other.bytes,
		    sizeof(internet->via.bytes)))
		return 0;
	if (uplink_has_default_route(rtnl, config->index))
		return refuse(answer, -EEXIST, "this host has a default route");
	if (!keeper_rate_take(&internet->route_rate, clock_ns()))
		return refuse(answer, -EBUSY,
			      "too many routes in too short a time");
	err = drop_route(internet, config, rtnl, answer);
	if (err)
		return err;
	internet->via = request->other;
	err = rtnl_route_add(rtnl, config->index, &everywhere, via_of(internet),
			     &internet->metric);
	/* The user has set such a route, so the keeper leaves it. */
	if (err == -EEXIST)
		return 0;
	if (err)
		return refuse(answer, err, rtnl_strerror(rtnl, err));
	internet->holds_route = true;
	return 0;
}

static int use_names(struct keeper_internet *internet,
		     const struct keeper_request *request,
		     struct keeper_answer *answer)
{
	int err;

	if (!request->names.count) {
		resolv_file_put_back(&internet->file);
		return 0;
	}
	if (!keeper_rate_take(&internet->names_rate, clock_ns()))
		return refuse(answer, -EBUSY,
			      "too many name servers in too short a time");
	err = resolv_file_replace(&internet->file, &request->names);
	return err ? refuse(answer, err, strerror(-err)) : 0;
}

/**
 * keeper_internet_do() - serve a request about the internet
 * @internet: the state
 * @config:   the keeper's configuration
 * @rtnl:     a handle
 * @request:  the request, without fault
 * @answer:   its text is filled in on failure
 *
 * Return: 0 or -errno
 */
int keeper_internet_do(struct keeper_internet *internet,
		       const struct keeper_config *config, struct rtnl *rtnl,
		       const struct keeper_request *request,
		       struct keeper_answer *answer)
{
	switch (request->kind) {
	case KEEPER_TAKE_ROUTE:
		return take_route(internet, config, rtnl, request, answer);
	case KEEPER_DROP_ROUTE:
		return drop_route(internet, config, rtnl, answer);
	default:
		return use_names(internet, request, answer);
	}
}

/**
 * keeper_internet_end() - undo all
 * @internet: the state
 * @config:   the keeper's configuration
 * @rtnl:     a handle
 */
void keeper_internet_end(struct keeper_internet *internet,
			 const struct keeper_config *config, struct rtnl *rtnl)
{
	struct keeper_answer unused = {0};

	resolv_file_put_back(&internet->file);
	drop_route(internet, config, rtnl, &unused);
}
