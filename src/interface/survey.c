/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Compare the addresses of a new link with the addresses and routes of this
 * host. This file asks the kernel and tells the user; conflict.c compares.
 *
 * The survey compares routes one by one and stores none: a router may have a
 * million.
 */
#include "interface/survey.h"
#include "interface/conflict.h"
#include "interface/link_config.h"
#include "interface/rtnl_read.h"
#include "log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct survey {
	const struct link_config *config;
	int own; /* index of the link's own interface, which it skips; 0: not
		    created yet */
	struct rtnl_link *links;
	size_t link_count;
	bool is_out_of_memory;
	struct conflict worst[LINK_ADDRS_MAX];
	struct conflict_taken *taken; /* NULL: not wanted */
};

static struct conflict_ours ours(const struct link_config *config, size_t i)
{
	const struct addr *local = &config->addrs[i];

	return (struct conflict_ours){
		.local = local,
		.peer = local == config->peer_of ? &config->peer : NULL,
	};
}

static void see_link(const struct rtnl_link *link, void *data)
{
	struct survey *survey = data;
	struct rtnl_link *links =
		reallocarray(survey->links, survey->link_count + 1,
			     sizeof(*links));

	if (!links) {
		survey->is_out_of_memory = true;
		return;
	}
	links[survey->link_count++] = *link;
	survey->links = links;
}

static const struct rtnl_link *find_link(const struct survey *survey, int index)
{
	size_t i;

	for (i = 0; i < survey->link_count; i++)
		if (survey->links[i].index == index)
			return &survey->links[i];
	return NULL;
}

static void see_addr(const struct rtnl_addr *addr, void *data)
{
	struct survey *survey = data;
	const struct rtnl_link *link = find_link(survey, addr->index);
	size_t i;

	/* An interface that has appeared since the dump of interfaces. */
	if (!link || link->is_in_vrf || addr->index == survey->own)
		return;
	for (i = 0; i < survey->config->addr_count; i++) {
		const struct conflict_ours one = ours(survey->config, i);

		conflict_see_addr(&survey->worst[i], &one, addr, !link->up);
		if (survey->taken)
			conflict_take(survey->taken, &one, &addr->local);
	}
}

static void see_route(const struct rtnl_route *route, void *data)
{
	struct survey *survey = data;
	size_t i;

	if (!route->index || route->index == survey->own)
		return;
	for (i = 0; i < survey->config->addr_count; i++) {
		const struct conflict_ours one = ours(survey->config, i);

		conflict_see_route(&survey->worst[i], &one, route);
		if (survey->taken && route->has_via)
			conflict_take(survey->taken, &one, &route->via);
	}
}

/* Return: 0 or -errno. */
static int compare_all(struct survey *survey, struct rtnl *rtnl)
{
	int err = rtnl_link_each(rtnl, see_link, survey);

	if (!err && survey->is_out_of_memory)
		err = -ENOMEM;
	if (!err)
		err = rtnl_addr_each(rtnl, AF_UNSPEC, see_addr, survey);
	if (!err)
		err = rtnl_route_each(rtnl, AF_UNSPEC, see_route, survey);
	if (err)
		log_debug(
			"cannot read the addresses and routes of this host: %s",
			strerror(-err));
	return err;
}

/* Report the worst conflict of one address. Return: 0 or -EADDRINUSE. */
static int report_conflict(const struct survey *survey, size_t i)
{
	const struct conflict_ours one = ours(survey->config, i);
	const struct conflict *conflict = &survey->worst[i];
	const struct rtnl_link *link = find_link(survey, conflict->index);
	const bool is_refused = conflict->kind > CONFLICT_REFUSED;
	char text[CONFLICT_TEXT_MAX];

	if (!conflict->kind)
		return 0;
	conflict_text(conflict, &one, link ? link->name : "another interface",
		      text);
	if (is_refused && link && link->is_tun)
		log_error("%s; %s is a tunnel: is serialtun running already?",
			  text, link->name);
	else
		log_print(is_refused ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING,
			  "%s", text);
	return is_refused ? -EADDRINUSE : 0;
}

/**
 * survey_check() - check the addresses of a link against those of this host
 * @rtnl:    a handle
 * @config:  the user's options
 *
 * Call it before anything is created. Logs one line for a conflict that makes
 * the address unusable, and warns of one that may be meant. If the kernel does
 * not answer, every address passes.
 *
 * Return: 0 or -EADDRINUSE
 */
int survey_check(struct rtnl *rtnl, const struct link_config *config)
{
	struct survey survey = {.config = config};
	struct rtnl_link own;
	int err = 0;
	size_t i;

	if (!config->addr_count)
		return 0;
	if (*config->interface &&
	    !rtnl_link_find(rtnl, config->interface, &own))
		survey.own = own.index;
	if (!compare_all(&survey, rtnl))
		for (i = 0; !err && i < config->addr_count; i++)
			err = report_conflict(&survey, i);
	free(survey.links);
	return err;
}

/**
 * survey_taken() - list the addresses that the peer cannot have
 * @rtnl:    a handle
 * @config:  the user's options
 * @index:   the link's own interface
 * @taken:   set to the addresses, within the networks of the link, of this host
 *           and of its routers
 */
void survey_taken(struct rtnl *rtnl, const struct link_config *config,
		  int index, struct conflict_taken *taken)
{
	struct survey survey = {.config = config, .own = index, .taken = taken};

	taken->count = 0;
	if (config->addr_count)
		compare_all(&survey, rtnl);
	free(survey.links);
}
