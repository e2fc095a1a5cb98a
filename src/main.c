/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * serialtun: an IP link over a serial line, in one command.
 *
 * The program opens the port first, because the port is most often missing or
 * busy; then it creates the interface, configures it by Netlink, and carries
 * packets until a signal comes. After a failure it closes everything in reverse
 * order and leaves nothing behind.
 *
 * Other processes do what the process that parses the line must not: the broker
 * opens the port and writes files, a keeper sets an address, another one the
 * rules of --share, the resolver asks name servers, and the bundler packs what
 * --login brings.
 *
 * --list, --create and --delete are short tasks without a link.
 */
#include "broker/broker.h"
#include "cell.h"
#include "cli/announce.h"
#include "cli/list.h"
#include "cli/options.h"
#include "cli/port_choice.h"
#include "exchange.h"
#include "failure.h"
#include "framing/framing.h"
#include "interface/addr.h"
#include "interface/link.h"
#include "interface/owner.h"
#include "interface/tun.h"
#include "interface/tun_make.h"
#include "line/line.h"
#include "line/source.h"
#include "log.h"
#include "pairing.h"
#include "port/port_config.h"
#include "priority.h"
#include "privilege.h"
#include "report/notify.h"
#include "report/report_file.h"
#include "session.h"
#include "signals.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The broker has a copy of these. */
struct brokered {
	const struct options *options;
	struct session *session;
};

/*
 * If the parent process has closed a standard descriptor, the port must not get
 * the descriptor's number: messages would travel on the line.
 */
static int open_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static void announce(const struct options *options, const struct tun *tun,
		     const struct link *link, const struct line *line)
{
	char text[ANNOUNCE_TEXT_MAX];
	size_t hosts = 0;
	size_t i;

	log_info("%s", announce_link(options, tun, link, line_port(line),
				     line_awaited(line), text));
	/*
	 * --login starts the other end itself. The announcement of the other
	 * end needs an address of this end.
	 */
	if (!options->login && (options->link.addr_count || !tun->attached))
		log_info("%s", announce_other_end(options, link, text));
	for (i = 0; i < options->link.addr_count; i++)
		hosts += options->link.addrs[i].prefix_len ==
			 addr_bits(options->link.addrs[i].family);
	if (hosts && hosts == options->link.addr_count &&
	    !options->link.peer_of && !options->link.route_count)
		log_warning("nothing is reachable through %s yet: start again "
			    "with a prefix length, as in --addr %s/%d, or with "
			    "--peer or --route",
			    tun->name,
			    addr_format_host(&options->link.addrs[0], text),
			    options->link.addrs[0].family == AF_INET ? 24 : 64);
	if (!options->link.addr_count && !options->link.bridge &&
	    !tun->attached && !link->link_local_only && !link->takes_addr)
		log_warning("%s has no address: IPv6 is switched off here "
			    "(give an IPv4 --addr, or: sudo sysctl "
			    "net.ipv6.conf.all.disable_ipv6=0; in a container, "
			    "start it with --sysctl "
			    "net.ipv6.conf.all.disable_ipv6=0)",
			    tun->name);
}

/* If a stop signal made the set-up fail, the program ends with success. */
static int set_up_failed(void)
{
	return signals_stop() ? 0 : -1;
}

/* An attached interface is already persistent; change only its owner. */
static int keep(const struct options *options, struct tun *tun,
		const struct owner *owner)
{
	if (!options->persist ||
	    (tun->attached && !options->owner && !options->group))
		return 0;
	return tun_persist(tun, owner);
}

/* On a kernel without seccomp the link runs without a filter. */
static void enter_cell(const struct options *options, const struct line *line)
{
	const struct source_kind *kind = line_kind(line);
	const struct cell_needs needs = {
		.watches = kind->is_serial,
		.ip = kind->uses_ip,
		.mac = options->tap,
	};
	int err = options->no_sandbox ? 0 : cell_enter(&needs);

	if (err)
		log_debug("the process keeps all system calls: %s",
			  strerror(-err));
}

/* In the broker. */
static int open_port(void *data, struct claim *claim, struct failure *failure)
{
	const struct brokered *brokered = data;

	return line_claim(session_line(brokered->session), claim, failure);
}

/* In the broker. */
static int write_report(void *data, const char *text, size_t len,
			struct failure *failure)
{
	const struct brokered *brokered = data;

	return report_file_write(brokered->options->stats_json, text, len,
				 failure);
}

/* In the broker. */
static void remove_files(void *data)
{
	const struct brokered *brokered = data;

	session_remove_files(brokered->session);
}

/*
 * Start the process that opens files, if the link needs any. Return: 0, or
 * -errno, logged.
 */
static int start_broker(const struct options *options, struct session *session,
			const struct privilege_user *user,
			struct broker **broker)
{
	const struct line *line = session_line(session);
	const struct source_kind *kind = line_kind(line);
	struct brokered brokered = {.options = options, .session = session};
	const bool leaves = kind->remove_file || options->board_console;
	const struct cell_needs needs = {
		.devices = kind->is_serial,
		.files = options->stats_json,
		.leaves = leaves,
		.local = kind->uses_unix,
	};
	const struct broker_config config = {
		.user = user,
		.port_path = line_path(line),
		.is_serial = kind->is_serial,
		.needs = options->no_sandbox ? NULL : &needs,
		.open_port = kind->claim ? open_port : NULL,
		.write_report = options->stats_json ? write_report : NULL,
		.leave = leaves ? remove_files : NULL,
		.data = &brokered,
	};
	struct failure failure;
	int err;

