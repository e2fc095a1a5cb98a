/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A line finds its port, loses it, and finds it again.
 *
 * How to look for the port depends on the kind of line (source); this file does
 * the part that all kinds share. It closes a lost port at once: while a program
 * holds the old device, the adapter does not get its old number back. Then it
 * looks after every event and, without events, at intervals that grow to one
 * second.
 *
 * If a port is lost within a second after it was found (a peer that connects
 * and hangs up, a loose plug), the line rests before it looks again, whatever
 * the events, or the messages would flood the log.
 *
 * For a moment after an adapter is plugged in, or the peer starts, all sorts of
 * errors occur. So the line reports a failure only when it has lasted a second,
 * and only once.
 */
#include "line/line.h"
#include "backoff.h"
#include "broker/broker.h"
#include "clock.h"
#include "failure.h"
#include "line/source.h"
#include "log.h"
#include "packet/transport.h"
#include "port/port.h"
#include "port/port_config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LINE_PAUSE_MIN_NS (50 * NS_PER_MS)
#define LINE_PAUSE_MAX_NS (1000 * NS_PER_MS)
#define LINE_REPORT_NS	  (1000 * NS_PER_MS)

struct line {
	struct port_config config;
	struct source *source;
	struct port *port;	     /* NULL: lost, or not found yet */
	struct backoff backoff;	     /* between two looks */
	uint64_t next_ns;	     /* latest time of the next look */
	bool rests;		     /* do not look before @next_ns */
	uint64_t found_ns;	     /* when the port was found */
	uint64_t failing_ns;	     /* when @failure occurred first */
	struct failure failure;	     /* of the last look */
	char reported[LOG_TEXT_MAX]; /* the last failure that was reported */
};

/* Can a later attempt succeed with the same command line? */
static bool is_temporary(int err)
{
	switch (err) {
	case -ENOENT:
	case -ENXIO:
	case -ENODEV:
	case -EIO:
	case -EBUSY:
	case -EACCES:
	case -EPERM: /* DeviceAllow= of a driver that is not loaded yet */
	case -ECONNREFUSED:
	case -ECONNRESET:
	case -ETIMEDOUT:
	case -EHOSTUNREACH:
	case -ENETUNREACH:
	case -ENETDOWN:
	case -ECONNABORTED:
	case -EADDRNOTAVAIL:
		return true;
	default:
		return false;
	}
}

static void start_looking(struct line *line, uint64_t now_ns)
{
	line->rests =
		line->found_ns && now_ns < line->found_ns + LINE_PAUSE_MAX_NS;
	if (line->rests)
		backoff_pause(&line->backoff, now_ns);
	else
		backoff_reset(&line->backoff);
	line->next_ns = line->rests ? line->backoff.next_ns : now_ns;
	line->failing_ns = now_ns;
	*line->failure.text = '\0';
	*line->reported = '\0';
}

/**
 * line_open() - create a line without a port
 * @line:    the line on success; line_close() frees it
 * @config:  the user's options for the port; copied, but for its strings
 * @wait:    the port may be missing at first
 * @events:  event set for the line's descriptors; borrowed
 * @event:   kind of their events, of which each calls for line_wake()
 * @failure: on failure, the reason
 *
 * Return: 0 or -errno
 */
int line_open(struct line **line, const struct port_config *config, bool wait,
	      struct events *events, enum event_kind event,
	      struct failure *failure)
{
	struct line *opened = calloc(1, sizeof(*opened));
	int err;

	if (!opened)
		return failure_set(failure, -ENOMEM, "cannot open %s: %s",
				   config->name, strerror(ENOMEM));
	opened->config = *config;
	opened->backoff = backoff_new(LINE_PAUSE_MIN_NS, LINE_PAUSE_MAX_NS);
	err = source_open(&opened->source, &opened->config, events, event,
			  failure);
	if (err) {
		free(opened);
		return err;
	}
	opened->source->waits = wait;
	*line = opened;
	return 0;
}

/**
 * line_close() - free a line; restores the port's settings
 * @line: the line, or NULL
 */
