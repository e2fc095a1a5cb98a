/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of frame: what is written can be read, and passes its check between
 * these two ends in this direction only.
 */
#include "../testing.h"
#include "packet/packet.h"
#include "pair/fcs.h"
#include "pair/frame.h"

#define A UINT64_C(0x0123456789ABCDEF)
#define B UINT64_C(0xFEDCBA9876543210)

static size_t make(uint8_t out[FRAME_SHORT_MAX], const struct frame *frame)
{
	return frame_write(out, frame, frame_start(A, B));
}

static void make_and_read(const struct frame *frame, struct frame *again,
			  uint8_t out[FRAME_SHORT_MAX])
{
	size_t len = make(out, frame);

	assert_true(frame_looks_checked(out, len));
	assert_true(frame_passes(frame_start(A, B), out, len));
	frame_read(again, out, len);
	assert_int_equal(again->kind, frame->kind);
}

/* Only data of the first class may be interrupted. */
static void test_frame_is_bulk(void **state)
{
	static const uint8_t bulk[] = {0x10, 0x12, 0x14, 0x18, 0x1E};
	static const uint8_t others[] = {0x11, 0x19, 0x28, 0x2A, 0x2F, 0x45};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bulk); i++)
		assert_true(frame_is_bulk(&bulk[i]));
	for (i = 0; i < sizeof(others); i++)
		assert_false(frame_is_bulk(&others[i]));
}

static void test_frame_there_and_back(void **state)
{
	static const enum frame_kind bare[] = {FRAME_CLOSE};
	static const enum frame_kind acks[] = {FRAME_ACK, FRAME_ACK_FAILED};
	static const uint8_t bits[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
	static uint8_t text[255];
	uint8_t out[FRAME_SHORT_MAX];
	struct frame again;
	struct frame frame;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(bare); i++) {
		frame = (struct frame){.kind = bare[i]};
		make_and_read(&frame, &again, out);
	}
	for (i = 0; i < TESTING_COUNT(acks); i++) {
		frame = (struct frame){.kind = acks[i],
				       .next = {7, 250},
				       .bits = {bits, bits + 2},
				       .bits_len = {12, i}};
		make_and_read(&frame, &again, out);
		assert_memory_equal(again.next, frame.next, 2);
		assert_int_equal(again.bits_len[0], 12);
		assert_memory_equal(again.bits[0], bits, 12);
		assert_int_equal(again.bits_len[1], i);
		assert_memory_equal(again.bits[1], bits + 2, i);
		assert_false(again.has_agree);
		frame.has_agree = true;
		frame.agree = 99;
		make_and_read(&frame, &again, out);
		assert_true(again.has_agree);
		assert_int_equal(again.agree, 99);
		assert_memory_equal(again.bits[1], bits + 2, i);
	}
	frame = (struct frame){.kind = FRAME_PROBE, .k = 200};
	make_and_read(&frame, &again, out);
	assert_int_equal(again.k, 200);

	frame = (struct frame){.kind = FRAME_ANSWER, .k = 3};
	frame.counters = (struct frame_counters){0x01020304, 0xFFFFFFFF, 5};
	make_and_read(&frame, &again, out);
	assert_int_equal(again.k, 3);
	assert_memory_equal(&again.counters, &frame.counters,
			    sizeof(frame.counters));
	assert_false(again.has_ack);

	frame.has_ack = true;
	frame.next[0] = 9;
	frame.bits[0] = bits;
	frame.bits_len[0] = 3;
	make_and_read(&frame, &again, out);
	assert_true(again.has_ack);
	assert_int_equal(again.next[0], 9);
	assert_int_equal(again.bits_len[0], 3);
	assert_memory_equal(again.bits[0], bits, 3);
	assert_int_equal(again.bits_len[1], 0);
	assert_false(again.has_agree);
	frame.has_agree = true;
	frame.agree = 5;
	make_and_read(&frame, &again, out);
	assert_true(again.has_ack && again.has_agree);
	assert_int_equal(again.agree, 5);

	memset(text, 'x', sizeof(text));
	frame = (struct frame){.kind = FRAME_AGREE, .seq = 9, .body = text};
	for (i = 0; i <= sizeof(text); i++) {
		frame.body_len = i;
		make_and_read(&frame, &again, out);
		assert_int_equal(again.seq, 9);
		assert_int_equal(again.body_len, i);
		assert_memory_equal(again.body, text, i);
	}
}

