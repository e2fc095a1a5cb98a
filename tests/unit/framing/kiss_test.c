/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of kiss: packets under every chunking, commands for a modem, packet
 * information and who needs it. The escapes are those of slip, tested there.
 */
#include "../testing.h"
#include "framing/kiss.h"
#include "packet/packet.h"

static struct kiss_decoder decoder;
static const struct framing *framing;

static int begin(void **state)
{
	(void)state;
	memset(&decoder, 0, sizeof(decoder));
	framing = kiss_framing.for_ip;
	return 0;
}

/* Decode bytes that hold one frame at most. Return: what came of it. */
static enum framing_status decode(const uint8_t *bytes, size_t len,
				  struct framing_frame *frame)
{
	uint8_t *copy = testing_copy(bytes, len);
	enum framing_status status = FRAMING_MORE;
	size_t used;

	used = framing->decode(&decoder, copy, len, &status, frame);
	assert_int_equal(used, len);
	free(copy);
	framing = framing->follow ? framing->follow(&decoder) : framing;
	return status;
}

#define DECODE(bytes, frame) \
	decode((const uint8_t *)(bytes), sizeof(bytes) - 1, frame)

static void test_kiss_encode(void **state)
{
	static const uint8_t packet[] = {0x45, 0xC0, 0xDB, 0x00};
	static const uint8_t frame[] = {0xC0, 0x00, 0x45, 0xDB, 0xDC,
					0xDB, 0xDD, 0x00, 0xC0};
	uint8_t out[FRAMING_ENCODED_MAX(sizeof(packet))];

	(void)state;
	assert_int_equal(kiss_framing.encode(out, packet, sizeof(packet)),
			 sizeof(frame));
	assert_memory_equal(out, frame, sizeof(frame));
}

static void test_kiss_encode_info(void **state)
{
	static const uint8_t ipv4[] = {0x45};
	static const uint8_t ipv6[] = {0x60};
	uint8_t out[FRAMING_ENCODED_MAX(1)];

	(void)state;
	assert_int_equal(framing->encode(out, ipv4, 1), 8);
	assert_memory_equal(out, "\xC0\0\0\0\x08\0\x45\xC0", 8);
	assert_int_equal(framing->encode(out, ipv6, 1), 8);
	assert_memory_equal(out, "\xC0\0\0\0\x86\xDD\x60\xC0", 8);
}

/* The longest packet, of bytes that all need an escape, fills the buffer. */
static void test_kiss_encode_longest(void **state)
{
	const size_t cap = FRAMING_ENCODED_MAX(PACKET_MAX);
	uint8_t *packet = malloc(PACKET_MAX);
	uint8_t *out = malloc(cap);
	struct framing_frame frame;

	(void)state;
	memset(packet, SLIP_END, PACKET_MAX);
	assert_int_equal(framing->encode(out, packet, PACKET_MAX), cap);
	assert_int_equal(decode(out, cap, &frame), FRAMING_FRAME);
	/* What is behind the information is no IP packet, so that it stays. */
	assert_int_equal(frame.len, PACKET_MAX + 4);
	assert_memory_equal(frame.bytes + 4, packet, PACKET_MAX);
	free(packet);
	free(out);
}

/* The information of a longest packet may not make it too long. */
static void test_kiss_decode_too_long(void **state)
{
	const size_t cap = FRAMING_ENCODED_MAX(PACKET_MAX + 1);
	uint8_t *packet = malloc(PACKET_MAX + 1);
	uint8_t *out = malloc(cap);
	struct framing_frame frame;
	size_t len;

	(void)state;
	memset(packet, 0x45, PACKET_MAX + 1);
	len = framing->encode(out, packet, PACKET_MAX);
	assert_int_equal(decode(out, len, &frame), FRAMING_FRAME);
	assert_int_equal(frame.len, PACKET_MAX);
	len = framing->encode(out, packet, PACKET_MAX + 1);
	assert_int_equal(decode(out, len, &frame), FRAMING_TOO_LONG);
	free(packet);
	free(out);
}

static void test_kiss_decode_any_radio(void **state)
{
	struct framing_frame frame;

	(void)state;
	assert_int_equal(DECODE("\xC0\x00"
				"abc\xC0",
				&frame),
			 FRAMING_FRAME);
	assert_int_equal(frame.len, 3);
	assert_memory_equal(frame.bytes, "abc", 3);
	assert_int_equal(DECODE("\xC0\xF0"
				"de\xC0",
				&frame),
			 FRAMING_FRAME);
	assert_memory_equal(frame.bytes, "de", 2);
	/* The command of the radio 12 is an END, and therefore escaped. */
	assert_int_equal(DECODE("\xC0\xDB\xDC"
				"f\xC0",
				&frame),
			 FRAMING_FRAME);
	assert_memory_equal(frame.bytes, "f", 1);
}

static void test_kiss_decode_no_data(void **state)
{
	struct framing_frame frame;

	(void)state;
	assert_int_equal(DECODE("\xC0\xC0\xC0", &frame), FRAMING_MORE);
	assert_int_equal(DECODE("\xC0\x00\xC0", &frame), FRAMING_EMPTY);
	assert_int_equal(frame.len, 0);
}

