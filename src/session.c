/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A session: one link, from the search for its port to the last packet.
 *
 * One event set holds every descriptor that the program waits for.
 * dispatch_event() gives each event to its owner, which only records it. Then
 * the pump carries packets, and the session handles signals and reports.
 * port_use logs in, and follows a port that is lost or comes back.
 */
#include "session.h"
#include "account.h"
#include "board_console.h"
#include "cli/options.h"
#include "clock.h"
#include "events.h"
#include "exchange.h"
#include "failure.h"
#include "framing/framing.h"
#include "interface/monitor.h"
#include "interface/tun.h"
#include "line/line.h"
#include "log.h"
#include "login_run.h"
#include "packet/vj.h"
#include "pairing.h"
#include "port_use.h"
#include "pump/chatter.h"
#include "pump/pump.h"
#include "report/notify.h"
#include "signals.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

struct session {
	const struct options *options;
	struct events events;
	struct line *line;
	const struct tun *tun;
	struct exchange exchange;
	struct vj vj;
	struct pump *pump;
	struct monitor *monitor; /* NULL: not available */
	struct account account;
	struct port_use use;
	struct chatter chatter;
	struct board_console *console; /* NULL: not asked for */
	struct broker *broker;	       /* NULL: the link opens no file */
	struct login_run *login;       /* NULL: not asked for */
	bool signalled;		       /* a signal is not handled yet */
	bool interface_changed; /* another program's change is not read yet */
};

/* Give an event to its owner. */
static void dispatch_event(struct session *session, const struct event *event)
{
	switch (event->kind) {
	case EVENT_SIGNAL:
		session->signalled = true;
		break;
	case EVENT_LINE:
		line_wake(session->line);
		break;
	case EVENT_INTERFACE:
	case EVENT_PORT:
		pump_note(session->pump, event);
		break;
	case EVENT_MONITOR:
		session->interface_changed = true;
		break;
	case EVENT_KEEPER:
		pairing_wake(session->exchange.pairing);
		break;
	case EVENT_SHARING:
		exchange_wake_sharing(&session->exchange);
		break;
	case EVENT_BOARD_CONSOLE:
		board_console_note(session->console, event->mask);
		break;
	case EVENT_BOARD_CONSOLE_LINE:
		board_console_wake(session->console);
		break;
	case EVENT_BUNDLE: /* the login looks in each turn */
	case EVENT_TIME:
		break;
	}
}

/* Return: 0 after an event or at @until_ns, or -errno, logged. */
static int wait_for_events(struct session *session, uint64_t until_ns)
{
	struct event happened[EVENTS_MAX];
	int count = events_wait(&session->events, until_ns, happened);
	int i;

	if (count < 0)
		log_error("cannot wait for packets: %s", strerror(-count));
	for (i = 0; i < count; i++)
		dispatch_event(session, &happened[i]);
	return count < 0 ? count : 0;
}

/* Return: 0 or -errno, logged. */
static int handle_signals(struct session *session)
{
	if (!session->signalled)
		return 0;
	session->signalled = false;
	signals_clear_fd();
	if (signals_take_report())
		account_print(&session->account, LOG_LEVEL_ANSWER);
	return signals_take_reopen() ? port_use_reopen(&session->use) : 0;
}

/* Warn of a change to the interface by another program. */
static void report_interface_changes(struct session *session)
{
	char text[MONITOR_TEXT_MAX];

	if (session->interface_changed && monitor_read(session->monitor, text))
		log_warning("%s", text);
	session->interface_changed = false;
}

/* Everything but packets. Return: as port_use_follow(). */
static int handle_the_rest(struct session *session)
{
	const uint64_t now_ns = clock_ns();
	int err = handle_signals(session);

	if (!err)
		err = port_use_attend(&session->use, now_ns);
	report_interface_changes(session);
	exchange_attend_sharing(&session->exchange, now_ns);
	account_tick(&session->account, session->use.carrier, now_ns);
	notify_tick(now_ns);
	return err;
}

/* The time of the next task. */
static uint64_t next_ns(const struct session *session)
{
	uint64_t next_ns = clock_earlier(pump_next_ns(session->pump),
					 line_next_ns(session->line));

	next_ns = clock_earlier(next_ns, port_use_next_ns(&session->use));
	next_ns =
		clock_earlier(next_ns, board_console_next_ns(session->console));
	next_ns = clock_earlier(next_ns, notify_next_ns());
	return clock_earlier(next_ns, account_next_ns(&session->account));
}

/*
 * The prefix for a board: that of the first IPv6 address that is not
 * link-local. NULL: none.
 */
