/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of sight: lines of consoles, and what they mean.
 */
#include "../testing.h"
#include "login/sight.h"

struct line {
	const char *text;
	enum sight sight;
};

static const struct line prompts[] = {
	{"", SIGHT_NONE},
	{"   ", SIGHT_NONE},
	{"board login: ", SIGHT_LOGIN},
	{"board login:", SIGHT_LOGIN},
	{"(none) login: ", SIGHT_LOGIN},
	{"Username: ", SIGHT_LOGIN},
	{"Password: ", SIGHT_PASSWORD},
	{"root@board's password: ", SIGHT_PASSWORD},
	{"Give root password for login: ", SIGHT_PASSWORD},
	{"(or press Control-D to continue): ", SIGHT_PASSWORD},
	{"Please press Enter to activate this console. ", SIGHT_ENTER},
	{"Press Enter for maintenance", SIGHT_ENTER},
	{"Current password: ", SIGHT_EXPIRED},
	{"New password: ", SIGHT_EXPIRED},
	{"root@board:~# ", SIGHT_SHELL},
	{"$ ", SIGHT_SHELL},
	{"board% ", SIGHT_SHELL},
	{"BusyBox> ", SIGHT_SHELL},
	{"(initramfs) ", SIGHT_NONE},
	{"=> ", SIGHT_LOADER},
	{"U-Boot> ", SIGHT_LOADER},
	{"grub> ", SIGHT_LOADER},
	{"grub rescue> ", SIGHT_LOADER},
	{"barebox@board:/ ", SIGHT_LOADER},
	{"MT7621 # ", SIGHT_LOADER},
	{"Hit any key to stop autoboot:  3 ", SIGHT_COUNTDOWN},
	{"Last login: Sat Nov 28", SIGHT_NONE},
	{"[    1.23] usb: ", SIGHT_KERNEL},
};

static const struct line lines[] = {
	{"", SIGHT_NONE},
	{"Last login: Sat Nov 28 on ttyS0", SIGHT_NONE},
	{"[    0.000000] Linux version 6.1.0", SIGHT_KERNEL},
	{"[  OK  ] Started Getty on ttyS0.", SIGHT_KERNEL},
	{"[FAILED] Failed to start foo.", SIGHT_KERNEL},
	{"<6>usb 1-1: new device", SIGHT_KERNEL},
	{"[user] is no kernel", SIGHT_NONE},
	{"[", SIGHT_NONE},
	{"<", SIGHT_NONE},
	{"Starting kernel ...", SIGHT_KERNEL},
	{"[    9.9] Kernel panic - not syncing: no init", SIGHT_PANIC},
	{"[    9.9] reboot: System halted", SIGHT_PANIC},
	{"U-Boot 2023.01+dfsg-2", SIGHT_COUNTDOWN},
	{"U-Boot SPL 2020.07", SIGHT_COUNTDOWN},
	{"GNU GRUB  version 2.06", SIGHT_COUNTDOWN},
	{"The highlighted entry will be executed automatically in 5s.",
	 SIGHT_COUNTDOWN},
	{"Login incorrect", SIGHT_INCORRECT},
	{"login: Authentication failure", SIGHT_INCORRECT},
	{"Your password has expired. Choose a new password.", SIGHT_EXPIRED},
};

static void test_sight_of_prompts(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(prompts); i++)
		if (sight_of_prompt(prompts[i].text) != prompts[i].sight)
			fail_msg("\"%s\": %d, not %d", prompts[i].text,
				 sight_of_prompt(prompts[i].text),
				 prompts[i].sight);
}

static void test_sight_of_lines(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(lines); i++)
		if (sight_of_line(lines[i].text) != lines[i].sight)
			fail_msg("\"%s\": %d, not %d", lines[i].text,
				 sight_of_line(lines[i].text), lines[i].sight);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sight_of_prompts),
		cmocka_unit_test(test_sight_of_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
