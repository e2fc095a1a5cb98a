/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Log in at a console, and start serialtun there.
 *
 *   listen -> login prompt -> password -> shell -> reader -> survey -> start
 *
 * The console may be in any state, so the login listens first. It sends nothing
 * while text comes, and nothing after the banner of a boot loader, which any
 * byte may stop. After five seconds of silence it presses Enter, and if that
 * changes nothing, it says hello to a serialtun that may be there.
 *
 * An unfinished line that stays for half a second is a prompt. Only the prompts
 * of logins are known by their looks; a shell is known by its answer to a
 * question (shell).
 *
 * Each state that leads nowhere ends with a sentence: what was seen, and what
 * would help.
 *
 * Pure: the caller passes bytes and times, and sends what is in @out.
 */
#include "login/login.h"
#include "clock.h"
#include "login/bring.h"
#include "login/errand.h"
#include "login/listen.h"
#include "login/login_step.h"
#include "login/sight.h"
#include "packet/packet.h"
#include "pair/hello.h"
#include "pair/pair.h"

#include <stdio.h>
#include <string.h>

#define SETTLE_NS  (500 * NS_PER_MS) /* a line that stays is a prompt */
#define SILENCE_NS (5 * NS_PER_S)    /* before the first byte is sent */
#define ANSWER_NS  (2 * NS_PER_S)    /* for an answer to the Enter key */
#define SHELL_NS   (4 * NS_PER_S)    /* for an answer of a shell */
#define CHECK_NS   (10 * NS_PER_S)   /* for a login that checks a password */
#define START_NS   (20 * NS_PER_S)   /* for serialtun to start there */
#define BOOT_NS	   (180 * NS_PER_S)  /* for everything before the shell */

/*
 * A kernel may print messages all the time. In the shell a step waits this many
 * times as long for silence, and no longer.
 */
#define TALKS 3

#define NUDGES 3
#define TRIES  3
#define SKIPS  3

/* Take back a half-typed line (VKILL), and press Enter. */
#define ENTER "\x15\r"

/* Is the time for everything before the shell over? */
static bool is_late(const struct login *login, uint64_t now_ns)
{
	/* A patient login has all the time, until the board says something. */
	return login->step <= LOGIN_STEP_ASKED &&
	       now_ns >= login->begin_ns + BOOT_NS &&
	       !(login->config.patient && !*login->screen.last);
}

/**
 * login_begin() - begin with a console of which nothing is known
 * @login:  filled in
 * @config: how to log in; copied, but for what it points to
 * @now_ns: the time
 */
void login_begin(struct login *login, const struct login_config *config,
		 uint64_t now_ns)
{
	memset(login, 0, sizeof(*login));
	login->config = *config;
	login->baud = config->baud;
	snprintf(login->mark, sizeof(login->mark), "st%08x", config->number);
	login->begin_ns = now_ns;
	login->heard_ns = now_ns;
	login_step_begin(login, LOGIN_STEP_LISTEN, now_ns);
}

static void refuse(struct login *login)
{
	login->refused = true;
	if (login->step != LOGIN_STEP_CHECKED &&
	    login->step != LOGIN_STEP_NAMED)
		return;
	memset(login->password, 0, sizeof(login->password));
	if (login->tries >= TRIES)
		login_step_fail(
			login,
			"the login refused %s %u times (is the password right, "
			"and may this user log in at this console?)",
			login->config.user, TRIES);
}

/* A line of text before the shell is known. */
static void hear_line(struct login *login, const char *line)
{
	switch (sight_of_line(line)) {
	case SIGHT_COUNTDOWN:
		login->loader = true;
		break;
	case SIGHT_KERNEL:
		login->loader = false;
		if (!login->told_boot && login->step == LOGIN_STEP_LISTEN)
			login_step_tell(
				login,
				"the board boots; waiting for its login");
		login->told_boot = true;
		break;
	case SIGHT_PANIC:
		login_step_fail(login,
				"the board has stopped: \"%s\" (reset it)",
				line);
		break;
	case SIGHT_INCORRECT:
		refuse(login);
		break;
	case SIGHT_EXPIRED:
		login_step_fail(
			login,
			"the login wants a new password: \"%s\" (set one by hand "
			"with a terminal program)",
			line);
		break;
	default:
		break;
	}
}

