/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signals, as flags to check and a descriptor to poll.
 *
 * SIGINT, SIGTERM and SIGHUP end the program, and interrupt system calls of the
 * set-up (no SA_RESTART). SIGUSR1 and SIGUSR2 are requests, which the session
 * handles later.
 *
 * A write() that fails must not end the link: neither to a pipe that nobody
 * reads (SIGPIPE) nor to a log or --stats-json file that has reached the limit
 * of its size (SIGXFSZ, setrlimit(2)). Both signals are ignored, and write()
 * returns an error.
 */
#include "signals.h"
#include "log.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static volatile sig_atomic_t stop;
static volatile sig_atomic_t report;
static volatile sig_atomic_t reopen;
static int event_fd = -1;

static void on_signal(int number)
{
	static const uint64_t one = 1;
	int saved_errno = errno;

	switch (number) {
	case SIGUSR1:
		report = 1;
		break;
	case SIGUSR2:
		reopen = 1;
		break;
	default:
		stop = 1;
		break;
	}
	/* On failure the counter is full, and the descriptor is readable. */
	(void)!write(event_fd, &one, sizeof(one));
	errno = saved_errno;
}

/**
 * signals_set_up() - install the signal handlers
 *
 * If SIGHUP is ignored at the start, as by nohup(1), it stays ignored. Logs any
 * failure.
 *
 * Return: 0 or -errno
 */
int signals_set_up(void)
{
	static const int stopping[] = {SIGINT, SIGTERM, SIGHUP};
	static const int asking[] = {SIGUSR1, SIGUSR2};
	static const int failing[] = {SIGPIPE, SIGXFSZ};
	struct sigaction action = {.sa_handler = on_signal};
	struct sigaction before;
	int err;
	size_t i;

	event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (event_fd < 0) {
		err = -errno;
		log_error("cannot create an eventfd: %s", strerror(-err));
		return err;
	}
	sigemptyset(&action.sa_mask);
	/* Our parent may have blocked some. */
	sigprocmask(SIG_SETMASK, &action.sa_mask, NULL);
	for (i = 0; i < sizeof(stopping) / sizeof(*stopping); i++) {
		sigaction(stopping[i], &action, &before);
		if (stopping[i] == SIGHUP && before.sa_handler == SIG_IGN)
			sigaction(SIGHUP, &before, NULL);
	}
	action.sa_flags = SA_RESTART;
	for (i = 0; i < sizeof(asking) / sizeof(*asking); i++)
		sigaction(asking[i], &action, NULL);
	action.sa_handler = SIG_IGN;
	for (i = 0; i < sizeof(failing) / sizeof(*failing); i++)
		sigaction(failing[i], &action, NULL);
	return 0;
}

/**
 * signals_fd() - the descriptor to poll
 *
 * Return: a descriptor that is readable from a signal until signals_clear_fd()
 */
int signals_fd(void)
{
	return event_fd;
}

/**
 * signals_clear_fd() - clear the descriptor; call it before checking the flags
 */
void signals_clear_fd(void)
{
	uint64_t count;

	/* EAGAIN: no signal came. */
	(void)!read(event_fd, &count, sizeof(count));
}

/**
 * signals_stop() - must the program end?
 *
 * Return: true after SIGINT, SIGTERM or SIGHUP
 */
bool signals_stop(void)
{
	return stop;
}

/**
 * signals_take_report() - is a report requested?
 *
 * Return: true if SIGUSR1 came since the last call
 */
bool signals_take_report(void)
{
	bool asked = report;

	report = 0;
	return asked;
}

/**
 * signals_take_reopen() - is reopening the port requested?
 *
 * Return: true if SIGUSR2 came since the last call
 */
bool signals_take_reopen(void)
{
	bool asked = reopen;

	reopen = 0;
	return asked;
}
