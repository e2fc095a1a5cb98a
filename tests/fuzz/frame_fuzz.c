/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of frames between two that are paired: whatever is in a frame that
 * passes its check, nothing outside of it is read; and what is known of it can
 * be written again, and is read as the same.
 */
#include "fuzz.h"
#include "pair/frame.h"

#define ID_A UINT64_C(0xA1)
#define ID_B UINT64_C(0xB2)

static void check_again(const struct frame *frame)
{
	uint8_t out[FRAME_SHORT_MAX];
	struct frame again;
	size_t len;
	size_t i;

	if (frame->kind == FRAME_DATA || frame->kind == FRAME_UNKNOWN ||
	    frame->body_len > FRAME_SHORT_MAX - FRAME_HEAD_LEN - FRAME_FCS_LEN)
		return;
	len = frame_write(out, frame, frame_start(ID_A, ID_B));
	assert_true(frame_looks_checked(out, len));
	assert_true(frame_passes(frame_start(ID_A, ID_B), out, len));
	frame_read(&again, out, len);
	assert_int_equal(again.kind, frame->kind);
	assert_int_equal(again.seq, frame->seq);
	assert_int_equal(again.k, frame->k);
	assert_int_equal(again.has_ack, frame->has_ack);
	assert_memory_equal(again.next, frame->next, sizeof(again.next));
	for (i = 0; i < FRAME_CLASSES; i++) {
		assert_int_equal(again.bits_len[i], frame->bits_len[i]);
		if (frame->bits_len[i])
			assert_memory_equal(again.bits[i], frame->bits[i],
					    frame->bits_len[i]);
	}
	assert_memory_equal(&again.counters, &frame->counters,
			    sizeof(again.counters));
	assert_int_equal(again.body_len, frame->body_len);
	if (frame->body_len)
		assert_memory_equal(again.body, frame->body, frame->body_len);
}

static void check_inside(const struct frame *frame, const uint8_t *bytes,
			 size_t len)
{
	size_t i;

	for (i = 0; i < FRAME_CLASSES; i++)
		if (frame->bits_len[i]) {
			assert_true(frame->bits[i] >= bytes);
			assert_true(frame->bits[i] + frame->bits_len[i] +
					    FRAME_FCS_LEN <=
				    bytes + len);
		}
	if (!frame->body)
		return;
	assert_true(frame->body >= bytes);
	assert_true(frame->body + frame->body_len + FRAME_FCS_LEN <=
		    bytes + len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frame frame;

	if (!frame_looks_checked(data, size))
		return 0;
	frame_passes(frame_start(ID_A, ID_B), data, size);
	frame_read(&frame, data, size);
	check_inside(&frame, data, size);
	check_again(&frame);
	return 0;
}