static const uint8_t *find_prefix(const struct options *options)
{
	const struct addr *addr;
	size_t i;

	for (i = 0; i < options->link.addr_count; i++) {
		addr = &options->link.addrs[i];
		if (addr->family == AF_INET6 && !addr_is_link_local(addr))
			return addr->bytes;
	}
	return NULL;
}

/**
 * session_open() - create a session with a closed line
 * @session: the session on success; session_close() frees it
 * @options: the user's options; borrowed until session_close()
 *
 * Logs any failure.
 *
 * Return: 0 or -errno
 */
int session_open(struct session **session, const struct options *options)
{
	struct session *opened = calloc(1, sizeof(*opened));
	struct failure failure = {.text = ""};
	int err = -ENOMEM;

	if (!opened)
		goto fail;
	opened->options = options;
	opened->events = (struct events)EVENTS_CLOSED;
	exchange_init(&opened->exchange, options, &opened->events);
	err = events_open(&opened->events);
	if (!err)
		err = events_watch(&opened->events, EVENT_SIGNAL, signals_fd(),
				   EPOLLIN);
	if (err)
		goto fail;
	err = line_open(&opened->line, &options->port, options->wait,
			&opened->events, EVENT_LINE, &failure);
	chatter_init(&opened->chatter, find_prefix(options));
	if (!err && options->board_console) {
		err = board_console_open(&opened->console,
					 options->board_console,
					 &opened->events, &opened->chatter);
		if (err) {
			session_close(opened);
			return err;
		}
	}
	if (!err) {
		*session = opened;
		return 0;
	}
fail:
	if (*failure.text)
		log_error("%s", failure.text);
	else
		log_error("cannot start: %s", strerror(-err));
	session_close(opened);
	return err;
}

/**
 * session_find_port() - look for the port, before the interface exists
 * @session: the session
 *
 * With --wait the session waits LINE_PATIENCE_NS for a port that is being
 * opened, because the interface's settings depend on the port.
 *
 * Logs any failure.
 *
 * Return: 0 if the port is open or the session may wait for it; -EINTR after a
 * stop signal; another -errno
 */
int session_find_port(struct session *session)
{
	const uint64_t end_ns = session->options->wait
					? clock_ns() + LINE_PATIENCE_NS
					: UINT64_MAX;
	struct failure failure;
	uint64_t now_ns;
	int err;

	for (;;) {
		now_ns = clock_ns();
		err = line_look_first(session->line, now_ns, &failure);
		if (err != -EINPROGRESS || now_ns >= end_ns)
			break;
		err = wait_for_events(session,
				      clock_earlier(line_next_ns(session->line),
						    end_ns));
		if (err)
			return err;
		/* The flags of SIGUSR1 and SIGUSR2 stay set until later. */
		if (session->signalled)
			signals_clear_fd();
		if (signals_stop())
			return -EINTR;
	}
	if (!err || err == -EAGAIN || err == -EINPROGRESS)
		return 0;
	log_error("%s", failure.text);
	return err;
}

/**
 * session_line() - the line of a session
 * @session: the session
 *
 * Return: the line, owned by the session
 */
struct line *session_line(const struct session *session)
{
	return session->line;
}

/**
 * session_exchange() - what a session exchanges with the other end
 * @session: the session
 *
 * Return: the exchange, owned by the session
 */
struct exchange *session_exchange(struct session *session)
{
	return &session->exchange;
}

/**
 * session_use_broker() - let the broker open the port and write the report
 * @session: the session
 * @broker:  the broker, with a copy of the session's line; it must outlive the
 *           session
 */
void session_use_broker(struct session *session, struct broker *broker)
{
	session->broker = broker;
	line_use_broker(session->line, broker);
	board_console_use_broker(session->console, broker);
}

/**
 * session_remove_files() - remove the files of the session, in the broker
 * @session: the broker's copy of the session
 */
void session_remove_files(struct session *session)
{
	line_remove_file(session->line);
	board_console_remove_file(session->console);
}

/* Without a monitor the link works all the same. */
static void watch_interface(struct session *session)
{
	int err = monitor_open(&session->monitor, session->tun->name);

	if (!err)
		err = events_watch(&session->events, EVENT_MONITOR,
				   monitor_fd(session->monitor), EPOLLIN);
	if (err)
		log_debug("%s: cannot watch for changes by other programs: %s",
			  session->tun->name, strerror(-err));
}

/* Compression of TCP headers, which needs SLIP and IP packets, or NULL. */
static struct vj *compression_of(struct session *session, const struct tun *tun)
{
	const struct options *options = session->options;

