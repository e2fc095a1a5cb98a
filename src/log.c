/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages on stderr, one line each. stdout is for --help, --version and
 * --list.
 *
 * On a terminal there may be a footer, a line below all others: log_print()
 * wipes it, prints its own line and writes the footer again.
 *
 * If stderr is the journal, each line begins with its priority (sd-daemon(3)),
 * which the journal strips: "journalctl -p warning" then works.
 */
#include "log.h"
#include "text.h"

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

/* Return to the first column, erase to the end of the line (ECMA-48, EL). */
static char wipe[] = "\r\033[K";

/* The line below all others; "": none. */
static char none[] = "";
static char *footer = none;

/**
 * log_set_level() - choose how much is printed
 * @level: the least important level that is printed; values outside of enum
 *         log_level mean its nearest end
 */
void log_set_level(int level)
{
	threshold = level;
}

/* Errors and answers always are printed. */
static bool is_printed(enum log_level level)
{
	return level <= LOG_LEVEL_ERROR || (int)level <= threshold;
}

/*
 * Wipe the footer, print a line and the footer, in a single write. Print
 * nothing if stderr would block. A failure is ignored: nobody is left to tell.
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
 * Is stderr the journal? JOURNAL_STREAM has the journal's device and inode
 * (systemd.exec(5)); it may be inherited while stderr goes elsewhere.
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

/* Return the start of a line, with its priority (syslog(3)) for the journal. */
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

/**
 * log_print() - print one line to stderr, if its level is enabled
 * @level:  the line's level
 * @format: as for printf(), without a newline
 *
 * Prints the line in a single write(), so that lines of two programs on one
 * terminal do not mix. If stderr would block (Ctrl-S, a full pipe), the line is
 * lost, because the link must go on. Keeps errno.
 */
void log_print(enum log_level level, const char *format, ...)
{
	char line[LOG_LINE_MAX];
	const size_t cap = sizeof(line) - 1; /* room for the newline */
	int saved_errno = errno;
	va_list args;
	size_t len;

	if (!is_printed(level))
		return;

	len = (size_t)snprintf(line, sizeof(line), "%s", prefix(level));
	va_start(args, format);
	vsnprintf(line + len, cap - len, format, args);
	va_end(args);
	len = text_make_plain(line);
	line[len++] = '\n';
	put_line(line, len);
	errno = saved_errno;
}

/**
 * log_set_footer() - keep a line below all others
 * @text: the line, without a newline and shorter than the terminal's width;
 *        borrowed, and read for each printed line, until the next call. NULL:
 *        the last footer stays on the screen, and lines are printed below it
 *
 * Call it only if stderr is a terminal. A new footer replaces the old one.
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
