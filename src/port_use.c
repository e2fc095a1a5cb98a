/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The use of the port: for the login first, if the user wants one, then for
 * packets, until the port is lost, and again when it is back.
 *
 * The interface, its addresses and its routes outlive the port. While the port
 * is away, the carrier is off, so that the kernel and every program that
 * watches the interface can see it.
 */
#include "port_use.h"
#include "account.h"
#include "cli/options.h"
#include "clock.h"
#include "framing/framing.h"
#include "interface/tun.h"
#include "line/line.h"
#include "line/source.h"
#include "log.h"
#include "login_run.h"
#include "packet/transport.h"
#include "pair/pair.h"
#include "pairing.h"
#include "port/port.h"
#include "report/notify.h"

#include <errno.h>
#include <string.h>

/**
 * port_use_init() - prepare to use the port of a link
 * @use:    filled in
 * @config: the link; the carrier of its interface is on
 */
void port_use_init(struct port_use *use, const struct port_use_config *config)
{
	const struct options *options = config->options;
	const struct observer_config observer = {
		.line = config->line,
		.tun = config->tun,
		.pump = config->pump,
		.pairing = config->pairing,
		.sharing = config->sharing,
		.chatter = config->chatter,
		.takes_mac = config->tun->tap && !config->tun->attached &&
			     !options->link.mac_given && !options->link.bridge,
		.flow = options->port.flow,
		.is_radio = options->framing->radio_rate,
		.keepalive_s = options->keepalive_s,
	};

	*use = (struct port_use){.config = *config, .carrier = true};
	observer_init(&use->observer, &observer);
}

static bool is_logging_in(const struct port_use *use)
{
	return use->config.login && login_run_is_active(use->config.login);
}

static void set_carrier(struct port_use *use, bool on)
{
	if (on == use->carrier)
		return;
	use->carrier = on;
	tun_set_carrier(use->config.tun, on);
	log_debug("%s: carrier %s", use->config.tun->name, on ? "on" : "off");
}

static void notify_up(const struct port_use *use, const struct port *port)
{
	notify_status("%s is up on %s", use->config.tun->name, port->name);
}

/* Carry packets over the port. Return: 0 or -errno, logged. */
static int begin_link(struct port_use *use, uint64_t now_ns)
{
	struct port *port = line_port(use->config.line);
	const uint64_t settled_ns =
		now_ns + use->config.options->port.settle_ms * NS_PER_MS;
	const struct transport transport = line_transport(use->config.line);
	int err = pump_begin_port(use->config.pump, port, &transport,
				  settled_ns, now_ns);

	if (err) {
		log_error("cannot use %s: %s", port->name, strerror(-err));
		return err;
	}
	pairing_begin_port(use->config.pairing, now_ns);
	observer_begin_port(&use->observer, now_ns);
	visit_begin(&use->visit, now_ns);
	use->had_port = true;
	account_begin_port(use->config.account);
	set_carrier(use, true);
	notify_up(use, port);
	return 0;
}

/* The port is a console: log in first. Return: 0 or -errno, logged. */
static int begin_login(struct port_use *use, uint64_t now_ns)
{
	struct port *port = line_port(use->config.line);
	int err = login_run_begin(use->config.login, port,
				  pairing_pair(use->config.pairing), now_ns);

	if (err) {
		log_error("cannot use %s: %s", port->name, strerror(-err));
		return err;
	}
	use->had_port = true;
	set_carrier(use, false);
	notify_status("%s is logging in on %s", use->config.tun->name,
		      port->name);
	return 0;
}

/* Use a port that has just been opened. Return: 0 or -errno, logged. */
static int use_port(struct port_use *use, uint64_t now_ns)
{
	return use->config.login ? begin_login(use, now_ns)
				 : begin_link(use, now_ns);
}

static void await_port(struct port_use *use)
{
	set_carrier(use, false);
	notify_status("%s is waiting for %s", use->config.tun->name,
		      line_awaited(use->config.line));
}

/* Close the port; the line starts to look for it. */
static void release_port(struct port_use *use)
{
	if (is_logging_in(use))
		login_run_drop_port(use->config.login);
	else
		pump_end_port(use->config.pump);
	line_let_go(use->config.line, clock_ns());
	await_port(use);
}

