/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sharing lets the other end of the link use this host's connection to the
 * internet (--share).
 *
 * This file finds the connection, warns of firewalls that are in the way, and
 * starts a keeper that changes the kernel's state and puts it back at the end
 * (interface/share). This keeper takes no requests. A second keeper, the
 * pairing's, sets the address of this end if the other end has to propose one.
 *
 * A paired other end is told the default route and the name servers. For
 * another one, the user is told the commands.
 */
#include "sharing.h"
#include "cli/options.h"
#include "failure.h"
#include "interface/keeper.h"
#include "interface/keeper_record.h"
#include "interface/nat.h"
#include "interface/rival.h"
#include "interface/rtnl.h"
#include "interface/rtnl_read.h"
#include "interface/tun.h"
#include "interface/uplink.h"
#include "log.h"
#include "pair/agree.h"
#include "privilege.h"
#include "text.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SHARING_LINE_MAX 512

/**
 * struct sharing - a connection that is shared
 * @keeper: puts the kernel's state back; NULL: it has ended
 * @config: what is shared
 * @own:    IPv4 address of this end from the user; family 0: none
 */
struct sharing {
	struct keeper *keeper;
	struct nat_config config;
	struct addr own;
};

static void warn_of_rival(const char *text, void *data)
{
	const struct sharing *sharing = data;

	log_warning("%s: %s", sharing->config.interface, text);
}

static void complain(const struct sharing *sharing, int err)
{
	const char *why = err == -ENETUNREACH || err == -EHOSTUNREACH
				  ? "this host has no IPv4 default route "
				    "(connect it to the internet first)"
			  : err == -E2BIG
				  ? "too many networks are on its interface "
				    "(use --share=all)"
			  : err == -ELOOP ? "the default route of this host "
					    "leads through the link"
					  : strerror(-err);

	log_error("%s: cannot share the internet: %s",
		  sharing->config.interface, why);
}

/* Find the link and the uplink. Return: 0 or -errno, logged. */
static int find(struct sharing *sharing, const struct options *options,
		const struct tun *tun)
{
	struct nat_config *config = &sharing->config;
	struct rtnl *rtnl = NULL;
	struct rtnl_link link = {0};
	size_t i;
	int err;

	memcpy(config->interface, tun->name, sizeof(config->interface));
	config->reach_all = options->share == OPTIONS_SHARE_ALL;
	for (i = 0; i < options->link.addr_count && !sharing->own.family; i++)
		if (options->link.addrs[i].family == AF_INET)
			sharing->own = options->link.addrs[i];
	err = rtnl_open(&rtnl);
	if (!err)
		err = rtnl_link_find(rtnl, tun->name, &link);
	if (!err)
		err = uplink_find(&config->uplink, rtnl);
	rtnl_close(rtnl);
	if (!err && config->uplink.index == link.index)
		err = -ELOOP;
	if (err)
		complain(sharing, err);
	else
		config->index = link.index;
	return err;
}

/* Return: 0 or -errno, logged. */
static int start_keeper(struct sharing *sharing,
			const struct privilege_user *user)
{
	const struct keeper_config config = {
		.index = sharing->config.index,
		.user = user,
		.share = &sharing->config,
	};
	struct failure failure;
	int err = keeper_start(&sharing->keeper, &config, &failure);

	if (err)
		log_error("%s: %s", sharing->config.interface, failure.text);
	return err;
}

/**
 * sharing_open() - share the connection to the internet
 * @sharing: the new handle on success; NULL without --share; sharing_close()
 *           frees it
 * @options: the command line
 * @tun:     the interface, configured
 * @user:    the user of the keeper
 *
 * Call it while the process has CAP_NET_ADMIN. Logs any failure.
 *
 * Return: 0 or -errno
 */
