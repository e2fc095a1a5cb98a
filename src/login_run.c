/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Run a login on the port: the room login, which is pure, decides what to send;
 * this file reads and writes the port, asks the user for the password, and
 * tells the user what happens.
 *
 * Here the words of the board are parsed for the first time. So the session
 * calls login_run_turn() only after the privileges are dropped and the process
 * is in its cell. The user's terminal and the password file are opened before
 * that.
 */
#include "login_run.h"
#include "bringing.h"
#include "clock.h"
#include "events.h"
#include "log.h"
#include "login/login.h"
#include "pair/hello.h"
#include "port/port.h"
#include "secret.h"
#include "signals.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define LOGIN_RUN_READ_LEN 4096

/* Reads of one turn, so that signals are handled under a flood. */
#define LOGIN_RUN_READS 16

/* At the end, wait so long until the port has sent the last bytes. */
#define LOGIN_RUN_PART_NS (350 * NS_PER_MS)

/* The same, if a chunk was under way: one in the driver, one that fills it up.
 */
#define LOGIN_RUN_PART_CHUNK_NS (2 * NS_PER_S)

/* While the board boots, show the last line so often. */
#define LOGIN_RUN_SHOW_NS (20 * NS_PER_S)

_Static_assert(SECRET_MAX == LOGIN_PASSWORD_MAX, "a password fits");

struct login_run {
	struct login_run_config config;
	struct login login;
	struct port *port; /* NULL: no login is under way */
	int terminal_fd;   /* -1: the user has none */
	uint64_t show_ns;  /* when to show the last line of a boot */
	unsigned int baud; /* that the login wanted last */
	unsigned int speeds[PORT_STRANGERS_MAX]; /* other ones */
	size_t speed_count;
	bool used_password; /* @password was tried */
	bool had_link;
	struct bringing bringing;
	uint8_t hello[2 * HELLO_TEXT_MAX + 3];
	char password[SECRET_MAX]; /* of the file, or asked for before; "": ask
				    */
};

/**
 * login_run_open() - prepare to log in
 * @run:    on success; login_run_close() frees it
 * @config: how to log in; copied, but for its strings
 *
 * Call it before the privileges are dropped. Logs any failure.
 *
 * Return: 0 or -errno
 */
int login_run_open(struct login_run **run,
		   const struct login_run_config *config)
{
	struct login_run *opened = calloc(1, sizeof(*opened));
	int err = 0;

	if (!opened) {
		log_error("cannot start: %s", strerror(ENOMEM));
		return -ENOMEM;
	}
	opened->config = *config;
	/* Its process gets no copy of the password. */
	bringing_open(&opened->bringing, config->events);
	opened->terminal_fd = secret_open_terminal();
	if (config->password_file)
		err = secret_read_file(config->password_file, opened->password);
	if (err) {
		login_run_close(opened);
		return err;
	}
	*run = opened;
	return 0;
}

/**
 * login_run_close() - forget the password, and free the rest
 * @run: of login_run_open(), or NULL
 */
void login_run_close(struct login_run *run)
{
	if (!run)
		return;
	login_run_drop_port(run);
	if (run->terminal_fd >= 0)
		close(run->terminal_fd);
	bringing_close(&run->bringing);
	explicit_bzero(run, sizeof(*run));
	free(run);
}

/* Make a hello of an end that ends at once. Return: its length, framed. */
static size_t make_hello(struct login_run *run, uint64_t id)
{
	const struct hello hello = {
		.version = HELLO_VERSION,
		.id = id,
		.kind = run->config.ethernet ? HELLO_KIND_ETHERNET
					     : HELLO_KIND_IP,
		.flow = HELLO_FLOW_NONE,
		.can = HELLO_CAN_CHECK,
	};
	char text[HELLO_TEXT_MAX];
	size_t len = hello_write(text, &hello);

	/* An END ends what is on the line. */
	run->hello[0] = SLIP_END;
	return 1 + slip_encode(run->hello + 1, (uint8_t *)text, len,
			       SLIP_ESCAPES_RFC1055);
}

/*
 * Take the speeds at which to listen from a port that was opened. The link on
 * this port must not search with them: the console keeps its speed. A port that
 * has been a link gives none, so the next login has those of before.
 */
