/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Propose an option in place of one that does not exist.
 *
 * argp's own message proposes no other name, and cannot be changed. So
 * getopt_long() looks for such an option before argp reads the command line,
 * with the same table. argp reports all other mistakes.
 */
#include "cli/unknown_option.h"
#include "cli/suggest.h"
#include "text.h"

#include <argp.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A letter and two colons for each option, as getopt(3) takes them. */
#define LETTERS_MAX (3 * UCHAR_MAX + 1)

/* The end of a table is all zero; headings have no name. */
static bool is_end(const struct argp_option *option)
{
	return !option->name && !option->key && !option->doc && !option->group;
}

/*
 * Find the option whose name is nearest to a word. Return: NULL if no name is
 * near, or if names begin with the word, because getopt_long() lists those.
 */
static const char *find_near(const struct argp_option *options,
			     const char *word)
{
	const size_t len = strlen(word);
	const char *wanted = suggest_translate(word);
	const char *nearest = NULL;
	unsigned int least = UINT_MAX;
	unsigned int distance;

	for (; !is_end(options); options++) {
		if (!options->name)
			continue;
		if (!strncmp(options->name, word, len))
			return NULL;
		distance = suggest_distance(wanted, options->name);
		if (distance < least &&
		    suggest_is_near(distance, options->name)) {
			least = distance;
			nearest = options->name;
		}
	}
	return nearest;
}

/* Does not return if there is a name to propose. */
static void refuse(struct argp_state *state, const char *arg)
{
	const size_t len = strcspn(arg, "=");
	const char *near;
	char *word;

	if (strncmp(arg, "--", strlen("--")) != 0 || len <= strlen("--"))
		return;
	word = strndup(arg + strlen("--"), len - strlen("--"));
	near = word ? find_near(state->root_argp->options, word) : NULL;
	free(word);
	if (!near)
		return;
	/* argp sets the name later, but argp_error() prints it. */
	state->name = strrchr(state->argv[0], '/');
	state->name = state->name ? state->name + 1 : state->argv[0];
	argp_error(state, "unrecognized option '%.*s' (did you mean --%s?)",
		   (int)len, arg, near);
}

/* The table as getopt_long() takes it. Return: NULL if there is no memory. */
static struct option *make_names(const struct argp_option *options,
				 char letters[LETTERS_MAX])
{
	struct option *names;
	struct option *name;
	size_t count = 0;

	while (!is_end(&options[count]))
		count++;
	names = calloc(count + 1, sizeof(*names));
	*letters = '\0';
	for (name = names; name && !is_end(options); options++) {
		const bool optional = options->flags & OPTION_ARG_OPTIONAL;

		if (!options->name)
			continue;
		name->name = options->name;
		name->val = options->key;
		name->has_arg = !options->arg ? no_argument
				: optional    ? optional_argument
					      : required_argument;
		if (options->key <= UCHAR_MAX)
			text_append(letters, LETTERS_MAX, "%c%.*s",
				    options->key, name->has_arg, "::");
		name++;
	}
	return names;
}

/**
 * unknown_option_refuse() - refuse a long option that is nearly one of ours
 * @state: argp's, at ARGP_KEY_INIT
 *
 * If there is one on the command line, and a name to propose for it, this ends
 * the program by argp_error().
 */
void unknown_option_refuse(struct argp_state *state)
{
	char letters[LETTERS_MAX];
	struct option *names = make_names(state->root_argp->options, letters);
	char **args = calloc((size_t)state->argc + 1, sizeof(*args));
	const char *wrong = NULL;
	int key = -1;

	if (names && args) {
		/* getopt_long() reorders the arguments. */
		memcpy(args, state->argv, (size_t)state->argc * sizeof(*args));
		optind = 0;
		opterr = 0;
		do
			key = getopt_long(state->argc, args, letters, names,
					  NULL);
		while (key != -1 && key != '?');
		/* optopt is set if the letter or the value is wrong. */
		if (key == '?' && !optopt)
			wrong = args[optind - 1];
	}
	free(args);
	free(names);
	if (wrong)
		refuse(state, wrong);
}
