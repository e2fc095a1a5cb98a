/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A link, from the first look for the port to the last packet.
 *
 * Everything that there is to wait for is in one event set, and each event goes
 * by its kind to its owner, in one switch (hand_out()). The owners only take
 * note; then each has its turn: the pump carries packets, and the session sees
 * to the rest (signals, a port that is lost or comes back, reports).
 *
 * The interface, its addresses and its routes outlive the port. While the port
 * is away the carrier is off, so that the kernel and everybody who watches the
 * interface can tell.
 */
#include "session.h"
#include "cli/options.h"
#include "clock.h"
#include "events.h"
#include "failure.h"
#include "interface/monitor.h"
#include "interface/tun.h"
#include "line/line.h"
#include "line/source.h"
#include "log.h"
#include "packet/transport.h"
#include "port/port.h"
#include "pump/pump.h"
#include "pump/stats.h"
#include "report/notify.h"
#include "report/report.h"
#include "report/stall.h"
#include "report/symptom.h"
#include "report/totals.h"
#include "signals.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

/* How often the counters are looked at for something that is wrong. */
#define SESSION_CHECK_NS (2 * NS_PER_S)

struct session {
	const struct options *options;
	struct events events;
	struct line *line;
	const struct tun *tun;
	struct pump *pump;
	struct monitor *monitor; /* NULL: it cannot be had */
	struct symptoms symptoms;
	struct stall stall;
	struct report *report; /* NULL: nobody wants one */
	uint64_t check_ns;     /* when to look next */
	bool signalled;	       /* and it was not looked at why */
	bool meddled;	       /* and it was not looked at how */
	bool had_port;
	bool silence_told;
	bool own_told;
	bool carrier;
};

/* Every event, to whom it concerns, who takes note of it. */
static void hand_out(struct session *session, const struct event *event)
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
		session->meddled = true;
		break;
	case EVENT_TIME:
		break;
	}
}

/* Return: 0 when something has happened or is due, or -errno, logged. */
static int wait_for_events(struct session *session, uint64_t until_ns)
{
	struct event happened[EVENTS_MAX];
	int count = events_wait(&session->events, until_ns, happened);
	int i;

	if (count < 0)
		log_error("cannot wait for packets: %s", strerror(-count));
	for (i = 0; i < count; i++)
		hand_out(session, &happened[i]);
	return count < 0 ? count : 0;
}

static void print_stats(struct session *session, enum log_level level)
{
	const struct stats *stats = pump_stats(session->pump);
	char text[TOTALS_TEXT_MAX];

	log_print(level, "to the line: %s",
		  totals_format_direction(&stats->to_line, text));
	log_print(level, "from the line: %s",
		  totals_format_direction(&stats->from_line, text));
	log_print(level, "queue: %s", totals_format_queue(&stats->queue, text));
	if (stats->line.known || stats->line.losses)
		log_print(level, "line: %s",
			  totals_format_line(&stats->line, text));
}

/* Everything that a report tells. */
static struct report_view view(struct session *session)
{
	const struct port *port = line_port(session->line);

	return (struct report_view){
		.stats = pump_stats(session->pump),
		.interface = session->tun->name,
		.port = port ? port->name : NULL,
		.rate = port ? port->rate : 0,
		.carrier = session->carrier,
	};
}

/* Return: 0 or -errno, logged. */
static int open_report(struct session *session)
{
	const struct report_config config = {
		.print_s = session->options->stats_s,
		.json_path = session->options->stats_json,
	};
	const struct report_view now = view(session);

	return report_open(&session->report, &config, &now, clock_ns());
}

static void tick_report(struct session *session, uint64_t now_ns)
{
	struct report_view now;

	if (now_ns < report_next_ns(session->report))
		return;
	now = view(session);
	report_tick(session->report, &now, now_ns);
}

static void set_carrier(struct session *session, bool on)
{
	if (on == session->carrier)
		return;
	session->carrier = on;
	tun_set_carrier(session->tun, on);
	log_debug("%s: carrier %s", session->tun->name, on ? "on" : "off");
}

