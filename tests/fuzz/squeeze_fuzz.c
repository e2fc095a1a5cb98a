/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzer of compression. The script has packets, which come back as they were,
 * and whole bodies of a stranger: whatever they are, the decoder stays within
 * its memory, makes no packet longer than the longest, and begins anew.
 */
#include "fuzz.h"
#include "packet/link_layer.h"
#include "packet/packet.h"
#include "pair/squeeze.h"

#include <stdbool.h>

enum action {
	SEND,
	REPEAT_LAST,
	STRANGER,
	DAMAGE,
	BEGIN,
	ACTION_COUNT,
};

static struct squeeze *here;
static struct squeeze *there;
static uint8_t last[1024];
static size_t last_len;
static bool is_true; /* the decoder has had what the encoder made, only */

static void expand(const uint8_t *body, size_t len)
{
	uint8_t *copy = testing_copy(body, len);
	const bool was_lost = squeeze_is_lost(there);
	const uint8_t *packet = NULL;
	size_t packet_len = 0;
	bool is_good = squeeze_expand(there, copy, len, &packet, &packet_len);

	free(copy);
	assert_true(squeeze_is_lost(there) == !is_good);
	assert_false(was_lost && is_good);
	if (is_good)
		assert_in_range(packet_len, 0, PACKET_MAX);
	if (!is_true)
		return;
	assert_int_equal(packet_len, last_len);
	assert_memory_equal(packet, last, last_len);
}

/* Send the last packet, with a bit that is wrong unless @flip is 0. */
static void send_last(uint64_t flip)
{
	uint8_t room[sizeof(last) + SQUEEZE_EXTRA];
	size_t len;

	memcpy(room, last, last_len);
	len = squeeze_shrink(here, room, last_len);
	if (!len) {
		assert_memory_equal(room, last, last_len);
		return;
	}
	assert_true(len <= last_len + SQUEEZE_EXTRA);
	if (flip) {
		is_true = false;
		room[flip % len] ^= (uint8_t)(1 << flip / len % 8);
	}
	expand(room, len);
}

static void begin(void)
{
	assert_true(squeeze_begin(here));
	assert_true(squeeze_begin(there));
	is_true = true;
}

static void act(struct fuzz_script *script)
{
	const uint8_t *bytes;
	size_t len;

	switch ((enum action)(fuzz_number(script, 1) % ACTION_COUNT)) {
	case SEND:
		len = (size_t)fuzz_number(script, 2) % sizeof(last);
		bytes = fuzz_take(script, &len);
		memcpy(last, bytes, len);
		last_len = len;
		send_last(0);
		break;
	case REPEAT_LAST:
		send_last(0);
		break;
	case STRANGER:
		len = (size_t)fuzz_number(script, 1);
		bytes = fuzz_take(script, &len);
		is_true = false;
		expand(bytes, len);
		break;
	case DAMAGE:
		send_last(fuzz_number(script, 2));
		break;
	case BEGIN:
	case ACTION_COUNT:
		begin();
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_script script = {data, size};

	if (!squeeze_is_built_in())
		return 0;
	if (!here) {
		here = squeeze_new(SQUEEZE_LARGE,
				   link_layer_of(false)->find_ip);
		there = squeeze_new(SQUEEZE_LARGE,
				    link_layer_of(false)->find_ip);
		assert_non_null(here);
		assert_non_null(there);
	}
	begin();
	last_len = 0;
	while (script.len)
		act(&script);
	return 0;
}