static void test_frame_of_a_packet(void **state)
{
	uint8_t buffer[FRAME_HEAD_LEN + 100 + FRAME_FCS_LEN];
	uint8_t packet[100];
	struct frame frame;
	uint8_t *start;
	size_t len;

	(void)state;
	testing_ipv4(packet, sizeof(packet), 0xC0);
	memcpy(buffer + FRAME_HEAD_LEN, packet, sizeof(packet));
	len = frame_wrap(buffer + FRAME_HEAD_LEN, sizeof(packet),
			 &(struct frame){.seq = 77}, frame_start(A, B), &start);
	assert_ptr_equal(start, buffer);
	assert_int_equal(len, sizeof(buffer));
	assert_int_equal(buffer[0], 0x10);
	assert_true(frame_looks_checked(buffer, len));
	assert_true(frame_passes(frame_start(A, B), buffer, len));
	frame_read(&frame, buffer, len);
	assert_int_equal(frame.kind, FRAME_DATA);
	assert_int_equal(frame.flags, 0);
	assert_int_equal(frame.seq, 77);
	assert_int_equal(frame.body_len, sizeof(packet));
	assert_memory_equal(frame.body, packet, sizeof(packet));
}

static void test_frame_that_carries_two_numbers(void **state)
{
	uint8_t buffer[FRAME_HEAD_LEN + FRAME_NEXT_LEN + 100 + FRAME_FCS_LEN];
	const struct frame head = {.flags = FRAME_MORE | FRAME_NEXT,
				   .seq = 77,
				   .next = {200, 3}};
	uint8_t *packet = buffer + FRAME_HEAD_LEN + FRAME_NEXT_LEN;
	struct frame frame;
	uint8_t *start;
	size_t len;

	(void)state;
	memset(packet, 0x55, 100);
	len = frame_wrap(packet, 100, &head, frame_start(A, B), &start);
	assert_ptr_equal(start, buffer);
	assert_int_equal(len, sizeof(buffer));
	assert_int_equal(buffer[0], 0x1A);
	assert_true(frame_passes(frame_start(A, B), buffer, len));
	frame_read(&frame, buffer, len);
	assert_int_equal(frame.kind, FRAME_DATA);
	assert_int_equal(frame.flags, head.flags);
	assert_int_equal(frame.seq, 77);
	assert_memory_equal(frame.next, head.next, 2);
	assert_ptr_equal(frame.body, packet);
	assert_int_equal(frame.body_len, 100);
	/* Too short for its numbers. */
	len = frame_wrap(packet, 0, &head, frame_start(A, B), &start);
	frame_read(&frame, start, len);
	assert_int_equal(frame.body_len, 0);
	frame_read(&frame, start, len - 1);
	assert_int_equal(frame.kind, FRAME_UNKNOWN);
}

static void test_frame_of_this_session_only(void **state)
{
	const struct frame probe = {.kind = FRAME_PROBE, .k = 1};
	uint8_t out[FRAME_SHORT_MAX];
	size_t len = make(out, &probe);

	(void)state;
	assert_true(frame_passes(frame_start(A, B), out, len));
	assert_false(frame_passes(frame_start(B, A), out, len)); /* echo */
	assert_false(frame_passes(frame_start(A, B + 1), out, len));
	assert_false(frame_passes(frame_start(A ^ 1ULL << 63, B), out, len));
	assert_false(frame_passes(FCS_START, out, len));
}

/* As the page says it: the check of the ids and the frame in one. */
static void test_frame_check_is_that_of_ids_and_frame(void **state)
{
	static const uint8_t bytes[] = {
		0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, /* A */
		0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10, /* B */
		0x2A, 5,					/* probe 5 */
	};
	const struct frame probe = {.kind = FRAME_PROBE, .k = 5};
	const uint32_t fcs = fcs_of(bytes, sizeof(bytes));
	uint8_t out[FRAME_SHORT_MAX];

	(void)state;
	assert_int_equal(make(out, &probe), 6);
	assert_memory_equal(out, bytes + 16, 2);
	assert_int_equal(out[2], fcs & 0xFF);
	assert_int_equal(out[3], fcs >> 8 & 0xFF);
	assert_int_equal(out[4], fcs >> 16 & 0xFF);
	assert_int_equal(out[5], fcs >> 24);
}

