/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LOGIN_RUN_H
#define SERIALTUN_LOGIN_RUN_H

#include <stdbool.h>
#include <stdint.h>

struct events;
struct login_run;
struct pair;
struct port;

/**
 * enum login_run_result - the result of login_run_turn()
 * @LOGIN_RUN_GOES_ON:   nothing more to do now
 * @LOGIN_RUN_LINK:      the other end sends SLIP: the port is the link's
 * @LOGIN_RUN_PORT_GONE: the port hung up
 * @LOGIN_RUN_FAILED:    there is no link, logged
 */
enum login_run_result {
	LOGIN_RUN_GOES_ON,
	LOGIN_RUN_LINK,
	LOGIN_RUN_PORT_GONE,
	LOGIN_RUN_FAILED,
};

/**
 * struct login_run_config - how to log in
 * @user:          name of the user on the board
 * @password_file: file with the password, or NULL: ask for it
 * @ethernet:      the link carries Ethernet frames
 * @events:        event set for the port; borrowed
 */
struct login_run_config {
	const char *user;
	const char *password_file;
	bool ethernet;
	struct events *events;
};

int login_run_open(struct login_run **run,
		   const struct login_run_config *config);
void login_run_close(struct login_run *run);
int login_run_begin(struct login_run *run, struct port *port,
		    const struct pair *pair, uint64_t now_ns);
bool login_run_is_active(const struct login_run *run);
enum login_run_result login_run_turn(struct login_run *run, uint64_t now_ns);
uint64_t login_run_next_ns(const struct login_run *run);
void login_run_drop_port(struct login_run *run);
void login_run_give_up(struct login_run *run);

#endif