	if (!config.open_port && !config.write_report && !config.leave)
		return 0;
	err = broker_start(broker, &config, &failure);
	if (err)
		log_error("%s", failure.text);
	else
		session_use_broker(session, *broker);
	return err;
}

/* The rate from which the MTU follows: a radio is slower than its port. */
static uint32_t rate_for_mtu(const struct options *options,
			     const struct line *line)
{
	const uint32_t radio_rate = options->framing->radio_rate;

	return radio_rate ? radio_rate : line_rate(line);
}

/* Return: 0 or -errno, logged. */
static int confirm_broker(struct broker *broker)
{
	struct failure failure;
	int err = broker ? broker_confirm(broker, &failure) : 0;

	if (err)
		log_error("%s", failure.text);
	return err;
}

/* Configure and run the link. Return: 0, or -1, logged. */
static int run(const struct options *options, const struct owner *owner,
	       const struct privilege_user *named, struct tun *tun,
	       struct session *session, struct broker **broker)
{
	const struct line *line = session_line(session);
	struct exchange *exchange = session_exchange(session);
	struct privilege_user user = *named;
	struct link link = {0};

	log_debug("%s: %s", line_name(line),
		  line_port(line) ? "opened and set up" : "not there yet");
	log_debug("%s: %s", tun->name,
		  tun->attached ? "attached to" : "created");
	if (link_configure(&link, tun, &options->link,
			   rate_for_mtu(options, line)))
		return set_up_failed();
	if (!options->user)
		privilege_choose_user(&user);
	/* First, because it gets ready while the keepers start. */
	if (start_broker(options, session, named, broker))
		return set_up_failed();
	if (exchange_share(exchange, tun, &user))
		return set_up_failed();
	if (exchange_pair(exchange, tun, link.mtu, &user))
		return -1;
	link.takes_addr = pairing_takes_address(exchange->pairing);
	/* Behind the other processes, which so get no copy of the password. */
	if (session_login(session))
		return set_up_failed();
	/* The speed bounds what a flood can take from other processes. */
	if (line_kind(line)->is_serial && line_rate(line))
		priority_raise();
	if (privilege_drop(&user))
		return set_up_failed();
	if (session_start(session, tun, link.mtu) || confirm_broker(*broker) ||
	    keep(options, tun, owner))
		return -1;
	announce(options, tun, &link, line);
	exchange_announce(exchange);
	notify_ready();
	enter_cell(options, line);
	return session_run(session);
}

/* --create: make an interface without a link. Return: 0, or -1, logged. */
static int create(const struct options *options, const struct owner *owner)
{
	const bool needs_root = owner->has_user && !owner->user;
	char text[ANNOUNCE_TEXT_MAX];
	struct link link = {0};
	struct tun tun;
	int err;

	if (tun_create(&tun, options->link.interface, options->tap))
		return -1;
	err = link_configure(&link, &tun, &options->link, 0);
	if (!err)
		err = tun_persist(&tun, owner);
	if (!err)
		log_info("%s", announce_created(options, &tun, &link,
						needs_root, text));
	tun_close(&tun);
	return err;
}

/* Find the port for --port auto or no --port. Return: 0 or -errno, logged. */
static int choose_port(struct options *options, char **chosen)
{
	int err;

	if (strcmp(options->port.name, "auto") != 0)
		return 0;
	err = port_choice_make(chosen, options);
	if (!err)
		options->port.name = *chosen;
	return err;
}

/* Open port and interface and run the link. Return: 0, or -1, logged. */
static int make_link(struct options *options, const struct owner *owner)
{
	struct privilege_user user;
	struct broker *broker = NULL;
	char *chosen = NULL;
	struct session *session = NULL;
	struct tun tun = TUN_CLOSED;
	int err;

	notify_open();
	if (!signals_set_up() && !privilege_find_user(&user, options->user) &&
	    !choose_port(options, &chosen) &&
	    !session_open(&session, options) && !session_find_port(session) &&
	    !tun_open(&tun, options->link.interface, options->tap))
		err = run(options, owner, &user, &tun, session, &broker);
	else
		err = set_up_failed();
	session_close(session);
	broker_end(broker);
	tun_close(&tun);
	free(chosen);
	return err;
}

/* Return: 0, or not 0, logged. */
static int do_task(struct options *options)
{
	struct owner owner;

	if (options->list != OPTIONS_LIST_NONE)
		return list_print(options->list == OPTIONS_LIST_JSON);
	if (options->delete)
		return tun_delete(options->link.interface);
	if (link_check(&options->link) ||
	    owner_find(&owner, options->owner, options->group))
		return -1;
	return options->create ? create(options, &owner)
			       : make_link(options, &owner);
}

int main(int argc, char **argv)
{
	struct options options;

	if (open_standard_fds())
		return EXIT_FAILURE;
	if (options_parse(&options, argc, argv))
		return EXIT_FAILURE;
	log_set_level(options.log_level);
	return do_task(&options) ? EXIT_FAILURE : EXIT_SUCCESS;
}
