/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * line.c - the serial lines of a virtual machine, at the pace of real ones
 *
 * QEMU's UARTs send as fast as the other side reads, and its USB adapter knows
 * no time either.  This program runs QEMU and plays the lines at its ports, so
 * that the guest's drivers find the same as on a desk: one line or two, each a
 * null-modem cable between two ports of one kind,
 *
 *	uart.c		two 16550A, as far as QEMU plays them
 *	ft232r.c	two USB adapters, which we play
 *
 * A line is two wires (wire.c).  One loop sleeps until a wire or a port is due
 * or QEMU has sent something.
 *
 * QEMU is our child and inherits its ends of the sockets.  So this program can
 * make the sockets small, which QEMU cannot: the buffer belongs to the sending
 * end, and by default holds hundreds of single bytes, as a UART sends them.
 *
 * This program runs with a higher priority than all others, and needs little
 * time.  On request QEMU does so, too.  QEMU needs much time, but if it waits
 * for a processor, so do the lines, 3 ms at a time.
 */
#include "ft232r.h"
#include "uart.h"
#include "wire.h"

#include <argp.h>
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PORTS_MAX 4

/* The command's first descriptor of a socket. */
enum {
	FD_REQUESTS = 3,
	FD_UARTS = 4,
	FD_ADAPTERS = 6,
	FD_COUNT = 8
};

struct options {
	uint32_t uart_baud; /* 0: no UARTs */
	bool ftdi;
	bool realtime;
	char **command;
};

struct machine {
	struct options options;
	/* wires[i] leads from ports[i] to its peer, its neighbour. */
	struct port *ports[PORTS_MAX];
	struct wire wires[PORTS_MAX];
	size_t port_count;
	struct port *uarts[2], *adapters[2]; /* those of them, or NULL */
	int requests_fd, signal_fd;
	char request[32];
	size_t request_len;
	pid_t child;
	bool ended;
	int status;
	uint64_t looks, late_looks, worst_late_ps;
};

static uint64_t min_time(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Parse a number. Return: true, with the value, if all of the text is one. */
static bool parse_number(const char *text, uint32_t *value)
{
	char *end = NULL;
	unsigned long number;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)text[0]) || *end || errno ||
	    number > UINT32_MAX)
		return false;
	*value = (uint32_t)number;
	return true;
}

static void wire_print(const struct wire *w, FILE *out)
{
	const struct wire_counts *c = &w->counts;

	fprintf(out,
		"%s: sent %" PRIu64 " bytes of %" PRIu64 " ns, %s received "
		"%" PRIu64 " (misframed %" PRIu64 ", lost %" PRIu64
		"), gaps %" PRIu64 " (%" PRIu64 " us), made good %" PRIu64
		" us, held %" PRIu64 " us\n",
		w->from->name, c->sent, w->from->byte_ps / PS_PER_NS,
		w->to->name, c->received, c->misframed, w->to->lost, c->gaps,
		c->gap_ps / PS_PER_US, c->good_ps / PS_PER_US,
		c->held_ps / PS_PER_US);
}

/* Print the counts since the last report, and an empty line. */
static void machine_report(struct machine *m)
{
	char text[2048];
	FILE *out = fmemopen(text, sizeof(text), "w");

	if (!out)
		return;
	for (size_t i = 0; i < m->port_count; i++) {
		struct wire *w = &m->wires[i];

		wire_print(w, out);
		w->counts = (struct wire_counts){0};
		w->to->lost = 0;
	}
	fprintf(out,
		"line: %" PRIu64 " looks, %" PRIu64
		" late by over 1 ms, worst by %" PRIu64 " us\n\n",
		m->looks, m->late_looks, m->worst_late_ps / PS_PER_US);
	m->looks = 0;
	m->late_looks = 0;
	m->worst_late_ps = 0;
	fclose(out);
	send(m->requests_fd, text, strlen(text), MSG_DONTWAIT);
}

static bool machine_set_baud(struct machine *m, uint32_t baud)
{
	if (!m->uarts[0] || baud < UART_BAUD_MIN || baud > UART_BAUD_MAX)
		return false;
	uart_set_baud(m->uarts[0], baud);
	uart_set_baud(m->uarts[1], baud);
	return true;
}

static bool machine_plug(struct machine *m, uint32_t number,
			 void (*action)(struct port *p))
{
	if (number > 1 || !m->adapters[number])
		return false;
	action(m->adapters[number]);
	return true;
}

/* Obey a request, one line of text.  Return: false if it is malformed. */
static bool machine_obey(struct machine *m, char *request)
{
	const char *verb = strsep(&request, " ");
	uint32_t n;

	if (!request && strcmp(verb, "report") == 0) {
		machine_report(m);
		return true;
	}
	if (!request || !parse_number(request, &n))
		return false;
	if (strcmp(verb, "baud") == 0)
		return machine_set_baud(m, n);
	if (strcmp(verb, "plug") == 0)
		return machine_plug(m, n, ft232r_plug);
	if (strcmp(verb, "unplug") == 0)
		return machine_plug(m, n, ft232r_unplug);
	return false;
}

