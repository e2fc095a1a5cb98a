/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A link while it is up: the pump runs, and what happens around it is seen to.
 *
 * The pump knows of packets only. Whatever else there is to wait for (signals,
 * a port that comes back, the next thing that is due) is gathered in one epoll
 * descriptor, by which the pump is interrupted; then everything is looked at
 * that could be due, and the pump runs on.
 *
 * The interface, its addresses and its routes outlive the port. While the port
 * is away the carrier is off, so that the kernel and everybody who watches the
 * interface can tell.
 */
#include "session.h"
#include "cli/options.h"
#include "interface/tun.h"
#include "line/line.h"
#include "line/source.h"
#include "log.h"
#include "port/port.h"
#include "pump/pump.h"
#include "pump/stats.h"
#include "report/keepalive.h"
#include "report/notify.h"
#include "report/report.h"
#include "report/stall.h"
#include "report/symptom.h"
#include "signals.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S UINT64_C(1000000000)

/* How often the counters are looked at for something that is wrong. */
#define SESSION_CHECK_NS (2 * NS_PER_S)

struct session {
	const struct options *options;
	const struct tun *tun;
	struct line *line;
	struct pump *pump;
	struct keepalive keepalive;
	struct symptoms symptoms;
	struct stall stall;
	struct report *report;	/* NULL: nobody wants one */
	struct stats stats;	/* as of the last look */
	struct stats_line past; /* of the ports that were lost */
	uint64_t check_ns;	/* when to look next */
	bool had_port;
	bool silence_told;
	bool carrier;
	int epoll_fd;
	int timer_fd;
};

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Be woken by a descriptor too. Return: 0 or -errno. */
static int wake_on(const struct session *session, int fd)
{
	struct epoll_event event = {.events = EPOLLIN};

	return epoll_ctl(session->epoll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno
								       : 0;
}

/*
 * The counters as they are now. A port that hung up does not tell its own any
 * more: then what it said last stands.
 */
static const struct stats *look_at_stats(struct session *session)
{
	const struct port *port = line_port(session->line);
	const struct stats_line seen = session->stats.line;
	struct stats_line *line = &session->stats.line;
	struct port_errors errors;

	session->stats = *pump_stats(session->pump);
	*line = seen;
	if (port && port_get_errors(port, &errors)) {
		*line = session->past;
		line->known = true;
		line->frame += errors.frame;
		line->parity += errors.parity;
		line->overrun += errors.overrun;
		line->buffer_overrun += errors.buf_overrun;
		line->breaks += errors.brk;
	}
	line->losses = session->past.losses;
	return &session->stats;
}

static void print_stats(struct session *session, enum log_level level)
{
	const struct stats *stats = look_at_stats(session);
	char text[STATS_TEXT_MAX];

	log_print(level, "to the line: %s",
		  stats_format(&stats->to_line, text));
	log_print(level, "from the line: %s",
		  stats_format(&stats->from_line, text));
	log_print(level, "queue: %s", stats_format_queue(&stats->queue, text));
	if (stats->line.known || stats->line.losses)
		log_print(level, "line: %s",
			  stats_format_line(&stats->line, text));
}

/* Everything that a report tells. */
static struct report_view view(struct session *session)
{
	const struct port *port = line_port(session->line);

	return (struct report_view){
		.stats = look_at_stats(session),
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

	if (pump_set_port(session->pump, port)) {
		log_error("cannot use %s: %s", port->name, strerror(ENOMEM));
		return -ENOMEM;
	}
	session->had_port = true;
	/* What is thrown away until then is not heard. */
	keepalive_start(&session->keepalive, later(now_ns, port->settled_ns));
	session->check_ns = now_ns + SESSION_CHECK_NS;
	stall_start(&session->stall, port->rate, port->queue_slack, now_ns);
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
	session->past = look_at_stats(session)->line;
	pump_set_port(session->pump, NULL);
	line_let_go(session->line, clock_ns());
	do_without_port(session);
}

/*
 * The port is gone; @how: NULL: by itself. Return: 0 if that can be lived with,
 * else -1, logged.
 */
static int lose_port(struct session *session, const char *how)
{
	const struct source_kind *kind = line_kind(session->line);
	const struct port *port = line_port(session->line);

	session->past.losses++;
	if (kind->no_reconnect && !how && !session->options->once) {
		log_info("%s: %s", port->name, kind->how_lost);
		return 1;
	}
	if (!how)
		how = port->how_lost ? port->how_lost : kind->how_lost;
	if (session->options->once || kind->no_reconnect) {
		log_error("lost %s: %s (%s%s)", port->name, how, kind->remedy,
			  kind->no_reconnect ? ""
					     : "; without --once it would be "
					       "waited for");
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
	if (keepalive_has_carrier(&session->keepalive) && session->silence_told)
		return;
	session->silence_told = true;
	log_warning("%s: nothing was heard of the other end for %u s%s",
		    line_name(session->line), 3 * session->options->keepalive_s,
		    keepalive_has_carrier(&session->keepalive)
			    ? ""
			    : ", carrier off until it speaks");
}

/* The peer has made the carrier come or go. */
static void report_carrier(struct session *session)
{
	const struct port *port = line_port(session->line);

	if (session->carrier)
		log_info("%s: the other end speaks again, carrier on",
			 line_name(session->line));
	if (session->carrier)
		notify_up(session, port);
	else
		notify_status("%s: the other end is silent on %s",
			      session->tun->name, port->name);
}

static void keep_alive(struct session *session, uint64_t now_ns)
{
	struct keepalive *keepalive = &session->keepalive;

	if (keepalive_is_due(keepalive, now_ns)) {
		pump_send_idle(session->pump);
		/* One that could not be sent is not to be tried again at once.
		 */
		keepalive_sent(keepalive, now_ns);
	}
	if (keepalive_falls_silent(keepalive, now_ns))
		report_silence(session);
	if (session->carrier != keepalive_has_carrier(keepalive)) {
		set_carrier(session, !session->carrier);
		report_carrier(session);
	}
}

/* Does the port still send? What it takes for an XOFF may have been noise. */
static void look_at_flow(struct session *session, uint64_t now_ns)
{
	const bool is_serial = line_kind(session->line)->is_serial;
	const enum port_flow flow = session->options->port.flow;
	struct port *port = line_port(session->line);
	uint64_t left = session->stats.to_line.line_bytes - port_queued(port);

	if (!stall_look(&session->stall, left, pump_is_stuck(session->pump),
			now_ns))
		return;
	if (stall_is_news(&session->stall))
		log_warning("%s has sent nothing for %d s (%s)",
			    line_name(session->line), STALL_S,
			    stall_text(flow, is_serial));
	if (is_serial && flow == PORT_FLOW_XONXOFF)
		port_resume(port);
}

/* Is there something that the user should know? */
static void look_at_line(struct session *session, uint64_t now_ns)
{
	const struct stats *stats;
	enum symptom symptom;

	if (now_ns < session->check_ns)
		return;
	session->check_ns = now_ns + SESSION_CHECK_NS;
	stats = look_at_stats(session);
	symptom = symptoms_look(&session->symptoms, stats, now_ns);
	if (symptom != SYMPTOM_NONE)
		log_warning("%s: %s", line_name(session->line),
			    symptom_text(symptom,
					 line_kind(session->line)->is_serial));
	look_at_flow(session, now_ns);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Be woken when the next thing is due. */
static void set_timer(const struct session *session)
{
	struct itimerspec timer = {0};
	uint64_t next_ns;

	if (line_port(session->line))
		next_ns = earlier(session->check_ns,
				  keepalive_next_ns(&session->keepalive));
	else
		next_ns = line_next_ns(session->line);
	next_ns = earlier(next_ns, report_next_ns(session->report));
	timer.it_value.tv_sec = (time_t)(next_ns / NS_PER_S);
	/* All zero would be "never". */
	timer.it_value.tv_nsec = (long)(next_ns % NS_PER_S) + !next_ns;
	timerfd_settime(session->timer_fd, TFD_TIMER_ABSTIME, &timer, NULL);
}

/* The pump was woken: see to all that may be due. Return: 0, or -1, logged. */
static int attend(struct session *session)
{
	uint64_t now_ns = clock_ns();
	int err = 0;

	signals_clear_fd();
	if (signals_take_report())
		print_stats(session, LOG_LEVEL_ANSWER);
	if (signals_take_reopen())
		err = reopen_port(session);
	if (!err && !line_port(session->line)) {
		err = look_for_port(session, now_ns);
	} else if (!err) {
		line_attend(session->line);
		keep_alive(session, now_ns);
		look_at_line(session, now_ns);
	}
	tick_report(session, now_ns);
	set_timer(session);
	return err;
}

/**
 * session_open() - prepare to carry packets
 * @session: the session on success; session_close() ends it
 * @options: what the user asked for
 * @tun:     the interface, which is up
 * @line:    the port, which may still be waited for
 * @mtu:     bytes of the longest packet that the interface sends
 *
 * A failure is logged.
 *
 * Return: 0 or -errno
 */
int session_open(struct session **session, const struct options *options,
		 const struct tun *tun, struct line *line, uint32_t mtu)
{
	struct session *opened = calloc(1, sizeof(*opened));
	struct pump_config config = {
		.tun = tun,
		.mtu = mtu,
		.ipv6 = options->ipv6,
		.accept_ra = options->accept_ra,
		.framing = options->framing,
	};
	int err = 0;

	if (!opened) {
		err = -ENOMEM;
		goto fail;
	}
	opened->options = options;
	opened->tun = tun;
	opened->line = line;
	opened->carrier = true;
	keepalive_init(&opened->keepalive, options->keepalive_s);
	opened->timer_fd =
		timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	opened->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (opened->timer_fd < 0 || opened->epoll_fd < 0)
		err = -errno;
	if (!err)
		err = wake_on(opened, signals_fd());
	if (!err)
		err = wake_on(opened, opened->timer_fd);
	if (!err)
		err = wake_on(opened, line_wait_fd(line));
	if (err)
		goto fail;
	config.keepalive = &opened->keepalive;
	config.wake_fd = opened->epoll_fd;
	opened->pump = pump_new(&config);
	if (!opened->pump) {
		err = -ENOMEM;
		goto fail;
	}
	if (!line_port(line))
		do_without_port(opened);
	else
		err = take_port(opened, clock_ns());
	if (!err)
		err = open_report(opened);
	if (err) {
		session_close(opened);
		return err;
	}
	set_timer(opened);
	*session = opened;
	return 0;

fail:
	log_error("cannot start: %s", strerror(-err));
	session_close(opened);
	return err;
}

/**
 * session_run() - carry packets until a signal or a failure ends it
 * @session: the session
 *
 * A failure is logged.
 *
 * Return: 0 after a signal, or when such a line has come to its end; else -1
 */
int session_run(struct session *session)
{
	struct report_view last;
	int err = 0;

	while (!err && !signals_stop()) {
		switch (pump_run(session->pump)) {
		case PUMP_WOKEN:
			err = attend(session);
			break;
		case PUMP_PORT_GONE:
			err = lose_port(session, NULL);
			set_timer(session);
			break;
		case PUMP_OUT_OF_STEP:
			err = lose_port(session, "nothing that came from it is "
						 "a packet any more");
			set_timer(session);
			break;
		case PUMP_TUN_GONE:
			log_error("lost the interface %s: it was deleted "
				  "(start again to have it back)",
				  session->tun->name);
			err = -1;
			break;
		case PUMP_FAILED:
			log_error("cannot wait for packets: %s",
				  strerror(errno));
			err = -1;
			break;
		}
	}
	notify_stopping();
	last = view(session);
	report_close(session->report, &last);
	print_stats(session, LOG_LEVEL_INFO);
	return err < 0 ? -1 : 0;
}

/**
 * session_close() - free what session_open() made
 * @session: the session, or NULL
 */
void session_close(struct session *session)
{
	if (!session)
		return;
	pump_free(session->pump);
	if (session->timer_fd >= 0)
		close(session->timer_fd);
	if (session->epoll_fd >= 0)
		close(session->epoll_fd);
	free(session);
}
