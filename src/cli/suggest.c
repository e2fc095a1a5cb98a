/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Guess the meaning of a wrong word on the command line: an option of a similar
 * name, or a value without its option.
 */
#include "cli/suggest.h"
#include "interface/addr.h"
#include "line/source.h"

#include <limits.h>
#include <string.h>

/* Other programs' names for our options, without the dashes. */
static const struct {
	const char *word;
	const char *name;
} synonyms[] = {
	{"device", "port"}, {"gateway", "route"},  {"ip", "addr"},
	{"line", "port"},   {"name", "interface"}, {"rate", "baud"},
	{"remote", "peer"}, {"serial", "port"},	   {"speed", "baud"},
	{"tty", "port"},
};

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/**
 * suggest_distance() - measure how much two words differ
 * @word: the word that the user typed
 * @name: the name that the user may have meant
 *
 * An extra, missing or wrong character and two swapped characters cost 1 each
 * (optimal string alignment). A tail of @word behind @name costs 1, however
 * long it is, so that "baudrate" is near "baud", and "address" near "addr".
 *
 * Return: the distance; UINT_MAX if a word has more than SUGGEST_WORD_MAX bytes
 */
unsigned int suggest_distance(const char *word, const char *name)
{
	/* d[i][j] compares the first i characters of word with j of name. */
	unsigned int d[SUGGEST_WORD_MAX + 1][SUGGEST_WORD_MAX + 1];
	const size_t word_len = strlen(word);
	const size_t name_len = strlen(name);
	unsigned int distance;
	size_t i;
	size_t j;

	if (word_len > SUGGEST_WORD_MAX || name_len > SUGGEST_WORD_MAX)
		return UINT_MAX;
	for (i = 0; i <= word_len; i++) {
		for (j = 0; j <= name_len; j++) {
			if (!i || !j) {
				d[i][j] = (unsigned int)(i + j);
				continue;
			}
			d[i][j] =
				d[i - 1][j - 1] + (word[i - 1] != name[j - 1]);
			d[i][j] = least(d[i][j], d[i - 1][j] + 1);
			d[i][j] = least(d[i][j], d[i][j - 1] + 1);
			if (i > 1 && j > 1 && word[i - 1] == name[j - 2] &&
			    word[i - 2] == name[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	distance = d[word_len][name_len];
	for (i = 0; i < word_len; i++)
		distance = least(distance, d[i][name_len] + 1);
	return distance;
}

/**
 * suggest_translate() - find our name for an option of another program
 * @word: the other program's name
 *
 * Return: our name for it, constant; @word itself if the table lacks @word
 */
const char *suggest_translate(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(synonyms) / sizeof(*synonyms); i++)
		if (!strcmp(word, synonyms[i].word))
			return synonyms[i].name;
	return word;
}

/**
 * suggest_is_near() - may a user have mistyped this name?
 * @distance: suggest_distance() between the word and the name
 * @name:     the name
 *
 * Return: true if at least half of the name is right
 */
bool suggest_is_near(unsigned int distance, const char *name)
{
	const unsigned int far = (unsigned int)strlen(name) / 2;

	return distance <= least(far, 3);
}

/*
 * Does a word look like the name of a port? It may be an absolute path, the
 * name of a tty, "auto" or "-", or have the prefix of a kind of line.
 */
static bool is_port(const char *word)
{
	return *word == '/' || !strncmp(word, "tty", strlen("tty")) ||
	       !strcmp(word, "auto") || !strcmp(word, "-") ||
	       (*word != '-' && *source_kind_of(word)->prefix);
}

/**
 * suggest_option() - find the option that is missing in front of a value
 * @word: the value
 *
 * Other programs take the port, its speed and an address without an option. The
 * port need not exist.
 *
 * Return: the name of the option, constant; NULL if none comes to mind
 */
const char *suggest_option(const char *word)
{
	struct addr addr;

	if (is_port(word))
		return "port";
	if (*word && !word[strspn(word, "0123456789")])
		return "baud";
	return addr_parse(&addr, word) == ADDR_OK ? "addr" : NULL;
}
