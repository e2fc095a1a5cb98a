/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of suggest: how far words are from each other, and what a port is.
 */
#include "../testing.h"
#include "cli/suggest.h"

#include <limits.h>

static const struct {
	const char *word;
	const char *name;
	unsigned int distance;
	bool near;
} pairs[] = {
	{"baud", "baud", 0, true},
	{"", "baud", 4, false},
	{"", "", 0, true},

	/* one mistake of each kind, in each place */
	{"bud", "baud", 1, true},
	{"baaud", "baud", 1, true},
	{"bqud", "baud", 1, true},
	{"badu", "baud", 1, true},
	{"abud", "baud", 1, true},
	{"aud", "baud", 1, true},
	{"bau", "baud", 1, true},

	/* a tail costs 1, however long it is */
	{"bauds", "baud", 1, true},
	{"baudrate", "baud", 1, true},
	{"baudrates", "baud", 1, true},
	{"budrate", "baud", 2, true},
	{"adrxyz", "addr", 2, true},
	/* but only behind the name, not in front of it or in it */
	{"mybaud", "baud", 2, true},
	{"linebaud", "baud", 4, false},
	{"keep", "keepalive", 5, false},

	/* shorter names allow fewer mistakes */
	{"tpa", "tap", 1, true},
	{"top", "tap", 1, true},
	{"mpa", "tap", 2, false},
	{"interfae", "interface", 1, true},
	{"intrfcae", "interface", 2, true},
	{"inerfaze", "interface", 2, true},
	{"inderfaze", "interface", 2, true},
	{"enderfazed", "interface", 4, false},
	{"nonsense", "once", 3, false},

	{"12345678901234567890123456789012", "12345678901234567890123456789012",
	 0, true},
	{"123456789012345678901234567890123", "baud", UINT_MAX, false},
	{"baud", "123456789012345678901234567890123", UINT_MAX, false},
};

static void test_suggest_distance(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(pairs); i++) {
		unsigned int distance =
			suggest_distance(pairs[i].word, pairs[i].name);

		if (distance != pairs[i].distance ||
		    suggest_is_near(distance, pairs[i].name) != pairs[i].near)
			fail_msg("\"%s\" and \"%s\": %u", pairs[i].word,
				 pairs[i].name, distance);
	}
}

static void test_suggest_translate(void **state)
{
	static const char word[] = "bud";

	(void)state;
	assert_string_equal(suggest_translate("speed"), "baud");
	assert_string_equal(suggest_translate("device"), "port");
	assert_ptr_equal(suggest_translate(word), word);
}

static const struct {
	const char *word;
	const char *option;
} values[] = {
	{"/dev/ttyUSB0", "port"},
	{"/dev/serial/by-id/usb-FTDI-if00", "port"},
	{"/tmp/pty-of-a-vm", "port"},
	{"ttyUSB0", "port"},
	{"tcp:board:5000", "port"},
	{"tcp-listen:5000", "port"},
	{"unix:socket", "port"},
	{"udp:board:5000,5001", "port"},
	{"pty:", "port"},
	{"auto", "port"},
	{"-", "port"},
	{"9600", "baud"},
	{"115200", "baud"},
	{"10.0.0.1", "addr"},
	{"10.0.0.1/24", "addr"},
	{"fd00::1/64", "addr"},
	{"", NULL},
	{"10.0.0.1/33", NULL},
	{"10.0.0", NULL},
	{"115200n8", NULL},
	{"--verbose", NULL},
	{"-v", NULL},
	{"eth0", NULL},
	{"nothing:5000", NULL},
	{"tun0", NULL},
};

static void test_suggest_option(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(values); i++) {
		const char *option = suggest_option(values[i].word);

		if (!option != !values[i].option ||
		    (option && strcmp(option, values[i].option) != 0))
			fail_msg("\"%s\": %s", values[i].word,
				 option ? option : "none");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suggest_distance),
		cmocka_unit_test(test_suggest_translate),
		cmocka_unit_test(test_suggest_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