static void notify_up(const struct session *session, const struct port *port)
{
	notify_status("%s is up on %s", session->tun->name, port->name);
}

/* The port is there. Return: 0 or -errno, logged. */
static int take_port(struct session *session, uint64_t now_ns)
{
	struct port *port = line_port(session->line);
	const uint64_t settled_ns =
		now_ns + session->options->port.settle_ms * NS_PER_MS;
	const struct transport transport = line_transport(session->line);
	int err = pump_begin_port(session->pump, port, &transport, settled_ns,
				  now_ns);

	if (err) {
		log_error("cannot use %s: %s", port->name, strerror(-err));
		return err;
	}
	session->had_port = true;
	session->check_ns = now_ns + SESSION_CHECK_NS;
	stall_start(&session->stall, port->rate, port->kind->queue_slack,
		    now_ns);
	set_carrier(session, true);
	notify_up(session, port);
	return 0;
}

static void do_without_port(struct session *session)
{
	set_carrier(session, false);
	notify_status("%s is waiting for %s", session->tun->name,
		      line_awaited(session->line));
}

/* The port is not to be used any more, and will be looked for. */
static void let_go_of_port(struct session *session)
{
	pump_end_port(session->pump);
	line_let_go(session->line, clock_ns());
	do_without_port(session);
}

/*
 * The port is gone; @how: NULL: by itself. Return: 0: it is waited for; 1: the
 * link ends, as it should; -1: it ends, logged.
 */
static int lose_port(struct session *session, const char *how)
{
	const struct source_kind *kind = line_kind(session->line);
	const char *gone = line_why_gone(session->line);
	const struct port *port = line_port(session->line);

	if (kind->no_reconnect && !how && !session->options->once) {
		log_info("%s: %s", port->name, kind->how_lost);
		return 1;
	}
	if (!how)
		how = port->how_lost ? port->how_lost : kind->how_lost;
	if (gone) {
		log_error("lost %s: %s (%s)", port->name, how, gone);
		return -1;
	}
	if (session->options->once) {
		log_error("lost %s: %s (%s; without --once it would be waited "
			  "for)",
			  port->name, how, kind->remedy);
		return -1;
	}
	log_warning("lost %s: %s; waiting for %s", port->name, how,
		    line_awaited(session->line));
	let_go_of_port(session);
	return 0;
}

/* Return: 0, or -1, logged. */
static int look_for_port(struct session *session, uint64_t now_ns)
{
	const char *name = line_name(session->line);
	const char *state = session->had_port ? "back" : "there";
	const struct port *port;

	if (!line_look(session->line, now_ns))
		return 0;
	port = line_port(session->line);
	if (strcmp(name, port->name) != 0)
		log_info("%s is %s, %s %s", name, state,
			 line_kind(session->line)->found_as, port->name);
	else
		log_info("%s is %s", name, state);
	return take_port(session, clock_ns());
}

/* SIGUSR2 */
static int reopen_port(struct session *session)
{
	if (!line_port(session->line))
		return 0;
	log_info("closing and reopening %s", line_name(session->line));
	let_go_of_port(session);
	return look_for_port(session, clock_ns());
}

/*
 * One that only answers falls silent whenever nothing is asked; that is worth
 * a word only once.
 */
static void report_silence(struct session *session)
{
	const bool has_carrier = pump_has_carrier(session->pump);

	if (has_carrier && session->silence_told)
		return;
	session->silence_told = true;
	log_warning("%s: nothing was heard of the other end for %u s%s",
		    line_name(session->line), 3 * session->options->keepalive_s,
		    has_carrier ? "" : ", carrier off until it speaks");
}

/* The peer has made the carrier come or go. */
static void follow_peer(struct session *session)
{
	const struct port *port = line_port(session->line);

	set_carrier(session, pump_has_carrier(session->pump));
	if (session->carrier) {
		log_info("%s: the other end speaks again, carrier on",
			 line_name(session->line));
		notify_up(session, port);
	} else {
		notify_status("%s: the other end is silent on %s",
			      session->tun->name, port->name);
	}
}

