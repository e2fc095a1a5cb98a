/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * serialtun: an IP link of a serial line, in one command.
 *
 * The order of things. The port comes first, because it is what most often is
 * missing or busy; then the interface; then, by Netlink, what the interface
 * is given; then the pump runs until a signal comes. Whatever fails, what was
 * opened so far is closed in reverse order, and nothing of it is left behind.
 */
#include "addr.h"
#include "announce.h"
#include "link.h"
#include "list.h"
#include "log.h"
#include "notify.h"
#include "options.h"
#include "port.h"
#include "privilege.h"
#include "pump.h"
#include "stats.h"
#include "tun.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static volatile sig_atomic_t stop;
static volatile sig_atomic_t report;
static int wake_fd = -1;

/* The pump waits on wake_fd; everything else looks at the flags. */
static void on_signal(int number)
{
	static const uint64_t one = 1;
	int saved_errno = errno;

	if (number == SIGUSR1)
		report = 1;
	else
		stop = 1;
	/* If it fails, the counter is full, which wakes the pump as well. */
	(void)!write(wake_fd, &one, sizeof(one));
	errno = saved_errno;
}

/*
 * Whoever starts us may have closed these, and then the port would become one
 * of them, and messages would travel on the line.
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

/*
 * Those that end the program interrupt whatever the set-up waits for (no
 * SA_RESTART), SIGUSR1 does not. A SIGHUP that nohup(1) has put out of force
 * stays so.
 */
static int set_up_signals(void)
{
	static const int stopping[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = on_signal};
	struct sigaction before;
	size_t i;

	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (wake_fd < 0) {
		log_error("cannot create an eventfd: %s", strerror(errno));
		return -1;
	}
	sigemptyset(&action.sa_mask);
	for (i = 0; i < sizeof(stopping) / sizeof(*stopping); i++) {
		sigaction(stopping[i], &action, &before);
		if (stopping[i] == SIGHUP && before.sa_handler == SIG_IGN)
			sigaction(SIGHUP, &before, NULL);
	}
	action.sa_flags = SA_RESTART;
	sigaction(SIGUSR1, &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	return 0;
}

static void print_stats(enum log_level level, struct pump *pump)
{
	const struct stats *stats = pump_stats(pump);
	char text[STATS_TEXT_MAX];

	log_print(level, "to the line: %s",
		  stats_format(&stats->to_line, text));
	log_print(level, "from the line: %s",
		  stats_format(&stats->from_line, text));
	log_print(level, "queue: %s", stats_format_queue(&stats->queue, text));
}

/* Answer the signals that woke the pump. */
static void answer_signals(struct pump *pump)
{
	uint64_t count;

	/* EAGAIN is all that it can say, and then there is nothing to do. */
	if (read(wake_fd, &count, sizeof(count)) < 0)
		return;
	if (report) {
		report = 0;
		print_stats(LOG_LEVEL_ANSWER, pump);
	}
}

/* Carry packets until a signal ends it. Return: 0, or -1, logged. */
static int carry(struct pump *pump, const struct tun *tun,
		 const struct port *port)
{
	enum pump_end end;

	while (!stop) {
		end = pump_run(pump);
		switch (end) {
		case PUMP_WOKEN:
			answer_signals(pump);
			break;
		case PUMP_PORT_GONE:
			log_error("lost the port %s: it hung up (plug it in "
				  "and start again)",
				  port->path);
			return -1;
		case PUMP_TUN_GONE:
			log_error("lost the interface %s: it was deleted "
				  "(start again to have it back)",
				  tun->name);
			return -1;
		case PUMP_FAILED:
			log_error("cannot wait for packets: %s",
				  strerror(errno));
			return -1;
		}
	}
	return 0;
}

static void announce(const struct options *options, const struct tun *tun,
		     const struct link *link, const struct port *port)
{
	char text[ANNOUNCE_TEXT_MAX];
	size_t hosts = 0;
	size_t i;

	log_info("%s", announce_link(options, tun, link, port, text));
	/* What we were not told of our own end says nothing of the other. */
	if (options->addr_count || !tun->attached)
		log_info("%s", announce_other_end(options, link, text));
	for (i = 0; i < options->addr_count; i++)
		hosts += options->addrs[i].prefix_len ==
			 addr_bits(options->addrs[i].family);
	if (hosts && hosts == options->addr_count && !options->peer_of &&
	    !options->route_count)
		log_warning("nothing is reachable through %s yet: give --addr "
			    "a prefix length, or say --peer or --route",
			    tun->name);
	if (!options->addr_count && !tun->attached && !link->link_local_only)
		log_warning("%s has no address: IPv6 is switched off here "
			    "(give an IPv4 --addr, or see the sysctl "
			    "net.ipv6.conf.default.disable_ipv6)",
			    tun->name);
}

/* A signal that came during the set-up made whatever failed fail. */
static int set_up_failed(void)
{
	return stop ? 0 : -1;
}

/* Everything from the open port on. Return: 0, or -1, logged. */
static int run(const struct options *options, const struct privilege_user *user,
	       struct tun *tun, struct port *port)
{
	struct pump_config config = {
		.tun = tun,
		.port = port,
		.wake_fd = wake_fd,
		.ipv6 = options->ipv6,
		.accept_ra = options->accept_ra,
		.xonxoff = options->port.flow == PORT_FLOW_XONXOFF,
	};
	struct pump *pump;
	struct link link;
	int status;

	log_debug("%s: opened and set up", port->path);
	log_debug("%s: %s", tun->name,
		  tun->attached ? "attached to" : "created");
	if (link_configure(&link, tun, options, port->rate))
		return set_up_failed();
	if (privilege_drop(user, port->path))
		return set_up_failed();
	config.mtu = link.mtu;
	pump = pump_new(&config);
	if (!pump) {
		log_error("cannot start: %s", strerror(ENOMEM));
		return -1;
	}
	announce(options, tun, &link, port);
	notify_ready();
	notify_status("%s is up on %s", tun->name, port->path);
	status = carry(pump, tun, port);
	notify_stopping();
	print_stats(LOG_LEVEL_INFO, pump);
	pump_free(pump);
	return status;
}

int main(int argc, char **argv)
{
	struct privilege_user user;
	struct options options;
	struct port *port = NULL;
	struct tun tun = TUN_CLOSED;
	int status;

	if (open_standard_fds())
		return EXIT_FAILURE;
	options_parse(&options, argc, argv);
	log_set_level(options.log_level);
	if (options.list != OPTIONS_LIST_NONE)
		return list_print(options.list == OPTIONS_LIST_JSON)
			       ? EXIT_FAILURE
			       : EXIT_SUCCESS;

	if (!set_up_signals() && !privilege_find_user(&user, options.user) &&
	    !port_open(&port, &options.port) &&
	    !tun_open(&tun, options.interface))
		status = run(&options, &user, &tun, port);
	else
		status = set_up_failed();
	tun_close(&tun);
	port_close(port);
	return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
