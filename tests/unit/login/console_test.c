/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of login on the consoles of boot loaders and of the kernel, recorded
 * from the real programs ("record" beside this file): U-Boot 2023.01, GRUB 2.06
 * and Linux 6.1 of Debian 12 in QEMU. A byte at the wrong time stops a boot, so
 * nothing may be sent while these are on the console.
 */
#include "../testing.h"
#include "clock.h"
#include "login/login.h"

#include <stdio.h>

#define BEGIN_NS (100 * NS_PER_S)

/* tests/unit/login/record keeps less. */
#define CONSOLE_MAX 20000

/* After a line the login sends nothing for this time, and more. */
#define SILENT_NS (3 * NS_PER_S)

/* When the last line has stayed for this time, it has been judged. */
#define JUDGED_NS (600 * NS_PER_MS)

struct recording {
	const char *name;
	enum login_state state; /* when the console says no more */
	const char *news;	/* then; "": none */
	const char *text;	/* of the end that follows without a byte sent;
				   "": there is none, Enter is pressed */
};

static const struct recording recordings[] = {
	{"u-boot-countdown", LOGIN_GOES_ON, "", "autoboot:  2 \" (wait until"},
	{"u-boot-prompt", LOGIN_HAS_FAILED, "",
	 "the prompt of a boot loader: \"=> \" (let the board boot"},
	{"grub-countdown", LOGIN_GOES_ON, "", "after 3 minutes: \""},
	{"grub-prompt", LOGIN_HAS_FAILED, "",
	 "the prompt of a boot loader: \"grub> \" (let the board boot"},
	{"linux-boot", LOGIN_GOES_ON, "the board boots; waiting for its login",
	 ""},
	{"linux-panic", LOGIN_HAS_FAILED,
	 "the board boots; waiting for its login",
	 "the board has stopped: \"[    "},
};

static size_t read_console(const char *name, char bytes[CONSOLE_MAX])
{
	char path[100];
	size_t len;
	FILE *file;

	snprintf(path, sizeof(path), "tests/unit/login/consoles/%s", name);
	file = fopen(path, "rb");
	if (!file)
		fail_msg("%s: cannot open it", path);
	len = fread(bytes, 1, CONSOLE_MAX, file);
	fclose(file);
	assert_in_range(len, 100, CONSOLE_MAX - 1);
	return len;
}

static void begin(struct login *login)
{
	static const uint8_t hello[] = "\300#serialtun\300";
	const struct login_config config = {
		.user = "root",
		.number = 42,
		.hello = hello,
		.hello_len = sizeof(hello) - 1,
		.hello_id = 7,
	};

	login_begin(login, &config, BEGIN_NS);
}

static void check_silent(const struct recording *recording,
			 const struct login *login, size_t at)
{
	if (login->out_len)
		fail_msg("%s: it types \"%.*s\" after %zu bytes",
			 recording->name, (int)login->out_len, login->out, at);
}

/* Let time pass in steps; nothing may be sent. */
static void wait_silent(const struct recording *recording, struct login *login,
			size_t at, uint64_t end_ns, uint64_t *now_ns)
{
	while (*now_ns < end_ns && login->state == LOGIN_GOES_ON) {
		*now_ns += 100 * NS_PER_MS;
		login_tick(login, *now_ns);
		check_silent(recording, login, at);
	}
}

static void check_end(const struct recording *recording, struct login *login,
		      size_t len, uint64_t now_ns)
{
	wait_silent(recording, login, len, now_ns + JUDGED_NS, &now_ns);
	if (login->state != recording->state)
		fail_msg("%s: state %d, not %d: %s", recording->name,
			 login->state, recording->state, login->text);
	assert_string_equal(login->news, recording->news);
	if (*recording->text)
		wait_silent(recording, login, len, BEGIN_NS + 200 * NS_PER_S,
			    &now_ns);
	else
		wait_silent(recording, login, len, now_ns + SILENT_NS, &now_ns);
	if (!strstr(login->text, recording->text))
		fail_msg("%s: \"%s\" lacks \"%s\"", recording->name,
			 login->text, recording->text);
	assert_null(strchr(login->text, '\n'));
	if (*recording->text)
		assert_int_equal(login->state, LOGIN_HAS_FAILED);
	else
		assert_int_equal(login->state, LOGIN_GOES_ON);
}