static void test_kiss_decode_commands(void **state)
{
	struct framing_frame frame;
	unsigned int byte;

	(void)state;
	for (byte = 1; byte < 0x100; byte++) {
		const uint8_t bytes[] = {SLIP_END, (uint8_t)byte, 50, SLIP_END};

		if (byte == SLIP_END || byte == SLIP_ESC || !(byte & 0x0F))
			continue;
		assert_int_equal(decode(bytes, sizeof(bytes), &frame),
				 FRAMING_COMMAND);
		/* With the command, which may be a SLIP packet's first byte. */
		assert_int_equal(frame.len, 2);
		assert_int_equal(frame.bytes[0], byte);
	}
	/* It ends KISS mode. */
	assert_int_equal(DECODE("\xC0\xFF\xC0", &frame), FRAMING_COMMAND);
}

static void test_kiss_decode_bad_escape(void **state)
{
	struct framing_frame frame;

	(void)state;
	assert_int_equal(DECODE("\xC0\x00"
				"ab\xDB\xDB",
				&frame),
			 FRAMING_BAD_ESCAPE);
	assert_int_equal(DECODE("cd\xC0", &frame), FRAMING_MORE);
	assert_int_equal(DECODE("\xC0\x00"
				"ef\xC0",
				&frame),
			 FRAMING_FRAME);
	assert_memory_equal(frame.bytes, "ef", 2);
}

static void test_kiss_decode_byte_by_byte(void **state)
{
	uint8_t packet[300];
	uint8_t bytes[FRAMING_ENCODED_MAX(sizeof(packet))];
	struct framing_frame frame;
	size_t len;
	size_t i;

	(void)state;
	testing_ipv4(packet, sizeof(packet), SLIP_ESC);
	len = framing->encode(bytes, packet, sizeof(packet));
	for (i = 0; i + 1 < len; i++)
		assert_int_equal(decode(bytes + i, 1, &frame), FRAMING_MORE);
	assert_int_equal(decode(bytes + i, 1, &frame), FRAMING_FRAME);
	assert_int_equal(frame.len, sizeof(packet));
	assert_memory_equal(frame.bytes, packet, sizeof(packet));
}

/* Does the encoder put packet information in front? */
static bool adds_info(void)
{
	uint8_t packet[28];
	uint8_t out[FRAMING_ENCODED_MAX(sizeof(packet))];

	testing_ipv4(packet, sizeof(packet), 0);
	return framing->encode(out, packet, sizeof(packet)) ==
	       sizeof(packet) + 3 + 4;
}

/* As the peer does, and at first as tncattach does. */
static void test_kiss_follows_the_peer(void **state)
{
	uint8_t packet[28];
	uint8_t bytes[FRAMING_ENCODED_MAX(sizeof(packet))];
	struct framing_frame frame;
	size_t len;

	(void)state;
	assert_true(adds_info());
	testing_ipv4(packet, sizeof(packet), 0);
	len = kiss_framing.encode(bytes, packet, sizeof(packet));
	assert_int_equal(decode(bytes, len, &frame), FRAMING_FRAME);
	assert_int_equal(frame.len, sizeof(packet));
	assert_false(adds_info());

	len = kiss_framing.for_ip->encode(bytes, packet, sizeof(packet));
	assert_int_equal(decode(bytes, len, &frame), FRAMING_FRAME);
	assert_int_equal(frame.len, sizeof(packet));
	assert_memory_equal(frame.bytes, packet, sizeof(packet));
	assert_true(adds_info());
}

/* Another station's frame, or noise, is no reason to send in another way. */
static void test_kiss_follows_no_noise(void **state)
{
	static const char *const frames[] = {
		"\xC0\x10\x82\xA0\xA4\xA6\x40\x40\x60\xC0",
		"\xC0\x10\x45stuff\xC0",
		"\xC0\x10\x60stuff\xC0",
		"\xC0\x10OZ7TMD\xC0",
	};
	struct framing_frame frame;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(frames); i++) {
		assert_int_equal(decode((const uint8_t *)frames[i],
					strlen(frames[i]), &frame),
				 FRAMING_FRAME);
		assert_true(adds_info());
	}
}

/* Such bytes are the address of an Ethernet frame. */
static void test_kiss_leaves_ethernet_alone(void **state)
{
	struct framing_frame frame;

	(void)state;
	framing = &kiss_framing;
	assert_int_equal(DECODE("\xC0\x00\x00\x00\x08\x00\x45\x67\xC0", &frame),
			 FRAMING_FRAME);
	assert_int_equal(frame.len, 6);
	assert_memory_equal(frame.bytes, "\x00\x00\x08\x00\x45\x67", 6);
	assert_ptr_equal(framing, &kiss_framing);
}

/* Text of a modem that is not in KISS mode. */
static void test_kiss_pending(void **state)
{
	struct framing_frame frame;

	(void)state;
	assert_int_equal(DECODE("cmd: ", &frame), FRAMING_MORE);
	frame = framing->pending(&decoder);
	assert_int_equal(frame.len, 5);
	assert_memory_equal(frame.bytes, "cmd: ", 5);
}

#define KISS_TEST(f) cmocka_unit_test_setup(f, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		KISS_TEST(test_kiss_encode),
		KISS_TEST(test_kiss_encode_info),
		KISS_TEST(test_kiss_encode_longest),
		KISS_TEST(test_kiss_decode_too_long),
		KISS_TEST(test_kiss_decode_any_radio),
		KISS_TEST(test_kiss_decode_no_data),
		KISS_TEST(test_kiss_decode_commands),
		KISS_TEST(test_kiss_decode_bad_escape),
		KISS_TEST(test_kiss_decode_byte_by_byte),
		KISS_TEST(test_kiss_follows_the_peer),
		KISS_TEST(test_kiss_follows_no_noise),
		KISS_TEST(test_kiss_leaves_ethernet_alone),
		KISS_TEST(test_kiss_pending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
