/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The terminal on which serialtun was started, as the port: the other end
 * started this one through the login console of a board (--console).
 *
 * A terminal could stop or end its own foreground process, so the source
 * ignores the signals of the terminal's keys and of job control. SIGHUP still
 * ends the program, because then the terminal is gone.
 *
 * A person with a terminal program gets the console back with five Ctrl-C
 * (hatch). The session ends the link, too, when nothing valid comes any more
 * (visit): a killed program at the other end must not cost the board its
 * console.
 *
 * stderr is the terminal, too, and a message between two frames would damage
 * the second one. So the messages wait in a pipe, and the source prints the
 * last of them when the terminal is a terminal again. The pipe never blocks:
 * log_print() drops lines that do not fit.
 */
#include "line/console.h"
#include "clock.h"
#include "failure.h"
#include "framing/slip.h"
#include "line/hatch.h"
#include "line/source.h"
#include "port/holder.h"
#include "port/port.h"
#include "port/port_config.h"
#include "port/pty.h"
#include "port/tty.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Print at most so many bytes of the messages at the end. */
#define CONSOLE_LAST_LEN 2048

/* Wait so long for room in the terminal. */
#define CONSOLE_PATIENCE_MS 1000

struct console {
	struct source source;
	struct hatch hatch;
	int stderr_fd;	 /* the terminal; -1: not replaced */
	int messages_fd; /* the end of the pipe to read from */
};

struct console_port {
	struct port port;
	struct console *console;
	struct termios2 saved;
};

static bool console_check(const char *rest, char why[SOURCE_WHY_MAX])
{
	if (!*rest)
		return true;
	snprintf(why, SOURCE_WHY_MAX, "is not a kind of line: say --console");
	return false;
}

/* Does this process have a controlling terminal? */
static bool has_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/*
 * Is standard input our own terminal? A shell that the kernel or a rescue
 * system starts has none, but a console as its standard input that no other
 * session has.
 */
static bool is_own_terminal(const char *path)
{
	struct holder holder;
	pid_t session;

	if (!isatty(STDIN_FILENO))
		return false;
	if (!ioctl(STDIN_FILENO, TIOCGSID, &session))
		return session == getsid(0);
	return path && !has_terminal() && !holder_find_session(path, &holder);
}

static void ignore_signals(void)
{
	static const int numbers[] = {SIGINT, SIGQUIT, SIGTSTP, SIGTTIN,
				      SIGTTOU};
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		sigaction(numbers[i], &ignore, NULL);
}

static int console_open(struct source *source, struct failure *failure)
{
	struct console *console = (struct console *)source;
	const char *path = ttyname(STDIN_FILENO);
	char *name;

	console->stderr_fd = -1;
	console->messages_fd = -1;
	if (!is_own_terminal(path))
		return failure_set(failure, -ENOTTY,
				   "cannot use --console: standard input is "
				   "not the terminal of this session (start it "
				   "from the shell on the serial console)");
	/* Another devpts than ours has no name here. */
	name = strdup(path ? path : "/dev/tty");
	if (!name)
		return failure_set(failure, -ENOMEM, "cannot start: %s",
				   strerror(ENOMEM));
	free(source->name);
	source->name = name;
	ignore_signals();
	return 0;
}

/* Let the messages wait in a pipe. Return: 0 or -errno. */
static int hold_messages(struct console *console)
{
	int ends[2];
	int err;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	console->stderr_fd =
		fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	err = console->stderr_fd < 0 || dup2(ends[1], STDERR_FILENO) < 0
		      ? -errno
		      : 0;
	close(ends[1]);
	if (err)
		close(ends[0]);
	else
		console->messages_fd = ends[0];
	return err;
}

