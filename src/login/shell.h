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
 * @programs: what helps to bring serialtun, each program between commas
 * @libc:    the first line of ldd --version
 * @loaders: the dynamic loaders that are there, with spaces between them
 * @place:   the directory for serialtun; "": none
 * @room:    free room there in KiB; "": unknown
 * @trouble: what the serialtun that was brought said instead of its version
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
	char programs[SHELL_VALUE_MAX];
	char libc[SHELL_VALUE_MAX];
	char loaders[SHELL_VALUE_MAX];
	char place[SHELL_VALUE_MAX];
	char room[SHELL_VALUE_MAX];
	char trouble[SHELL_VALUE_MAX];
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
void shell_write_tools(char line[SHELL_LINE_MAX]);
void shell_write_place(char line[SHELL_LINE_MAX]);
void shell_write_method(char line[SHELL_LINE_MAX], const char *decoder);
void shell_write_loop(char line[SHELL_LINE_MAX]);
bool shell_is_in_loop(const char *line, const char *mark);
void shell_write_unpack(char line[SHELL_LINE_MAX], const char *unpacker);
bool shell_wants_password(const char *line, const char *mark);
void shell_read_fact(struct shell_facts *facts, const char *line,
		     const char *mark);

#endif
