/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The interest: what the event set watches of the interface and the port, and
 * what it has reported of them.
 */
#include "pump/interest.h"
#include "events.h"
#include "interface/tun.h"
#include "port/port.h"

#include <stddef.h>
#include <sys/epoll.h>

/**
 * interest_open() - watch the interface
 * @interest: filled in
 * @events: the event set, borrowed
 * @tun: the interface, borrowed
 *
 * Return: 0 or -errno
 */
int interest_open(struct interest *interest, struct events *events,
		  const struct tun *tun)
{
	*interest = (struct interest){.events = events,
				      .tun = tun,
				      .tun_wanted = EPOLLIN};
	return events_watch(events, EVENT_INTERFACE, tun->fd,
			    interest->tun_wanted);
}

/**
 * interest_close() - stop watching the interface
 * @interest: the interest, without a port
 */
void interest_close(struct interest *interest)
{
	events_forget(interest->events, interest->tun->fd);
}

static bool has_two_fds(const struct port *port)
{
	return port->write_fd != port->read_fd;
}

/**
 * interest_begin_port() - watch a port
 * @interest: the interest, without a port
 * @port: the port
 *
 * Return: 0 or -errno
 */
int interest_begin_port(struct interest *interest, const struct port *port)
{
	struct events *events = interest->events;
	int err;

	interest->port_mask = 0;
	interest->port_wanted = EPOLLIN;
	interest->room_wanted = 0;
	err = events_watch(events, EVENT_PORT, port->read_fd,
			   interest->port_wanted);
	if (!err && has_two_fds(port))
		err = events_watch(events, EVENT_PORT, port->write_fd,
				   interest->room_wanted);
	return err;
}

/**
 * interest_end_port() - stop watching the port
 * @interest: the interest
 * @port: the port
 *
 * Closing a port leaves a borrowed descriptor open, so the event set would keep
 * it.
 */
void interest_end_port(struct interest *interest, const struct port *port)
{
	events_forget(interest->events, port->read_fd);
	if (has_two_fds(port))
		events_forget(interest->events, port->write_fd);
}

/**
 * interest_note() - remember an event of the interface or the port
 * @interest: the interest
 * @event: the event
 */
void interest_note(struct interest *interest, const struct event *event)
{
	if (event->kind == EVENT_INTERFACE)
		interest->tun_mask |= event->mask;
	else
		interest->port_mask |= event->mask;
}

static void want(struct interest *interest, int fd, enum event_kind kind,
		 uint32_t *wanted, uint32_t mask)
{
	/* The descriptor is in the set already, so this cannot fail. */
	if (*wanted != mask)
		events_watch(interest->events, kind, fd, mask);
	*wanted = mask;
}

/**
 * interest_set() - choose what to watch
 * @interest: the interest
 * @port: the port; NULL without one
 * @packets: watch for packets of the interface
 * @room: watch for room in the port
 */
void interest_set(struct interest *interest, const struct port *port,
		  bool packets, bool room)
{
	const uint32_t out = room ? EPOLLOUT : 0;

	want(interest, interest->tun->fd, EVENT_INTERFACE,
	     &interest->tun_wanted, packets ? EPOLLIN : 0);
	if (!port)
		return;
	if (has_two_fds(port))
		want(interest, port->write_fd, EVENT_PORT,
		     &interest->room_wanted, out);
	else
		want(interest, port->read_fd, EVENT_PORT,
		     &interest->port_wanted, EPOLLIN | out);
}
