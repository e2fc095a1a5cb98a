/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of chatter: the text of a board, and the answers to its questions. */
#include "../testing.h"
#include "pump/chatter.h"

#define S UINT64_C(1000000000)

static struct chatter chatter;
static char text[CHATTER_TEXT_MAX];
static uint64_t lost;

static int begin(void **state)
{
	(void)state;
	chatter_init(&chatter, NULL);
	return 0;
}

static enum board_kind hear(const char *frame)
{
	enum board_kind kind;

	chatter_hear_lines(&chatter, (const uint8_t *)frame, strlen(frame));
	kind = chatter_hear(&chatter, (const uint8_t *)frame, strlen(frame),
			    true);
	chatter_end_frame(&chatter);
	return kind;
}

static void expect_line(const char *wanted)
{
	assert_true(chatter_take_line(&chatter, text, &lost, 100 * S));
	assert_string_equal(text, wanted);
}

static void expect_none(void)
{
	assert_false(chatter_take_line(&chatter, text, &lost, 100 * S));
}

static void test_chatter_lines(void **state)
{
	(void)state;
	assert_int_equal(hear("\rone\n"), BOARD_LINE);
	assert_int_equal(hear("two\r\nthree"), BOARD_TEXT);
	assert_int_equal(hear("\x01\x02"), BOARD_NONE);
	expect_line("one");
	expect_line("two");
	expect_line("three");
	assert_int_equal(lost, 0);
	expect_none();
}

/* RIOT writes a line of its console in several frames. */
static void test_chatter_joins_pieces(void **state)
{
	(void)state;
	assert_int_equal(hear("\n> "), BOARD_CONSOLE);
	assert_true(chatter.is_board);
	expect_none();
	hear("\nhelp\r\nCom");
	hear("\nmand\n");
	expect_line("> help");
	expect_line("Command");
	expect_none();
}

static void test_chatter_escapes(void **state)
{
	(void)state;
	hear("\r\033[2J\a\tgr\xC3\xBCn \xC2\x9B \xFF %s \\\n");
	expect_line("\\x1b[2J\\x07\\x09gr\xC3\xBCn \\xc2\\x9b \\xff %s \\");
}

/* The longest line, each byte of which is escaped, and what is behind it. */
static void test_chatter_cuts_long_lines(void **state)
{
	char line[CHATTER_LINE_MAX + 10];

	(void)state;
	memset(line, '\033', sizeof(line));
	*line = '\r';
	line[sizeof(line) - 1] = '\0';
	hear(line);
	assert_true(chatter_take_line(&chatter, text, &lost, 100 * S));
	assert_int_equal(strlen(text), 4 * CHATTER_LINE_MAX);
	assert_true(chatter_take_line(&chatter, text, &lost, 100 * S));
	assert_int_equal(strlen(text), 4 * 8);
	expect_none();
}

static void test_chatter_counts_what_is_too_much(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < CHATTER_LINES + 5; i++)
		hear("\rline\n");
	for (i = 0; i < CHATTER_LINES; i++) {
		expect_line("line");
		assert_int_equal(lost, i < CHATTER_LINES - 1 ? 0 : 5);
	}
	expect_none();
	hear("\rline\n");
	expect_line("line");
	assert_int_equal(lost, 0);
}

static void test_chatter_takes_its_time(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < CHATTER_LINES_PER_S; i++) {
		hear("\rline\n");
		expect_line("line");
	}
	hear("\rline\n");
	expect_none();
	assert_false(chatter_take_line(&chatter, text, &lost, 101 * S - 1));
	assert_true(chatter_take_line(&chatter, text, &lost, 101 * S));
}