/* The console in pieces of a size, at 115200 baud. */
static void play(const struct recording *recording, const char *bytes,
		 size_t len, size_t at_once)
{
	struct login *login = malloc(sizeof(*login));
	uint64_t now_ns = BEGIN_NS;
	uint8_t *piece;
	size_t at;
	size_t n;

	assert_non_null(login);
	begin(login);
	for (at = 0; at < len; at += n) {
		n = len - at < at_once ? len - at : at_once;
		piece = testing_copy(bytes + at, n);
		now_ns += n * NS_PER_S / 11520;
		login_push(login, piece, n, now_ns);
		login_tick(login, now_ns);
		check_silent(recording, login, at + n);
		free(piece);
	}
	check_end(recording, login, len, now_ns);
	free(login);
}

static void test_console_in_pieces(void **state)
{
	static const size_t sizes[] = {1,  2,  3,   5,	 7,    11,
				       16, 64, 100, 999, 4096, CONSOLE_MAX};
	char bytes[CONSOLE_MAX];
	size_t len;
	size_t i;
	size_t j;

	(void)state;
	for (i = 0; i < TESTING_COUNT(recordings); i++) {
		len = read_console(recordings[i].name, bytes);
		for (j = 0; j < TESTING_COUNT(sizes); j++)
			play(&recordings[i], bytes, len, sizes[j]);
	}
}

/* In two pieces, cut at each byte, or at a few under valgrind. */
static void test_console_cut_anywhere(void **state)
{
	const size_t step = testing_has_own_malloc() ? 997 : 37;
	char bytes[CONSOLE_MAX];
	struct login *login = malloc(sizeof(*login));
	uint64_t now_ns;
	size_t len;
	size_t cut;
	size_t i;

	(void)state;
	assert_non_null(login);
	for (i = 0; i < TESTING_COUNT(recordings); i++) {
		len = read_console(recordings[i].name, bytes);
		for (cut = 1; cut < len; cut += step) {
			now_ns = BEGIN_NS + NS_PER_S;
			begin(login);
			login_push(login, (uint8_t *)bytes, cut, now_ns);
			login_tick(login, now_ns);
			login_push(login, (uint8_t *)bytes + cut, len - cut,
				   now_ns);
			check_end(&recordings[i], login, len, now_ns);
		}
	}
	free(login);
}

/* The console pauses at the end of each line, long enough for a prompt. */
static void test_console_pauses(void **state)
{
	char bytes[CONSOLE_MAX];
	struct login *login = malloc(sizeof(*login));
	uint64_t now_ns;
	size_t begin_at;
	size_t len;
	size_t at;
	size_t i;

	(void)state;
	assert_non_null(login);
	for (i = 0; i < TESTING_COUNT(recordings); i++) {
		len = read_console(recordings[i].name, bytes);
		now_ns = BEGIN_NS;
		begin(login);
		for (at = 0; at < len; at++) {
			begin_at = at;
			while (at < len - 1 && bytes[at] != '\n')
				at++;
			login_push(login, (uint8_t *)bytes + begin_at,
				   at + 1 - begin_at, now_ns);
			wait_silent(&recordings[i], login, at,
				    now_ns + JUDGED_NS, &now_ns);
		}
		check_end(&recordings[i], login, len, now_ns);
	}
	free(login);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_console_in_pieces),
		cmocka_unit_test(test_console_cut_anywhere),
		cmocka_unit_test(test_console_pauses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
