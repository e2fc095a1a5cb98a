/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SHELL_H
#define SERIALTUN_SHELL_H

#include "login/sum.h"

#include <stdbool.h>
#include <stddef.h>

/* The longest line, and a '\0'; the line editor of BusyBox takes 512. */
#define SHELL_LINE_MAX 512

/* "st" and a random number, which marks the answers. */
#define SHELL_MARK_MAX 16

/* A value that the board reports, and a '\0'. */
#define SHELL_VALUE_MAX 128

/**
 * struct shell_facts - what the board reports of itself
 * @machine: uname -m
 * @user:    its user ID
 * @path:    the serialtun in its PATH; "": none
 * @version: the version of that serialtun; "": it has no --console
 * @has_tun: there is a /dev/net/tun
 * @is_root: the user is root, or may become root by sudo
 * @status:  how serialtun ended; "": it has not
 */
struct shell_facts {
	char machine[SHELL_VALUE_MAX];
	char user[SHELL_VALUE_MAX];
	char path[SHELL_VALUE_MAX];
	char version[SHELL_VALUE_MAX];
	char status[SHELL_VALUE_MAX];
	bool has_tun;
	bool is_root;
};

/**
 * struct shell_ready - the reader waits for a command
 * @kind: the program that sums its commands
 * @sum:  the sum of the last command; "": there was none
 */
struct shell_ready {
	enum sum_kind kind;
	char sum[SUM_TEXT_MAX];
};

void shell_write_question(char line[SHELL_LINE_MAX], const char *mark);
bool shell_is_answer(const char *line, const char *mark);
void shell_write_reader(char line[SHELL_LINE_MAX], const char *mark,
			bool replace);
bool shell_read_ready(struct shell_ready *ready, const char *line,
		      const char *mark);
bool shell_is_refusal(const char *line, const char *mark);
void shell_write_survey(char line[SHELL_LINE_MAX]);
void shell_write_start(char line[SHELL_LINE_MAX]);
bool shell_wants_password(const char *line, const char *mark);
void shell_read_fact(struct shell_facts *facts, const char *line,
		     const char *mark);

#endif
