/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of guess: frames of other programs, as a SLIP decoder returns them.
 */
#include "../testing.h"
#include "packet/guess.h"
#include "packet/link_layer.h"

/* The guess at a literal of bytes, where IP packets or Ethernet was expected.
 */
#define GUESS(bytes)	 guess_copy(bytes, sizeof(bytes) - 1, false)
#define GUESS_TAP(bytes) guess_copy(bytes, sizeof(bytes) - 1, true)

static enum guess guess_copy(const char *bytes, size_t len, bool tap)
{
	uint8_t *frame = testing_copy(bytes, len);
	enum guess guess = guess_frame(frame, len, link_layer_of(tap), true);

	free(frame);
	return guess;
}

/* A Configure-Request of slirp's, as far as the C0 in it, and from there to
 * that of the next one. */
static void test_guess_ppp(void **state)
{
	(void)state;
	assert_int_equal(GUESS("\x7E\xFF\x7D\x23"), GUESS_PPP);
	assert_int_equal(
		GUESS("\x21\x7D\x21\x7D\x21\x7D\x20\x7D\x32\x7D\x21\x7D\x24\x7D"
		      "\x25\xDC\x7D\x25\x7D\x26\x86\x66\x92\x88\x7D\x27\x7D\x22"
		      "\x7D\x28\x7D\x22\x38\x42\x7E\x7E\xFF\x7D\x23"),
		GUESS_PPP);
	assert_int_equal(GUESS("noise\x7E\xFF\x03"), GUESS_PPP);
	assert_int_equal(GUESS("\x7E\xFF\x7D\x23!"), GUESS_NONE);
	assert_int_equal(GUESS("\xFF\x7D\x23"), GUESS_NONE);
}

/* TCP from 10.0.2.2 to 10.0.2.15, connection number 1. */
static void test_guess_cslip(void **state)
{
	(void)state;
	assert_int_equal(
		GUESS("\x75\x00\x00\x28\x00\x01\x00\x00\x40\x01\x62\xBF\x0A\x00"
		      "\x02\x02\x0A\x00\x02\x0F\x13\x88\x13\x89\x00\x00\x00\x01"
		      "\x00\x00\x00\x01\x50\x10\x20\x00\x00\x00\x00\x00"),
		GUESS_CSLIP);
}

static void test_guess_kiss(void **state)
{
	(void)state;
	assert_int_equal(GUESS("\x00\x82\xA0\xA4\xA6\x40\x40\x60"), GUESS_KISS);
	assert_int_equal(GUESS("\x00"), GUESS_KISS);
}

/* A datagram is never KISS, which is SLIP with a command in front. */
static void test_guess_kiss_in_slip_alone(void **state)
{
	static const uint8_t frame[] = {0, 0x82, 0xA0};

	(void)state;
	assert_int_equal(guess_frame(frame, sizeof(frame), link_layer_of(false),
				     true),
			 GUESS_KISS);
	assert_int_equal(guess_frame(frame, sizeof(frame), link_layer_of(false),
				     false),
			 GUESS_NONE);
}

/* TUN's packet information, without IFF_NO_PI. */
static void test_guess_info(void **state)
{
	uint8_t frame[4 + 14 + 60] = {0, 0, 0x08, 0x00};

	(void)state;
	assert_int_equal(GUESS("\x00\x00\x08\x00\x45\x00\x00\x54"), GUESS_INFO);
	assert_int_equal(GUESS("\x00\x00\x86\xDD\x60\x00\x00\x00"), GUESS_INFO);
	/* tncattach: a command of KISS before it */
	assert_int_equal(GUESS("\x00\x00\x00\x08\x00\x45\x00"), GUESS_KISS);
	assert_int_equal(GUESS("\x00\x00\x08\x00"), GUESS_KISS);
	assert_int_equal(GUESS("\x00\x00\x08\x00\x60"), GUESS_KISS);
	assert_int_equal(GUESS("\x00\x00\x86\xDD\x45"), GUESS_KISS);
	/* TAP: a frame of Ethernet behind it */
	frame[10] = 0x02;
	frame[16] = 0x08;
	testing_ipv4(frame + 18, 60, 'x');
	assert_int_equal(guess_copy((char *)frame, sizeof(frame), true),
			 GUESS_INFO);
}

