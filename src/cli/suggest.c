/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Guesses at a word that is wrong: the user probably meant the option of a
 * similar name, or a port, and left --port out.
 */
#include "cli/suggest.h"
#include "line/source.h"

#include <limits.h>
#include <string.h>

/* Names that other programs have for our options, without the dashes. */
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
 * suggest_distance() - how much two words differ
 * @word: the word that was typed
 * @name: the name that may have been meant
 *
 * A character too many, one too few, a wrong one, and two in the wrong order
 * cost 1 each (optimal string alignment). A tail of @word behind @name costs 1,
 * however long it is, so that "baudrate" is near "baud", and "address" "addr".
 *
 * Return: the distance, UINT_MAX if a word is too long to be compared
 */
unsigned int suggest_distance(const char *word, const char *name)
{
	/* The distance of the first i characters from the first j. */
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
 * @word: the name that the other program has
 *
 * Return: our name for it, constant; @word itself if it is none of those
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
 * suggest_is_near() - may a word have meant this name?
 * @distance: of the two
 * @name:     the name
 *
 * Return: true if at least half of the name is as it should be
 */
bool suggest_is_near(unsigned int distance, const char *name)
{
	const unsigned int far = (unsigned int)strlen(name) / 2;

	return distance <= least(far, 3);
}

/**
 * suggest_is_port() - does a word look like the name of a port?
 * @word: the word
 *
 * Whether there is such a port is not looked at.
 *
 * Return: true if it is an absolute path, the name of a tty, "auto" or "-", or
 * begins as another kind of line does
 */
bool suggest_is_port(const char *word)
{
	return *word == '/' || !strncmp(word, "tty", strlen("tty")) ||
	       !strcmp(word, "auto") || !strcmp(word, "-") ||
	       (*word != '-' && *source_kind_of(word)->prefix);
}