static void test_frame_damaged(void **state)
{
	const struct frame answer = {.kind = FRAME_ANSWER, .k = 1};
	uint8_t out[FRAME_SHORT_MAX];
	size_t len = make(out, &answer);
	size_t bit;

	(void)state;
	for (bit = 0; bit < 8 * len; bit++) {
		out[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(frame_passes(frame_start(A, B), out, len));
		out[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (bit = FRAME_FCS_LEN + 1; bit < len; bit++)
		assert_false(frame_passes(frame_start(A, B), out, bit));
}

/* Others take no first byte for theirs, and IP packets are none of ours. */
static void test_frame_first_byte(void **state)
{
	static const uint8_t theirs[] = {0x00, 0x0A, 0x0D, '!', '#',
					 '?',  0xA9, 0xC0, 0xDB};
	uint8_t bytes[6] = {0};
	unsigned int byte;

	(void)state;
	for (byte = 0; byte < 256; byte++) {
		bytes[0] = (uint8_t)byte;
		assert_int_equal(frame_looks_checked(bytes, sizeof(bytes)),
				 byte >> 4 == 1 || byte >> 3 == 5);
		if (memchr(theirs, (int)byte, sizeof(theirs)) ||
		    byte >> 4 == 0 || byte >> 4 == 4 || byte >> 4 >= 6)
			assert_false(frame_looks_checked(bytes, sizeof(bytes)));
	}
	bytes[0] = 0x2E;
	assert_true(frame_looks_checked(bytes, 5));
	assert_false(frame_looks_checked(bytes, 4));
	assert_false(frame_looks_checked(bytes, 0));
}

/* Frames that pass their check and say what cannot be. */
static void test_frame_unknown(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum frame_kind kind;
	} cases[] = {
		{"\x2F", 1, FRAME_UNKNOWN},
		{"\x10", 1, FRAME_UNKNOWN},
		{"\x10\x01", 2, FRAME_DATA},
		{"\x2A", 1, FRAME_UNKNOWN},
		{"\x2A\x01", 2, FRAME_PROBE},
		{"\x2A\x01more", 6, FRAME_PROBE},
		{"\x2B\x01\0\0\0\0\0\0\0\0\0\0\0", 13, FRAME_UNKNOWN},
		{"\x2B\x01\0\0\0\0\0\0\0\0\0\0\0\0", 14, FRAME_ANSWER},
		{"\x28\x01\x02", 3, FRAME_UNKNOWN},
		{"\x28\x01\x02\x00", 4, FRAME_UNKNOWN},
		{"\x28\x01\x02\x00\x00", 5, FRAME_ACK},
		{"\x28\x01\x02\x01\x55\x00", 6, FRAME_ACK},
		{"\x28\x01\x02\x01\x55", 5, FRAME_UNKNOWN},
		{"\x28\x01\x02\x00\x01", 5, FRAME_UNKNOWN},
		{"\x28\x01\x02\x0D\x00", 5, FRAME_UNKNOWN},
		{"\x28\x01\x02\xFF\x00", 5, FRAME_UNKNOWN},
		{"\x2D", 1, FRAME_UNKNOWN},
		{"\x2D\x01", 2, FRAME_AGREE},
		{"\x2E", 1, FRAME_CLOSE},
		{"\x2C", 1, FRAME_SPEED},
	};
	uint8_t bytes[32] = {0};
	struct frame frame;
	uint8_t *copy;
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(cases); i++) {
		memcpy(bytes, cases[i].bytes, cases[i].len);
		copy = testing_copy(bytes, cases[i].len + FRAME_FCS_LEN);
		frame_read(&frame, copy, cases[i].len + FRAME_FCS_LEN);
		if (frame.kind != cases[i].kind)
			fail_msg("case %zu is %d", i, frame.kind);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frame_there_and_back),
		cmocka_unit_test(test_frame_is_bulk),
		cmocka_unit_test(test_frame_of_a_packet),
		cmocka_unit_test(test_frame_that_carries_two_numbers),
		cmocka_unit_test(test_frame_of_this_session_only),
		cmocka_unit_test(test_frame_check_is_that_of_ids_and_frame),
		cmocka_unit_test(test_frame_damaged),
		cmocka_unit_test(test_frame_first_byte),
		cmocka_unit_test(test_frame_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