void line_close(struct line *line)
{
	if (!line)
		return;
	port_close(line->port);
	source_close(line->source);
	free(line);
}

/**
 * line_use_broker() - let the broker open the port, and remove the line's file
 * @line:   the line
 * @broker: the broker, which has a copy of the line; it must outlive the line
 */
void line_use_broker(struct line *line, struct broker *broker)
{
	line->config.broker = broker;
}

/**
 * line_claim() - find and open a port that is a file, in the broker
 * @line:    the broker's copy of the line
 * @claim:   filled in on success
 * @failure: on failure, the reason
 *
 * Return: 0 or -errno
 */
int line_claim(struct line *line, struct claim *claim, struct failure *failure)
{
	return line->source->kind->claim(line->source, claim, failure);
}

/**
 * line_remove_file() - remove the file that the line has made, in the broker
 * @line: the broker's copy of the line; it may have made none
 */
void line_remove_file(struct line *line)
{
	if (line->source->kind->remove_file)
		line->source->kind->remove_file(line->source);
}

/**
 * line_look_first() - look for the port before the link is set up
 * @line:    the line, which has never had a port
 * @now_ns:  the time
 * @failure: on failure, the reason
 *
 * Return: 0: found; -EINPROGRESS: being opened: call again after line_wake(),
 * at line_next_ns() at the latest; -EAGAIN: missing, and line_look() may wait
 * for it; another -errno: the port cannot be used
 */
int line_look_first(struct line *line, uint64_t now_ns, struct failure *failure)
{
	struct source *source = line->source;
	int err = source_look(source, &line->port, now_ns, failure);

	line->next_ns = source->next_ns;
	if (err == -EINPROGRESS)
		return err;
	if (err)
		line->port = NULL;
	if (err && err != -EAGAIN && !(source->waits && is_temporary(err)))
		return err;
	source->waits = true;
	if (!err)
		return 0;
	start_looking(line, now_ns);
	return -EAGAIN;
}

/**
 * line_port() - the port
 * @line: the line
 *
 * Return: the port, owned by the line, valid until line_let_go(); NULL while
 * there is none
 */
struct port *line_port(const struct line *line)
{
	return line->port;
}

/**
 * line_name() - the user's name for the port
 * @line: the line
 *
 * Return: the name; of a device the absolute path, links not followed
 */
const char *line_name(const struct line *line)
{
	return line->source->name;
}

/**
 * line_awaited() - describe the missing port, for messages
 * @line: the line
 *
 * Return: a noun phrase, owned by the line
 */
const char *line_awaited(const struct line *line)
{
	return line->source->awaited;
}

/**
 * line_path() - the file that is opened as the port
 * @line: the line
 *
 * Return: its path, owned by the line; NULL if it is unknown yet, or the port
 * is no file
 */
const char *line_path(const struct line *line)
{
	if (line->source->kind->is_path)
		return source_rest(line->source);
	if (line->source->kind->is_serial && line->port)
		return line->port->name;
	return NULL;
}

/**
 * line_rate() - the speed of the port, found or not
 * @line: the line
 *
 * Return: bytes per second; 0: unknown
 */
unsigned int line_rate(const struct line *line)
{
	if (line->port)
		return line->port->rate;
	if (line->source->kind->is_serial || line->config.baud)
		return port_config_rate(&line->config);
	return 0;
}

/**
 * line_kind() - the kind of a line
 * @line: the line
 *
 * Return: its kind
 */
const struct source_kind *line_kind(const struct line *line)
{
	return line->source->kind;
}

/**
 * line_why_gone() - tell whether a lost port can be found again
 * @line: the line, which has or had a port
 *
 * Return: NULL if it can; else the reason and the remedy
 */
const char *line_why_gone(const struct line *line)
{
	const struct source *source = line->source;

	return source->kind->no_reconnect ? source->kind->remedy : source->gone;
}

/**
 * line_why_over() - tell whether the line wants the link to end
 * @line: the line
 *
 * Return: NULL if it does not; else the reason
 */
const char *line_why_over(const struct line *line)
{
	return line->source->over;
}

/**
 * line_let_go() - close the port and start to look for it
 * @line:   the line, which has a port
 * @now_ns: the time
 */
