/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_OPTIONS_H
#define SERIALTUN_OPTIONS_H

#include "framing/framing.h"
#include "interface/link_config.h"
#include "packet/vj.h"
#include "port/port_config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * enum options_list - list the ports instead of making a link
 * @OPTIONS_LIST_NONE:  make a link
 * @OPTIONS_LIST_TABLE: list the serial ports as a table
 * @OPTIONS_LIST_JSON:  list the serial ports as JSON
 */
enum options_list {
	OPTIONS_LIST_NONE,
	OPTIONS_LIST_TABLE,
	OPTIONS_LIST_JSON,
};

/**
 * enum options_share - what to share with the other end
 * @OPTIONS_SHARE_NOTHING:  nothing
 * @OPTIONS_SHARE_INTERNET: the connection to the internet
 * @OPTIONS_SHARE_ALL:      the networks of this host as well
 */
enum options_share {
	OPTIONS_SHARE_NOTHING,
	OPTIONS_SHARE_INTERNET,
	OPTIONS_SHARE_ALL,
};

/**
 * struct options - the parsed command line
 * @list:       list the ports, then exit
 * @create:     create a persistent interface, then exit
 * @delete:     delete a persistent interface, then exit
 * @link:       the interface and its configuration
 * @port:       the port
 * @port_implied: the user named no port, so it is "auto"
 * @console:    the port is the terminal on which the program was started
 * @login:      log in at the other end as this user, or NULL
 * @password_file: file with that user's password, or NULL
 * @framing:    the framing of packets on the line
 * @lead:       when to send an END in front of a frame
 * @vj:         when to compress TCP headers
 * @pair:       parts of the pairing to use, of enum hello_can; 0: do not pair
 * @pair_given: the user said so
 * @wait:       start even if the port is absent
 * @once:       exit when the port is lost
 * @keepalive_s: seconds of silence after which to send an END; 0: never
 * @tap:        carry Ethernet frames, not IP packets
 * @accept_ra:  let Router Advertisements through
 * @persist:    keep the interface after exit
 * @owner:      user who may attach to it, by name or number, or NULL
 * @group:      group whose members may attach to it, by name or number, or
 *              NULL
 * @use_dns:    use the name servers of a peer that shares the internet
 * @share:      what to share with the other end
 * @user:       user to run as after set-up, or NULL
 * @no_sandbox: do not restrict the system calls of the process
 * @stats_s:    seconds between two status lines; 0: print none
 * @board_console: "pty:LINK", the terminal for a board, or NULL
 * @stats_json: path of the JSON statistics file, or NULL
 * @log_level:  verbosity as in enum log_level, but not clamped
 */
struct options {
	enum options_list list;
	bool create;
	bool delete;
	struct link_config link;
	struct port_config port;
	bool port_implied;
	bool console;
	const char *login;
	const char *password_file;
	const struct framing *framing;
	enum framing_lead lead;
	enum vj_mode vj;
	unsigned int pair;
	bool pair_given;
	bool wait;
	bool once;
	unsigned int keepalive_s;
	bool tap;
	bool accept_ra;
	bool persist;
	const char *owner;
	const char *group;
	bool use_dns;
	enum options_share share;
	const char *user;
	bool no_sandbox;
	unsigned int stats_s;
	const char *board_console;
	const char *stats_json;
	int log_level;
};

int options_parse(struct options *options, int argc, char **argv);

#endif
