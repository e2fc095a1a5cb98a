/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The console of a board as a terminal: a pty that another program opens. The
 * chatter takes the console's output from the frames of the board, and hands
 * the sender what is typed.
 *
 * The pty is a line of its own (line/pty_make), whose port is there while a
 * program has it open. Nothing waits for that program: if it does not read, the
 * chatter drops the rest.
 */
#include "board_console.h"
#include "events.h"
#include "failure.h"
#include "line/line.h"
#include "log.h"
#include "port/port.h"
#include "port/port_config.h"
#include "pump/chatter.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/types.h>

struct board_console {
	struct line *line;
	struct events *events;
	struct chatter *chatter;
	uint32_t mask;	 /* events that were not handled yet */
	uint32_t wanted; /* events of interest of the pty */
	bool is_ending;	 /* the program has closed the pty; its bytes remain */
};

/**
 * board_console_open() - make a terminal for the console of a board
 * @console: the console on success; board_console_close() frees it
 * @name:    "pty:" or "pty:LINK"; borrowed
 * @events:  event set for its descriptors (EVENT_BOARD_CONSOLE,
 *           EVENT_BOARD_CONSOLE_LINE); borrowed
 * @chatter: what the board says; borrowed
 *
 * Logs any failure.
 *
 * Return: 0 or -errno
 */
int board_console_open(struct board_console **console, const char *name,
		       struct events *events, struct chatter *chatter)
{
	const struct port_config config = {.name = name, .stop_bits = 1};
	struct board_console *opened = calloc(1, sizeof(*opened));
	struct failure failure;
	int err;

	if (!opened) {
		log_error("cannot make the board's console: out of memory");
		return -ENOMEM;
	}
	opened->events = events;
	opened->chatter = chatter;
	err = line_open(&opened->line, &config, true, events,
			EVENT_BOARD_CONSOLE_LINE, &failure);
	if (err) {
		log_error("--board-console: %s", failure.text);
		free(opened);
		return err;
	}
	log_info("the board's console waits for %s",
		 line_awaited(opened->line));
	*console = opened;
	return 0;
}

static void let_go(struct board_console *console, uint64_t now_ns)
{
	events_forget(console->events, line_port(console->line)->read_fd);
	chatter_end_console(console->chatter);
	console->mask = 0;
	console->wanted = 0;
	console->is_ending = false;
	line_let_go(console->line, now_ns);
}

/**
 * board_console_close() - remove the terminal
 * @console: the console, or NULL
 */
void board_console_close(struct board_console *console)
{
	if (!console)
		return;
	if (line_port(console->line))
		let_go(console, 0);
	line_close(console->line);
	free(console);
}

/**
 * board_console_use_broker() - let the broker remove the terminal's link
 * @console: the console, or NULL
 * @broker:  the broker, which has a copy of the console
 */
void board_console_use_broker(struct board_console *console,
			      struct broker *broker)
{
	if (console)
		line_use_broker(console->line, broker);
}

/**
 * board_console_remove_file() - remove the terminal's link, in the broker
 * @console: the broker's copy of the console, or NULL
 */
void board_console_remove_file(struct board_console *console)
{
	if (console)
		line_remove_file(console->line);
}

/**
 * board_console_wake() - a program may have opened the terminal
 * @console: the console, or NULL
 */
void board_console_wake(struct board_console *console)
{
	if (console)
		line_wake(console->line);
}

/**
 * board_console_note() - remember an event of the terminal
 * @console: the console
 * @mask:    EPOLLIN, EPOLLOUT, EPOLLHUP
 */
void board_console_note(struct board_console *console, uint32_t mask)
{
	console->mask |= mask;
}

/*
 * Take what was typed. Return: false if there is nothing more, and no program
 * that could type it.
 */
static bool read_typed(struct board_console *console, struct port *port)
{
	uint8_t typed[CHATTER_TYPED_MAX];
	ssize_t n = port_read(port, typed, sizeof(typed));

	if (n > 0)
		chatter_type(console->chatter, typed, (size_t)n);
	else if (console->is_ending)
		return false;
	return n >= 0 || n == -EAGAIN;
}

/* Hand out the console's output. An error is a hang-up: its event comes. */
static void write_output(struct board_console *console, struct port *port)
{
	const uint8_t *output;
	size_t len = chatter_output(console->chatter, &output);
	ssize_t n;

	if (!len)
		return;
	n = port_write(port, output, len);
	if (n > 0)
		chatter_drop_output(console->chatter, (size_t)n);
}

/* Ask for the events that matter now. */
static void plan(struct board_console *console, const struct port *port)
{
	const uint8_t *output;
	uint32_t wanted = 0;

	if (!chatter_has_typed(console->chatter))
		wanted |= EPOLLIN;
	if (chatter_output(console->chatter, &output))
		wanted |= EPOLLOUT;
	if (wanted != console->wanted)
		events_watch(console->events, EVENT_BOARD_CONSOLE,
			     port->read_fd, wanted);
	console->wanted = wanted;
}

/**
 * board_console_move() - move bytes between the board and the terminal
 * @console: the console
 * @now_ns:  the time
 *
 * Call it before each turn of the pump, and after it.
 */
void board_console_move(struct board_console *console, uint64_t now_ns)
{
	struct port *port;
	bool is_open = true;
	uint32_t mask;

	if (!line_port(console->line)) {
		if (!line_look(console->line, now_ns))
			return;
		chatter_begin_console(console->chatter);
	}
	port = line_port(console->line);
	mask = console->mask;
	console->mask = 0;
	/* No event tells when the board takes what was typed before. */
	if (mask & EPOLLHUP && !console->is_ending) {
		console->is_ending = true;
		events_forget(console->events, port->read_fd);
	}
	if ((mask & EPOLLIN || console->is_ending) &&
	    !chatter_has_typed(console->chatter))
		is_open = read_typed(console, port);
	if (!is_open) {
		let_go(console, now_ns);
	} else if (!console->is_ending) {
		write_output(console, port);
		plan(console, port);
	}
}

/**
 * board_console_next_ns() - when to call board_console_move() without an event
 * @console: the console, or NULL
 *
 * Return: the time; UINT64_MAX: only after an event
 */
uint64_t board_console_next_ns(const struct board_console *console)
{
	return console && !line_port(console->line)
		       ? line_next_ns(console->line)
		       : UINT64_MAX;
}