static void machine_read_requests(struct machine *m)
{
	ssize_t got;
	char c;

	while ((got = recv(m->requests_fd, &c, 1, MSG_DONTWAIT)) > 0) {
		if (c != '\n') {
			if (m->request_len < sizeof(m->request) - 1)
				m->request[m->request_len++] = c;
			continue;
		}
		m->request[m->request_len] = '\0';
		m->request_len = 0;
		if (!machine_obey(m, m->request))
			warnx("request '%s': not understood", m->request);
	}
	if (got == 0)
		m->requests_fd = -1;
}

static void machine_handle_end(struct machine *m)
{
	int status;

	if (waitpid(m->child, &status, WNOHANG) != m->child)
		return;
	m->ended = true;
	m->status = WIFEXITED(status) ? WEXITSTATUS(status)
				      : 128 + WTERMSIG(status);
}

static void machine_handle_signal(struct machine *m)
{
	struct signalfd_siginfo info;

	if (read(m->signal_fd, &info, sizeof(info)) != sizeof(info))
		return;
	switch (info.ssi_signo) {
	case SIGCHLD:
		machine_handle_end(m);
		break;
	case SIGUSR1:
	case SIGUSR2:
		machine_plug(m, info.ssi_signo == SIGUSR2, ft232r_toggle_plug);
		break;
	default:
		kill(m->child, (int)info.ssi_signo);
	}
}

/* Bring all wires and ports up to date.  Return: when to do so again. */
static uint64_t machine_update(struct machine *m, uint64_t now)
{
	uint64_t next = WIRE_NEVER;

	for (size_t i = 0; i < m->port_count; i++)
		wire_run(&m->wires[i], now);
	for (size_t i = 0; i < m->port_count; i++) {
		struct port *p = m->ports[i];

		next = min_time(next, p->ops->deliver(p, now));
		next = min_time(next, wire_deadline(&m->wires[i], now));
	}
	return next;
}

static void machine_count_look(struct machine *m, uint64_t due)
{
	uint64_t now = wire_now_ps();
	uint64_t late_ps = now > due ? now - due : 0;

	m->looks++;
	if (late_ps > PS_PER_MS)
		m->late_looks++;
	if (late_ps > m->worst_late_ps)
		m->worst_late_ps = late_ps;
}

static void machine_poll(struct machine *m, struct pollfd *fds, uint64_t until)
{
	uint64_t now = wire_now_ps(), ns = 0;
	struct timespec timeout;

	if (until > now)
		ns = (until - now + PS_PER_NS - 1) / PS_PER_NS;
	timeout.tv_sec = (time_t)(ns / 1000000000);
	timeout.tv_nsec = (long)(ns % 1000000000);
	ppoll(fds, 2 + m->port_count, until == WIRE_NEVER ? NULL : &timeout,
	      NULL);
	if (until != WIRE_NEVER)
		machine_count_look(m, until);
}

/* Sleep until that time or an event, and handle the event. */
static void machine_wait(struct machine *m, uint64_t until)
{
	struct pollfd fds[2 + PORTS_MAX] = {
		{.fd = m->signal_fd, .events = POLLIN},
		{.fd = m->requests_fd, .events = POLLIN},
	};

	for (size_t i = 0; i < m->port_count; i++) {
		fds[2 + i].fd = m->ports[i]->fd;
		fds[2 + i].events =
			m->ports[i]->ops->wanted_events(m->ports[i]);
	}
	machine_poll(m, fds, until);
	if (fds[0].revents)
		machine_handle_signal(m);
	if (fds[1].revents)
		machine_read_requests(m);
	for (size_t i = 0; i < m->port_count; i++) {
		if (fds[2 + i].revents)
			m->ports[i]->ops->handle_events(m->ports[i]);
	}
}

/*
 * Make a socket to the command.  The command's end becomes its descriptor of
 * this number; until then ends[number] holds it, above all those numbers.  The
 * socket is as small as possible: it holds five messages of one byte, or one of
 * up to 3 kB.  Return: our end.
 */
static int machine_connect(int *ends, int number)
{
	int pair[2], moved[2], smallest = 1;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		err(EXIT_FAILURE, "cannot make a socket");
	for (int i = 0; i < 2; i++) {
		moved[i] = fcntl(pair[i], F_DUPFD_CLOEXEC, FD_COUNT);
		if (moved[i] < 0)
			err(EXIT_FAILURE, "cannot move a socket");
		close(pair[i]);
	}
	setsockopt(moved[1], SOL_SOCKET, SO_SNDBUF, &smallest,
		   sizeof(smallest));
	ends[number] = moved[1];
	return moved[0];
}