static void end_line(struct login *login, uint64_t now_ns)
{
	const char *line = login->screen.line;

	if (login->step == LOGIN_STEP_FINISHED)
		return;
	if (login->step < LOGIN_STEP_ASKED || !errand_hear(login, line, now_ns))
		hear_line(login, line);
}

/* Is a frame one of a serialtun, or of another program with SLIP? */
static bool is_link(const struct login *login, const uint8_t *frame, size_t len)
{
	struct hello hello;

	if (hello_read(frame, len, &hello))
		return hello.id != login->config.hello_id &&
		       !(login->config.pair &&
			 pair_is_own_id(login->config.pair, hello.id));
	return packet_is_good(packet_check(frame, len)) &&
	       (frame[0] >> 4 == 4 || frame[0] >> 4 == 6);
}

static void look_for_frames(struct login *login, const uint8_t *bytes,
			    size_t len)
{
	enum framing_status status;
	size_t used;

	while (len && login->state == LOGIN_GOES_ON) {
		used = slip_decode(&login->decoder, bytes, len, &status);
		if (!used)
			return;
		if (status == FRAMING_FRAME &&
		    is_link(login, login->decoder.packet, login->decoder.len)) {
			login->state = LOGIN_IS_LINK;
			login->step = LOGIN_STEP_FINISHED;
		}
		bytes += used;
		len -= used;
	}
}

/**
 * login_push() - bytes came from the console
 * @login:  the login
 * @bytes:  the bytes
 * @len:    how many
 * @now_ns: the time
 */
void login_push(struct login *login, const uint8_t *bytes, size_t len,
		uint64_t now_ns)
{
	size_t i;

	if (!len || login->step == LOGIN_STEP_FINISHED)
		return;
	login->heard_ns = now_ns;
	login->heard = true;
	login->judged = false;
	look_for_frames(login, bytes, len);
	for (i = 0; i < len && login->step != LOGIN_STEP_FINISHED; i++)
		if (screen_push(&login->screen, bytes[i]))
			end_line(login, now_ns);
}

static void name_user(struct login *login, uint64_t now_ns)
{
	if (login->step == LOGIN_STEP_NAMED && login->tries++ >= TRIES) {
		login_step_fail(
			login,
			"the login asks for a name again and again (is user %s "
			"known there?)",
			login->config.user);
		return;
	}
	login_step_tell(login, "a login prompt: \"%s\", logging in as %s",
			login->screen.line, login->config.user);
	login_step_enter(login, login->config.user);
	login->logged_in = true;
	login->refused = false;
	login_step_begin(login, LOGIN_STEP_NAMED, now_ns);
}

static void give_password(struct login *login, uint64_t now_ns)
{
	if (!*login->password) {
		login->state = LOGIN_WANTS_PASSWORD;
		return;
	}
	login->tries++;
	login->logged_in = true;
	login->refused = false;
	login_step_enter(login, login->password);
	screen_clear(&login->screen);
	login_step_begin(login, LOGIN_STEP_CHECKED, now_ns);
}

/* A login that another person has begun asks for that person's password. */
static void hear_password_prompt(struct login *login, uint64_t now_ns)
{
	const bool is_rescue = strstr(login->screen.line, "ontrol-D");

	if (login->step == LOGIN_STEP_NAMED || is_rescue) {
		give_password(login, now_ns);
	} else if (login->skipped++ < SKIPS) {
		login_step_type(login, "\r");
		login_step_begin(login, LOGIN_STEP_LISTEN, now_ns);
	} else {
		login_step_fail(
			login,
			"the console asks for a password before a name: \"%s\" "
			"(log in by hand with a terminal program)",
			login->screen.line);
	}
}

