/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_LOGIN_H
#define SERIALTUN_LOGIN_H

#include "framing/slip.h"
#include "login/screen.h"
#include "login/shell.h"
#include "login/upload.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pair;

/* Room for everything that the login sends at once. */
#define LOGIN_OUT_MAX 8192

/* Room for a chunk with its header. */
#define LOGIN_CHUNK_MAX (UPLOAD_WIRE_MAX + 96)

#define LOGIN_TEXT_MAX 640

/* A password, and a '\0'. */
#define LOGIN_PASSWORD_MAX 256

/**
 * struct login_config - how to log in
 * @user:   name of the user
 * @number: a random number, which marks the answers of the shell
 * @hello:  a hello, framed, for a serialtun that is there already
 * @hello_len: its length
 * @hello_id:  its id, by which its echo is recognised
 * @pair:      this end, whose last hellos a console may echo; NULL: none
 * @rate:      bytes per second of the line; 0: unknown
 * @baud:      the present speed of the line; 0: unknown
 * @speeds:    other speeds at which to listen, if the bytes are no text
 * @speed_count: number of them; 0: the speed is fixed
 * @patient:   a board that says nothing may be switched off; wait for it
 * @can_bring: the caller answers LOGIN_WANTS_BUNDLE
 */
struct login_config {
	const char *user;
	uint32_t number;
	const uint8_t *hello;
	size_t hello_len;
	uint64_t hello_id;
	const struct pair *pair;
	uint32_t rate;
	unsigned int baud;
	const unsigned int *speeds;
	size_t speed_count;
	bool patient;
	bool can_bring;
};

/**
 * struct login_bundle - serialtun for a board
 * @bytes:    a tar archive that contains the program "run", packed
 * @len:      length
 * @unpacker: the program that unpacks it on the board
 */
struct login_bundle {
	const uint8_t *bytes;
	size_t len;
	const char *unpacker;
};

/**
 * enum login_state - the state of a login
 * @LOGIN_GOES_ON:        it needs bytes or time
 * @LOGIN_WANTS_PASSWORD: it needs login_set_password()
 * @LOGIN_WANTS_BUNDLE:   it needs login_set_bundle() or login_refuse_bundle(),
 *                        for the board of @facts
 * @LOGIN_IS_LINK:        SLIP comes from the other end
 * @LOGIN_HAS_FAILED:     @text tells why
 */
enum login_state {
	LOGIN_GOES_ON,
	LOGIN_WANTS_PASSWORD,
	LOGIN_WANTS_BUNDLE,
	LOGIN_IS_LINK,
	LOGIN_HAS_FAILED,
};

/**
 * struct login - a login at a console
 * @config:    how to log in
 * @state:     the state
 * @text:      of a login that failed: what was seen, and what would help
 * @news:      news for the user, which the owner shows and clears; "": none
 * @baud:      the speed that the line shall have
 * @facts:     the facts about the board, in LOGIN_WANTS_BUNDLE
 * @upload:    the bundle on its way
 * @out:       bytes to send
 * @out_len:   how many
 *
 * The other members are private.
 */
struct login {
	struct login_config config;
	enum login_state state;
	char text[LOGIN_TEXT_MAX];
	char news[LOGIN_TEXT_MAX];
	uint8_t out[LOGIN_OUT_MAX];
	size_t out_len;
	unsigned int baud;
	struct shell_facts facts;
	struct upload upload;

	unsigned int step;
	uint64_t begin_ns;
	uint64_t step_ns;  /* when the step began */
	uint64_t heard_ns; /* when the last byte came */
	bool heard;	   /* a byte came in this step */
	bool judged;	   /* the unfinished line is known */
	bool is_away;	   /* at a speed that is not known to be right */
	size_t slot;	   /* speeds tried since text came */
	bool told_boot;
	bool loader;	/* a boot loader may wait for any byte */
	bool logged_in; /* the session is ours */
	bool refused;	/* since the last password */
	unsigned int nudges;
	unsigned int questions;
	unsigned int tries; /* passwords */
	unsigned int skipped;
	unsigned int readers; /* that did not come */
	unsigned int repeats; /* of the present command */
	enum sum_kind sum;
	char command[SHELL_LINE_MAX]; /* the last one */
	char command_sum[SUM_TEXT_MAX];
	char mark[SHELL_MARK_MAX];
	char password[LOGIN_PASSWORD_MAX];
	const char *unpacker;
	bool filled; /* the present chunk was completed with newlines */
	char said[SCREEN_LINE_MAX]; /* the last line of serialtun there */
	struct screen screen;
	struct slip_decoder decoder;
};

void login_begin(struct login *login, const struct login_config *config,
		 uint64_t now_ns);
void login_push(struct login *login, const uint8_t *bytes, size_t len,
		uint64_t now_ns);
void login_tick(struct login *login, uint64_t now_ns);
uint64_t login_next_ns(const struct login *login);
void login_set_password(struct login *login, const char *password,
			uint64_t now_ns);
void login_set_bundle(struct login *login, const struct login_bundle *bundle,
		      uint64_t now_ns);
void login_refuse_bundle(struct login *login, const char *why);
bool login_is_bringing(const struct login *login);
void login_give_up(struct login *login);

#endif
