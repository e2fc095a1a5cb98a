/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Listen for the console at other speeds, if its bytes are no text.
 *
 * The list has its turn, then the speed of before, if that is known, and all
 * once more. Nothing is sent until text comes: bytes at a wrong speed are
 * breaks to a console, and a break and a letter is SysRq. So a console that is
 * silent at a speed tests nothing, and the login waits there for its next
 * bytes.
 *
 * Pure: the caller sets the port to @baud of the login.
 */
#include "login/listen.h"
#include "clock.h"
#include "login/login.h"
#include "login/login_step.h"

/* So many bytes are enough, even if no pause follows. */
#define LISTEN_SAMPLE_LEN 64

/* So much text, with hardly another byte, is no chance. */
#define LISTEN_TEXT_LEN 12
#define LISTEN_TEXT_BAD 8

#define LISTEN_PAUSE_NS	  (500 * NS_PER_MS)
#define LISTEN_SILENCE_NS (30 * NS_PER_S)
#define LISTEN_ROUNDS	  2

static bool is_text(const struct screen *screen)
{
	return screen->good >= LISTEN_TEXT_LEN &&
	       screen->bad * LISTEN_TEXT_BAD <= screen->good;
}

/* Are the bytes no text, as far as one can tell by now? */
static bool is_wrong(const struct login *login, uint64_t now_ns)
{
	const struct screen *screen = &login->screen;

	if (login->is_away && !is_text(screen) &&
	    screen->good + screen->bad >= LISTEN_SAMPLE_LEN)
		return true;
	return screen_is_garbage(screen) &&
	       (screen->good + screen->bad >= LISTEN_SAMPLE_LEN ||
		now_ns >= login->heard_ns + LISTEN_PAUSE_NS);
}

/* Go to the next speed, or end. */
static void go_on(struct login *login, uint64_t now_ns)
{
	const struct login_config *config = &login->config;
	const size_t slots = config->speed_count + (config->baud ? 1 : 0);
	const size_t slot = login->slot++ % slots;

	if (login->slot > LISTEN_ROUNDS * slots) {
		login_step_fail(
			login,
			"the console's bytes are no text, at any of %zu speeds "
			"(is --parity right? Say its --baud)",
			slots);
		return;
	}
	login->is_away = true;
	login->baud = slot < config->speed_count ? config->speeds[slot]
						 : config->baud;
	login->out_len = 0;
	screen_clear(&login->screen);
	login_step_begin(login, LOGIN_STEP_LISTEN, now_ns);
}

static void settle(struct login *login)
{
	login->is_away = false;
	login->slot = 0;
	login->config.rate = login->baud / 10;
	login->judged = false;
	login_step_tell(login, "the console speaks at %u baud", login->baud);
}

static uint64_t silent_ns(const struct login *login)
{
	return clock_later(login->heard_ns, login->step_ns) + LISTEN_SILENCE_NS;
}

/**
 * listen_tick() - look whether the speed is right
 * @login:  the login, before it has named a user
 * @now_ns: the time
 *
 * Return: true if the login may send nothing now
 */
bool listen_tick(struct login *login, uint64_t now_ns)
{
	const bool is_fixed =
		!login->config.speed_count || login->step > LOGIN_STEP_GREETED;

	if (login->step > LOGIN_STEP_CHECKED)
		return false;
	if (login->is_away && is_text(&login->screen))
		settle(login);
	else if (is_wrong(login, now_ns) && !is_fixed)
		go_on(login, now_ns);
	else if (is_wrong(login, now_ns))
		login_step_fail(
			login, "the console's bytes are no text (is --baud the "
			       "speed of the console, and is --parity right?)");
	else if (login->is_away && now_ns >= silent_ns(login))
		login_step_fail(
			login,
			"the console's bytes are no text, and too few come to "
			"find its speed (say its --baud, or reset the board)");
	return login->is_away || login->state != LOGIN_GOES_ON;
}

/**
 * listen_next_ns() - when is listen_tick() due?
 * @login: the login, away from its speed
 *
 * Return: the time
 */
uint64_t listen_next_ns(const struct login *login)
{
	if (screen_is_garbage(&login->screen))
		return login->heard_ns + LISTEN_PAUSE_NS;
	return silent_ns(login);
}