	if (options->vj == VJ_OFF || tun->tap || !options->framing->idle)
		return NULL;
	vj_reset(&session->vj, options->vj);
	return &session->vj;
}

/**
 * session_login() - prepare to log in at the other end, with --login
 * @session: the session
 *
 * Call it before the capabilities are dropped. Logs any failure.
 *
 * Return: 0 or -errno
 */
int session_login(struct session *session)
{
	const struct login_run_config config = {
		.user = session->options->login,
		.password_file = session->options->password_file,
		.ethernet = session->options->tap,
		.events = &session->events,
	};

	return config.user ? login_run_open(&session->login, &config) : 0;
}

/**
 * session_start() - prepare to carry packets
 * @session: the session, after session_find_port()
 * @tun:     the interface, up; borrowed until session_close()
 * @mtu:     MTU of the interface, in bytes
 *
 * Logs any failure.
 *
 * Return: 0 or -errno
 */
int session_start(struct session *session, const struct tun *tun, uint32_t mtu)
{
	const struct options *options = session->options;
	const struct pump_config config = {
		.events = &session->events,
		.tun = tun,
		.framing = options->framing,
		.pair = pairing_pair(session->exchange.pairing),
		.chatter = options->framing->idle ? &session->chatter : NULL,
		.vj = compression_of(session, tun),
		.lead = options->lead,
		.keepalive_s = options->keepalive_s,
		.mtu = mtu,
		.ipv6 = options->link.ipv6,
		.listen_port = line_listen_port(session->line),
		.accept_ra = options->accept_ra,
		.witness = {.addrs = options->link.addrs,
			    .addr_count = options->link.addr_count,
			    .peer = options->link.peer_of ? &options->link.peer
							  : NULL,
			    .routes = options->link.routes,
			    .route_count = options->link.route_count,
			    .partial = tun->attached || options->link.bridge ||
				       pairing_takes_address(
					       session->exchange.pairing)},
	};
	struct failure failure;
	int err = line_enclose(session->line, (int)if_nametoindex(tun->name),
			       &failure);

	if (err) {
		log_error("%s", failure.text);
		return err;
	}
	session->tun = tun;
	session->pump = pump_new(&config);
	if (!session->pump) {
		err = -errno;
		log_error("cannot start: %s", strerror(-err));
		return err;
	}
	account_init(&session->account,
		     &(struct account_config){
			     .line = session->line,
			     .tun = tun,
			     .pump = session->pump,
			     .pairing = session->exchange.pairing,
			     .report = {.print_s = options->stats_s,
					.json_path = options->stats_json,
					.broker = session->broker},
		     });
	watch_interface(session);
	port_use_init(&session->use,
		      &(struct port_use_config){
			      .options = options,
			      .line = session->line,
			      .tun = tun,
			      .pump = session->pump,
			      .pairing = session->exchange.pairing,
			      .account = &session->account,
			      .sharing = session->exchange.sharing,
			      .chatter = &session->chatter,
			      .login = session->login,
		      });
	err = port_use_start(&session->use);
	return err ? err
		   : account_open(&session->account, session->use.carrier);
}

/* Return: as port_use_follow(). */
static int turn(struct session *session)
{
	int err;

	if (session->console)
		board_console_move(session->console, clock_ns());
	err = port_use_follow(&session->use, pump_turn(session->pump));
	if (session->console)
		board_console_move(session->console, clock_ns());
	if (!err)
		err = port_use_log_in(&session->use);
	return err ? err : handle_the_rest(session);
}

/* Return: as session_run(). */
static int end(struct session *session, int err)
{
	notify_stopping();
	port_use_end(&session->use);
	account_close(&session->account, session->use.carrier);
	pump_part(session->pump);
	return err < 0 ? -1 : 0;
}

/**
 * session_run() - carry packets until a signal or a failure
 * @session: the session, after session_start()
 *
 * Logs any failure.
 *
 * Return: 0 after a stop signal or at the end of a line that cannot be opened
 * again; else -1
 */
int session_run(struct session *session)
{
	int err = 0;

	while (!err && !signals_stop()) {
		err = turn(session);
		if (!err)
			err = wait_for_events(session, next_ns(session));
	}
	return end(session, err);
}

/**
 * session_close() - free a session; restores the port's settings
 * @session: the session, or NULL
 */
void session_close(struct session *session)
{
	if (!session)
		return;
	pump_free(session->pump);
	login_run_close(session->login);
	exchange_close(&session->exchange);
	board_console_close(session->console);
	monitor_close(session->monitor);
	line_close(session->line);
	events_close(&session->events);
	free(session);
}
