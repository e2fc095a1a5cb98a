/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_EVENTS_H
#define SERIALTUN_EVENTS_H

#include <stddef.h>
#include <stdint.h>

/**
 * enum event_kind - the owner of a descriptor
 * @EVENT_SIGNAL:     signals.c: a signal came
 * @EVENT_LINE:       the line of the link: time to look for the port
 * @EVENT_INTERFACE:  the TUN
 * @EVENT_PORT:       the port, one or two descriptors
 * @EVENT_MONITOR:    the monitor: another program changed the interface
 * @EVENT_KEEPER:     the pairing: the keeper has answered, or ended
 * @EVENT_SHARING:    the sharing: its keeper has ended
 * @EVENT_BUNDLE:     the login: the bundler has answered
 * @EVENT_BOARD_CONSOLE: the terminal for the console of a board
 * @EVENT_BOARD_CONSOLE_LINE: its line: time to look for the terminal
 * @EVENT_TIME:       events.c itself: the timer expired
 */
enum event_kind {
	EVENT_SIGNAL,
	EVENT_LINE,
	EVENT_INTERFACE,
	EVENT_PORT,
	EVENT_MONITOR,
	EVENT_KEEPER,
	EVENT_SHARING,
	EVENT_BUNDLE,
	EVENT_BOARD_CONSOLE,
	EVENT_BOARD_CONSOLE_LINE,
	EVENT_TIME,
};

/**
 * struct event - an event on a descriptor
 * @kind: the descriptor's owner
 * @mask: EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP
 */
struct event {
	enum event_kind kind;
	uint32_t mask;
};

/**
 * struct events - the event set of the program
 * @epoll_fd: the set
 * @timer_fd: a timer in the set
 * @until_ns: the timer's setting; UINT64_MAX: off
 */
struct events {
	int epoll_fd;
	int timer_fd;
	uint64_t until_ns;
};

/* More than the set ever holds. */
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
