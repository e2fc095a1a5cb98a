/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signals, as flags to be looked at and a descriptor to be woken by.
 *
 * SIGINT, SIGTERM and SIGHUP end the program and interrupt whatever the set-up
 * waits for (no SA_RESTART). SIGUSR1 and SIGUSR2 ask for something, and it
 * is answered when there is time.
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
	/* If it fails, the counter is full, which wakes as well. */
	(void)!write(event_fd, &one, sizeof(one));
	errno = saved_errno;
}

/**
 * signals_set_up() - from now on, signals are flags
 *
 * A SIGHUP that nohup(1) has put out of force stays so. Logs any failure.
 *
 * Return: 0 or -errno
 */
int signals_set_up(void)
{
	static const int stopping[] = {SIGINT, SIGTERM, SIGHUP};
	static const int asking[] = {SIGUSR1, SIGUSR2};
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
	/* Whoever starts us may have blocked some. */
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
	sigaction(SIGPIPE, &action, NULL);
	return 0;
}

/**
 * signals_fd() - what to wait on
 *
 * Return: a descriptor that is readable when a signal came, until
 * signals_clear_fd()
 */
int signals_fd(void)
{
	return event_fd;
}

/**
 * signals_clear_fd() - before looking at the flags: they are about to be seen
 */
void signals_clear_fd(void)
{
	uint64_t count;

	/* EAGAIN: none came. */
	(void)!read(event_fd, &count, sizeof(count));
}

/**
 * signals_stop() - is the program to end?
 *
 * Return: true once SIGINT, SIGTERM or SIGHUP came
 */
bool signals_stop(void)
{
	return stop;
}

/**
 * signals_take_report() - are the counters to be printed?
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
 * signals_take_reopen() - is the port to be closed and opened again?
 *
 * Return: true if SIGUSR2 came since the last call
 */
bool signals_take_reopen(void)
{
	bool asked = reopen;

	reopen = 0;
	return asked;
}