static int last_sign(const char *line)
{
	size_t len = strlen(line);

	while (len && line[len - 1] == ' ')
		len--;
	return len ? line[len - 1] : ' ';
}

/* The unfinished line has stayed for a while. */
static void judge(struct login *login, uint64_t now_ns)
{
	const char *line = login->screen.line;
	const enum sight sight = sight_of_prompt(line);

	login->judged = true;
	if (sight == SIGHT_LOADER) {
		login_step_fail(
			login,
			"the console shows the prompt of a boot loader: \"%s\" "
			"(let the board boot: type boot or reset there)",
			line);
		return;
	}
	switch (sight) {
	case SIGHT_LOGIN:
		login->loader = false;
		name_user(login, now_ns);
		break;
	case SIGHT_PASSWORD:
		hear_password_prompt(login, now_ns);
		break;
	case SIGHT_ENTER:
		login_step_type(login, "\r");
		login_step_begin(login, LOGIN_STEP_NUDGED, now_ns);
		break;
	case SIGHT_SHELL:
		/* The question is not answered yet. */
		if (login->step == LOGIN_STEP_ASKED)
			break;
		/* No loader's own prompt ends so. */
		if (!login->loader || strchr("#$", last_sign(line)))
			errand_ask(login, now_ns);
		break;
	case SIGHT_NONE:
		break;
	default:
		hear_line(login, line);
		break;
	}
}

static void nudge(struct login *login, uint64_t now_ns)
{
	if (login->nudges == NUDGES && login->config.patient) {
		login->nudges = 0;
		login_step_begin(login, LOGIN_STEP_LISTEN, now_ns);
		return;
	}
	if (login->nudges++ == NUDGES) {
		login_step_fail(
			login,
			"the console says nothing, not even after Enter "
			"(is the board on? Are RX and TX exchanged? Is "
			"--baud its speed? Is there a login on this line?)");
		return;
	}
	login_step_type(login, ENTER);
	login_step_begin(login, LOGIN_STEP_NUDGED, now_ns);
}

static void greet(struct login *login, uint64_t now_ns)
{
	login_step_send(login, login->config.hello, login->config.hello_len);
	login_step_begin(login, LOGIN_STEP_GREETED, now_ns);
}

/* The console has been silent for as long as this step waits. */
static void end_silence(struct login *login, uint64_t now_ns)
{
	switch ((enum login_step)login->step) {
	case LOGIN_STEP_LISTEN:
		if (!login->loader)
			nudge(login, now_ns);
		break;
	case LOGIN_STEP_NUDGED:
		if (login->heard)
			errand_ask(login, now_ns);
		else if (login->nudges == 1)
			greet(login, now_ns);
		else
			nudge(login, now_ns);
		break;
	case LOGIN_STEP_GREETED:
		nudge(login, now_ns);
		break;
	case LOGIN_STEP_NAMED:
		login_step_begin(login, LOGIN_STEP_LISTEN, now_ns);
		break;
	case LOGIN_STEP_CHECKED:
	case LOGIN_STEP_ASKED:
		errand_ask(login, now_ns);
		break;
	case LOGIN_STEP_READER:
	case LOGIN_STEP_SURVEYED:
	case LOGIN_STEP_TOOLS:
	case LOGIN_STEP_PLACED:
	case LOGIN_STEP_METHOD:
	case LOGIN_STEP_UNPACKED:
		errand_repeat(login, now_ns);
		break;
	case LOGIN_STEP_LOOP:
	case LOGIN_STEP_CHUNK:
	case LOGIN_STEP_CLOSED:
		bring_end_silence(login, now_ns);
		break;
	case LOGIN_STEP_STARTED:
		login_step_fail(
			login,
			"serialtun on the board sends no frame: \"%s\" (start it "
			"there by hand: serialtun --console)",
			*login->said ? login->said
				     : login_step_last_line(login));
		break;
	case LOGIN_STEP_FINISHED:
		break;
	}
}

