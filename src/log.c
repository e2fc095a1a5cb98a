/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One line on stderr for one thing that happened. stdout is left to what was
 * asked for there (--help, --version, --list).
 *
 * On a terminal there may be a footer, a line that stays below all others:
 * log_print() wipes it, and puts it back behind the line that it prints.
 *
 * If stderr is the journal, each line begins with its priority (sd-daemon(3)),
 * which the journal takes off again: "journalctl -p warning" then finds it.
 */
#include "log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define LOG_PREFIX   "serialtun: "
#define LOG_LINE_MAX LOG_TEXT_MAX

static int threshold = LOG_LEVEL_INFO;

/* To the first column, and erase to the end of the line (ECMA-48, EL). */
static char wipe[] = "\r\033[K";

/* The line that stays below all others; "": there is none. */
static char none[] = "";
static char *footer = none;

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

/*
 * Wipe the footer, print a line, put the footer back, in a single write. If
 * it would have to wait, nothing is printed; and if it fails, there is nobody
 * left to tell.
 */
static void put_line(char *line, size_t len)
{
	struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};
	struct iovec parts[] = {
		{wipe, *footer ? strlen(wipe) : 0},
		{line, len},
		{footer, strlen(footer)},
	};

	if (poll(&out, 1, 0) == 1)
		(void)!writev(STDERR_FILENO, parts, 3);
}

/*
 * Is stderr the journal? Then JOURNAL_STREAM names its device and inode
 * (systemd.exec(5)); a variable that was inherited while stderr went elsewhere
 * does not match.
 */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char own[64];
	struct stat file;

	if (!stream || fstat(STDERR_FILENO, &file))
		return false;
	snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)file.st_dev,
		 (uintmax_t)file.st_ino);
	return !strcmp(stream, own);
}

/* What stands in front of a line: its priority, by the numbers of syslog(3). */
static const char *prefix(enum log_level level)
{
	static const char *const priorities[] = {
		[LOG_LEVEL_ANSWER] = "<6>" LOG_PREFIX,
		[LOG_LEVEL_ERROR] = "<3>" LOG_PREFIX,
		[LOG_LEVEL_WARNING] = "<4>" LOG_PREFIX,
		[LOG_LEVEL_INFO] = "<6>" LOG_PREFIX,
		[LOG_LEVEL_DEBUG] = "<7>" LOG_PREFIX,
		[LOG_LEVEL_TRACE] = "<7>" LOG_PREFIX,
	};

	return is_journal() ? priorities[level] : LOG_PREFIX;
}

/* Names may contain anything; a message is one line, and moves no cursor. */
static void make_plain(char *line, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7F)
			line[i] = '?';
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
	char line[LOG_LINE_MAX];
	const size_t cap = sizeof(line) - 1; /* the newline's place */
	int saved_errno = errno;
	va_list args;
	size_t len;
	int n;

	if (!log_enabled(level))
		return;

	len = (size_t)snprintf(line, sizeof(line), "%s", prefix(level));
	va_start(args, format);
	n = vsnprintf(line + len, cap - len, format, args);
	va_end(args);
	if (n > 0)
		len += (size_t)n < cap - len ? (size_t)n : cap - len - 1;
	make_plain(line, len);
	line[len++] = '\n';
	put_line(line, len);
	errno = saved_errno;
}

/**
 * log_set_footer() - keep a line below all others
 * @text: the line, without a newline and shorter than the terminal is wide; it
 *        is read each time a line is printed, until the next call. NULL: the
 *        last footer stays on the screen, and lines are printed below it.
 *
 * To be called only if stderr is a terminal. A new footer replaces the old one.
 */
void log_set_footer(char *text)
{
	static char newline[] = "\n";
	const bool had_one = *footer;

	footer = text ? text : none;
	if (*footer)
		put_line(NULL, 0);
	else if (had_one)
		put_line(newline, strlen(newline));
}
