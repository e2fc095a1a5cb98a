/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of hatch: which bytes and pauses give a console back.
 */
#include "../testing.h"
#include "clock.h"
#include "line/hatch.h"

#include <stdio.h>

/* Bytes that come @wait_ms after the step before, in one piece. */
struct step {
	unsigned int wait_ms;
	const char *bytes;
};

static const struct {
	const char *name;
	struct step steps[4];
	bool opens;
} cases[] = {
	{"five", {{1000, "\3\3\3\3\3"}}, true},
	{"five, typed", {{1000, "\3\3"}, {900, "\3"}, {900, "\3\3"}}, true},
	{"four", {{1000, "\3\3\3\3"}}, false},
	{"six", {{1000, "\3\3\3\3\3\3"}}, false},
	{"too early", {{999, "\3\3\3\3\3"}}, false},
	{"a key behind them", {{1000, "\3\3\3\3\3"}, {999, "x"}}, false},
	{"a key before them", {{1000, "x\3\3\3\3\3"}}, false},
	{"a pause between them", {{1000, "\3\3\3"}, {1000, "\3\3"}}, false},
	{"after text", {{0, "hello\r\n\33[A\177"}, {1000, "\3\3\3\3\3"}}, true},
	{"after a frame", {{0, "\300E\1\300"}, {1000, "\3\3\3\3\3"}}, true},
	{"in a frame", {{0, "\300E\1"}, {1000, "\3\3\3\3\3"}}, false},
	{"at the end of a frame",
	 {{0, "\300E\1"}, {1000, "\3\3\3\3\3\300"}},
	 false},
	{"once more", {{1000, "\3\3\3\3\3x"}, {1000, "\3\3\3\3\3"}}, true},
};

static uint64_t play(const struct step *steps, size_t at_once, uint64_t *now_ns)
{
	struct hatch hatch;
	const uint8_t *bytes;
	size_t len;
	size_t n;
	int i;

	*now_ns = 5;
	hatch_init(&hatch, *now_ns);
	for (i = 0; i < 4 && steps[i].bytes; i++) {
		*now_ns += steps[i].wait_ms * NS_PER_MS;
		bytes = (const uint8_t *)steps[i].bytes;
		for (len = strlen(steps[i].bytes); len; len -= n, bytes += n) {
			n = len < at_once ? len : at_once;
			hatch_push(&hatch, bytes, n, *now_ns);
		}
	}
	return hatch_open_ns(&hatch);
}

static void test_hatch_opens(void **state)
{
	uint64_t now_ns;
	uint64_t open_ns;
	size_t at_once;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(cases); i++)
		for (at_once = 1; at_once < 8; at_once++) {
			open_ns = play(cases[i].steps, at_once, &now_ns);
			if ((open_ns != UINT64_MAX) != cases[i].opens)
				fail_msg("%s, %zu at once", cases[i].name,
					 at_once);
			if (cases[i].opens)
				assert_int_equal(open_ns, now_ns + NS_PER_S);
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hatch_opens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
