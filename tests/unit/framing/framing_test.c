/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of framing: the table of framings, and the datagram framing. */
#include "../testing.h"
#include "framing/framing.h"
#include "framing/kiss.h"
#include "framing/length.h"
#include "framing/slip.h"

static void test_framing_find(void **state)
{
	(void)state;
	assert_ptr_equal(framing_find("slip"), &slip_framing);
	assert_ptr_equal(framing_find("kiss"), &kiss_framing);
	assert_ptr_equal(framing_find("length"), &length_framing);
	assert_ptr_equal(framing_find("packet"), &datagram_framing);
	assert_null(framing_find("pack"));
	assert_null(framing_find(""));
}

static void test_framing_names(void **state)
{
	char text[FRAMING_NAMES_MAX];

	(void)state;
	assert_string_equal(framing_names(text),
			    "slip, kiss, length or packet");
}

static const struct {
	size_t len;
	enum framing_status status;
} datagrams[] = {
	{0, FRAMING_EMPTY},
	{1, FRAMING_FRAME},
	{1500, FRAMING_FRAME},
	{PACKET_MAX, FRAMING_FRAME},
	{PACKET_MAX + 1, FRAMING_TOO_LONG},
};

/* The decoder returns the input itself, and keeps nothing pending. */
static void test_framing_packet_decode(void **state)
{
	const struct framing *framing = &datagram_framing;
	static uint8_t bytes[PACKET_MAX + 1];
	struct framing_frame frame;
	enum framing_status status;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(datagrams); i++) {
		assert_int_equal(framing->decode(NULL, bytes, datagrams[i].len,
						 &status, &frame),
				 datagrams[i].len);
		assert_int_equal(status, datagrams[i].status);
		assert_ptr_equal(frame.bytes, bytes);
		assert_int_equal(frame.len, datagrams[i].len);
		assert_int_equal(framing->pending(NULL).len, 0);
	}
}

static void test_framing_packet_encode(void **state)
{
	static const uint8_t packet[] = {0x45, 0xC0, 0xDB, 0};
	uint8_t out[FRAMING_ENCODED_MAX(sizeof(packet))];

	(void)state;
	assert_int_equal(datagram_framing.encode(out, packet, sizeof(packet)),
			 sizeof(packet));
	assert_memory_equal(out, packet, sizeof(packet));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_framing_find),
		cmocka_unit_test(test_framing_names),
		cmocka_unit_test(test_framing_packet_decode),
		cmocka_unit_test(test_framing_packet_encode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
