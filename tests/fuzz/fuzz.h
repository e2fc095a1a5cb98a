/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the fuzzers have in common. Each is one function that takes octets and
 * asserts, as a unit test does, what must hold whatever they are. clang's
 * libFuzzer calls it with octets that reach ever more of the code; replay.c
 * calls it with those that were found once, the corpus.
 *
 * The octets are taken one by one, from the front, as a script of what to do.
 */
#ifndef SERIALTUN_FUZZ_H
#define SERIALTUN_FUZZ_H

#include "../testing.h"

/**
 * struct fuzz_script - octets that say what to do
 * @octets: what is left of them
 * @len:    how many
 */
struct fuzz_script {
	const uint8_t *octets;
	size_t len;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/**
 * fuzz_take() - take octets from the script
 * @script: the script
 * @len:    how many are wanted; set to how many there are
 *
 * Return: the octets
 */
static inline const uint8_t *fuzz_take(struct fuzz_script *script, size_t *len)
{
	const uint8_t *octets = script->octets;

	if (*len > script->len)
		*len = script->len;
	script->octets += *len;
	script->len -= *len;
	return octets;
}

/**
 * fuzz_number() - take a number from the script
 * @script: the script
 * @width:  its octets, at most 8; those behind the end are 0
 *
 * Return: the number, its first octet being the lowest
 */
static inline uint64_t fuzz_number(struct fuzz_script *script, size_t width)
{
	const uint8_t *octets = fuzz_take(script, &width);
	uint64_t number = 0;

	while (width--)
		number = number << 8 | octets[width];
	return number;
}

/**
 * fuzz_string() - make a string of octets
 * @octets: the octets; it ends at the first '\0' among them
 * @len:    how many
 *
 * Return: the string, in memory that is not an octet too long, to be freed
 */
static inline char *fuzz_string(const uint8_t *octets, size_t len)
{
	char *string = strndup((const char *)octets, len);

	assert_non_null(string);
	return string;
}

#endif