/*
 * The port is lost. @how: why; NULL: the reason is the port's own. Return: 0:
 * the link waits for the port; 1: the link ends normally; -1: the link ends
 * with a failure, logged.
 */
static int lose_port(struct port_use *use, const char *how)
{
	const struct source_kind *kind = line_kind(use->config.line);
	const char *gone = line_why_gone(use->config.line);
	const struct port *port = line_port(use->config.line);

	if (kind->no_reconnect && !how && !use->config.options->once) {
		log_info("%s: %s", port->name, kind->how_lost);
		return 1;
	}
	if (!how)
		how = port->how_lost ? port->how_lost : kind->how_lost;
	if (gone) {
		log_error("lost %s: %s (%s)", port->name, how, gone);
		return -1;
	}
	if (use->config.options->once) {
		log_error("lost %s: %s (%s; without --once serialtun waits for "
			  "it)",
			  port->name, how, kind->remedy);
		return -1;
	}
	log_warning("lost %s: %s; waiting for %s", port->name, how,
		    line_awaited(use->config.line));
	release_port(use);
	return 0;
}

/* Return: 0 or -errno, logged. */
static int look_for_port(struct port_use *use, uint64_t now_ns)
{
	const char *name = line_name(use->config.line);
	const char *state = use->had_port ? "back" : "there";
	const struct port *port;

	if (!line_look(use->config.line, now_ns)) {
		if (!line_is_stuck(use->config.line))
			return 0;
		log_error("cannot open %s: the process that opens files has "
			  "ended (start serialtun again)",
			  name);
		return -EPIPE;
	}
	port = line_port(use->config.line);
	if (strcmp(name, port->name) != 0)
		log_info("%s is %s, %s %s", name, state,
			 line_kind(use->config.line)->found_as, port->name);
	else
		log_info("%s is %s", name, state);
	return use_port(use, clock_ns());
}

/* The keepalive or the pair has turned the carrier on or off. */
static void follow_peer(struct port_use *use)
{
	const struct port *port = line_port(use->config.line);
	const struct pair *pair = pairing_pair(use->config.pairing);

	set_carrier(use, pump_has_carrier(use->config.pump));
	if (use->carrier) {
		if (pair && pair_is_given_up(pair, clock_ns()))
			log_info("%s: carrier on again, for another program in "
				 "the place of the peer",
				 use->config.tun->name);
		/* The pairing reports a serialtun. */
		else if (!pair || pair_state(pair) == PAIR_PLAIN)
			log_info("%s: the peer sends again, carrier on",
				 line_name(use->config.line));
		notify_up(use, port);
	} else {
		if (pair && pair_is_absent(pair, clock_ns()))
			log_info("%s: carrier off until the peer is back",
				 use->config.tun->name);
		notify_status("%s: no data from the peer on %s",
			      use->config.tun->name, port->name);
	}
}

/* Is the port a terminal that the link has to give back? */
static bool is_visit(const struct port_use *use)
{
	return line_kind(use->config.line)->is_visit &&
	       line_port(use->config.line);
}

/* Return: 0: the link goes on; 1: it ends normally, logged. */
static int look_at_visit(struct port_use *use, uint64_t now_ns)
{
	const bool has_left = pairing_peer_has_left(use->config.pairing);
	const char *over = line_why_over(use->config.line);

	if (!over && (has_left || now_ns >= use->visit.check_ns))
		over = visit_why_over(&use->visit, pump_stats(use->config.pump),
				      has_left, now_ns);
	if (!over)
		return 0;
	log_info("giving %s back: %s", line_name(use->config.line), over);
	return 1;
}

/*
 * Has the board ended its end, or been reset, so that its console is one again?
 * Then the session is over, or a prompt comes, or the console echoes our
 * frames.
 */
static bool is_console_again(const struct port_use *use, uint64_t now_ns)
{
	const struct pair *pair = pairing_pair(use->config.pairing);

	return pairing_has_lost(use->config.pairing) ||
	       (pair && pair_is_looped(pair, now_ns)) ||
	       pump_is_held(use->config.pump);
}

