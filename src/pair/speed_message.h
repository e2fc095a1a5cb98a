/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_SPEED_MESSAGE_H
#define SERIALTUN_SPEED_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of a message, and of one that tests the line. */
#define SPEED_MESSAGE_LEN 7
#define SPEED_TEST_LEN	  115

/**
 * enum speed_what - the messages about the speed of the line
 * @SPEED_TRY:   leader: let us try this speed; count 1: take it, without a test
 * @SPEED_WILL:  follower: I change to it now
 * @SPEED_WONT:  follower: not now; count 1: never
 * @SPEED_TEST:  either: a test of the line; count is its number
 * @SPEED_HEARD: follower: I have received count tests
 * @SPEED_KEEP:  leader: the speed stays
 * @SPEED_KEPT:  follower: so it does
 * @SPEED_POOR:  follower: the line damages too many frames at this speed
 * @SPEED_WHATS: number of them, and of the invalid 0
 */
enum speed_what {
	SPEED_TRY = 1,
	SPEED_WILL,
	SPEED_WONT,
	SPEED_TEST,
	SPEED_HEARD,
	SPEED_KEEP,
	SPEED_KEPT,
	SPEED_POOR,
	SPEED_WHATS,
};

/**
 * struct speed_message - a message about the speed of the line
 * @what:  its kind
 * @k:     number of the attempt
 * @count: a number, see enum speed_what
 * @baud:  the speed in bits per second
 */
struct speed_message {
	enum speed_what what;
	uint8_t k;
	uint8_t count;
	uint32_t baud;
};

size_t speed_message_write(uint8_t out[SPEED_TEST_LEN],
			   const struct speed_message *message);
bool speed_message_read(struct speed_message *message, const uint8_t *bytes,
			size_t len);
unsigned int speed_test_count(uint32_t baud);
bool speed_test_is_enough(uint32_t baud, unsigned int heard);

#endif