/* Does the port still send? What it takes for an XOFF may have been noise. */
static void look_at_flow(struct session *session, const struct stats *stats,
			 uint64_t now_ns)
{
	const bool is_serial = line_kind(session->line)->is_serial;
	const enum port_flow flow = session->options->port.flow;
	struct port *port = line_port(session->line);
	const uint64_t sent = stats->to_line.line_bytes - port_queued(port);

	if (!stall_look(&session->stall, sent, pump_is_stuck(session->pump),
			now_ns))
		return;
	if (stall_is_news(&session->stall))
		log_warning("%s has sent nothing for %d s (%s)",
			    line_name(session->line), STALL_S,
			    stall_text(flow, is_serial));
	if (flow == PORT_FLOW_XONXOFF)
		port_resume(port);
}

/* Somebody has routed the peer into the link since it was made. */
static void look_at_own(struct session *session, const struct stats *stats)
{
	if (session->own_told ||
	    !stats->to_line.dropped[STATS_DROP_OWN_TRANSPORT])
		return;
	session->own_told = true;
	log_warning("%s: a route leads to the other end of the line through "
		    "%s itself, so nothing gets there (\"ip route\" shows it: "
		    "remove it, or give that host a route of its own)",
		    line_name(session->line), session->tun->name);
}

/* Is there something that the user should know? */
static void look_at_line(struct session *session, uint64_t now_ns)
{
	struct symptom_view view = {
		.is_serial = line_kind(session->line)->is_serial,
		.rate = line_port(session->line)->rate,
	};
	char text[SYMPTOM_TEXT_MAX];
	enum symptom symptom;

	if (now_ns < session->check_ns)
		return;
	session->check_ns = now_ns + SESSION_CHECK_NS;
	view.stats = pump_stats(session->pump);
	symptom = symptoms_look(&session->symptoms, &view, now_ns);
	if (symptom != SYMPTOM_NONE)
		log_warning("%s: %s", line_name(session->line),
			    symptom_text(symptom, &view, text));
	look_at_own(session, view.stats);
	look_at_flow(session, view.stats, now_ns);
}

/* SIGUSR1, SIGUSR2. Return: 0 or -errno, logged. */
static int see_to_signals(struct session *session)
{
	if (!session->signalled)
		return 0;
	session->signalled = false;
	signals_clear_fd();
	if (signals_take_report())
		print_stats(session, LOG_LEVEL_ANSWER);
	return signals_take_reopen() ? reopen_port(session) : 0;
}

/* Whoever else changes the interface may be somebody who does not know. */
static void look_at_interface(struct session *session)
{
	char text[MONITOR_TEXT_MAX];

	if (session->meddled && monitor_read(session->monitor, text))
		log_warning("%s", text);
	session->meddled = false;
}

/* All but packets that may be due. Return: 0 or -errno, logged. */
static int see_to_the_rest(struct session *session)
{
	const uint64_t now_ns = clock_ns();
	int err = see_to_signals(session);

	if (!err && !line_port(session->line)) {
		err = look_for_port(session, now_ns);
	} else if (!err) {
		line_attend(session->line, now_ns);
		if (pump_take_silence(session->pump))
			report_silence(session);
		if (session->carrier != pump_has_carrier(session->pump))
			follow_peer(session);
		look_at_line(session, now_ns);
	}
	look_at_interface(session);
	tick_report(session, now_ns);
	return err;
}

/* When the next thing is due. */
static uint64_t next_ns(const struct session *session)
{
	uint64_t next_ns = clock_earlier(pump_next_ns(session->pump),
					 line_next_ns(session->line));

	if (line_port(session->line))
		next_ns = clock_earlier(next_ns, session->check_ns);
	return clock_earlier(next_ns, report_next_ns(session->report));
}

