/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of board: what boards send beside packets. */
#include "../testing.h"
#include "packet/board.h"

/* Look at a copy that is not one byte too long. */
static struct board_frame look(const char *frame, size_t len)
{
	uint8_t *copy = testing_copy((const uint8_t *)frame, len);
	struct board_frame board;

	board_look(&board, copy, len);
	free(copy);
	return board;
}

#define KIND(frame) (look(frame, sizeof(frame) - 1).kind)

static void test_board_asks_for_a_prefix(void **state)
{
	(void)state;
	assert_int_equal(KIND("?P"), BOARD_ASKS_PREFIX);
	assert_int_equal(KIND("?"), BOARD_NONE);
	assert_int_equal(KIND("?Q"), BOARD_NONE);
	assert_int_equal(KIND("?P\x01"), BOARD_NONE);
}

static void test_board_tells_its_address(void **state)
{
	static const uint8_t mac[] = {0x74, 0x02, 0x00, 0x02, 0x02, 0xFA};
	struct board_frame board = look("!M02127402000202fA", 18);

	(void)state;
	assert_int_equal(board.kind, BOARD_TELLS_MAC);
	assert_memory_equal(board.mac, mac, sizeof(mac));
	/* Other text of this length, a group's address, none, and a part. */
	assert_int_equal(KIND("!M021274020002020g"), BOARD_TEXT);
	assert_int_equal(KIND("!M0212750200020202"), BOARD_TEXT);
	assert_int_equal(KIND("!M0212000000000000"), BOARD_TEXT);
	assert_int_equal(KIND("!M021274020002020\0"), BOARD_NONE);
	assert_int_equal(KIND("!M"), BOARD_NONE);
}

static void test_board_line(void **state)
{
	struct board_frame board = look("\rok\n", 4);

	(void)state;
	assert_int_equal(board.kind, BOARD_LINE);
	assert_int_equal(board.mark_len, 1);
	assert_int_equal(KIND("\r"), BOARD_LINE);
	assert_int_equal(KIND("\r\033[32mgr\xC3\xBCn\033[0m\t!\a\n"),
			 BOARD_LINE);
	assert_int_equal(KIND("\rok\x01\n"), BOARD_NONE);
	assert_int_equal(KIND("\rok\0\n"), BOARD_NONE);
	assert_int_equal(KIND("\rok\x7F\n"), BOARD_NONE);
}

static void test_board_console(void **state)
{
	struct board_frame board = look("\n> ", 3);

	(void)state;
	assert_int_equal(board.kind, BOARD_CONSOLE);
	assert_int_equal(board.mark_len, 1);
	assert_int_equal(KIND("\n\n"), BOARD_CONSOLE);
	assert_int_equal(KIND("\n\033[1mps\033[0m \xE2\x82\xAC\r\n"),
			 BOARD_CONSOLE);
	assert_int_equal(KIND("\n"), BOARD_NONE);
	assert_int_equal(KIND("\n\x01\x02"), BOARD_NONE);
}

/* GET of RFC 7252, figure 16, and the FCS as RFC 1662, appendix C.2, has it. */
static void test_board_coap(void **state)
{
	char frame[] = "\xA9\x40\x01\x7D\x34\xBB"
		       "temperature"
		       "??";
	const size_t len = sizeof(frame) - 1;
	unsigned int fcs = 0xFFFF;
	size_t i;
	int bit;

	(void)state;
	for (i = 0; i < len - 2; i++) {
		fcs ^= (uint8_t)frame[i];
		for (bit = 0; bit < 8; bit++)
			fcs = fcs & 1 ? fcs >> 1 ^ 0x8408 : fcs >> 1;
	}
	frame[len - 2] = (char)~fcs;
	frame[len - 1] = (char)(~fcs >> 8);
	assert_int_equal(look(frame, len).kind, BOARD_COAP);
	frame[4] ^= 1;
	assert_int_equal(look(frame, len).kind, BOARD_NONE);
	assert_int_equal(look(frame, 3).kind, BOARD_NONE);
}

static void test_board_text(void **state)
{
	(void)state;
	assert_int_equal(KIND("Starting"), BOARD_TEXT);
	assert_int_equal(look("Starting", 8).mark_len, 0);
	assert_int_equal(KIND("Started"), BOARD_NONE);
	assert_int_equal(KIND("ok\n"), BOARD_TEXT);
	assert_int_equal(KIND("\n"), BOARD_NONE);
	assert_int_equal(KIND("Starting\xC3\xBC"), BOARD_NONE);
}

/* Random frames are none, but for three of a thousand. */
static void test_board_noise(void **state)
{
	uint64_t seed = 7;
	struct board_frame board;
	uint8_t frame[20];
	size_t found = 0;
	size_t len;
	size_t j;
	int i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		len = 5 + testing_random(&seed, sizeof(frame) - 4);
		for (j = 0; j < len; j++)
			frame[j] = (uint8_t)testing_random(&seed, 256);
		board_look(&board, frame, len);
		found += board.kind != BOARD_NONE;
	}
	assert_in_range(found, 0, 300);
}

#define LINES_LEN(bytes) \
	board_lines_len((const uint8_t *)(bytes), sizeof(bytes) - 1)

static void test_board_lines_len(void **state)
{
	(void)state;
	assert_int_equal(LINES_LEN("one\ntwo\nthree"), 8);
	assert_int_equal(LINES_LEN("one\r\n\x45\0\0\x1C\n"), 5);
	assert_int_equal(LINES_LEN("one"), 0);
	assert_int_equal(LINES_LEN("\x45\0\n"), 0);
	assert_int_equal(LINES_LEN(""), 0);
}

static void test_board_answer(void **state)
{
	static const uint8_t prefix[] = {0xFD, 0, 0xC0, 0, 0, 0, 0, 0xDB};
	uint8_t answer[BOARD_ANSWER_LEN];

	(void)state;
	board_answer(answer, prefix);
	assert_memory_equal(answer, "!P\xFD\0\xC0\0\0\0\0\xDB", sizeof(answer));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_board_asks_for_a_prefix),
		cmocka_unit_test(test_board_tells_its_address),
		cmocka_unit_test(test_board_line),
		cmocka_unit_test(test_board_console),
		cmocka_unit_test(test_board_coap),
		cmocka_unit_test(test_board_text),
		cmocka_unit_test(test_board_noise),
		cmocka_unit_test(test_board_lines_len),
		cmocka_unit_test(test_board_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
