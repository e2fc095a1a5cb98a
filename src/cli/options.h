/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_OPTIONS_H
#define SERIALTUN_OPTIONS_H

#include "interface/addr.h"
#include "packet/ethernet.h"
#include "port/port_config.h"

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct framing;

/* Repeatable options may be repeated this often. */
#define OPTIONS_ADDRS_MAX  32
#define OPTIONS_ROUTES_MAX 64

/**
 * enum options_list - what is printed instead of making a link
 * @OPTIONS_LIST_NONE:  nothing, a link is made
 * @OPTIONS_LIST_TABLE: the serial ports, for a person
 * @OPTIONS_LIST_JSON:  the serial ports, for a program
 */
enum options_list {
	OPTIONS_LIST_NONE,
	OPTIONS_LIST_TABLE,
	OPTIONS_LIST_JSON,
};

/**
 * struct options - what the user asked for
 * @list:       print the ports, and nothing else
 * @create:     make a persistent interface, and nothing else
 * @delete:     remove a persistent interface, and nothing else
 * @addrs:      addresses of this end, @addr_count of them
 * @peer:       the other end's address, if @peer_of is not NULL
 * @peer_of:    the one of @addrs that @peer is paired with, or NULL
 * @routes:     destinations through the link, @route_count of them
 * @metric:     priority of the routes and prefixes, if @metric_given
 * @port:       the port
 * @framing:    how packets travel on the line
 * @wait:       start before the port is there
 * @once:       end when the port is lost
 * @keepalive_s: after so many seconds of silence send an END; 0: never
 * @interface:  name of the interface; "": the kernel's next tun%d or tap%d
 * @tap:        frames of Ethernet, not packets of IP
 * @mac:        the interface's address, if @mac_given
 * @bridge:     the bridge that it is to be a port of, or NULL
 * @mtu:        bytes; 0: what suits the line
 * @accept_ra:  let Router Advertisements through
 * @ipv6:       IPv6 is wanted
 * @persist:    the interface stays after the end
 * @owner:      user who may then use it, by name or number, or NULL
 * @group:      group that may, by name or number, or NULL
 * @user:       whom to run as once everything is set up, or NULL
 * @stats_s:    seconds between two reports; 0: none
 * @stats_json: the file that holds the statistics as JSON, or NULL
 * @log_level:  how much to print, by enum log_level, but unbounded
 */
struct options {
	enum options_list list;
	bool create;
	bool delete;
	struct addr addrs[OPTIONS_ADDRS_MAX];
	size_t addr_count;
	struct addr peer;
	const struct addr *peer_of;
	struct addr routes[OPTIONS_ROUTES_MAX];
	size_t route_count;
	uint32_t metric;
	bool metric_given;
	struct port_config port;
	const struct framing *framing;
	bool wait;
	bool once;
	unsigned int keepalive_s;
	char interface[IFNAMSIZ];
	bool tap;
	uint8_t mac[ETHERNET_MAC_LEN];
	bool mac_given;
	const char *bridge;
	uint32_t mtu;
	bool accept_ra;
	bool ipv6;
	bool persist;
	const char *owner;
	const char *group;
	const char *user;
	unsigned int stats_s;
	const char *stats_json;
	int log_level;
};

void options_parse(struct options *options, int argc, char **argv);

#endif
