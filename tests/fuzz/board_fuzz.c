/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of what a board says: any frames, in pieces. Each line that is printed
 * is one that a terminal does not obey, and no byte is printed twice.
 *
 * The script is: chunks, as of fuzz_stream(), each the rest of a frame, or the
 * beginning of one if its last byte is odd.
 */
#include "fuzz.h"
#include "pump/chatter.h"
#include "text.h"

#define STREAM_MAX 100000

#define FRAME_MAX 70000

static struct chatter chatter;
static uint8_t frame[FRAME_MAX];
static size_t frame_len;
static size_t heard;
static size_t printed;
static uint64_t now_ns;

static void take_lines(void)
{
	char text[CHATTER_TEXT_MAX];
	uint64_t lost = 0;
	const char *at;

	while (chatter_take_line(&chatter, text, &lost, now_ns)) {
		assert_in_range(strlen(text), 1, sizeof(text) - 1);
		for (at = text; *at; at += text_utf8_len(at)) {
			assert_true(text_utf8_len(at));
			assert_false(text_is_control(at));
			printed++;
		}
	}
	/* A byte is one character, or four. */
	assert_true(printed <= 4 * heard);
}

static void end_frame(void)
{
	uint8_t *copy = testing_copy(frame, frame_len);
	uint8_t answer[CHATTER_FRAME_MAX];
	enum board_kind kind =
		chatter_hear(&chatter, copy, frame_len, heard & 1);
	uint8_t mac[BOARD_MAC_LEN];

	assert_int_equal(chatter_take_frame(&chatter, answer) != 0,
			 kind == BOARD_ASKS_PREFIX);
	assert_int_equal(chatter_take_mac(&chatter, mac),
			 kind == BOARD_TELLS_MAC);
	chatter_end_frame(&chatter);
	frame_len = 0;
	free(copy);
}

static void feed(const uint8_t *bytes, size_t len)
{
	uint8_t *copy;

	if (len > sizeof(frame) - frame_len)
		len = sizeof(frame) - frame_len;
	if (!len)
		return;
	memcpy(frame + frame_len, bytes, len);
	frame_len += len;
	heard += len;
	copy = testing_copy(frame, frame_len);
	if (bytes[0] & 1)
		chatter_hear_lines(&chatter, copy, frame_len);
	else
		chatter_hear_unfinished(&chatter, copy, frame_len);
	assert_true(chatter.shown <= frame_len);
	free(copy);
	if (!(bytes[len - 1] & 1))
		end_frame();
	take_lines();
	now_ns += UINT64_C(300000000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t prefix[BOARD_PREFIX_LEN] = {0xFD};
	struct fuzz_script script = {data, size};

	chatter_init(&chatter, prefix);
	frame_len = 0;
	heard = 0;
	printed = 0;
	now_ns = 0;
	fuzz_stream(&script, STREAM_MAX, feed);
	return 0;
}
