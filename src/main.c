/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * serialtun: an IP link over a serial line, in one command.
 *
 * The program opens the port first, because the port is most often missing or
 * busy; then it creates the interface, configures it by Netlink, and carries
 * packets until a signal comes. After a failure it closes everything in reverse
 * order and leaves nothing behind.
 *
 * --list, --create and --delete are short tasks without a link.
 */
#include "cell.h"
#include "cli/announce.h"
#include "cli/list.h"
#include "cli/options.h"
#include "cli/port_choice.h"
#include "clock.h"
#include "interface/addr.h"
#include "interface/link.h"
#include "interface/owner.h"
#include "interface/tun.h"
#include "interface/tun_make.h"
#include "line/line.h"
#include "line/source.h"
#include "log.h"
#include "port/port_config.h"
#include "privilege.h"
#include "report/notify.h"
#include "session.h"
#include "signals.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* await_owner() checks the port at most this many times, 20 ms apart. */
#define OWNER_TRIES 25

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
	/* The announcement of the other end needs an address of this end. */
	if (options->link.addr_count || !tun->attached)
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
		.devices = kind->is_serial,
		.files = options->stats_json,
		.leaves = kind->leaves_file,
		.ip = kind->uses_ip,
		.local = kind->uses_unix,
	};
	int err = options->no_sandbox ? 0 : cell_enter(&needs);

	if (err)
		log_debug("the process keeps all system calls: %s",
			  strerror(-err));
}

/* Without --user, choose the user nobody if the link does not need root. */
static void choose_user(const struct options *options, const struct line *line,
			struct privilege_user *user)
{
	const struct source_kind *kind = line_kind(line);
	const struct privilege_needs needs = {
		.port_name = kind->is_serial ? line_name(line) : NULL,
		.port_path = line_path(line),
		.is_serial = kind->is_serial,
		.files = {options->stats_json, line_left_file(line)},
	};

	if (!options->user)
		privilege_choose_user(user, &needs);
}

/* The choice of a user needs the port, because a missing port has no owner. */
static bool is_undecided(const struct options *options, const struct line *line)
{
	const struct source_kind *kind = line_kind(line);

	return !options->user && !line_port(line) &&
	       (kind->is_serial || kind->is_path);
}

/*
 * Give up the privileges that the link does not need. Return: 0; 1 if the port
 * is missing, so that decide() must choose the user once the port is there; or
 * -errno, logged.
 */
static int drop_privileges(const struct options *options,
			   const struct line *line,
			   const struct privilege_user *user)
{
	if (is_undecided(options, line) && !privilege_keep_choice())
		return 1;
	return privilege_drop(user, line_path(line),
			      line_kind(line)->is_serial);
}

/*
 * When an adapter is plugged in, only root may open the port, until udev sets
 * its group a few milliseconds later. Wait for this; the driver keeps bytes
 * that arrive meanwhile.
 */
static void await_owner(const struct line *line)
{
	static const struct timespec pause = {.tv_nsec = 20 * NS_PER_MS};
	const char *path = line_path(line);
	struct stat file;
	int i;

	for (i = 0; i < OWNER_TRIES && path && !stat(path, &file) &&
		    !(file.st_mode & (S_IRWXG | S_IRWXO)) && !signals_stop();
	     i++)
		nanosleep(&pause, NULL);
}

/* Choose the user now that the port is there. Return: as session_run(). */
static int decide(const struct options *options, struct session *session,
		  struct privilege_user *user)
{
	const struct line *line = session_line(session);

	await_owner(line);
	choose_user(options, line, user);
	return drop_privileges(options, line, user) < 0 ? -1 : 0;
}

/* Configure and run the link. Return: 0, or -1, logged. */
static int run(const struct options *options, const struct owner *owner,
	       struct privilege_user *user, struct tun *tun,
	       struct session *session)
{
	const struct line *line = session_line(session);
	struct link link = {0};
	int undecided;
	int err;

	log_debug("%s: %s", line_name(line),
		  line_port(line) ? "opened and set up" : "not there yet");
	log_debug("%s: %s", tun->name,
		  tun->attached ? "attached to" : "created");
	if (link_configure(&link, tun, &options->link, line_rate(line)))
		return set_up_failed();
	if (!is_undecided(options, line))
		choose_user(options, line, user);
	if (session_pair(session, tun, link.mtu, user) ||
	    session_login(session))
		return -1;
	link.takes_addr = session_takes_address(session);
	undecided = drop_privileges(options, line, user);
	if (undecided < 0)
		return set_up_failed();
	if (session_start(session, tun, link.mtu) || keep(options, tun, owner))
		return -1;
	announce(options, tun, &link, line);
	notify_ready();
	if (undecided) {
		err = session_await_port(session);
		if (!err)
			err = decide(options, session, user);
		if (err)
			return err < 0 ? -1 : 0;
	}
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
	char *chosen = NULL;
	struct session *session = NULL;
	struct tun tun = TUN_CLOSED;
	int err;

	notify_open();
	if (!signals_set_up() && !privilege_find_user(&user, options->user) &&
	    !choose_port(options, &chosen) &&
	    !session_open(&session, options) && !session_find_port(session) &&
	    !tun_open(&tun, options->link.interface, options->tap))
		err = run(options, owner, &user, &tun, session);
	else
		err = set_up_failed();
	session_close(session);
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
