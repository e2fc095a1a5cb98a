/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tell the meaning of a line on a console. A complete line is a message; the
 * line at the end, without a newline, is a prompt.
 *
 * The texts are those of the programs: agetty, login and PAM of util-linux and
 * shadow, getty, login and init of BusyBox, sulogin; U-Boot, barebox, GRUB, the
 * loaders of routers; and the kernel.
 *
 * Pure.
 */
#include "login/sight.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

static bool ends_with(const char *line, size_t len, const char *end)
{
	const size_t end_len = strlen(end);

	return len >= end_len &&
	       !strncasecmp(line + len - end_len, end, end_len);
}

static bool has(const char *line, const char *words)
{
	return strcasestr(line, words);
}

static bool has_any(const char *line, const char *const *words)
{
	for (; *words; words++)
		if (has(line, *words))
			return true;
	return false;
}

/* "[    1.234567] Linux", "[  OK  ] Started", "<6>usb 1-1" */
static bool is_kernel_line(const char *line)
{
	const char *end;

	if (*line == '[') {
		end = strchr(line, ']');
		if (!end)
			return false;
		line += 1 + strspn(line + 1, " *");
		return isdigit((unsigned char)*line) ||
		       !strncmp(line, "OK", 2) || !strncmp(line, "FAILED", 6) ||
		       !strncmp(line, "DEPEND", 6) || line >= end;
	}
	return *line == '<' && isdigit((unsigned char)line[1]) &&
	       (line[2] == '>' || line[3] == '>');
}

/**
 * sight_of_line() - the meaning of a complete line
 * @line: the line, without control characters
 *
 * Return: the meaning
 */
enum sight sight_of_line(const char *line)
{
	static const char *const countdowns[] = {"to stop autoboot",
						 "U-Boot ",
						 "U-Boot SPL",
						 "GNU GRUB",
						 "barebox 20",
						 "executed automatically in",
						 "Autoboot in",
						 "abort boot",
						 "Booting `",
						 "stop countdown",
						 "CFE version",
						 "RedBoot(tm)",
						 NULL};
	static const char *const panics[] = {"Kernel panic - not syncing",
					     "System halted", "Power down",
					     NULL};
	static const char *const refusals[] = {"Login incorrect",
					       "Authentication failure",
					       "Maximum number of tries",
					       "This account is", NULL};
	static const char *const expiries[] = {
		"required to change your password", "password has expired",
		"account has expired", NULL};

	if (has_any(line, panics))
		return SIGHT_PANIC;
	if (is_kernel_line(line) || has(line, "Linux version ") ||
	    has(line, "Starting kernel"))
		return SIGHT_KERNEL;
	if (has_any(line, countdowns))
		return SIGHT_COUNTDOWN;
	if (has_any(line, refusals))
		return SIGHT_INCORRECT;
	if (has_any(line, expiries))
		return SIGHT_EXPIRED;
	if (has(line, "press Enter to activate"))
		return SIGHT_ENTER;
	return SIGHT_NONE;
}

static bool is_loader(const char *line)
{
	static const char *const prompts[] = {
		"=>",	    "U-Boot>",	"uboot>", "grub>",    "minimal>",
		"rescue>",  "RedBoot>", "CFE>",	  "Marvell>", "barebox:/",
		"ath>",	    "ar7240>",	"IPQ>",	  "SF100>",   "MT7621 #",
		"RT3052 #", "Shell>",	NULL};
	const char *const *prompt;

	for (prompt = prompts; *prompt; prompt++)
		if (!strncasecmp(line, *prompt, strlen(*prompt)))
			return true;
	return has(line, "barebox@") || has(line, "grub rescue>");
}

/**
 * sight_of_prompt() - the meaning of an unfinished line
 * @line: the line, without control characters
 *
 * Return: the meaning
 */
enum sight sight_of_prompt(const char *line)
{
	static const char *const news[] = {"New password:", "New UNIX password",
					   "Current password:", "(current)",
					   NULL};
	size_t len = strlen(line);
	enum sight sight;

	while (len && line[len - 1] == ' ')
		len--;
	if (!len)
		return SIGHT_NONE;
	if (has(line, "press Enter to activate") ||
	    has(line, "press Enter for"))
		return SIGHT_ENTER;
	if (has_any(line, news))
		return SIGHT_EXPIRED;
	if (line[len - 1] == ':' || ends_with(line, len, "to continue):")) {
		if (has(line, "password") || has(line, "passphrase") ||
		    has(line, "control-d to continue"))
			return SIGHT_PASSWORD;
		if (ends_with(line, len, "login:") ||
		    ends_with(line, len, "username:"))
			return SIGHT_LOGIN;
	}
	if (is_loader(line))
		return SIGHT_LOADER;
	sight = sight_of_line(line);
	if (sight != SIGHT_NONE)
		return sight;
	if (strchr("#$%>", line[len - 1]))
		return SIGHT_SHELL;
	return SIGHT_NONE;
}
