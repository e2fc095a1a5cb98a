/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The steps of a login, and what each of them does. For this room alone.
 */
#ifndef SERIALTUN_LOGIN_STEP_H
#define SERIALTUN_LOGIN_STEP_H

#include "login/login.h"

/**
 * enum login_step - what a login has done last
 * @LOGIN_STEP_LISTEN:   nothing
 * @LOGIN_STEP_NUDGED:   pressed Enter
 * @LOGIN_STEP_GREETED:  sent a hello
 * @LOGIN_STEP_NAMED:    sent the name of the user
 * @LOGIN_STEP_CHECKED:  sent the password
 * @LOGIN_STEP_ASKED:    sent the question to a shell
 * @LOGIN_STEP_READER:   sent the line that starts the reader
 * @LOGIN_STEP_SURVEYED: sent the survey
 * @LOGIN_STEP_TOOLS:    asked for the tools that help to bring serialtun
 * @LOGIN_STEP_PLACED:   sent the command that makes a directory
 * @LOGIN_STEP_METHOD:   told how chunks travel
 * @LOGIN_STEP_LOOP:     sent the command that reads chunks
 * @LOGIN_STEP_CHUNK:    sent a chunk
 * @LOGIN_STEP_CLOSED:   ended that command
 * @LOGIN_STEP_UNPACKED: sent the command that unpacks serialtun
 * @LOGIN_STEP_STARTED:  sent the command that starts serialtun
 * @LOGIN_STEP_FINISHED: ended
 */
enum login_step {
	LOGIN_STEP_LISTEN,
	LOGIN_STEP_NUDGED,
	LOGIN_STEP_GREETED,
	LOGIN_STEP_NAMED,
	LOGIN_STEP_CHECKED,
	LOGIN_STEP_ASKED,
	LOGIN_STEP_READER,
	LOGIN_STEP_SURVEYED,
	LOGIN_STEP_TOOLS,
	LOGIN_STEP_PLACED,
	LOGIN_STEP_METHOD,
	LOGIN_STEP_LOOP,
	LOGIN_STEP_CHUNK,
	LOGIN_STEP_CLOSED,
	LOGIN_STEP_UNPACKED,
	LOGIN_STEP_STARTED,
	LOGIN_STEP_FINISHED,
};

void login_step_begin(struct login *login, enum login_step step,
		      uint64_t now_ns);
void login_step_send(struct login *login, const void *bytes, size_t len);
void login_step_type(struct login *login, const char *text);
void login_step_enter(struct login *login, const char *text);
void login_step_tell(struct login *login, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void login_step_fail(struct login *login, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void login_step_command(struct login *login, enum login_step step,
			uint64_t now_ns);
void login_step_leave(struct login *login);
bool login_step_is_reading(const struct login *login);
const char *login_step_last_line(const struct login *login);

#endif
