/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Common functions of the fuzzers. Each fuzzer is one function that takes bytes
 * and asserts, as a unit test does, properties that hold for all bytes. clang's
 * libFuzzer calls the function with bytes that reach ever more of the code;
 * replay.c calls it with the corpus, the inputs found before.
 *
 * A fuzzer reads the bytes from the front, as a script of its actions.
 */
#ifndef SERIALTUN_FUZZ_H
#define SERIALTUN_FUZZ_H

#include "../unit/testing.h"

/**
 * struct fuzz_script - a script of actions
 * @bytes: the remaining bytes
 * @len:    how many
 */
struct fuzz_script {
	const uint8_t *bytes;
	size_t len;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/**
 * fuzz_take() - take bytes from the script
 * @script: the script
 * @len:    how many to take; set to the number taken
 *
 * Return: the bytes
 */
static inline const uint8_t *fuzz_take(struct fuzz_script *script, size_t *len)
{
	const uint8_t *bytes = script->bytes;

	if (*len > script->len)
		*len = script->len;
	script->bytes += *len;
	script->len -= *len;
	return bytes;
}

/**
 * fuzz_number() - take a number from the script
 * @script: the script
 * @width:  its bytes, at most 8; those behind the end are 0
 *
 * Return: the number, its first byte being the lowest
 */
static inline uint64_t fuzz_number(struct fuzz_script *script, size_t width)
{
	const uint8_t *bytes = fuzz_take(script, &width);
	uint64_t number = 0;

	while (width--)
		number = number << 8 | bytes[width];
	return number;
}

#define FUZZ_RUN_BIT  0xC0
#define FUZZ_RUN_STEP 1041

/**
 * fuzz_stream() - take a stream from the script, in chunks
 * @script: the script; each chunk begins with its length, up to
 *          FUZZ_RUN_BIT - 1, and the bytes; or with FUZZ_RUN_BIT and a share of
 *          some 64 kB, and the byte of which it consists, so that short scripts
 *          make long frames
 * @max:    no further chunk after so many bytes
 * @feed:   gets each chunk
 */
static inline void fuzz_stream(struct fuzz_script *script, size_t max,
			       void (*feed)(const uint8_t *bytes, size_t len))
{
	static uint8_t run[(0xFF - FUZZ_RUN_BIT + 1) * FUZZ_RUN_STEP];
	const uint8_t *bytes;
	size_t fed = 0;
	size_t len;

	for (; script->len && fed < max; fed += len) {
		len = (size_t)fuzz_number(script, 1);
		if (len < FUZZ_RUN_BIT) {
			bytes = fuzz_take(script, &len);
			feed(bytes, len);
		} else {
			len = (len - FUZZ_RUN_BIT + 1) * FUZZ_RUN_STEP;
			memset(run, (int)fuzz_number(script, 1), len);
			feed(run, len);
		}
	}
}

/**
 * fuzz_string() - make a string of bytes
 * @bytes: the bytes; it ends at the first '\0' among them
 * @len:    how many
 *
 * Return: the string, in memory that is not a byte too long, to be freed
 */
static inline char *fuzz_string(const uint8_t *bytes, size_t len)
{
	char *string = strndup((const char *)bytes, len);

	assert_non_null(string);
	return string;
}

#endif