/*
 * The pump has had its turn. Return: 0: go on; 1: the link ends, as it should;
 * -1: it ends, logged.
 */
static int see_to(struct session *session, enum pump_result result)
{
	switch (result) {
	case PUMP_PORT_GONE:
		return lose_port(session, NULL);
	case PUMP_OUT_OF_STEP:
		return lose_port(session, "nothing that came from it is a "
					  "packet any more");
	case PUMP_TUN_GONE:
		log_error("lost the interface %s: it was deleted (start again "
			  "to have it back)",
			  session->tun->name);
		return -1;
	default:
		return 0;
	}
}

/**
 * session_open() - begin with a line
 * @session: the session on success; session_close() ends it
 * @options: what the user asked for; borrowed until then
 *
 * A failure is logged.
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
	opened->carrier = true;
	opened->events = (struct events)EVENTS_CLOSED;
	err = events_open(&opened->events);
	if (!err)
		err = events_watch(&opened->events, EVENT_SIGNAL, signals_fd(),
				   EPOLLIN);
	if (err)
		goto fail;
	err = line_open(&opened->line, &options->port, options->wait,
			&opened->events, &failure);
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
 * session_find_port() - look for the port, before there is an interface
 * @session: the session
 *
 * With --wait a port that is on its way is waited for for a second, so that the
 * interface can be given what suits it.
 *
 * A failure is logged.
 *
 * Return: 0: it is there, or is waited for; -EINTR after a signal, or another
 * -errno
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
		/* What else was asked for is answered when there is a port. */
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
 * session_line() - the line
 * @session: the session
 *
 * Return: the session's own
 */
const struct line *session_line(const struct session *session)
{
	return session->line;
}

/* A link does without, where that cannot be had. */
static void watch_interface(struct session *session)
{
	int err = monitor_open(&session->monitor, session->tun->name);

	if (!err)
		err = events_watch(&session->events, EVENT_MONITOR,
				   monitor_fd(session->monitor), EPOLLIN);
	if (err)
		log_debug("%s: changes by others are not seen: %s",
			  session->tun->name, strerror(-err));
}

/**
 * session_start() - prepare to carry packets
 * @session: the session, which has looked for its port
 * @tun:     the interface, which is up; borrowed until session_close()
 * @mtu:     bytes of the longest packet that the interface sends
 *
 * A failure is logged.
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
		.lead = options->lead,
		.keepalive_s = options->keepalive_s,
		.mtu = mtu,
		.ipv6 = options->link.ipv6,
		.accept_ra = options->accept_ra,
		.witness = {.addrs = options->link.addrs,
			    .addr_count = options->link.addr_count,
			    .peer = options->link.peer_of ? &options->link.peer
							  : NULL,
			    .routes = options->link.routes,
			    .route_count = options->link.route_count,
			    .partial = tun->attached || options->link.bridge},
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
	watch_interface(session);
	if (line_port(session->line))
		err = take_port(session, clock_ns());
	else
		do_without_port(session);
	return err ? err : open_report(session);
}

/**
 * session_run() - carry packets until a signal or a failure ends it
 * @session: the session, started
 *
 * A failure is logged.
 *
 * Return: 0 after a signal, or when a line that cannot be had again has ended;
 * else -1
 */
int session_run(struct session *session)
{
	struct report_view last;
	int err = 0;

	while (!err && !signals_stop()) {
		err = see_to(session, pump_turn(session->pump));
		if (!err)
			err = see_to_the_rest(session);
		if (!err)
			err = wait_for_events(session, next_ns(session));
	}
	notify_stopping();
	last = view(session);
	report_close(session->report, &last);
	print_stats(session, LOG_LEVEL_INFO);
	return err < 0 ? -1 : 0;
}

/**
 * session_close() - end a session, its port put back as it was
 * @session: the session, or NULL
 */
void session_close(struct session *session)
{
	if (!session)
		return;
	pump_free(session->pump);
	monitor_close(session->monitor);
	line_close(session->line);
	events_close(&session->events);
	free(session);
}
