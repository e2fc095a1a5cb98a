/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shares this host's connection to the internet with the link: a table of
 * nf_tables, and forwarding from the link and from the uplink.
 *
 * The keeper does this, because both have to outlive a loss of the port and be
 * gone after the end of the main process, even by SIGKILL.
 *
 * The table comes before forwarding and goes after it, so that this host
 * forwards nothing without the table's rules.
 *
 * The keeper of a link that has just ended may still be at work: it owns the
 * table of the same name, or is about to switch off forwarding from the uplink.
 * Then a new keeper begins again.
 */
#include "interface/share.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* A new keeper waits for an old one at most this long, in steps. */
#define BUSY_TRIES   100
#define BUSY_STEP_NS 20000000

static int cannot_forward(const char *interface, int err, char why[NAT_WHY_MAX])
{
	snprintf(why, NAT_WHY_MAX,
		 "cannot forward packets from %s: %s (sudo sysctl "
		 "net.ipv4.ip_forward=1; in a service, see serialtun(8))",
		 interface, strerror(-err));
	return err;
}

/* Open the files of all switches. Return: 0, or -errno with its reason. */
static int open_switches(struct share *share, const struct nat_config *config,
			 char why[NAT_WHY_MAX])
{
	int err = forwarding_open(&share->host, "all");

	if (err)
		return cannot_forward("all interfaces", err, why);
	err = forwarding_open(&share->link, config->interface);
	if (err)
		return cannot_forward(config->interface, err, why);
	err = forwarding_open(&share->uplink, config->uplink.name);
	return err ? cannot_forward(config->uplink.name, err, why) : 0;
}

static int switch_on(struct share *share, const struct nat_config *config,
		     char why[NAT_WHY_MAX])
{
	int err = forwarding_switch_on(&share->link);

	if (err)
		return cannot_forward(config->interface, err, why);
	err = forwarding_switch_on(&share->uplink);
	return err ? cannot_forward(config->uplink.name, err, why) : 0;
}

/* Return: as share_begin(); -EBUSY: another keeper is in the way. */
static int try_to_begin(struct share *share, const struct nat_config *config,
			char why[NAT_WHY_MAX])
{
	bool mark;
	int err;

	*share = SHARE_NONE;
	err = nat_open(&share->nat, why);
	if (!err)
		err = open_switches(share, config, why);
	if (err)
		return err;
	share->host_was_on = forwarding_is_on(&share->host);
	/*
	 * Look at the switch before the marks: another link sets its mark
	 * before it switches.
	 */
	mark = !forwarding_is_on(&share->uplink);
	mark |= nat_is_marked(share->nat, config->uplink.name);
	err = nat_begin(share->nat, config, mark, why);
	if (!err)
		err = switch_on(share, config, why);
	if (err || mark || !share->uplink.switched)
		return err;
	/* It was on a moment ago, and nobody would switch it off. */
	forwarding_switch_off(&share->uplink);
	snprintf(why, NAT_WHY_MAX,
		 "another program switches off forwarding "
		 "from %s",
		 config->uplink.name);
	return -EBUSY;
}

/**
 * share_begin() - share the connection
 * @share:  filled in; share_end() undoes it, after a failure as well
 * @config: the link and the uplink
 * @why:    filled in on failure: reason and remedy
 *
 * Needs CAP_NET_ADMIN, as share_end() does.
 *
 * Return: 0 or -errno
 */
int share_begin(struct share *share, const struct nat_config *config,
		char why[NAT_WHY_MAX])
{
	static const struct timespec step = {.tv_nsec = BUSY_STEP_NS};
	int err = try_to_begin(share, config, why);
	int tries;

	for (tries = 1; err == -EBUSY && tries < BUSY_TRIES; tries++) {
		share_end(share);
		nanosleep(&step, NULL);
		err = try_to_begin(share, config, why);
	}
	return err;
}

/**
 * share_end() - share the connection no more
 * @share: the state, after share_begin(); or SHARE_NONE
 *
 * Leaves a switch alone that another program has set meanwhile, and the
 * uplink's switch while another link shares it. Allocates no memory.
 */
void share_end(struct share *share)
{
	const bool is_last = share->nat && nat_unmark(share->nat);
	/* Somebody has made this host a router meanwhile. */
	const bool is_router = !share->host_was_on && share->host.fd >= 0 &&
			       forwarding_is_on(&share->host);

	if (is_last && !is_router)
		forwarding_switch_off(&share->uplink);
	if (share->link.switched && !is_router)
		forwarding_switch_off(&share->link);
	nat_close(share->nat);
	share->nat = NULL;
	forwarding_close(&share->link);
	forwarding_close(&share->uplink);
	forwarding_close(&share->host);
}