/* Print text on the terminal, as far as there is room in time. */
static void print(int fd, const char *text, size_t len)
{
	struct pollfd room = {.fd = fd, .events = POLLOUT};
	ssize_t n;

	while (len && poll(&room, 1, CONSOLE_PATIENCE_MS) == 1 &&
	       room.revents == POLLOUT) {
		n = write(fd, text, len);
		if (n <= 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

/* Print the last messages, from the beginning of a line on. */
static void show_messages(const struct console *console)
{
	char text[2 * CONSOLE_LAST_LEN];
	const char *from = text;
	const char *newline;
	size_t len = 0;
	ssize_t n;

	while ((n = read(console->messages_fd, text + len,
			 sizeof(text) - len)) > 0) {
		len += (size_t)n;
		if (len <= CONSOLE_LAST_LEN)
			continue;
		memmove(text, text + len - CONSOLE_LAST_LEN, CONSOLE_LAST_LEN);
		len = CONSOLE_LAST_LEN;
	}
	newline = memchr(text, '\n', len);
	if (len == CONSOLE_LAST_LEN && newline)
		from = newline + 1;
	print(console->stderr_fd, from, len - (size_t)(from - text));
}

static void console_close(struct source *source)
{
	struct console *console = (struct console *)source;

	if (console->messages_fd < 0)
		return;
	show_messages(console);
	close(console->messages_fd);
	close(console->stderr_fd);
}

static ssize_t console_read(struct port *port, uint8_t *buffer, size_t cap)
{
	struct console *console = ((struct console_port *)port)->console;
	ssize_t n;

	do
		n = read(port->read_fd, buffer, cap);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n ? -errno : -EIO;
	hatch_push(&console->hatch, buffer, (size_t)n, clock_ns());
	console->source.next_ns = hatch_open_ns(&console->hatch);
	return n;
}

static void close_terminal(struct port *port)
{
	const struct termios2 *saved = &((struct console_port *)port)->saved;

	tty_restore(port->read_fd, saved, saved->c_cflag & HUPCL);
	tty_close(port->read_fd);
}

static const struct port_kind terminal_kind = {
	.close = close_terminal,
	.read = console_read,
	.resume = tty_resume,
};

/* Open the terminal once more, for flags of our own. */
static int open_terminal(struct console_port *port, const char *path,
			 struct failure *failure)
{
	int err = tty_claim(&port->port.read_fd, path, failure);

	/* Only root may open the terminal of another user by its name. */
	if (err == -EACCES)
		err = tty_claim(&port->port.read_fd, "/dev/tty", failure);
	return err;
}

static int set_up(struct console_port *port, const struct port_config *config,
		  struct failure *failure)
{
	const char *path = port->port.name;
	const int fd = port->port.read_fd;
	struct termios2 raw;
	struct stat file;
	int err = tty_get(fd, path, &port->saved, failure);

	if (err)
		return err;
	raw = tty_raw(&port->saved, &(struct port_config){.stop_bits = 1});
	/* The line keeps its parity and its flow control by CTS. */
	raw.c_cflag = port->saved.c_cflag | CLOCAL | CREAD;
	err = tty_set(fd, path, &raw, failure);
	if (err)
		return err;
	port->port.write_fd = fd;
	/* The speed of a pty means nothing. */
	port->port.baud = config->baud;
	if (!port->port.baud && !fstat(fd, &file) && !pty_claims(&file))
		port->port.baud = port->saved.c_ospeed;
	return 0;
}

static int console_look(struct source *source, struct port **port,
			uint64_t now_ns, struct failure *failure)
{
	struct console *console = (struct console *)source;
	struct console_port *opened =
		port_new(sizeof(*opened), source->name, failure);
	int err;

	if (!opened)
		return -ENOMEM;
	opened->console = console;
	err = open_terminal(opened, source->name, failure);
	if (err) {
		port_free(&opened->port);
		return err;
	}
	err = hold_messages(console);
	if (err)
		failure_set(failure, err, "cannot start: %s", strerror(-err));
	else
		err = set_up(opened, source->config, failure);
	if (err) {
		close(opened->port.read_fd);
		port_free(&opened->port);
		return err;
	}
	hatch_init(&console->hatch, now_ns);
	*port = port_begin(&opened->port, &terminal_kind, source->config);
	return 0;
}

static void console_attend(struct source *source, uint64_t now_ns)
{
	const struct console *console = (struct console *)source;

	source->next_ns = hatch_open_ns(&console->hatch);
	if (now_ns < source->next_ns)
		return;
	source->next_ns = UINT64_MAX;
	source->over = "five Ctrl-C came";
}

const struct source_kind console_kind = {
	.prefix = CONSOLE_NAME,
	.framing = &slip_framing,
	.loses_bytes = true,
	.no_reconnect = true,
	.is_visit = true,
	.how_lost = "it hung up",
	.remedy = "log in again",
	.found_as = "which is",
	.check = console_check,
	.size = sizeof(struct console),
	.open = console_open,
	.look = console_look,
	.attend = console_attend,
	.close = console_close,
};
