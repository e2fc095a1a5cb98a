/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The body of a frame about the speed of the line:
 *
 *   what  k  count  baud (4, most significant byte first)  filler
 *
 * Only a test has a filler: runs of the bytes that are hard on a line (all
 * zeros, all ones, alternating bits), and bytes without a pattern.
 */
#include "pair/speed_message.h"
#include "clock.h"

#include <string.h>

#define RUN_LEN 12

/* The tests take about this long, and are this many at least and at most. */
#define TESTS_NS  (30 * NS_PER_MS)
#define TESTS_MIN 10
#define TESTS_MAX 60

/* Bytes of a test on the wire: with its frame, and some escapes. */
#define TEST_WIRE (SPEED_TEST_LEN + 11)

/* This many of ten tests must arrive. */
#define TESTS_OF_TEN 9

/**
 * speed_message_write() - Write a message
 * @out:     buffer for it
 * @message: the message
 *
 * Return: its length
 */
size_t speed_message_write(uint8_t out[SPEED_TEST_LEN],
			   const struct speed_message *message)
{
	static const uint8_t runs[] = {0x00, 0xFF, 0x55, 0xAA};
	uint32_t mix = message->baud ^ (uint32_t)message->k << 24 ^
		       (uint32_t)message->count << 16 ^ 0x9E3779B9;
	size_t len = SPEED_MESSAGE_LEN;
	size_t i;

	out[0] = (uint8_t)message->what;
	out[1] = message->k;
	out[2] = message->count;
	for (i = 0; i < 4; i++)
		out[3 + i] = (uint8_t)(message->baud >> (24 - 8 * i));
	if (message->what != SPEED_TEST)
		return len;
	for (i = 0; i < sizeof(runs); i++, len += RUN_LEN)
		memset(out + len, runs[i], RUN_LEN);
	/* Xorshift (Marsaglia, 2003). */
	for (; len < SPEED_TEST_LEN; len++) {
		mix ^= mix << 13;
		mix ^= mix >> 17;
		mix ^= mix << 5;
		out[len] = (uint8_t)(mix >> 24);
	}
	return len;
}

/**
 * speed_message_read() - Read a message
 * @message: filled in on success
 * @bytes:   the body of a frame that passed its check
 * @len:     length of @bytes
 *
 * Return: false if the message is not known
 */
bool speed_message_read(struct speed_message *message, const uint8_t *bytes,
			size_t len)
{
	if (len < SPEED_MESSAGE_LEN || !bytes[0] || bytes[0] >= SPEED_WHATS)
		return false;
	message->what = (enum speed_what)bytes[0];
	message->k = bytes[1];
	message->count = bytes[2];
	message->baud = (uint32_t)bytes[3] << 24 | (uint32_t)bytes[4] << 16 |
			(uint32_t)bytes[5] << 8 | bytes[6];
	return true;
}

/**
 * speed_test_count() - Get the number of tests of a speed
 * @baud: the speed
 *
 * Return: the number
 */
unsigned int speed_test_count(uint32_t baud)
{
	const uint64_t count = TESTS_NS * baud / (10 * NS_PER_S * TEST_WIRE);

	return count < TESTS_MIN   ? TESTS_MIN
	       : count > TESTS_MAX ? TESTS_MAX
				   : (unsigned int)count;
}

/**
 * speed_test_is_enough() - Check whether enough tests have arrived
 * @baud:  the speed
 * @heard: number of tests that have arrived
 *
 * Return: true if so
 */
bool speed_test_is_enough(uint32_t baud, unsigned int heard)
{
	return heard * 10 >= speed_test_count(baud) * TESTS_OF_TEN;
}