/* Text without an END is taken once, and a frame that is none is not. */
static void test_chatter_unfinished(void **state)
{
	static const char bytes[] = "one\ntwo\n\x45\x01\x02";
	const uint8_t *at = (const uint8_t *)bytes;

	(void)state;
	chatter_hear_lines(&chatter, at, 2);
	assert_int_equal(chatter.shown, 0);
	chatter_hear_lines(&chatter, at, 5);
	assert_int_equal(chatter.shown, 4);
	expect_line("one");
	chatter_hear_lines(&chatter, at, 9);
	assert_int_equal(chatter.shown, 8);
	expect_line("two");
	chatter_hear_lines(&chatter, at, 11);
	assert_int_equal(chatter.shown, 8);
	assert_int_equal(chatter_hear(&chatter, at, 11, true), BOARD_NONE);
	chatter_end_frame(&chatter);
	expect_none();
	chatter_hear_lines(&chatter, at, 5);
	assert_int_equal(chatter.shown, 4);
	expect_line("one");
	assert_int_equal(chatter_hear(&chatter, at, 8, true), BOARD_TEXT);
	expect_line("two");
	expect_none();
}

/* A packet may begin as a short line does. */
static void test_chatter_knows_no_packet(void **state)
{
	static const uint8_t packet[] = {0x60, 0x0A, 0x20, 0x20, 0x00, 0x08};
	static const uint8_t lines[] = "one\ntwo\n`\n  \x05";

	(void)state;
	chatter_hear_unfinished(&chatter, packet, sizeof(packet));
	assert_int_equal(chatter.shown, 0);
	chatter_hear_unfinished(&chatter, lines, 7);
	assert_int_equal(chatter.shown, 0);
	chatter_hear_unfinished(&chatter, lines, 8);
	assert_int_equal(chatter.shown, 8);
	chatter_hear_unfinished(&chatter, lines, sizeof(lines) - 1);
	assert_int_equal(chatter.shown, 8);
	expect_line("one");
	expect_line("two");
	expect_none();
}

/* The decoder may give a frame up whose lines were taken already. */
static void test_chatter_shorter_than_what_was_shown(void **state)
{
	static const char bytes[] = "\rone\ntwo\n";
	static const char next[] = "\rthree";
	const uint8_t *frame = (const uint8_t *)next;

	(void)state;
	chatter_hear_lines(&chatter, (const uint8_t *)bytes, 9);
	assert_int_equal(chatter.shown, 9);
	expect_line("one");
	expect_line("two");
	assert_true(chatter_lines_len(&chatter, frame, 6) <= 6);
	chatter_hear_lines(&chatter, frame, 6);
	assert_int_equal(chatter_hear(&chatter, frame, 6, true), BOARD_LINE);
	expect_line("three");
	expect_none();
}

static void test_chatter_recognises_a_board(void **state)
{
	(void)state;
	hear("Starting up");
	assert_false(chatter.is_board);
	expect_line("Starting up");
	assert_int_equal(chatter_hear(&chatter, (const uint8_t *)"log in: \n",
				      9, false),
			 BOARD_UNSURE);
	expect_none();
	hear("\rok\n");
	assert_true(chatter.is_board);
	chatter_reset(&chatter);
	assert_false(chatter.is_board);
}

static void test_chatter_answers_once(void **state)
{
	static const uint8_t prefix[BOARD_PREFIX_LEN] = {0xFD};
	uint8_t answer[CHATTER_FRAME_MAX];

	(void)state;
	chatter_init(&chatter, prefix);
	assert_int_equal(chatter_take_frame(&chatter, answer), 0);
	hear("?P");
	hear("?P");
	assert_true(chatter.has_asked);
	assert_int_equal(chatter_take_frame(&chatter, answer),
			 BOARD_ANSWER_LEN);
	assert_memory_equal(answer, "!P\xFD\0", 4);
	assert_int_equal(chatter_take_frame(&chatter, answer), 0);
	hear("?P");
	chatter_reset(&chatter);
	assert_int_equal(chatter_take_frame(&chatter, answer), 0);
}

static void test_chatter_has_no_prefix(void **state)
{
	uint8_t answer[CHATTER_FRAME_MAX];

	(void)state;
	hear("?P");
	assert_true(chatter.has_asked);
	assert_int_equal(chatter_take_frame(&chatter, answer), 0);
}