static void take_speeds(struct login_run *run, struct port *port)
{
	if (!port->stranger_count)
		return;
	memcpy(run->speeds, port->strangers, sizeof(run->speeds));
	run->speed_count = port->stranger_count;
	port->stranger_count = 0;
}

/**
 * login_run_begin() - begin a login on a port
 * @run:    of login_run_open()
 * @port:   the port, borrowed until login_run_drop_port() or the end
 * @pair:   this end, whose last hellos a console may echo; NULL: none
 * @now_ns: the time
 *
 * Reads nothing yet.
 *
 * Return: 0 or -errno
 */
int login_run_begin(struct login_run *run, struct port *port,
		    const struct pair *pair, uint64_t now_ns)
{
	struct login_config config = {
		.user = run->config.user,
		.hello = run->hello,
		.pair = pair,
		.patient = run->had_link,
		.rate = port->baud / 10,
		.baud = port->baud,
		.speeds = run->speeds,
		.can_bring = bringing_is_possible(&run->bringing),
	};
	uint64_t random[2] = {now_ns, now_ns};

	take_speeds(run, port);
	config.speed_count = run->speed_count;
	(void)!getrandom(random, sizeof(random), GRND_NONBLOCK);
	config.number = (uint32_t)random[0];
	config.hello_id = random[1] ? random[1] : 1;
	config.hello_len = make_hello(run, config.hello_id);
	login_begin(&run->login, &config, now_ns);
	run->port = port;
	run->baud = port->baud;
	run->show_ns = now_ns + LOGIN_RUN_SHOW_NS;
	run->used_password = false;
	return events_watch(run->config.events, EVENT_PORT, port->read_fd,
			    EPOLLIN);
}

/**
 * login_run_is_active() - is a login under way?
 * @run: of login_run_open(), or NULL
 *
 * Return: true if so
 */
bool login_run_is_active(const struct login_run *run)
{
	return run && run->port;
}

/**
 * login_run_drop_port() - stop using the port
 * @run: of login_run_open()
 */
void login_run_drop_port(struct login_run *run)
{
	if (!run->port)
		return;
	events_forget(run->config.events, run->port->read_fd);
	if (run->port->write_fd != run->port->read_fd)
		events_forget(run->config.events, run->port->write_fd);
	run->port = NULL;
	explicit_bzero(run->login.password, sizeof(run->login.password));
	bringing_pause(&run->bringing);
}

/* Return: 0, or -errno if the port is gone. */
static int receive(struct login_run *run, uint64_t now_ns)
{
	uint8_t bytes[LOGIN_RUN_READ_LEN];
	ssize_t n = 0;
	int reads;

	for (reads = 0; reads < LOGIN_RUN_READS; reads++) {
		if (run->login.state == LOGIN_IS_LINK)
			return 0;
		n = port_read(run->port, bytes, sizeof(bytes));
		if (n < 0)
			break;
		login_push(&run->login, bytes, (size_t)n, now_ns);
	}
	return n < 0 && n != -EAGAIN ? (int)n : 0;
}