/* How long this step waits in silence. */
static uint64_t patience_ns(const struct login *login)
{
	switch ((enum login_step)login->step) {
	case LOGIN_STEP_LISTEN:
		return SILENCE_NS;
	case LOGIN_STEP_NUDGED:
	case LOGIN_STEP_GREETED:
		return ANSWER_NS;
	case LOGIN_STEP_ASKED:
		return SHELL_NS;
	case LOGIN_STEP_STARTED:
		return START_NS;
	case LOGIN_STEP_FINISHED:
		return UINT64_MAX;
	case LOGIN_STEP_LOOP:
	case LOGIN_STEP_CHUNK:
	case LOGIN_STEP_CLOSED:
	case LOGIN_STEP_UNPACKED:
		return bring_patience_ns(login);
	default:
		return CHECK_NS;
	}
}

/* When this step has waited long enough. */
static uint64_t silence_ns(const struct login *login)
{
	const uint64_t patience = patience_ns(login);
	uint64_t ns;

	if (patience == UINT64_MAX ||
	    (login->step == LOGIN_STEP_LISTEN && login->loader))
		return UINT64_MAX;
	ns = clock_later(login->heard_ns, login->step_ns) + patience;
	if (login->step < LOGIN_STEP_ASKED)
		return ns;
	return clock_earlier(ns, login->step_ns + TALKS * patience);
}

/* Does the unfinished line wait to be judged? */
static bool is_unjudged(const struct login *login)
{
	return login->screen.len && !login->judged &&
	       login->step != LOGIN_STEP_FINISHED &&
	       login->step != LOGIN_STEP_READER &&
	       (login->step <= LOGIN_STEP_SURVEYED ||
		login->step == LOGIN_STEP_STARTED);
}

/**
 * login_tick() - let time pass
 * @login:  the login
 * @now_ns: the time
 */
void login_tick(struct login *login, uint64_t now_ns)
{
	if (login->state != LOGIN_GOES_ON || listen_tick(login, now_ns))
		return;
	if (is_unjudged(login) && now_ns >= login->heard_ns + SETTLE_NS) {
		if (login->step >= LOGIN_STEP_SURVEYED)
			errand_judge(login);
		else
			judge(login, now_ns);
	}
	if (login->state != LOGIN_GOES_ON)
		return;
	if (is_late(login, now_ns))
		login_step_fail(
			login,
			"there is no login and no shell on the console after "
			"%u minutes: \"%s\" (wait until the board has booted, "
			"and start again)",
			(unsigned int)(BOOT_NS / NS_PER_S / 60),
			login_step_last_line(login));
	else if (now_ns >= silence_ns(login))
		end_silence(login, now_ns);
}

/**
 * login_next_ns() - when is login_tick() due?
 * @login: the login
 *
 * Return: the time; UINT64_MAX: never
 */
uint64_t login_next_ns(const struct login *login)
{
	uint64_t next_ns;

	if (login->state != LOGIN_GOES_ON)
		return UINT64_MAX;
	if (login->is_away)
		return listen_next_ns(login);
	next_ns = silence_ns(login);
	if (login->step <= LOGIN_STEP_ASKED && !login->config.patient)
		next_ns = clock_earlier(next_ns, login->begin_ns + BOOT_NS);
	if (is_unjudged(login) || (login->step <= LOGIN_STEP_CHECKED &&
				   screen_is_garbage(&login->screen)))
		next_ns = clock_earlier(next_ns, login->heard_ns + SETTLE_NS);
	return next_ns;
}

/**
 * login_set_password() - answer LOGIN_WANTS_PASSWORD
 * @login:    the login
 * @password: the password; copied
 * @now_ns:   the time
 *
 * The login sends it only if the prompt is still there, because a login that
 * has given up meanwhile would print it. The time that the user took is none in
 * which the board was silent.
 */
void login_set_password(struct login *login, const char *password,
			uint64_t now_ns)
{
	login->begin_ns = now_ns;
	login->step_ns = now_ns;
	snprintf(login->password, sizeof(login->password), "%s", password);
	login->judged = false;
	login->state = LOGIN_GOES_ON;
}
