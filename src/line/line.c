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
#include "line/source.h"
#include "log.h"
#include "port/port.h"
#include "signals.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S  UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)

#define LINE_PAUSE_MIN_NS (50 * NS_PER_MS)
#define LINE_PAUSE_MAX_NS (1000 * NS_PER_MS)
#define LINE_REPORT_NS	  (1000 * NS_PER_MS)

struct line {
	struct port_config config;
	struct source *source;
	struct port *port; /* NULL: it is not there */
	int wait_fd;	   /* epoll, on the source's own unless it rests */
	bool rests;	   /* until next_ns nothing is looked at */
	uint64_t found_ns; /* when the port was found */
	uint64_t next_ns;  /* when to look again, whatever happens */
	uint64_t pause_ns;
	uint64_t failing_ns;	     /* since when what is in reason holds */
	char reason[LOG_TEXT_MAX];   /* of the last failed attempt */
	char reported[LOG_TEXT_MAX]; /* the last one that was reported */
};

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* For poll(): rounded up, or it would come back too early. */
static int ms_until(uint64_t then_ns, uint64_t now_ns)
{
	return then_ns > now_ns ? (int)((then_ns - now_ns) / NS_PER_MS) + 1 : 0;
}

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

/* Look again later, and each time later still. */
static void set_pause(struct line *line, uint64_t now_ns)
{
	line->next_ns = now_ns + line->pause_ns;
	line->pause_ns *= 2;
	if (line->pause_ns > LINE_PAUSE_MAX_NS)
		line->pause_ns = LINE_PAUSE_MAX_NS;
}

/* Whatever happens for the source, be woken or not. Return: 0 or -errno. */
static int set_rest(struct line *line, bool rests)
{
	struct epoll_event event = {.events = EPOLLIN};
	int operation = rests ? EPOLL_CTL_DEL : EPOLL_CTL_ADD;

	line->rests = rests;
	return epoll_ctl(line->wait_fd, operation, line->source->wait_fd,
			 &event)
		       ? -errno
		       : 0;
}

static void begin_to_look(struct line *line, uint64_t now_ns)
{
	if (line->found_ns && now_ns < line->found_ns + LINE_PAUSE_MAX_NS) {
		set_pause(line, now_ns);
		set_rest(line, true);
	} else {
		line->pause_ns = LINE_PAUSE_MIN_NS;
		line->next_ns = now_ns;
	}
	line->failing_ns = now_ns;
	*line->reported = '\0';
}

/*
 * Look for the first time, until there is a port, there cannot be one, or
 * nobody knows when there will be; if it need not be there yet, for a second at
 * most. Return: 0, -EAGAIN, or another -errno,
 * logged.
 */
static int look_first(struct line *line)
{
	struct source *source = line->source;
	struct pollfd fds[] = {
		{.fd = source->wait_fd, .events = POLLIN},
		{.fd = signals_fd(), .events = POLLIN},
	};
	const uint64_t end_ns =
		source->waits ? clock_ns() + LINE_REPORT_NS : UINT64_MAX;
	uint64_t now_ns;
	int timeout_ms;
	int err;

	for (;;) {
		now_ns = clock_ns();
		err = source->kind->look(source, &line->port, now_ns);
		if (err != -EAGAIN || source->next_ns == UINT64_MAX ||
		    now_ns >= end_ns)
			return err;
		timeout_ms = ms_until(earlier(source->next_ns, end_ns), now_ns);
		poll(fds, sizeof(fds) / sizeof(*fds), timeout_ms);
		/* What else was asked for is answered when there is a port. */
		signals_clear_fd();
		if (signals_stop())
			return -EINTR;
	}
}

/* Return: 0 or -errno, logged. */
static int begin_to_wait(struct line *line)
{
	int err;

	line->wait_fd = epoll_create1(EPOLL_CLOEXEC);
	err = line->wait_fd < 0 ? -errno : set_rest(line, false);
	if (err)
		log_error("cannot look for %s: %s", line_name(line),
			  strerror(-err));
	return err;
}