/* Send what the port takes. Return: 0, or -errno if the port is gone. */
static int send_out(struct login_run *run)
{
	struct login *login = &run->login;
	ssize_t n;

	if (login->out_len) {
		n = port_write(run->port, login->out, login->out_len);
		if (n < 0)
			return (int)n;
		login->out_len -= (size_t)n;
		memmove(login->out, login->out + n, login->out_len);
	}
	return events_watch(run->config.events, EVENT_PORT, run->port->write_fd,
			    login->out_len ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

/* Send all, and wait until the port has sent it, for a short time. */
static void send_rest(struct login_run *run)
{
	const struct timespec pause = {.tv_nsec = (long)NS_PER_MS};
	const uint64_t end_ns =
		clock_ns() + (run->login.upload.chunk ? LOGIN_RUN_PART_CHUNK_NS
						      : LOGIN_RUN_PART_NS);

	while (!send_out(run) &&
	       (run->login.out_len || port_queued(run->port)) &&
	       clock_ns() < end_ns)
		nanosleep(&pause, NULL);
}

static enum login_run_result fail(struct login_run *run)
{
	log_error("cannot log in on %s: %s", run->port->name, run->login.text);
	send_rest(run);
	return LOGIN_RUN_FAILED;
}

/* A password that is known is tried once; then the user is asked. */
static enum login_run_result give_password(struct login_run *run)
{
	const struct login_run_config *config = &run->config;
	char password[SECRET_MAX];
	char prompt[SECRET_MAX];
	int err;

	if (*run->password && !run->used_password) {
		run->used_password = true;
		login_set_password(&run->login, run->password, clock_ns());
		return LOGIN_RUN_GOES_ON;
	}
	if (config->password_file || run->terminal_fd < 0) {
		log_error("cannot log in on %s as %s: %s", run->port->name,
			  config->user,
			  config->password_file
				  ? "the password of the file was refused "
				    "(correct it, or leave --password-file out)"
				  : "the board asks for a password, and there "
				    "is no terminal to ask for it (give "
				    "--password-file)");
		login_give_up(&run->login);
		send_rest(run);
		return LOGIN_RUN_FAILED;
	}
	snprintf(prompt, sizeof(prompt),
		 "Password of %.64s on the board: ", config->user);
	err = secret_ask(run->terminal_fd, prompt, password);
	if (!err)
		login_set_password(&run->login, password, clock_ns());
	explicit_bzero(password, sizeof(password));
	if (!err || err == -EINTR)
		return LOGIN_RUN_GOES_ON;
	if (err == -E2BIG)
		log_error("cannot use the password: it is longer than %d bytes "
			  "(set a shorter one)",
			  SECRET_MAX - 1);
	else
		log_error("cannot ask for the password: %s (give "
			  "--password-file)",
			  strerror(-err));
	return LOGIN_RUN_FAILED;
}

static void tell_news(struct login_run *run, uint64_t now_ns)
{
	struct login *login = &run->login;

	if (*login->news)
		log_info("%s: %s", run->port->name, login->news);
	*login->news = '\0';
	if (!login->told_boot || now_ns < run->show_ns)
		return;
	run->show_ns = now_ns + LOGIN_RUN_SHOW_NS;
	if (!login->logged_in)
		log_info("%s: the board boots: \"%s\"", run->port->name,
			 login->screen.last);
}

/* Set the speed at which the login listens. */
static void tune(struct login_run *run)
{
	int err;

	if (run->baud == run->login.baud)
		return;
	run->baud = run->login.baud;
	err = port_set_baud(run->port, run->baud);
	log_debug("%s: listening at %u baud%s%s", run->port->name, run->baud,
		  err ? ": " : "", err ? strerror(-err) : "");
}

/**
 * login_run_turn() - do all that can be done now
 * @run:    with a port
 * @now_ns: the time
 *
 * Waits for the user if the board wants a password.
 *
 * Return: the result
 */
enum login_run_result login_run_turn(struct login_run *run, uint64_t now_ns)
{
	struct login *login = &run->login;
	enum login_run_result result = LOGIN_RUN_GOES_ON;

	if (receive(run, now_ns))
		return LOGIN_RUN_PORT_GONE;
	login_tick(login, now_ns);
	tune(run);
	tell_news(run, now_ns);
	if (login->state == LOGIN_WANTS_PASSWORD)
		result = give_password(run);
	bringing_turn(&run->bringing, login, now_ns);
	if (result != LOGIN_RUN_GOES_ON)
		return result;
	if (login->state == LOGIN_HAS_FAILED)
		return fail(run);
	if (login->state == LOGIN_IS_LINK) {
		run->had_link = true;
		/* The board may be reset while the user is away. A shell that
		 * was there already has asked for none.
		 */
		if (*login->password)
			memcpy(run->password, login->password,
			       sizeof(run->password));
		login_run_drop_port(run);
		return LOGIN_RUN_LINK;
	}
	return send_out(run) ? LOGIN_RUN_PORT_GONE : LOGIN_RUN_GOES_ON;
}

/**
 * login_run_next_ns() - when is the next turn due without an event?
 * @run: with a port
 *
 * Return: the time
 */
uint64_t login_run_next_ns(const struct login_run *run)
{
	return login_next_ns(&run->login);
}

/**
 * login_run_give_up() - leave the console, because the program ends
 * @run: with a port
 */
void login_run_give_up(struct login_run *run)
{
	if (run->login.state == LOGIN_HAS_FAILED)
		return;
	login_give_up(&run->login);
	send_rest(run);
}
