/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A one-line status. On a terminal each status overwrites the one before, below
 * all other output (the footer of log.c). Elsewhere each status is a new line.
 */
#include "report/status_line.h"
#include "log.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The width of a terminal that reports none, such as a serial console. */
#define STATUS_LINE_COLUMNS 80

/* The columns of the terminal on stderr; 0: it cannot overwrite a line. */
static size_t terminal_columns(void)
{
	const char *type = getenv("TERM");
	struct winsize size;

	if ((type && !strcmp(type, "dumb")) ||
	    ioctl(STDERR_FILENO, TIOCGWINSZ, &size))
		return 0;
	return size.ws_col ? size.ws_col : STATUS_LINE_COLUMNS;
}

/**
 * status_line_is_live() - can a status overwrite the one before?
 *
 * Return: true on a terminal
 */
bool status_line_is_live(void)
{
	return terminal_columns();
}

/**
 * status_line_show() - show a new status
 * @text: one line of printable ASCII without a newline
 *
 * A terminal shows the status in place of the one before, cut to its width.
 * Elsewhere log_answer() prints the status as a new line.
 */
void status_line_show(const char *text)
{
	static char shown[LOG_TEXT_MAX];
	size_t columns = terminal_columns();

	if (!columns) {
		log_answer("%s", text);
		return;
	}
	if (columns > sizeof(shown))
		columns = sizeof(shown);
	/* In the last column some terminals wrap, so leave it free. */
	snprintf(shown, columns, "%s", text);
	log_set_footer(shown);
}

/**
 * status_line_end() - keep the last status and continue below it
 */
void status_line_end(void)
{
	log_set_footer(NULL);
}
