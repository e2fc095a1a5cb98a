/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_EVENTS_H
#define SERIALTUN_EVENTS_H

#include <stddef.h>
#include <stdint.h>

/**
 * enum event_kind - whose descriptor it is that something happened to
 * @EVENT_SIGNAL:     the eventfd that a signal handler writes to
 * @EVENT_LINE:       whatever tells that it is worth looking for the port
 * @EVENT_INTERFACE:  the TUN
 * @EVENT_PORT:       the port, either side of one that has two descriptors
 * @EVENT_MONITOR:    what tells that somebody else changed the interface
 * @EVENT_TIME:       for events.c alone: the time has come
 */
enum event_kind {
	EVENT_SIGNAL,
	EVENT_LINE,
	EVENT_INTERFACE,
	EVENT_PORT,
	EVENT_MONITOR,
	EVENT_TIME,
};

/**
 * struct event - something happened to a descriptor
 * @kind: whose it is
 * @mask: what happened: EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP
 */
struct event {
	enum event_kind kind;
	uint32_t mask;
};

/**
 * struct events - everything that the program waits for
 * @epoll_fd: all descriptors
 * @timer_fd: one of them: the time
 * @until_ns: what the timer is set to; UINT64_MAX: it is not
 */
struct events {
	int epoll_fd;
	int timer_fd;
	uint64_t until_ns;
};

/* More than there are descriptors at any time. */
#define EVENTS_MAX 16

#define EVENTS_CLOSED                          \
	{                                      \
		.epoll_fd = -1, .timer_fd = -1 \
	}

int events_open(struct events *events);
void events_close(struct events *events);
int events_watch(struct events *events, enum event_kind kind, int fd,
		 uint32_t mask);
void events_forget(struct events *events, int fd);
int events_wait(struct events *events, uint64_t until_ns,
		struct event happened[EVENTS_MAX]);

#endif