/* Wire two ports to each other. */
static void machine_add_line(struct machine *m, struct port *const *ports)
{
	if (!ports[0] || !ports[1])
		err(EXIT_FAILURE, "cannot make a port");
	for (int i = 0; i < 2; i++) {
		wire_init(&m->wires[m->port_count], ports[i], ports[1 - i]);
		m->ports[m->port_count++] = ports[i];
	}
}

static void machine_add_lines(struct machine *m, int *ends)
{
	uint32_t baud = m->options.uart_baud;
	int fd;

	m->requests_fd = machine_connect(ends, FD_REQUESTS);
	if (baud) {
		for (int i = 0; i < 2; i++) {
			fd = machine_connect(ends, FD_UARTS + i);
			m->uarts[i] = uart_new(1 + i, fd, baud);
		}
		machine_add_line(m, m->uarts);
	}
	if (m->options.ftdi) {
		for (int i = 0; i < 2; i++) {
			fd = machine_connect(ends, FD_ADAPTERS + i);
			m->adapters[i] = ft232r_new(i, fd);
		}
		machine_add_line(m, m->adapters);
	}
}

static void machine_set_realtime(int policy, int priority)
{
	const struct sched_param param = {.sched_priority = priority};

	if (sched_setscheduler(0, policy, &param))
		warn("cannot set real-time scheduling (going on without)");
}

/* In the child. */
static _Noreturn void machine_become_command(const struct machine *m,
					     const int *ends,
					     const sigset_t *mask)
{
	for (int i = 0; i < FD_COUNT; i++) {
		if (ends[i] >= 0 && dup2(ends[i], i) < 0)
			err(EXIT_FAILURE, "cannot pass on a socket");
	}
	sigprocmask(SIG_SETMASK, mask, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (m->options.realtime)
		machine_set_realtime(SCHED_RR, 1);
	execvp(m->options.command[0], m->options.command);
	err(127, "cannot run %s", m->options.command[0]);
}

static void machine_start(struct machine *m)
{
	int ends[FD_COUNT] = {-1, -1, -1, -1, -1, -1, -1, -1};
	sigset_t signals, before;

	machine_add_lines(m, ends);
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGUSR2);
	sigprocmask(SIG_BLOCK, &signals, &before);
	m->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
	m->child = fork();
	if (m->signal_fd < 0 || m->child < 0)
		err(EXIT_FAILURE, "cannot run %s", m->options.command[0]);
	if (m->child == 0)
		machine_become_command(m, ends, &before);
	for (int i = 0; i < FD_COUNT; i++) {
		if (ends[i] >= 0)
			close(ends[i]);
	}
	signal(SIGPIPE, SIG_IGN);
	machine_set_realtime(SCHED_FIFO, 2);
}

static uint32_t option_baud(const char *text, const struct argp_state *state)
{
	uint32_t baud = 0;

	if (!parse_number(text, &baud) || baud < UART_BAUD_MIN ||
	    baud > UART_BAUD_MAX)
		argp_error(state, "--uart: '%s' is not a speed from %d to %d",
			   text, UART_BAUD_MIN, UART_BAUD_MAX);
	return baud;
}

static const struct argp_option option_table[] = {
	{"ftdi", 'f', NULL, 0, "Play two USB adapters and their line", 0},
	{"realtime", 'r', NULL, 0,
	 "Run COMMAND ahead of other programs, at real-time priority", 0},
	{"uart", 'u', "BAUD", 0,
	 "Play the line of two UARTs, at this speed (50 to 115200)", 0},
	{0},
};

static error_t option_parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'f':
		o->ftdi = true;
		return 0;
	case 'r':
		o->realtime = true;
		return 0;
	case 'u':
		o->uart_baud = option_baud(arg, state);
		return 0;
	case ARGP_KEY_ARGS:
		o->command = state->argv + state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "COMMAND is needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp option_argp = {
	.options = option_table,
	.parser = option_parse,
	.args_doc = "COMMAND [ARG...]",
	.doc = "Run a virtual machine and play its serial lines in real time.\v"
	       "COMMAND finds sockets as its file descriptors: 3 for the "
	       "guest's requests, 4 and 5 for chardevs of isa-serial, 6 and 7 "
	       "for chardevs of usb-redir.\n\n"
	       "Requests are lines of text: \"unplug N\" and \"plug N\" for "
	       "adapter 0 or 1 (SIGUSR1 and SIGUSR2 do one or the other); "
	       "\"baud N\" for the UARTs; \"report\" for what was counted "
	       "since the last one, which ends with an empty line.\n\n"
	       "Exit status: COMMAND's, or 128 and the signal that ended it.",
};

int main(int argc, char **argv)
{
	static struct machine machine;

	argp_parse(&option_argp, argc, argv, ARGP_IN_ORDER, NULL,
		   &machine.options);
	machine_start(&machine);
	while (!machine.ended)
		machine_wait(&machine, machine_update(&machine, wire_now_ps()));
	return machine.status;
}