/* ser2net's first commands, and an FF that it doubles. */
static void test_guess_telnet(void **state)
{
	uint8_t packet[60];
	uint8_t doubled[100];
	size_t len = 0;
	size_t i;

	(void)state;
	assert_int_equal(GUESS("\xFF\xFB\x03\xFF\xFB\x01\xFF\xFE\x01"),
			 GUESS_TELNET);
	assert_int_equal(GUESS("\xFF\xFD\x2C\xFF\xFA\x2C"), GUESS_TELNET);
	assert_int_equal(GUESS("\xFF\xFD\x2C"), GUESS_TELNET);
	assert_int_equal(GUESS("\xFF\xFB"), GUESS_NONE);
	assert_int_equal(GUESS("\xFF\xFD\x2C\x45\x00\x00"), GUESS_NONE);
	assert_int_equal(GUESS("\xFF\xFF\xFF\xFF\xFF\xFF"), GUESS_NONE);
	testing_ipv4(packet, sizeof(packet), 0xFF);
	for (i = 0; i < sizeof(packet); i++) {
		doubled[len++] = packet[i];
		if (packet[i] == 0xFF)
			doubled[len++] = 0xFF;
	}
	assert_int_equal(guess_copy((char *)doubled, len, false), GUESS_TELNET);
	assert_int_equal(guess_copy((char *)doubled, len - 2, false),
			 GUESS_NONE);
}

static void test_guess_ethernet(void **state)
{
	(void)state;
	assert_int_equal(GUESS("\xFF\xFF\xFF\xFF\xFF\xFF\x00\x00\x5E\x00\x53"
			       "\x01\x08\x06\x00\x01"),
			 GUESS_ETHERNET);
	assert_int_equal(GUESS("\x00\x00\x5E\x00\x53\x01\x02\x00\x5E\x00\x53"
			       "\x02\x08\x00"),
			 GUESS_ETHERNET);
	assert_int_equal(GUESS("\x33\x33\x00\x00\x00\x02\x00\x00\x5E\x00\x53"
			       "\x01\x86\xDD\x60"),
			 GUESS_ETHERNET);
	assert_int_equal(GUESS("\xFF\xFF\xFF\xFF\xFF\xFF\x00\x00\x5E\x00\x53"
			       "\x01\x08"),
			 GUESS_NONE);
}

/* IP packets where Ethernet is expected; not Ethernet, which is. */
static void test_guess_ip(void **state)
{
	uint8_t packet[60];

	(void)state;
	testing_ipv4(packet, sizeof(packet), 7);
	assert_int_equal(guess_frame(packet, sizeof(packet),
				     link_layer_of(true), true),
			 GUESS_IP);
	packet[8] ^= 1;
	assert_int_equal(guess_frame(packet, sizeof(packet),
				     link_layer_of(true), true),
			 GUESS_NONE);
	testing_ipv6(packet, sizeof(packet), 58, 7);
	assert_int_equal(guess_frame(packet, sizeof(packet),
				     link_layer_of(true), true),
			 GUESS_IP);
	assert_int_equal(GUESS_TAP("\x00\x00\x5E\x00\x53\x01\x02\x00\x5E\x00"
				   "\x53\x02\x08\x00"),
			 GUESS_NONE);
	assert_int_equal(GUESS_TAP("\x7E\xFF\x7D\x23"), GUESS_PPP);
	assert_int_equal(GUESS_TAP("\x00\x82"), GUESS_KISS);
	assert_int_equal(GUESS_TAP("board login: "), GUESS_TEXT);
}

static void test_guess_text(void **state)
{
	char log[1000];

	(void)state;
	assert_int_equal(GUESS("\r\nDebian GNU/Linux 12 board ttyS0\r\n\r\n"
			       "board login: "),
			 GUESS_TEXT);
	assert_int_equal(GUESS("\x1B[1;32mU-Boot 2023.01\x1B[0m\r\n"),
			 GUESS_TEXT);
	/* Old noise does not count. */
	memset(log, 0xFE, sizeof(log));
	memset(log + 700, 'a', 300);
	assert_int_equal(guess_copy(log, sizeof(log), false), GUESS_TEXT);
	/* Text shorter than a word, and text with too much noise. */
	assert_int_equal(GUESS("login: "), GUESS_NONE);
	assert_int_equal(GUESS("ab\xFE\xFE\xFE\xFE"
			       "cdefghijklmnopqrst"),
			 GUESS_NONE);
}

static void test_guess_none(void **state)
{
	uint64_t seed = 1;
	char noise[64];
	size_t i, j;

	(void)state;
	assert_int_equal(GUESS(""), GUESS_NONE);
	/* Random bytes without a 0 in the first place. */
	for (i = 0; i < 10000; i++) {
		for (j = 0; j < sizeof(noise); j++)
			noise[j] = (char)(1 + testing_random(&seed, 255));
		assert_int_equal(guess_copy(noise, sizeof(noise), i % 2),
				 GUESS_NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guess_ppp),
		cmocka_unit_test(test_guess_cslip),
		cmocka_unit_test(test_guess_kiss),
		cmocka_unit_test(test_guess_kiss_in_slip_alone),
		cmocka_unit_test(test_guess_info),
		cmocka_unit_test(test_guess_telnet),
		cmocka_unit_test(test_guess_ethernet),
		cmocka_unit_test(test_guess_ip),
		cmocka_unit_test(test_guess_text),
		cmocka_unit_test(test_guess_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
