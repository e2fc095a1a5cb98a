/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The errand: what a login does with the shell that it has found. It asks
 * whether it is one, starts the reader, surveys the board, and starts serialtun
 * there.
 *
 * Pure.
 */
#include "login/errand.h"
#include "login/bring.h"
#include "login/login_step.h"
#include "login/shell.h"

#include <stdio.h>
#include <string.h>

#define QUESTIONS 2
#define READERS	  2
#define REPEATS	  4

/* Take back half a line (VKILL), and press Enter. */
#define ENTER "\x15\r"

/**
 * errand_ask() - ask whether there is a shell
 * @login:  the login
 * @now_ns: the time
 */
void errand_ask(struct login *login, uint64_t now_ns)
{
	char line[SHELL_LINE_MAX];

	if (login->questions++ == QUESTIONS) {
		login_step_fail(
			login,
			"what answers on the console is no shell: \"%s\" (end the "
			"program that runs there, or log in by hand with a "
			"terminal program)",
			login_step_last_line(login));
		return;
	}
	/* A second question does not follow half a first one. */
	if (login->questions > 1)
		login_step_type(login, ENTER);
	shell_write_question(line, login->mark);
	login_step_enter(login, line);
	login_step_begin(login, LOGIN_STEP_ASKED, now_ns);
}

static void start_reader(struct login *login, uint64_t now_ns)
{
	char line[SHELL_LINE_MAX];

	login_step_tell(login, "a shell answers on the console");
	shell_write_reader(line, login->mark, login->logged_in);
	login_step_enter(login, line);
	login_step_begin(login, LOGIN_STEP_READER, now_ns);
}

static void survey(struct login *login, uint64_t now_ns)
{
	shell_write_survey(login->command);
	login_step_command(login, LOGIN_STEP_SURVEYED, now_ns);
}

static void start(struct login *login, uint64_t now_ns)
{
	const struct shell_facts *facts = &login->facts;

	if (!facts->is_root) {
		login_step_fail(
			login,
			"user ID %s on the board is not root, and sudo does not "
			"help (log in as root: --login=root)",
			*facts->user ? facts->user : "unknown");
	} else if (!facts->has_tun) {
		login_step_fail(
			login,
			"there is no /dev/net/tun on the board (load the "
			"tun module there: modprobe tun)");
	} else if (!*facts->version && login->config.can_bring) {
		bring_begin(login, now_ns);
	} else if (!*facts->path) {
		login_step_fail(
			login,
			"there is no serialtun in PATH on the board (install it "
			"there; its machine is %s)",
			*facts->machine ? facts->machine : "unknown");
	} else if (!*facts->version) {
		login_step_fail(
			login,
			"%s on the board has no --console (install the version "
			"that this host has)",
			facts->path);
	} else {
		login_step_tell(login, "starting %s on the board (%s, %s)",
				facts->path, facts->machine, facts->version);
		shell_write_start(login->command);
		login_step_command(login, LOGIN_STEP_STARTED, now_ns);
	}
}

static void stop(struct login *login)
{
	login_step_fail(
		login,
		"the shell on the console has stopped answering: \"%s\" "
		"(start again)",
		login_step_last_line(login));
}

/**
 * errand_repeat() - no answer came, or the line has damaged the command
 * @login:  the login, in a step of the reader
 * @now_ns: the time
 */
void errand_repeat(struct login *login, uint64_t now_ns)
{
	if (login->step == LOGIN_STEP_READER) {
		if (login->readers++ == READERS) {
			stop(login);
			return;
		}
		/* Half a line, or a reader that is damaged. */
		login_step_type(login, "\x03");
		login->questions = 0;
		login_step_begin(login, LOGIN_STEP_LISTEN, now_ns);
	} else if (login->repeats++ == REPEATS) {
		stop(login);
	} else {
		login_step_command(login, login->step, now_ns);
	}
}

static void hear_status(struct login *login, const char *line)
{
	if (*login->facts.status)
		login_step_fail(login,
				"serialtun on the board ended with status %s: "
				"\"%s\"",
				login->facts.status, login->said);
	else if (strstr(line, "serialtun: "))
		snprintf(login->said, sizeof(login->said), "%s",
			 strstr(line, "serialtun: "));
}

static void hear_ready(struct login *login, const struct shell_ready *ready,
		       uint64_t now_ns)
{
	if (login->step == LOGIN_STEP_READER) {
		login->sum = ready->kind;
		survey(login, now_ns);
		return;
	}
	/* The answer to a command that was sent twice came before. */
	if (strcmp(ready->sum, login->command_sum) != 0)
		return;
	login->repeats = 0;
	if (login->step == LOGIN_STEP_SURVEYED ||
	    bring_hear_ready(login, now_ns))
		start(login, now_ns);
}

/**
 * errand_hear() - hear a line of a shell that was asked
 * @login:  the login
 * @line:   the line
 * @now_ns: the time
 *
 * Return: false if the line is no answer
 */
bool errand_hear(struct login *login, const char *line, uint64_t now_ns)
{
	struct shell_ready ready;

	if (login->step == LOGIN_STEP_ASKED) {
		if (!shell_is_answer(line, login->mark))
			return false;
		start_reader(login, now_ns);
		return true;
	}
	shell_read_fact(&login->facts, line, login->mark);
	if (shell_is_refusal(line, login->mark))
		errand_repeat(login, now_ns);
	else if (shell_read_ready(&ready, line, login->mark))
		hear_ready(login, &ready, now_ns);
	else if (login->step == LOGIN_STEP_STARTED)
		hear_status(login, line);
	else
		bring_hear(login, line, now_ns);
	return true;
}

/**
 * errand_judge() - sudo may ask for the password
 * @login: the login; its unfinished line has stayed for a while
 */
void errand_judge(struct login *login)
{
	login->judged = true;
	if (!shell_wants_password(login->screen.line, login->mark))
		return;
	if (!*login->password) {
		login->state = LOGIN_WANTS_PASSWORD;
		return;
	}
	login_step_enter(login, login->password);
	screen_clear(&login->screen);
}