/**
 * line_open() - begin with a port
 * @line:   the line on success; line_close() ends it
 * @config: the port, as the user asked for it; copied, but for its strings
 * @wait:   it need not be there yet
 *
 * A failure is logged.
 *
 * Return: 0 or -errno
 */
int line_open(struct line **line, const struct port_config *config, bool wait)
{
	struct line *opened = calloc(1, sizeof(*opened));
	int err = -ENOMEM;

	if (!opened) {
		log_error("cannot open %s: %s", config->name, strerror(-err));
		return err;
	}
	opened->config = *config;
	opened->wait_fd = -1;
	err = source_open(&opened->source, &opened->config);
	if (!err)
		err = begin_to_wait(opened);
	if (err) {
		line_close(opened);
		return err;
	}
	opened->source->waits = wait;
	if (wait)
		log_divert_errors(opened->reason);
	err = look_first(opened);
	log_divert_errors(NULL);
	if (err && err != -EAGAIN && (!wait || !may_come(err))) {
		if (wait)
			log_error("%s", opened->reason);
		line_close(opened);
		return err;
	}
	opened->source->waits = true;
	if (err)
		begin_to_look(opened, 0);
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
	if (line->wait_fd >= 0)
		close(line->wait_fd);
	free(line);
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
		return port_usual_rate(&line->config);
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
 * line_let_go() - close the port, and look for it from now on
 * @line:   the line, whose port is there
 * @now_ns: the time
 */
void line_let_go(struct line *line, uint64_t now_ns)
{
	port_close(line->port);
	line->port = NULL;
	*line->reason = '\0';
	begin_to_look(line, now_ns);
}

/* An attempt failed; its reason is in line->reason. */
static void put_up_with(struct line *line, const char *reason, uint64_t now_ns)
{
	if (strcmp(reason, line->reason) != 0) {
		memcpy(line->reason, reason, sizeof(line->reason));
		line->failing_ns = now_ns;
	}
	if (now_ns < line->failing_ns + LINE_REPORT_NS ||
	    !strcmp(line->reason, line->reported))
		return;
	memcpy(line->reported, line->reason, sizeof(line->reported));
	log_warning("still waiting: %s", line->reason);
}

/**
 * line_look() - look for the port that is not there
 * @line:   the line
 * @now_ns: the time
 *
 * Return: true if it is there now
 */
bool line_look(struct line *line, uint64_t now_ns)
{
	struct source *source = line->source;
	char reason[LOG_TEXT_MAX];
	struct epoll_event event;
	int err;

	if (now_ns < line->next_ns &&
	    epoll_wait(line->wait_fd, &event, 1, 0) <= 0)
		return false;
	if (line->rests)
		set_rest(line, false);
	log_divert_errors(reason);
	err = source->kind->look(source, &line->port, now_ns);
	log_divert_errors(NULL);
	if (source->news)
		line->pause_ns = LINE_PAUSE_MIN_NS;
	source->news = false;
	if (!err) {
		line->found_ns = now_ns;
		return true;
	}

	line->port = NULL;
	if (err == -EAGAIN) {
		line->next_ns = source->next_ns;
		return false;
	}
	set_pause(line, now_ns);
	/* That it is not there is known, and whatever was before is over. */
	if (err == -ENOENT)
		*line->reason = '\0';
	else
		put_up_with(line, reason, now_ns);
	return false;
}

/**
 * line_wait_fd() - what to wait on
 * @line: the line
 *
 * Return: a descriptor that is readable when line_look() is to be called, or,
 * while the port is there, line_attend(); as long as the line is open
 */
int line_wait_fd(const struct line *line)
{
	return line->wait_fd;
}

/**
 * line_next_ns() - how long to wait while the port is not there
 * @line: the line
 *
 * Return: when line_look() is to be called at the latest
 */
uint64_t line_next_ns(const struct line *line)
{
	return line->next_ns;
}

/**
 * line_attend() - see to what happens besides the port
 * @line: the line, whose port is there
 */
void line_attend(struct line *line)
{
	if (line->source->kind->attend)
		line->source->kind->attend(line->source);
}
