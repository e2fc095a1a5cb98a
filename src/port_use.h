/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_PORT_USE_H
#define SERIALTUN_PORT_USE_H

#include "observer.h"
#include "pump/pump.h"
#include "visit.h"

#include <stdbool.h>
#include <stdint.h>

struct account;
struct chatter;
struct line;
struct login_run;
struct options;
struct pairing;
struct sharing;
struct tun;

/**
 * struct port_use_config - the link that uses the port
 * @options:  the user's options
 * @line:     its line
 * @tun:      its interface
 * @pump:     its pump
 * @pairing:  its pairing, or NULL
 * @account:  its counters
 * @sharing:  its sharing, or NULL
 * @chatter:  what a board says
 * @login:    logs in at the other end first; NULL: not asked for
 *
 * The use of the port borrows all pointers for its life.
 */
struct port_use_config {
	const struct options *options;
	struct line *line;
	const struct tun *tun;
	struct pump *pump;
	struct pairing *pairing;
	struct account *account;
	const struct sharing *sharing;
	struct chatter *chatter;
	struct login_run *login;
};

/**
 * struct port_use - what the link uses its port for
 * @config:   the link
 * @observer: the reports to the user about the link
 * @visit:    of a line that is one
 * @had_port: a port was open before
 * @carrier:  the interface has carrier
 */
struct port_use {
	struct port_use_config config;
	struct observer observer;
	struct visit visit;
	bool had_port;
	bool carrier;
};

void port_use_init(struct port_use *use, const struct port_use_config *config);
int port_use_start(struct port_use *use);
int port_use_follow(struct port_use *use, enum pump_result result);
int port_use_log_in(struct port_use *use);
int port_use_attend(struct port_use *use, uint64_t now_ns);
int port_use_reopen(struct port_use *use);
uint64_t port_use_next_ns(const struct port_use *use);
void port_use_end(struct port_use *use);

#endif