void line_let_go(struct line *line, uint64_t now_ns)
{
	port_close(line->port);
	line->port = NULL;
	start_looking(line, now_ns);
}

/* Keep the failure of a look, and report one that lasts. */
static void record_failure(struct line *line, const struct failure *failure,
			   uint64_t now_ns)
{
	if (strcmp(failure->text, line->failure.text) != 0) {
		line->failure = *failure;
		line->failing_ns = now_ns;
	}
	if (now_ns < line->failing_ns + LINE_REPORT_NS ||
	    !strcmp(line->failure.text, line->reported))
		return;
	memcpy(line->reported, line->failure.text, sizeof(line->reported));
	log_warning("still waiting: %s", line->failure.text);
}

/**
 * line_enclose() - announce the link, to which a route to the peer may lead
 * @line:    the line
 * @index:   of the link's interface
 * @failure: on failure, the reason
 *
 * Return: 0 or -errno
 */
int line_enclose(struct line *line, int index, struct failure *failure)
{
	return reach_enclose(&line->source->reach, index,
			     line->port ? line->port->read_fd : -1,
			     line_name(line), failure);
}

/**
 * line_transport() - how to recognise the line's own packets
 * @line: the line, which has a port
 *
 * Return: the connection or flow that the line uses; @version is 0 if it does
 * not use IP
 */
struct transport line_transport(const struct line *line)
{
	return reach_transport(&line->source->reach, line->port->read_fd);
}

/**
 * line_listen_port() - how to recognise the line's answers to a new peer
 * @line: the line
 *
 * Return: the TCP port at which the line waits for its peer; 0: it does not
 */
uint16_t line_listen_port(const struct line *line)
{
	return line->source->listen_port;
}

/**
 * line_look() - look for the missing port, if it is time
 * @line:   the line
 * @now_ns: the time
 *
 * Return: true if the port is found
 */
bool line_look(struct line *line, uint64_t now_ns)
{
	struct source *source = line->source;
	struct failure failure;
	int err;

	if (now_ns < line->next_ns && (line->rests || !source->woken))
		return false;
	line->rests = false;
	err = source_look(source, &line->port, now_ns, &failure);
	if (source->news)
		backoff_reset(&line->backoff);
	source->news = false;
	if (!err) {
		line->found_ns = now_ns;
		return true;
	}

	line->port = NULL;
	line->next_ns = source->next_ns;
	if (err == -EAGAIN || err == -EINPROGRESS)
		return false;
	backoff_pause(&line->backoff, now_ns);
	line->next_ns = line->backoff.next_ns;
	/* A missing port is no news, and ends every other failure. */
	if (err == -ENOENT)
		*line->failure.text = '\0';
	else
		record_failure(line, &failure, now_ns);
	return false;
}

/**
 * line_is_stuck() - has the broker ended, so that nobody can open the port?
 * @line: the line, after line_look()
 *
 * Return: true if so
 */
bool line_is_stuck(const struct line *line)
{
	return line->source->kind->claim &&
	       broker_has_ended(line->config.broker);
}

/**
 * line_attend() - handle events other than the port's own
 * @line:   the line, which has a port
 * @now_ns: the time
 */
void line_attend(struct line *line, uint64_t now_ns)
{
	struct source *source = line->source;

	if (!source->woken && now_ns < source->next_ns)
		return;
	source->woken = false;
	source->next_ns = UINT64_MAX;
	if (source->kind->attend)
		source->kind->attend(source, now_ns);
}

/**
 * line_wake() - record an event on a descriptor of the line
 * @line: the line; call line_look() or line_attend() next
 */
void line_wake(struct line *line)
{
	line->source->woken = true;
}

/**
 * line_next_ns() - the time of the line's next task
 * @line: the line
 *
 * Return: when to call line_look(), or line_attend() if there is a port;
 * UINT64_MAX: only after line_wake()
 */
uint64_t line_next_ns(const struct line *line)
{
	if (line->source->woken && !line->rests)
		return 0;
	return line->port ? line->source->next_ns : line->next_ns;
}
