/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of the login: whatever a board says, in whatever pieces and pauses,
 * the login types only lines that end, never a password before it has asked for
 * one, and ends in bounded time.
 *
 * A script: a byte below 0x80 is the length of a piece of text; one from there
 * on is a pause in tenths of a second.
 */
#include "clock.h"
#include "fuzz.h"
#include "login/login.h"

#define BEGIN_NS (5 * NS_PER_S)

static const char password[] = "Secret-1";

static const struct login_bundle bundle = {
	.bytes = (const uint8_t *)"a bundle",
	.len = 8,
	.unpacker = "cat",
};

struct trial {
	struct login login;
	uint64_t now_ns;
	bool asked;
};

static void check_out(struct trial *trial)
{
	struct login *login = &trial->login;

	assert_true(login->out_len <= LOGIN_OUT_MAX);
	if (!trial->asked)
		assert_null(memmem(login->out, login->out_len, password,
				   strlen(password)));
	login->out_len = 0;
	assert_true(login->screen.len < SCREEN_LINE_MAX);
	assert_int_equal(strlen(login->screen.line), login->screen.len);
	if (login->state == LOGIN_HAS_FAILED)
		assert_true(*login->text);
	if (login->state == LOGIN_WANTS_PASSWORD) {
		trial->asked = true;
		login_set_password(login, password, trial->now_ns);
	}
	if (login->state == LOGIN_WANTS_BUNDLE)
		login_set_bundle(login, &bundle, trial->now_ns);
	assert_true(login->upload.done <= login->upload.len);
}

static void pause_ns(struct trial *trial, uint64_t pause_ns)
{
	const uint64_t end_ns = trial->now_ns + pause_ns;
	uint64_t next_ns;

	for (;;) {
		next_ns = login_next_ns(&trial->login);
		if (next_ns > end_ns)
			break;
		trial->now_ns = clock_later(trial->now_ns, next_ns);
		login_tick(&trial->login, trial->now_ns);
		check_out(trial);
	}
	trial->now_ns = end_ns;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct login_config config = {
		.user = "root",
		.number = 42,
		.hello = (const uint8_t *)"\300hello\300",
		.hello_len = 7,
		.hello_id = 1,
		.can_bring = true,
	};
	struct fuzz_script script = {data, size};
	struct trial *trial = calloc(1, sizeof(*trial));
	const uint8_t *bytes;
	uint8_t *piece;
	size_t len;

	assert_non_null(trial);
	trial->now_ns = BEGIN_NS;
	login_begin(&trial->login, &config, BEGIN_NS);
	while (script.len) {
		len = 1;
		len = *fuzz_take(&script, &len);
		if (len >= 0x80) {
			pause_ns(trial, (len - 0x80) * NS_PER_S / 10);
			continue;
		}
		bytes = fuzz_take(&script, &len);
		piece = testing_copy(bytes, len);
		login_push(&trial->login, piece, len, trial->now_ns);
		free(piece);
		check_out(trial);
	}
	/* In silence each login ends. */
	pause_ns(trial, 600 * NS_PER_S);
	assert_int_not_equal(trial->login.state, LOGIN_GOES_ON);
	login_give_up(&trial->login);
	free(trial);
	return 0;
}
