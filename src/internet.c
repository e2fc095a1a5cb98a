/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The peer may share its connection to the internet (--share there). Then this
 * end takes a default route through the link if it has no
 * other, and uses the peer's name servers with --use-dns, or tells the user
 * the command for them.
 *
 * The keeper changes the kernel's state and the file.
 */
#include "internet.h"
#include "interface/keeper.h"
#include "interface/keeper_record.h"
#include "interface/link_config.h"
#include "interface/tun.h"
#include "interface/uplink.h"
#include "log.h"
#include "pair/agree.h"
#include "text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define INTERNET_LINE_MAX 256

/* Does systemd-resolved write /etc/resolv.conf? */
static bool is_resolved(void)
{
	char target[PATH_MAX];
	const ssize_t n =
		readlink("/etc/resolv.conf", target, sizeof(target) - 1);

	if (n < 0)
		return false;
	target[n] = '\0';
	return strstr(target, "systemd/resolve/");
}

/**
 * internet_init() - get ready, before the process gives up its rights
 * @internet: filled in
 * @config:   this end
 * @rtnl:     a handle, or NULL
 */
void internet_init(struct internet *internet,
		   const struct internet_config *config, struct rtnl *rtnl)
{
	const struct link_config *link = config->link;
	size_t i;

	*internet = (struct internet){
		.interface = config->tun->name,
		.tap = config->tun->tap,
		.use_dns = config->use_dns,
		.resolved = is_resolved(),
	};
	for (i = 0; i < link->route_count; i++)
		internet->leads_out |= !link->routes[i].prefix_len;
	internet->takes_route = !link->bridge && !link->route_count &&
				!config->shares && rtnl &&
				!uplink_has_default_route(rtnl, config->index);
	name_servers_read(&internet->before);
}

/**
 * internet_needs_keeper() - may there be something for the keeper to do?
 * @internet: the state
 *
 * Return: true if so
 */
bool internet_needs_keeper(const struct internet *internet)
{
	return internet->takes_route || internet->use_dns;
}

static bool is_same(const struct name_servers *a, const struct name_servers *b)
{
	size_t i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++)
		if (!addr_same_host(&a->addrs[i], &b->addrs[i]))
			return false;
	return true;
}

/* Tell the user how to use the name servers. */
static void tell_command(const struct internet *internet)
{
	const struct name_servers *servers = &internet->shared;
	char line[INTERNET_LINE_MAX] = "";
	char text[ADDR_TEXT_MAX];
	size_t i;

	for (i = 0; i < servers->count; i++) {
		if (name_servers_has(&internet->before, &servers->addrs[i]))
			return;
		text_append(line, sizeof(line), "%s%s",
			    internet->resolved ? " "
			    : i		       ? "\\nnameserver "
					       : "nameserver ",
			    addr_format_host(&servers->addrs[i], text));
	}
	if (internet->resolved)
		log_info("%s: for the name servers of %s: sudo resolvectl dns "
			 "%s%s; sudo resolvectl domain %s '~.'",
			 internet->interface, internet->name,
			 internet->interface, line, internet->interface);
	else
		log_info("%s: for the name servers of %s: printf '%s\\n' | "
			 "sudo tee /etc/resolv.conf%s",
			 internet->interface, internet->name, line,
			 internet->use_dns ? "" : " (or start with --use-dns)");
}

/* Use the name servers of the peer, if they are new. */
static void use_names(struct internet *internet, struct keeper *keeper)
{
	if (is_same(&internet->told, &internet->shared))
		return;
	internet->told = internet->shared;
	if (internet->use_dns && keeper) {
		if (internet->shared.count || internet->has_names)
			keeper_use_names(keeper, &internet->shared);
		internet->has_names = internet->shared.count;
	} else if (internet->shared.count) {
		tell_command(internet);
	}
}

/* The peer shares the internet with this end. */
static void begin(struct internet *internet, struct keeper *keeper,
		  const struct addr *there)
{
	if (internet->has_route || internet->leads_out) {
		use_names(internet, keeper);
	} else if (internet->takes_route && keeper && !internet->asked) {
		internet->asked =
			!keeper_take_route(keeper,
					   internet->tap ? there : NULL);
	}
}

/* The peer does not share it any more. */
static void end(struct internet *internet, struct keeper *keeper)
{
	if (internet->has_route && keeper) {
		keeper_drop_route(keeper);
		log_info("%s: %s does not share the internet any more",
			 internet->interface, internet->name);
	}
	internet->has_route = false;
	internet->shared.count = 0;
	if (internet->has_names)
		use_names(internet, keeper);
	internet->told.count = 0;
}

/**
 * internet_hear() - act on the peer's description
 * @internet: the state
 * @keeper:   the keeper, or NULL
 * @peer:     the description
 * @there:    the peer's address
 * @name:     the peer's name, safe to print
 */
void internet_hear(struct internet *internet, struct keeper *keeper,
		   const struct agree *peer, const struct addr *there,
		   const char *name)
{
	snprintf(internet->name, sizeof(internet->name), "%s", name);
	internet->shared = peer->name_servers;
	if (peer->shares)
		begin(internet, keeper, there);
	else
		end(internet, keeper);
}

/**
 * internet_answer() - handle an answer of the keeper
 * @internet: the state
 * @keeper:   the keeper
 * @answer:   the answer; nothing happens if it is about something else
 */
void internet_answer(struct internet *internet, struct keeper *keeper,
		     const struct keeper_answer *answer)
{
	const char *interface = internet->interface;

	if (answer->kind == KEEPER_TAKE_ROUTE) {
		internet->asked = false;
		internet->has_route = !answer->err;
		if (answer->err == -EEXIST)
			log_debug("%s: no default route is taken: %s",
				  interface, answer->text);
		else if (answer->err)
			log_warning("%s: cannot take a default route through "
				    "%s: %s (give one with --route default)",
				    interface, internet->name, answer->text);
		else
			log_info("%s: the internet is reached through %s",
				 interface, internet->name);
		if (internet->has_route)
			use_names(internet, keeper);
	} else if (answer->kind == KEEPER_USE_NAMES && internet->has_names) {
		if (answer->err) {
			internet->has_names = false;
			log_debug("%s: /etc/resolv.conf stays: %s", interface,
				  answer->text);
			tell_command(internet);
		} else {
			log_info("%s: /etc/resolv.conf has the name servers of "
				 "%s until serialtun ends",
				 interface, internet->name);
		}
	}
}
