/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The event set: one epoll descriptor for everything that the program waits
 * for. Each descriptor carries the kind of its owner, and session.c has one
 * switch over the kinds.
 *
 * The time is a descriptor, too, a timerfd, because epoll_wait(2) counts
 * milliseconds, and pacing needs fractions of one. epoll_pwait2(2) would do,
 * but needs Linux 5.11.
 *
 * epoll refuses regular files and /dev/null (EPERM); callers must reject them
 * first.
 */
#include "events.h"
#include "clock.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

/**
 * events_open() - create an empty set
 * @events: the set on success; events_close() closes it
 *
 * Return: 0 or -errno
 */
int events_open(struct events *events)
{
	int err;

	events->until_ns = UINT64_MAX;
	events->timer_fd =
		timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	events->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (events->timer_fd < 0 || events->epoll_fd < 0)
		err = -errno;
	else
		err = events_watch(events, EVENT_TIME, events->timer_fd,
				   EPOLLIN | EPOLLET);
	if (err)
		events_close(events);
	return err;
}

/**
 * events_close() - close a set
 * @events: the set, or EVENTS_CLOSED; the descriptors in it stay open
 */
void events_close(struct events *events)
{
	if (events->timer_fd >= 0)
		close(events->timer_fd);
	if (events->epoll_fd >= 0)
		close(events->epoll_fd);
	events->timer_fd = -1;
	events->epoll_fd = -1;
}

/**
 * events_watch() - add a descriptor to the set, or change it
 * @events: the set
 * @kind:   its owner
 * @fd:     the descriptor
 * @mask:   as for epoll_ctl(2); EPOLLERR and EPOLLHUP are always reported. With
 *          EPOLLONESHOT one event is reported until the next call
 *
 * Closing the last duplicate (dup(2)) of a descriptor removes it from the set.
 *
 * Return: 0 or -errno
 */
int events_watch(struct events *events, enum event_kind kind, int fd,
		 uint32_t mask)
{
	struct epoll_event event = {.events = mask, .data.u32 = kind};

	if (!epoll_ctl(events->epoll_fd, EPOLL_CTL_MOD, fd, &event))
		return 0;
	if (errno != ENOENT)
		return -errno;
	return epoll_ctl(events->epoll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno
								      : 0;
}

/**
 * events_forget() - remove a descriptor that stays open
 * @events: the set
 * @fd:     the descriptor, in the set or not
 */
void events_forget(struct events *events, int fd)
{
	epoll_ctl(events->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

/*
 * An edge-triggered timer is reported once per expiry. So nobody reads it: each
 * wake-up by time would cost a system call more.
 */
static void set_timer(struct events *events, uint64_t until_ns)
{
	struct itimerspec timer = {0};

	/* An it_value of 0 would stop the timer. */
	if (until_ns != UINT64_MAX) {
		timer.it_value.tv_sec = (time_t)(until_ns / NS_PER_S);
		timer.it_value.tv_nsec =
			(long)(until_ns % NS_PER_S) + !until_ns;
	}
	timerfd_settime(events->timer_fd, TFD_TIMER_ABSTIME, &timer, NULL);
	events->until_ns = until_ns;
}

/**
 * events_wait() - wait for events
 * @events:   the set
 * @until_ns: the latest time to return (CLOCK_MONOTONIC); a time in the past
 *            does not wait; UINT64_MAX: no limit
 * @happened: filled in
 *
 * Return: number of events, 0 at @until_ns or after a signal, or -errno
 */
int events_wait(struct events *events, uint64_t until_ns,
		struct event happened[EVENTS_MAX])
{
	struct epoll_event found[EVENTS_MAX];
	const bool at_once = until_ns <= clock_ns();
	int count = 0;
	int n;
	int i;

	if (!at_once && until_ns != events->until_ns)
		set_timer(events, until_ns);
	n = epoll_wait(events->epoll_fd, found, EVENTS_MAX, at_once ? 0 : -1);
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	for (i = 0; i < n; i++) {
		if (found[i].data.u32 == EVENT_TIME) {
			events->until_ns = UINT64_MAX;
			continue;
		}
		happened[count].kind = (enum event_kind)found[i].data.u32;
		happened[count++].mask = found[i].events;
	}
	return count;
}
