/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parse single option values that are words of a list.
 *
 * The functions report another word with argp_error(), which ends the program.
 * In all of them @state is argp's state, and @arg is the value.
 */
#include "cli/keyword.h"
#include "framing/framing.h"
#include "pair/squeeze.h"
#include "text.h"

#include <argp.h>
#include <stdio.h>
#include <string.h>

/* Parse a keyword. Return: its index. */
static int parse_word(const struct argp_state *state, const char *option,
		      const char *arg, const char *const *words)
{
	char list[64] = "";
	int i;

	for (i = 0; words[i] && strcmp(arg, words[i]) != 0; i++)
		text_append(list, sizeof(list), "%s%s",
			    !i		   ? ""
			    : words[i + 1] ? ", "
					   : " or ",
			    words[i]);
	if (!words[i])
		argp_error(state, "%s: \"%s\" is not %s", option, arg, list);
	return i;
}

/**
 * keyword_parse_flow() - parse the value of --flow
 * @state: of argp
 * @arg:   the value
 *
 * Return: the flow control
 */
enum port_flow keyword_parse_flow(const struct argp_state *state,
				  const char *arg)
{
	static const char *const words[] = {
		[PORT_FLOW_NONE] = "none",
		[PORT_FLOW_RTSCTS] = "rtscts",
		[PORT_FLOW_XONXOFF] = "xonxoff",
		NULL,
	};

	return (enum port_flow)parse_word(state, "--flow", arg, words);
}

/**
 * keyword_parse_lead() - parse the value of --leading-end
 * @state: of argp
 * @arg:   the value
 *
 * Return: when to send an END in front of a frame
 */
enum framing_lead keyword_parse_lead(const struct argp_state *state,
				     const char *arg)
{
	static const char *const words[] = {
		[FRAMING_LEAD_ALWAYS] = "always",
		[FRAMING_LEAD_AUTO] = "auto",
		[FRAMING_LEAD_NEVER] = "never",
		NULL,
	};

	return (enum framing_lead)parse_word(state, "--leading-end", arg,
					     words);
}

/**
 * keyword_parse_vj() - parse the value of --vj
 * @state: of argp
 * @arg:   the value
 *
 * Return: when to compress TCP headers
 */
enum vj_mode keyword_parse_vj(const struct argp_state *state, const char *arg)
{
	static const char *const words[] = {
		[VJ_AUTO] = "auto",
		[VJ_ON] = "on",
		[VJ_OFF] = "off",
		NULL,
	};

	return (enum vj_mode)parse_word(state, "--vj", arg, words);
}

/**
 * keyword_parse_pair() - parse the value of --pair
 * @state: of argp
 * @arg:   the value
 *
 * Return: of enum hello_can; 0 for "no"
 */
unsigned int keyword_parse_pair(const struct argp_state *state, const char *arg)
{
	unsigned int parts = 0;
	unsigned int part;
	const char *at = arg;
	char word[16];
	size_t len;

	if (!strcmp(arg, "no"))
		return 0;
	for (;;) {
		len = strcspn(at, ",");
		snprintf(word, sizeof(word), "%.*s", (int)len, at);
		part = len < sizeof(word) ? hello_can_of(word) : 0;
		if (!(part & KEYWORD_PAIR_ALL))
			argp_error(state,
				   "--pair: \"%.*s\" is not a part of the "
				   "pairing (say no, or check, or "
				   "check,repeat,interrupt,zstd,speed)",
				   (int)len, at);
		if (part == HELLO_CAN_ZSTD && !squeeze_is_built_in())
			argp_error(state, "--pair: this serialtun was built "
					  "without libzstd, so it has no zstd "
					  "(leave the word out)");
		parts |= part;
		if (!at[len])
			return parts;
		at += len + 1;
	}
}

/**
 * keyword_parse_parity() - parse the value of --parity
 * @state: of argp
 * @arg:   the value
 *
 * Return: the parity
 */
enum port_parity keyword_parse_parity(const struct argp_state *state,
				      const char *arg)
{
	static const char *const words[] = {
		[PORT_PARITY_NONE] = "none",
		[PORT_PARITY_EVEN] = "even",
		[PORT_PARITY_ODD] = "odd",
		NULL,
	};

	return (enum port_parity)parse_word(state, "--parity", arg, words);
}

/**
 * keyword_parse_modem_line() - parse the value of --dtr or --rts
 * @state:  of argp
 * @option: for the message
 * @arg:    the value
 *
 * Return: the setting of the modem line
 */
enum port_modem_line keyword_parse_modem_line(const struct argp_state *state,
					      const char *option,
					      const char *arg)
{
	static const char *const words[] = {
		[PORT_MODEM_LINE_KEEP] = "keep",
		[PORT_MODEM_LINE_ON] = "on",
		[PORT_MODEM_LINE_OFF] = "off",
		NULL,
	};

	return (enum port_modem_line)parse_word(state, option, arg, words);
}

/**
 * keyword_parse_framing() - parse the value of --framing
 * @state: of argp
 * @arg:   the value
 *
 * Return: the framing
 */
const struct framing *keyword_parse_framing(const struct argp_state *state,
					    const char *arg)
{
	const struct framing *framing = framing_find(arg);
	char names[FRAMING_NAMES_MAX];

	if (!framing)
		argp_error(state, "--framing: \"%s\" is not %s", arg,
			   framing_names(names));
	return framing;
}

/**
 * keyword_parse_share() - parse the value of --share
 * @state: of argp
 * @arg:   the value, or NULL if there is none
 *
 * Return: what to share
 */
enum options_share keyword_parse_share(const struct argp_state *state,
				       const char *arg)
{
	static const char *const words[] = {"all", NULL};

	if (!arg)
		return OPTIONS_SHARE_INTERNET;
	parse_word(state, "--share", arg, words);
	return OPTIONS_SHARE_ALL;
}

/**
 * keyword_parse_list() - parse the value of --list
 * @state: of argp
 * @arg:   the value, or NULL if there is none
 *
 * Return: how to list the ports
 */
enum options_list keyword_parse_list(const struct argp_state *state,
				     const char *arg)
{
	static const char *const words[] = {"json", NULL};

	if (!arg)
		return OPTIONS_LIST_TABLE;
	parse_word(state, "--list", arg, words);
	return OPTIONS_LIST_JSON;
}