int sharing_open(struct sharing **sharing, const struct options *options,
		 const struct tun *tun, const struct privilege_user *user)
{
	struct sharing *opened;
	int err;

	*sharing = NULL;
	if (options->share == OPTIONS_SHARE_NOTHING)
		return 0;
	/* Any user may run such a file. */
	if (privilege_is_of_file()) {
		log_error("%s: cannot share the internet: %s (the capability "
			  "of the program file is not for this: run as root)",
			  tun->name, strerror(EPERM));
		return -EPERM;
	}
	opened = calloc(1, sizeof(*opened));
	if (!opened) {
		log_error("cannot start: %s", strerror(ENOMEM));
		return -ENOMEM;
	}
	err = find(opened, options, tun);
	if (!err)
		err = start_keeper(opened, user);
	if (err) {
		sharing_close(opened);
		return err;
	}
	rival_each(opened->config.interface, warn_of_rival, opened);
	*sharing = opened;
	return 0;
}

/**
 * sharing_close() - share the connection no more; the keeper puts all back
 * @sharing: the handle, which is freed, or NULL
 */
void sharing_close(struct sharing *sharing)
{
	if (!sharing)
		return;
	keeper_end(sharing->keeper);
	free(sharing);
}

/**
 * sharing_fd() - the descriptor to wait for
 * @sharing: the handle, or NULL
 *
 * Return: readable when sharing_attend() has something to do; -1: there is none
 */
int sharing_fd(const struct sharing *sharing)
{
	return sharing && sharing->keeper ? keeper_fd(sharing->keeper) : -1;
}

/**
 * sharing_attend() - find out why the keeper woke us: it has ended
 * @sharing: the handle
 *
 * Logs it. The other end cannot reach the internet any more, because the table
 * has gone with the keeper.
 *
 * Return: true if the connection is not shared any more
 */
bool sharing_attend(struct sharing *sharing)
{
	const struct nat_config *config = &sharing->config;
	struct keeper_answer answer;

	while (sharing->keeper) {
		const int err = keeper_answer(sharing->keeper, &answer);

		if (err == -EAGAIN)
			return false;
		if (err != -EPIPE)
			continue;
		keeper_end(sharing->keeper);
		sharing->keeper = NULL;
		log_warning("%s: the process that shares the internet has "
			    "ended, and may have left forwarding from %s on "
			    "(start serialtun again; or switch it off: sudo "
			    "sysctl net/ipv4/conf/%s/forwarding=0)",
			    config->interface, config->uplink.name,
			    config->uplink.name);
	}
	return true;
}

/**
 * sharing_announce() - describe the shared connection to the user
 * @sharing: the handle, or NULL
 */
void sharing_announce(const struct sharing *sharing)
{
	if (sharing)
		log_info("%s: shares the internet of %s%s",
			 sharing->config.interface, sharing->config.uplink.name,
			 sharing->config.reach_all
				 ? ", and the networks of this host"
				 : "");
}

/**
 * sharing_describe() - add the shared connection to the description of this
 *                      host
 * @sharing: the handle, or NULL
 * @own:     the description
 */
void sharing_describe(const struct sharing *sharing, struct agree *own)
{
	own->shares = sharing && sharing->keeper;
	own->name_servers.count = 0;
	if (own->shares)
		own->name_servers = sharing->config.uplink.name_servers;
}

/**
 * sharing_tell_commands() - print the commands for an other end that does not
 *                           pair
 * @sharing: the handle, or NULL
 */
void sharing_tell_commands(const struct sharing *sharing)
{
	const struct name_servers *servers;
	char line[SHARING_LINE_MAX] = "";
	char text[ADDR_TEXT_MAX];
	size_t i;

	/* Without an address the link leads nowhere yet. */
	if (!sharing || !sharing->keeper || !sharing->own.family)
		return;
	servers = &sharing->config.uplink.name_servers;
	log_info("at the other end, for the internet: sudo ip route add "
		 "default via %s",
		 addr_format_host(&sharing->own, text));
	for (i = 0; i < servers->count; i++)
		text_append(line, sizeof(line), "%snameserver %s",
			    i ? "\\n" : "",
			    addr_format_host(&servers->addrs[i], text));
	log_info("at the other end, for names: printf '%s\\n' | sudo tee "
		 "/etc/resolv.conf%s",
		 *line ? line : "nameserver ADDR",
		 *line ? ""
		       : " (the name servers of this host serve only itself)");
}
