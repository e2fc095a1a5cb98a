/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bring serialtun to a board that has none:
 *
 *   tools -> place -> bundle (of the caller) -> method -> loop -> chunks
 *     -> unpack
 *
 * The board tells which programs it has, and makes a directory on which
 * programs may run. The caller has the bundle for this machine, compressed as
 * the board can unpack it. Then the board reads chunks in a loop (upload). If
 * an encoding does not get through, the next one is tried.
 *
 * Pure.
 */
#include "login/bring.h"
#include "clock.h"
#include "login/login_step.h"
#include "login/shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Failures in a row: of a chunk, of everything else. */
#define CHUNK_FAILURES 6
#define SILENCES       4

#define LOOP_NS	  (3 * NS_PER_S)
#define UNPACK_NS (20 * NS_PER_S)

/**
 * bring_begin() - begin to bring serialtun
 * @login:  the login, after the survey
 * @now_ns: the time
 */
void bring_begin(struct login *login, uint64_t now_ns)
{
	shell_write_tools(login->command);
	login_step_command(login, LOGIN_STEP_TOOLS, now_ns);
}

static bool is_in_loop(const struct login *login)
{
	return login->step == LOGIN_STEP_LOOP ||
	       login->step == LOGIN_STEP_CHUNK ||
	       login->step == LOGIN_STEP_CLOSED;
}

static void close_loop(struct login *login, uint64_t now_ns)
{
	login_step_type(login, "\n");
	login_step_type(login, login->mark);
	login_step_type(login, ".\n");
	login_step_begin(login, LOGIN_STEP_CLOSED, now_ns);
}

static void send_header(struct login *login, uint64_t now_ns)
{
	uint8_t wire[LOGIN_CHUNK_MAX];

	login_step_send(login, wire,
			upload_write_header(&login->upload, wire, login->mark));
	login->filled = false;
	login_step_begin(login, LOGIN_STEP_CHUNK, now_ns);
}

static void send_chunk(struct login *login, uint64_t now_ns)
{
	uint8_t wire[LOGIN_CHUNK_MAX];

	login_step_send(login, wire, upload_write_chunk(&login->upload, wire));
	login_step_begin(login, LOGIN_STEP_CHUNK, now_ns);
}

static void next_chunk(struct login *login, uint64_t now_ns)
{
	if (login->upload.done == login->upload.len ||
	    login->upload.failures >= CHUNK_FAILURES)
		close_loop(login, now_ns);
	else
		send_header(login, now_ns);
}

static void fill_up(struct login *login, uint64_t now_ns)
{
	uint8_t wire[LOGIN_CHUNK_MAX];

	login_step_send(login, wire, upload_write_filler(&login->upload, wire));
	login->filled = true;
	login_step_begin(login, LOGIN_STEP_CHUNK, now_ns);
}

static void use_encoding(struct login *login, enum encoding from,
			 uint64_t now_ns)
{
	const enum encoding encoding =
		encoding_choose(from, login->facts.programs);

	if (encoding == ENCODING_COUNT) {
		login_step_fail(
			login,
			"serialtun does not get through to the board: %u chunks "
			"arrived damaged (is there noise on the line, or does "
			"another program read the console?)",
			login->upload.damaged);
		return;
	}
	upload_use(&login->upload, encoding, login->sum);
	shell_write_method(login->command, encoding_decoder(encoding));
	login_step_command(login, LOGIN_STEP_METHOD, now_ns);
}

/**
 * login_set_bundle() - answer LOGIN_WANTS_BUNDLE
 * @login:  the login
 * @bundle: the bundle; its bytes are borrowed until the end
 * @now_ns: the time
 */
void login_set_bundle(struct login *login, const struct login_bundle *bundle,
		      uint64_t now_ns)
{
	login->state = LOGIN_GOES_ON;
	login->unpacker = bundle->unpacker;
	upload_begin(&login->upload, bundle->bytes, bundle->len,
		     login->config.rate);
	use_encoding(login, ENCODING_HEAD, now_ns);
	if (login->state == LOGIN_GOES_ON)
		login_step_tell(login,
				"bringing serialtun to the board (%s): %zu "
				"bytes, by %s, to %s",
				login->facts.machine, bundle->len,
				encoding_name(login->upload.encoding),
				login->facts.place);
}

/**
 * login_refuse_bundle() - answer LOGIN_WANTS_BUNDLE: there is none
 * @login: the login
 * @why:   the reason, and the remedy
 */
void login_refuse_bundle(struct login *login, const char *why)
{
	login->state = LOGIN_GOES_ON;
	login_step_fail(login,
			"there is no serialtun in PATH on the board, "
			"and %s",
			why);
}

/**
 * login_is_bringing() - is serialtun on its way to the board?
 * @login: the login
 *
 * Return: true if @upload changes now
 */
bool login_is_bringing(const struct login *login)
{
	return login->step == LOGIN_STEP_CHUNK;
}

