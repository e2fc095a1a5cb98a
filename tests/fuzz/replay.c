/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A fuzzer without a fuzzing engine: each file that is named on the command
 * line, or each of its corpus, is a unit test. So what was found once stays
 * found, with any compiler, and a new finding can be run in a debugger:
 *
 *   build/tests/fuzz/packet_fuzz build/fuzz/found/packet/crash-...
 */
#include "fuzz.h"

#include <err.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>

/* Inputs are no longer than libFuzzer makes them. */
#define REPLAY_INPUT_MAX 65536

static void replay(void **state)
{
	static uint8_t input[REPLAY_INPUT_MAX];
	const char *path = *state;
	FILE *file = fopen(path, "rb");
	uint8_t *copy;
	size_t len;

	assert_non_null(file);
	len = fread(input, 1, sizeof(input), file);
	assert_true(feof(file));
	fclose(file);
	copy = testing_copy(input, len);
	assert_int_equal(LLVMFuzzerTestOneInput(copy, len), 0);
	free(copy);
}

/* The corpus of packet_fuzz is tests/fuzz/corpus/packet. */
static void find_corpus(glob_t *corpus)
{
	char pattern[256];
	const char *name = program_invocation_short_name;

	snprintf(pattern, sizeof(pattern), "tests/fuzz/corpus/%.*s/*",
		 (int)strcspn(name, "_"), name);
	if (glob(pattern, 0, NULL, corpus))
		errx(1, "no corpus, %s: run this at the top of the source tree",
		     pattern);
}

int main(int argc, char **argv)
{
	glob_t corpus = {.gl_pathc = (size_t)argc - 1, .gl_pathv = argv + 1};
	struct CMUnitTest *tests;
	size_t i;
	int failed;

	if (argc < 2)
		find_corpus(&corpus);
	tests = calloc(corpus.gl_pathc, sizeof(*tests));
	if (!tests)
		err(1, "cannot replay %zu inputs", corpus.gl_pathc);
	for (i = 0; i < corpus.gl_pathc; i++)
		tests[i] = (struct CMUnitTest){
			.name = strrchr(corpus.gl_pathv[i], '/')
					? strrchr(corpus.gl_pathv[i], '/') + 1
					: corpus.gl_pathv[i],
			.test_func = replay,
			.initial_state = corpus.gl_pathv[i],
		};
	failed = _cmocka_run_group_tests(program_invocation_short_name, tests,
					 corpus.gl_pathc, NULL, NULL);
	free(tests);
	if (argc < 2)
		globfree(&corpus);
	return failed;
}
