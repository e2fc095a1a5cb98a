/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One line that says how things are. On a terminal it is rewritten in place,
 * below whatever else is printed (the footer of log.c); elsewhere each one is
 * a line more.
 */
#include "report/status_line.h"
#include "log.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What a terminal has, if it does not know its own width: a serial console. */
#define STATUS_LINE_COLUMNS 80

/* The columns of the terminal on stderr; 0: a line cannot be rewritten there */
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
 * status_line_show() - say how things are
 * @text: one line of printable ASCII without a newline
 *
 * On a terminal it takes the place of the status before, cut to the width that
 * is there; elsewhere it is one more line, an answer to who asked for it.
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
	/* The last column stays free: there the cursor would wait to wrap. */
	snprintf(shown, columns, "%s", text);
	log_set_footer(shown);
}

/**
 * status_line_end() - leave the status as it is, and go on below it
 */
void status_line_end(void)
{
	log_set_footer(NULL);
}
