/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_OPTIONS_H
#define SERIALTUN_OPTIONS_H

#include "framing/framing.h"
#include "interface/link_config.h"
#include "port/port_config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
 * @link:       the interface, and what it is given
 * @port:       the port
 * @port_implied: no port was named, so it is "auto"
 * @framing:    how packets travel on the line
 * @lead:       when an END is sent in front of a frame
 * @wait:       start before the port is there
 * @once:       end when the port is lost
 * @keepalive_s: after so many seconds of silence send an END; 0: never
 * @tap:        frames of Ethernet, not packets of IP
 * @accept_ra:  let Router Advertisements through
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
	struct link_config link;
	struct port_config port;
	bool port_implied;
	const struct framing *framing;
	enum framing_lead lead;
	bool wait;
	bool once;
	unsigned int keepalive_s;
	bool tap;
	bool accept_ra;
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
