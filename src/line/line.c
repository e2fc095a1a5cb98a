/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The line's life: a port that is there, is lost, and is found again.
 *
 * How it is looked for depends on the kind of line (source). Here is what is
 * the same for all: a lost port is closed at once, because as long as somebody
 * holds the old device, an adapter does not get its old number back. It is
 * looked for whenever there is something new, and otherwise at growing
 * intervals of up to a second.
 *
 * One that is lost as soon as it is there, again and again (a peer that only
 * knocks, a plug that is loose), is left alone for that long whatever is new,
 * or nobody could read the log.
 *
 * An attempt that fails says nothing at first, because for a moment after an
 * adapter was plugged in, or the other end was started, all sorts of things
 * fail. What still is so a second later is reported, once.
 */
#include "line/line.h"
#include "backoff.h"
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
	struct port *port;	     /* NULL: it is not there */
	struct backoff backoff;	     /* between two looks */
	uint64_t next_ns;	     /* when to look again, whatever happens */
	bool rests;		     /* and not before */
	uint64_t found_ns;	     /* when the port was found */
	uint64_t failing_ns;	     /* since when what is in failure holds */
	struct failure failure;	     /* of the last failed attempt */
	char reported[LOG_TEXT_MAX]; /* the last one that was reported */
};

/* May what failed so succeed later, with nobody changing the command? */
static bool may_come(int err)
{
	switch (err) {
	case -ENOENT:
	case -ENXIO:
	case -ENODEV:
	case -EIO:
	case -EBUSY:
	case -EACCES:
	case -EPERM: /* DeviceAllow= of a driver that is not there yet */
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

static void begin_to_look(struct line *line, uint64_t now_ns)
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
 * line_open() - begin with a line
 * @line:    the line on success; line_close() ends it
 * @config:  the port, as the user asked for it; copied, but for its strings
 * @wait:    it need not be there yet
 * @events:  where the line's descriptors are waited for (EVENT_LINE); borrowed
 * @failure: on failure, why
 *
 * It has no port yet: line_look_first() looks for it.
 *
 * Return: 0 or -errno
 */
int line_open(struct line **line, const struct port_config *config, bool wait,
	      struct events *events, struct failure *failure)
{
	struct line *opened = calloc(1, sizeof(*opened));
	int err;

	if (!opened)
		return failure_set(failure, -ENOMEM, "cannot open %s: %s",
				   config->name, strerror(ENOMEM));
	opened->config = *config;
	opened->backoff = backoff_new(LINE_PAUSE_MIN_NS, LINE_PAUSE_MAX_NS);
	err = source_open(&opened->source, &opened->config, events, failure);
	if (err) {
		free(opened);
		return err;
	}
	opened->source->waits = wait;
	*line = opened;
	return 0;
}

/**
 * line_close() - end a line, its port put back as it was
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
 * line_look_first() - look for the port before the link is set up
 * @line:    the line, which has never had a port
 * @now_ns:  the time
 * @failure: on failure, why
 *
 * Return: 0: it is there; -EINPROGRESS: it is on its way, and the call is to be
 * repeated when the line was woken, at line_next_ns() at the latest; -EAGAIN:
 * it is not there, and line_look() waits for it; another -errno: it cannot be
 * had
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
	if (err && err != -EAGAIN && !(source->waits && may_come(err)))
		return err;
	source->waits = true;
	if (!err)
		return 0;
	begin_to_look(line, now_ns);
	return -EAGAIN;
}

/**
 * line_port() - the port
 * @line: the line
 *
 * Return: the port, the line's own, until the next line_let_go(); NULL while it
 * is not there
 */
struct port *line_port(const struct line *line)
{
	return line->port;
}

/**
 * line_name() - what the user calls the port
 * @line: the line
 *
 * Return: its name; a device's is absolute, links not followed
 */
const char *line_name(const struct line *line)
{
	return line->source->name;
}

/**
 * line_awaited() - what is waited for while the port is not there
 * @line: the line
 *
 * Return: in words
 */
const char *line_awaited(const struct line *line)
{
	return line->source->awaited;
}

/**
 * line_path() - the file that is opened when the port is looked for
 * @line: the line
 *
 * Return: its path, the line's own; NULL if it is not known yet, or there is
 * none
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
 * line_rate() - how fast the port is, or will be
 * @line: the line
 *
 * Return: bytes per second; 0: it has no clock that we know of
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
 * line_kind() - what kind of line it is
 * @line: the line
 *
 * Return: its kind
 */
const struct source_kind *line_kind(const struct line *line)
{
	return line->source->kind;
}

/**
 * line_why_gone() - why a lost port cannot be found again
 * @line: the line, whose port is or was there
 *
 * Return: why, and what helps; NULL: it can
 */
const char *line_why_gone(const struct line *line)
{
	const struct source *source = line->source;

	return source->kind->no_reconnect ? source->kind->remedy : source->gone;
}

/**
 * line_let_go() - close the port, and look for it from now on
 * @line:   the line, whose port is there
 * @now_ns: the time
 */
void line_let_go(struct line *line, uint64_t now_ns)
{
	port_close(line->port);
	line->port = NULL;
	begin_to_look(line, now_ns);
}

/* An attempt failed for the reason in @failure. */
static void put_up_with(struct line *line, const struct failure *failure,
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
 * line_enclose() - from now on there is a link, which may lead to the peer
 * @line:    the line
 * @index:   of the link's interface
 * @failure: on failure, why
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
 * line_transport() - how to know the packets that the line itself sends
 * @line: the line, whose port is there
 *
 * Return: the connection that it is; @version is 0 if it is none by IP
 */
struct transport line_transport(const struct line *line)
{
	return reach_transport(&line->source->reach, line->port->read_fd);
}

/**
 * line_look() - look for the port that is not there, if it is time
 * @line:   the line
 * @now_ns: the time
 *
 * Return: true if it is there now
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
	/* That it is not there is known, and whatever was before is over. */
	if (err == -ENOENT)
		*line->failure.text = '\0';
	else
		put_up_with(line, &failure, now_ns);
	return false;
}

/**
 * line_attend() - see to what happens besides the port, if there is something
 * @line:   the line, whose port is there
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
 * line_wake() - something has happened to a descriptor of the line
 * @line: the line, which is to look or to attend soon
 */
void line_wake(struct line *line)
{
	line->source->woken = true;
}

/**
 * line_next_ns() - when the line wants its turn
 * @line: the line
 *
 * Return: when to call line_look(), or line_attend() if the port is there;
 * UINT64_MAX: not before it was woken
 */
uint64_t line_next_ns(const struct line *line)
{
	if (line->source->woken && !line->rests)
		return 0;
	return line->port ? line->source->next_ns : line->next_ns;
}