static void test_chatter_takes_mac(void **state)
{
	uint8_t mac[BOARD_MAC_LEN] = {0};

	(void)state;
	assert_false(chatter_take_mac(&chatter, mac));
	hear("!M0212740200020202");
	assert_true(chatter_take_mac(&chatter, mac));
	assert_int_equal(mac[0], 0x74);
	assert_false(chatter_take_mac(&chatter, mac));
}

static void expect_output(const char *wanted)
{
	const uint8_t *output;
	size_t len = chatter_output(&chatter, &output);

	assert_int_equal(len, strlen(wanted));
	assert_memory_equal(output, wanted, len);
}

/* With a terminal the console is not printed; any bytes are its output. */
static void test_chatter_console(void **state)
{
	(void)state;
	chatter_begin_console(&chatter);
	assert_int_equal(hear("\n> ps\r\n"), BOARD_CONSOLE);
	assert_int_equal(hear("\n\x01\xFF"), BOARD_CONSOLE);
	expect_none();
	expect_output("> ps\r\n\x01\xFF");
	chatter_drop_output(&chatter, 2);
	expect_output("ps\r\n\x01\xFF");
	assert_int_equal(hear("\rline\n"), BOARD_LINE);
	expect_line("line");
	chatter_end_console(&chatter);
	expect_output("");
	hear("\nback\n");
	expect_line("back");
}

/* A terminal that does not read loses the newest output. */
static void test_chatter_console_overflows(void **state)
{
	static uint8_t frame[40001];
	const uint8_t *output;
	int i;

	(void)state;
	memset(frame, 'x', sizeof(frame));
	*frame = '\n';
	chatter_begin_console(&chatter);
	for (i = 0; i < 3; i++)
		chatter_hear(&chatter, frame, sizeof(frame), true);
	assert_int_equal(chatter_output(&chatter, &output), CHATTER_OUTPUT_MAX);
	chatter_drop_output(&chatter, CHATTER_OUTPUT_MAX);
	assert_int_equal(chatter_output(&chatter, &output), 0);
}

static void test_chatter_types(void **state)
{
	uint8_t frame[CHATTER_FRAME_MAX];

	(void)state;
	assert_false(chatter_owes(&chatter));
	chatter_type(&chatter, (const uint8_t *)"ps\r", 3);
	assert_true(chatter_has_typed(&chatter));
	assert_true(chatter_owes(&chatter));
	assert_int_equal(chatter_take_frame(&chatter, frame), 4);
	assert_memory_equal(frame, "\nps\r", 4);
	assert_false(chatter_owes(&chatter));
	assert_int_equal(chatter_take_frame(&chatter, frame), 0);
	chatter_type(&chatter, (const uint8_t *)"x", 1);
	chatter_reset(&chatter);
	assert_false(chatter_owes(&chatter));
}

#define CHATTER_TEST(f) cmocka_unit_test_setup(f, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CHATTER_TEST(test_chatter_lines),
		CHATTER_TEST(test_chatter_joins_pieces),
		CHATTER_TEST(test_chatter_escapes),
		CHATTER_TEST(test_chatter_cuts_long_lines),
		CHATTER_TEST(test_chatter_counts_what_is_too_much),
		CHATTER_TEST(test_chatter_takes_its_time),
		CHATTER_TEST(test_chatter_unfinished),
		CHATTER_TEST(test_chatter_knows_no_packet),
		CHATTER_TEST(test_chatter_shorter_than_what_was_shown),
		CHATTER_TEST(test_chatter_recognises_a_board),
		CHATTER_TEST(test_chatter_answers_once),
		CHATTER_TEST(test_chatter_has_no_prefix),
		CHATTER_TEST(test_chatter_console),
		CHATTER_TEST(test_chatter_console_overflows),
		CHATTER_TEST(test_chatter_types),
		CHATTER_TEST(test_chatter_takes_mac),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
