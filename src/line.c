/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The line's life: a port that is there, is lost, and is found again.
 *
 * What is looked for is what the user meant. A link, such as those in
 * /dev/serial/by-id, says that by itself: whatever it points to is the port.
 * The name of a USB adapter's device, such as /dev/ttyUSB0, does not: after an
 * unplug the same adapter may be /dev/ttyUSB1, and another one /dev/ttyUSB0.
 * So it is the adapter that is followed, once it has been seen. Any other name
 * is just that name.
 *
 * A lost port is closed at once: as long as somebody holds the old device, the
 * adapter does not get its old number back.
 *
 * When to look is told by the file system (watch). Not everything is: that
 * another program lets go of a port, or that a driver is ready, has to be tried
 * out, at growing intervals of up to a second.
 *
 * An attempt that fails says nothing at first, because for a moment after an
 * adapter was plugged in all sorts of things fail. What still is so a second
 * later is reported, once.
 */
#include "line.h"
#include "adapter.h"
#include "log.h"
#include "port.h"
#include "watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NS_PER_MS UINT64_C(1000000)

#define LINE_REST_NS	  (20 * NS_PER_MS)
#define LINE_PAUSE_MIN_NS (50 * NS_PER_MS)
#define LINE_PAUSE_MAX_NS (1000 * NS_PER_MS)
#define LINE_REPORT_NS	  (1000 * NS_PER_MS)

struct line {
	struct port_config config;
	char *path;	   /* what the user said, absolute */
	struct port *port; /* NULL: it is not there */
	struct adapter adapter;
	bool follows_adapter;
	int watch_fd;
	uint64_t found_ns;  /* when the port was found */
	uint64_t looked_ns; /* when it was looked for last */
	uint64_t next_ns;   /* when to look again, whatever happens */
	uint64_t pause_ns;
	uint64_t failing_ns;	     /* since when what is in reason holds */
	char reason[LOG_TEXT_MAX];   /* of the last failed attempt */
	char reported[LOG_TEXT_MAX]; /* the last one that was reported */
};

static bool is_link(const char *path)
{
	struct stat file;

	return !lstat(path, &file) && S_ISLNK(file.st_mode);
}

/* Learn which adapter is to be followed, now that it is there. */
static void meet_adapter(struct line *line)
{
	if (line->follows_adapter || is_link(line->path) ||
	    adapter_identify(&line->adapter, line->port->path))
		return;
	line->follows_adapter = true;
	if (adapter_follows_socket(&line->adapter))
		log_info("no serial number tells %s from others: if it is "
			 "unplugged, the USB socket %s is watched, whatever "
			 "comes there",
			 line->port->path, line->adapter.topology);
}

/* Open the port where it is now. Return: 0 or -errno, logged. */
static int open_port(struct line *line)
{
	struct port_config config = line->config;
	char *found = NULL;
	int err;

	config.name = line->path;
	if (line->follows_adapter) {
		found = adapter_find(&line->adapter);
		if (!found)
			return -ENOENT;
		config.name = found;
	}
	err = port_open(&line->port, &config);
	free(found);
	if (err)
		line->port = NULL;
	else
		meet_adapter(line);
	return err;
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

static void begin_to_look(struct line *line, uint64_t now_ns)
{
	line->watch_fd = watch_open();
	watch_path(line->watch_fd, line->path);
	/* One that is lost as soon as it is there is no reason to hurry. */
	if (line->found_ns && now_ns < line->found_ns + LINE_PAUSE_MAX_NS) {
		set_pause(line, now_ns);
	} else {
		line->pause_ns = LINE_PAUSE_MIN_NS;
		line->next_ns = now_ns;
	}
	line->failing_ns = now_ns;
	*line->reported = '\0';
}

static void stop_looking(struct line *line)
{
	if (line->watch_fd >= 0)
		close(line->watch_fd);
	line->watch_fd = -1;
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

	if (opened)
		opened->path = port_path(config->name);
	if (!opened || !opened->path) {
		log_error("cannot open %s: %s", config->name, strerror(-err));
		free(opened);
		return err;
	}
	opened->config = *config;
	opened->watch_fd = -1;
	if (wait)
		log_divert_errors(opened->reason);
	err = open_port(opened);
	log_divert_errors(NULL);
	if (err && (!wait || !may_come(err))) {
		if (wait)
			log_error("%s", opened->reason);
		line_close(opened);
		return err;
	}
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
	stop_looking(line);
	free(line->path);
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
 * Return: its name, absolute, links not followed
 */
const char *line_name(const struct line *line)
{
	return line->path;
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
	char reason[LOG_TEXT_MAX];
	int err;

	if (watch_clear(line->watch_fd))
		line->pause_ns = LINE_PAUSE_MIN_NS;
	/* A directory where much happens is no reason to look all the time. */
	if (now_ns < line->looked_ns + LINE_REST_NS) {
		line->next_ns = line->looked_ns + LINE_REST_NS;
		return false;
	}
	line->looked_ns = now_ns;
	/* Before looking, or what comes in between is missed. */
	watch_path(line->watch_fd, line->path);
	log_divert_errors(reason);
	err = open_port(line);
	log_divert_errors(NULL);
	if (!err) {
		line->found_ns = now_ns;
		stop_looking(line);
		return true;
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
 * line_watch_fd() - what to wait on while the port is not there
 * @line: the line
 *
 * Return: a descriptor that is readable when line_look() is to be called, until
 * the port is there; -1 if there is none
 */
int line_watch_fd(const struct line *line)
{
	return line->watch_fd;
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
