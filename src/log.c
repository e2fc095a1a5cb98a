/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One line on stderr for one thing that happened. stdout is left to what was
 * asked for there (--help, --version).
 */
#include "log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOG_PREFIX   "serialtun: "
#define LOG_LINE_MAX 1024

static int threshold = LOG_LEVEL_INFO;

/**
 * log_set_level() - choose how much is printed
 * @level: the most talkative level that is still printed; a value beyond
 *         either end of enum log_level means that end
 */
void log_set_level(int level)
{
	threshold = level;
}

/**
 * log_enabled() - is a line of this level printed?
 * @level: the line's level
 *
 * Return: true if it is; errors and answers always are
 */
bool log_enabled(enum log_level level)
{
	return level <= LOG_LEVEL_ERROR || (int)level <= threshold;
}

/**
 * log_print() - print one line to stderr, or not, by its level
 * @level:  the line's level
 * @format: as for printf(), without a newline
 *
 * The line goes out in a single write(), so that the lines of two programs
 * on one terminal do not mix. If it would have to wait (a terminal stopped by
 * Ctrl-S, a pipe that nobody reads), it is left out: the link goes on. errno is
 * kept.
 */
void log_print(enum log_level level, const char *format, ...)
{
	struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};
	char line[LOG_LINE_MAX];
	const size_t cap = sizeof(line) - 1; /* the newline's place */
	size_t len = strlen(LOG_PREFIX);
	int saved_errno = errno;
	va_list args;
	int n;

	if (!log_enabled(level))
		return;

	snprintf(line, sizeof(line), LOG_PREFIX);
	va_start(args, format);
	n = vsnprintf(line + len, cap - len, format, args);
	va_end(args);
	if (n > 0)
		len += (size_t)n < cap - len ? (size_t)n : cap - len - 1;
	line[len++] = '\n';

	/* And if it fails, there is nobody left to tell. */
	if (poll(&out, 1, 0) == 1)
		(void)!write(STDERR_FILENO, line, len);
	errno = saved_errno;
}