/* Return: 0 or -errno, logged. */
static int return_to_login(struct port_use *use, uint64_t now_ns)
{
	log_info("%s: looking whether the board's console is there again",
		 line_name(use->config.line));
	pump_end_port(use->config.pump);
	return begin_login(use, now_ns);
}

/**
 * port_use_start() - use the port if it is open, else wait for it
 * @use: the use of the port
 *
 * Return: 0 or -errno, logged
 */
int port_use_start(struct port_use *use)
{
	if (line_port(use->config.line))
		return use_port(use, clock_ns());
	await_port(use);
	return 0;
}

/**
 * port_use_follow() - follow the result of a turn of the pump
 * @use:    the use of the port
 * @result: the result
 *
 * Return: 0: go on; 1: the link ends normally; negative: the link ends with a
 * failure, logged
 */
int port_use_follow(struct port_use *use, enum pump_result result)
{
	switch (result) {
	case PUMP_PORT_GONE:
		return lose_port(use, NULL);
	case PUMP_OUT_OF_STEP:
		return lose_port(use, "its data holds no packets any more");
	case PUMP_TUN_GONE:
		log_error("lost the interface %s: it was deleted (start "
			  "serialtun again to create it)",
			  use->config.tun->name);
		return -1;
	default:
		return 0;
	}
}

/**
 * port_use_log_in() - go on with the login, if there is one now
 * @use: the use of the port
 *
 * Return: as port_use_follow()
 */
int port_use_log_in(struct port_use *use)
{
	if (!is_logging_in(use))
		return 0;
	switch (login_run_turn(use->config.login, clock_ns())) {
	case LOGIN_RUN_LINK:
		log_info("%s: the console is a link now",
			 line_port(use->config.line)->name);
		return begin_link(use, clock_ns());
	case LOGIN_RUN_PORT_GONE:
		return lose_port(use, NULL);
	case LOGIN_RUN_FAILED:
		return -1;
	default:
		return 0;
	}
}

/**
 * port_use_attend() - look for the port, or at the link that uses it
 * @use:    the use of the port
 * @now_ns: the time
 *
 * Call it after each turn of the pump.
 *
 * Return: as port_use_follow()
 */
int port_use_attend(struct port_use *use, uint64_t now_ns)
{
	const struct port_use_config *config = &use->config;

	if (!line_port(config->line))
		return look_for_port(use, now_ns);
	if (is_logging_in(use))
		return 0;
	line_attend(config->line, now_ns);
	account_note_baud(config->account);
	pairing_attend(config->pairing, now_ns);
	if (use->carrier != pump_has_carrier(config->pump))
		follow_peer(use);
	observer_look(&use->observer, now_ns);
	if (is_visit(use))
		return look_at_visit(use, now_ns);
	if (config->login && is_console_again(use, now_ns))
		return return_to_login(use, now_ns);
	return 0;
}

/**
 * port_use_reopen() - close the port and open it again, for SIGUSR2
 * @use: the use of the port
 *
 * The own terminal stays.
 *
 * Return: 0 or -errno, logged
 */
int port_use_reopen(struct port_use *use)
{
	if (!line_port(use->config.line) ||
	    line_kind(use->config.line)->is_visit)
		return 0;
	log_info("closing and reopening %s", line_name(use->config.line));
	release_port(use);
	return look_for_port(use, clock_ns());
}

/**
 * port_use_next_ns() - when the use of the port needs another look
 * @use: the use of the port
 *
 * Return: the time; UINT64_MAX: never
 */
uint64_t port_use_next_ns(const struct port_use *use)
{
	uint64_t next_ns = UINT64_MAX;

	if (is_logging_in(use))
		next_ns = login_run_next_ns(use->config.login);
	else if (line_port(use->config.line))
		next_ns = observer_next_ns(&use->observer);
	return is_visit(use) ? clock_earlier(next_ns, use->visit.check_ns)
			     : next_ns;
}

/**
 * port_use_end() - the link ends: end a login that goes on
 * @use: the use of the port
 */
void port_use_end(struct port_use *use)
{
	if (is_logging_in(use))
		login_run_give_up(use->config.login);
}
