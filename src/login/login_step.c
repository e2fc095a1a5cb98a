/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All steps of a login use these functions to send, to wait, to tell, and to
 * fail.
 *
 * Pure.
 */
#include "login/login_step.h"
#include "login/bring.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/**
 * login_step_begin() - begin to wait for the answer to a step
 * @login:  the login
 * @step:   what was done
 * @now_ns: the time
 */
void login_step_begin(struct login *login, enum login_step step,
		      uint64_t now_ns)
{
	login->step = step;
	login->step_ns = now_ns;
	login->heard = false;
	/* Only new bytes make the line news. */
	login->judged = true;
}

/**
 * login_step_send() - send bytes
 * @login: the login
 * @bytes: the bytes
 * @len:   how many
 */
void login_step_send(struct login *login, const void *bytes, size_t len)
{
	if (len > LOGIN_OUT_MAX - login->out_len)
		len = LOGIN_OUT_MAX - login->out_len;
	memcpy(login->out + login->out_len, bytes, len);
	login->out_len += len;
}

/**
 * login_step_type() - send text without the Enter key
 * @login: the login
 * @text:  the text
 */
void login_step_type(struct login *login, const char *text)
{
	login_step_send(login, text, strlen(text));
}

/**
 * login_step_enter() - send a line
 * @login: the login
 * @text:  the line, without the Enter key
 */
void login_step_enter(struct login *login, const char *text)
{
	login_step_type(login, text);
	login_step_type(login, "\r");
}

/**
 * login_step_tell() - set the news for the user
 * @login:  the login
 * @format: as for printf()
 */
void login_step_tell(struct login *login, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(login->news, sizeof(login->news), format, args);
	va_end(args);
}

/**
 * login_step_command() - let the reader execute a command
 * @login:  the login; the command is in @command
 * @step:   the step that waits for the answer
 * @now_ns: the time
 */
void login_step_command(struct login *login, enum login_step step,
			uint64_t now_ns)
{
	char line[SHELL_LINE_MAX + 1];
	const int len = snprintf(line, sizeof(line), "%s\n", login->command);

	sum_write(login->command_sum, login->sum, (uint8_t *)line, (size_t)len);
	login_step_type(login, login->command_sum);
	login_step_type(login, " ");
	login_step_enter(login, login->command);
	login_step_begin(login, step, now_ns);
}

/**
 * login_step_leave() - let the reader end
 * @login: the login
 */
void login_step_leave(struct login *login)
{
	/*
	 * Its terminal makes SIGINT of Ctrl-C, which needs no sum. A shell
	 * that is not in read(2) yet runs its trap only after the next line.
	 */
	if (login_step_is_reading(login))
		login_step_type(login, "\x03\r");
	else
		bring_leave(login);
}

/**
 * login_step_is_reading() - is the reader on the console?
 * @login: the login
 *
 * Return: true if the reader can be asked to end
 */
bool login_step_is_reading(const struct login *login)
{
	switch ((enum login_step)login->step) {
	case LOGIN_STEP_READER:
	case LOGIN_STEP_SURVEYED:
	case LOGIN_STEP_TOOLS:
	case LOGIN_STEP_PLACED:
	case LOGIN_STEP_METHOD:
	case LOGIN_STEP_UNPACKED:
		return true;
	default:
		return false;
	}
}

/**
 * login_give_up() - leave the console, on request of the user
 * @login: the login; send @out afterwards
 */
void login_give_up(struct login *login)
{
	login_step_leave(login);
	if (login->step == LOGIN_STEP_NAMED)
		login_step_type(login, "\x03");
	/* No shell of this user may stay open. A login takes it for a name. */
	if (login->logged_in && (login->step == LOGIN_STEP_CHECKED ||
				 login->step == LOGIN_STEP_ASKED))
		login_step_enter(login, "\x03\x15"
					"exit");
	login->step = LOGIN_STEP_FINISHED;
}

/**
 * login_step_fail() - end the login, and leave the console
 * @login:  the login
 * @format: what was seen, and what would help, as for printf()
 */
void login_step_fail(struct login *login, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(login->text, sizeof(login->text), format, args);
	va_end(args);
	login_step_leave(login);
	login->state = LOGIN_HAS_FAILED;
	login->step = LOGIN_STEP_FINISHED;
}

/**
 * login_step_last_line() - the text that a message quotes
 * @login: the login
 *
 * Return: the line at the end, or the one before
 */
const char *login_step_last_line(const struct login *login)
{
	return login->screen.len ? login->screen.line : login->screen.last;
}