/* The directory is there. */
static void want_bundle(struct login *login)
{
	if (!*login->facts.place)
		login_step_fail(
			login,
			"there is no serialtun in PATH on the board, and no "
			"directory for one: /tmp, /run, /dev/shm, /var/tmp and "
			"/root have no room, or no program may run there "
			"(install serialtun there)");
	else if (login->sum == SUM_NONE)
		login_step_fail(login,
				"there is no serialtun in PATH on the board, "
				"and neither cksum nor sha256sum to bring one "
				"safely (install serialtun there)");
	else
		login->state = LOGIN_WANTS_BUNDLE;
}

/**
 * bring_hear_ready() - the board has executed a command
 * @login:  the login
 * @now_ns: the time
 *
 * Return: true if serialtun is there now
 */
bool bring_hear_ready(struct login *login, uint64_t now_ns)
{
	const struct upload *upload = &login->upload;

	switch ((enum login_step)login->step) {
	case LOGIN_STEP_TOOLS:
		shell_write_place(login->command);
		login_step_command(login, LOGIN_STEP_PLACED, now_ns);
		break;
	case LOGIN_STEP_PLACED:
		want_bundle(login);
		break;
	case LOGIN_STEP_METHOD:
		shell_write_loop(login->command);
		login_step_command(login, LOGIN_STEP_LOOP, now_ns);
		break;
	case LOGIN_STEP_LOOP:
	case LOGIN_STEP_CHUNK:
	case LOGIN_STEP_CLOSED:
		if (upload->done < upload->len) {
			use_encoding(login, upload->encoding + 1, now_ns);
			break;
		}
		*login->facts.version = '\0';
		shell_write_unpack(login->command, login->unpacker);
		login_step_command(login, LOGIN_STEP_UNPACKED, now_ns);
		break;
	case LOGIN_STEP_UNPACKED:
		if (*login->facts.version)
			return true;
		login_step_fail(
			login,
			"the serialtun that was brought does not run "
			"on the board: \"%s\" (install serialtun there)",
			login->facts.trouble);
		break;
	default:
		break;
	}
	return false;
}

/**
 * bring_hear() - hear a line while the board reads chunks
 * @login:  the login
 * @line:   the line
 * @now_ns: the time
 */
void bring_hear(struct login *login, const char *line, uint64_t now_ns)
{
	enum upload_answer answer = UPLOAD_NONE;

	if (login->step == LOGIN_STEP_CHUNK)
		answer = upload_hear(&login->upload, line, login->mark);
	if (answer == UPLOAD_WANTED) {
		send_chunk(login, now_ns);
	} else if (answer != UPLOAD_NONE) {
		login->repeats = 0;
		next_chunk(login, now_ns);
	} else if (login->step == LOGIN_STEP_LOOP &&
		   shell_is_in_loop(line, login->mark)) {
		login->repeats = 0;
		send_header(login, now_ns);
	}
}

/**
 * bring_end_silence() - no answer came in the loop
 * @login:  the login
 * @now_ns: the time
 */
void bring_end_silence(struct login *login, uint64_t now_ns)
{
	const bool is_loop = login->step == LOGIN_STEP_LOOP;

	if (login->repeats++ >= SILENCES && login->step != LOGIN_STEP_CHUNK)
		login_step_fail(login,
				"the board has stopped answering: \"%s\" "
				"(start again)",
				login_step_last_line(login));
	else if (!is_loop && (login->step == LOGIN_STEP_CLOSED ||
			      login->upload.failures >= CHUNK_FAILURES))
		close_loop(login, now_ns);
	/* The loop's line may be damaged. The reader takes no header. */
	else if (is_loop || login->filled)
		send_header(login, now_ns);
	else
		fill_up(login, now_ns);
}

/**
 * bring_patience_ns() - how long does a step wait in silence?
 * @login: the login
 *
 * Return: the time
 */
uint64_t bring_patience_ns(const struct login *login)
{
	switch ((enum login_step)login->step) {
	case LOGIN_STEP_CHUNK:
		return upload_patience_ns(&login->upload);
	case LOGIN_STEP_LOOP:
	case LOGIN_STEP_CLOSED:
		return LOOP_NS;
	default:
		return UNPACK_NS;
	}
}

/**
 * bring_leave() - end the loop and the reader
 * @login: the login, in the loop
 */
void bring_leave(struct login *login)
{
	static const char end[] = "exit";
	uint8_t wire[LOGIN_CHUNK_MAX];
	char line[sizeof(end) + 1];
	char sum[SUM_TEXT_MAX];

	if (!is_in_loop(login))
		return;
	if (login->step == LOGIN_STEP_CHUNK && !login->filled)
		login_step_send(login, wire,
				upload_write_filler(&login->upload, wire));
	close_loop(login, login->step_ns);
	/* The terminal makes no SIGINT yet. */
	snprintf(line, sizeof(line), "%s\n", end);
	sum_write(sum, login->sum, (const uint8_t *)line, strlen(line));
	login_step_type(login, sum);
	login_step_type(login, " exit\n");
}
