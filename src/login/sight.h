/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SIGHT_H
#define SERIALTUN_SIGHT_H

/**
 * enum sight - the meaning of a line that a console prints
 * @SIGHT_NONE:      text
 * @SIGHT_LOGIN:     a login asks for the name of a user
 * @SIGHT_PASSWORD:  a login asks for a password
 * @SIGHT_ENTER:     the console wants the Enter key
 * @SIGHT_SHELL:     it looks like the prompt of a shell
 * @SIGHT_LOADER:    the prompt of a boot loader
 * @SIGHT_COUNTDOWN: the banner or countdown of a boot loader, which any byte
 *                   may stop
 * @SIGHT_KERNEL:    a message of the kernel or of the start of the system
 * @SIGHT_PANIC:     the kernel has stopped
 * @SIGHT_INCORRECT: the login refuses the user or the password
 * @SIGHT_EXPIRED:   the login wants a new password
 */
enum sight {
	SIGHT_NONE,
	SIGHT_LOGIN,
	SIGHT_PASSWORD,
	SIGHT_ENTER,
	SIGHT_SHELL,
	SIGHT_LOADER,
	SIGHT_COUNTDOWN,
	SIGHT_KERNEL,
	SIGHT_PANIC,
	SIGHT_INCORRECT,
	SIGHT_EXPIRED,
};

enum sight sight_of_line(const char *line);
enum sight sight_of_prompt(const char *line);

#endif
