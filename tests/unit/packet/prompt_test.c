/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of prompt: which texts wait for a command.
 */
#include "../testing.h"
#include "packet/prompt.h"

static const char *const prompts[] = {
	"\r\nDebian GNU/Linux 12 board ttyS0\r\n\r\nboard login: ",
	"board login: ",
	"Password: ",
	"Last login: today\r\nroot@board:~# ",
	"# ",
	"/ # ",
	"$ ",
	"\033[01;32muser@board\033[00m:\033[01;34m~\033[00m$ ",
	"[root@board ~]# ",
};

static const char *const others[] = {
	"",
	"[    0.000000] Booting Linux\r\n",
	"U-Boot 2023.01\r\n=> ",
	"Hit any key to stop autoboot:  3 ",
	"> ",
	"Contiki-NG started\n",
	"board login: \r\n",
	"root@board:~# serialtun --port /dev/ttyS0\r\n",
	"E\001\300 # \300# x",
	"\300# ",
};

static void test_prompt_is_recognized(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(prompts); i++)
		if (!prompt_ends((const uint8_t *)prompts[i],
				 strlen(prompts[i])))
			fail_msg("no prompt: \"%s\"", prompts[i]);
}

static void test_prompt_is_not_everything(void **state)
{
	char text[400];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(others); i++)
		if (prompt_ends((const uint8_t *)others[i], strlen(others[i])))
			fail_msg("a prompt: \"%s\"", others[i]);
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 2] = '#';
	text[sizeof(text) - 1] = ' ';
	assert_false(prompt_ends((const uint8_t *)text, sizeof(text)));
	assert_true(prompt_ends((const uint8_t *)text + 300, 100));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prompt_is_recognized),
		cmocka_unit_test(test_prompt_is_not_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
