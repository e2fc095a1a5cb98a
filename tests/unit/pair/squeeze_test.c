/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of squeeze: two ends, and a stranger in place of one of them.
 */
#include "../testing.h"
#include "packet/link_layer.h"
#include "packet/packet.h"
#include "pair/squeeze.h"

#include <stdio.h>

#define FORM_RAW   0
#define FORM_WHOLE 1

static struct squeeze *here;
static struct squeeze *there;
static uint64_t seed;

static int setup(void **state)
{
	(void)state;
	seed = 8878;
	here = squeeze_new(SQUEEZE_LARGE, link_layer_of(false)->find_ip);
	there = squeeze_new(SQUEEZE_LARGE, link_layer_of(false)->find_ip);
	assert_non_null(here);
	assert_non_null(there);
	assert_true(squeeze_begin(here));
	assert_true(squeeze_begin(there));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	squeeze_free(here);
	squeeze_free(there);
	return 0;
}

/* Send a packet that stays behind its length. Return: bytes on the line. */
static size_t send(const uint8_t *packet, size_t len)
{
	uint8_t *room = malloc(len + SQUEEZE_EXTRA);
	const uint8_t *out = NULL;
	uint8_t *body;
	size_t body_len;
	size_t out_len = 0;

	assert_non_null(room);
	memcpy(room, packet, len);
	body_len = squeeze_shrink(here, room, len);
	if (!body_len) {
		assert_memory_equal(room, packet, len);
		free(room);
		return len;
	}
	assert_in_range(body_len, 1, len + SQUEEZE_EXTRA);
	body = testing_copy(room, body_len);
	free(room);
	assert_true(squeeze_expand(there, body, body_len, &out, &out_len));
	free(body);
	assert_int_equal(out_len, len);
	assert_memory_equal(out, packet, len);
	return body_len;
}

static void fill_random(uint8_t *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		bytes[i] = (uint8_t)testing_random(&seed, 256);
}

/* Lines that look like those of a log. */
static void fill_text(uint8_t *bytes, size_t len)
{
	char line[80];
	size_t at = 0;
	size_t n;

	while (at < len) {
		n = (size_t)snprintf(line, sizeof(line),
				     "Nov 28 18:%02zu:%02zu host kernel: "
				     "ttyUSB%zu: %zu input overruns\n",
				     testing_random(&seed, 60),
				     testing_random(&seed, 60),
				     testing_random(&seed, 4),
				     testing_random(&seed, 1000));
		if (n > len - at)
			n = len - at;
		memcpy(bytes + at, line, n);
		at += n;
	}
}

static size_t make(uint8_t *packet, size_t payload, int is_random)
{
	static uint32_t seq;
	const struct testing_tcp tcp = {
		.payload = payload,
		.seq = seq,
		.id = (uint16_t)seq,
		.flags = 0x10,
	};
	const size_t len = testing_tcp_make(packet, &tcp);

	seq += (uint32_t)payload + 1;
	if (is_random)
		fill_random(packet + 40, payload);
	else
		fill_text(packet + 40, payload);
	testing_tcp_seal(packet, 20, len);
	return len;
}

static void test_squeeze_text(void **state)
{
	uint8_t packet[1500];
	size_t on_line = 0;
	size_t sent = 0;
	size_t len;
	int i;

	(void)state;
	for (i = 0; i < 300; i++) {
		len = make(packet, 1460, 0);
		sent += len;
		on_line += send(packet, len);
	}
	assert_true(on_line < sent / 4);
}

/* Bytes that do not shrink cost next to nothing, and soon no work. */
static void test_squeeze_random(void **state)
{
	struct squeeze_stats stats;
	uint8_t packet[1500];
	size_t on_line = 0;
	size_t sent = 0;
	size_t len;
	int i;

	(void)state;
	for (i = 0; i < 300; i++) {
		/* Headers would shrink. */
		fill_random(packet, sizeof(packet));
		sent += sizeof(packet);
		on_line += send(packet, sizeof(packet));
	}
	assert_true(on_line <= sent + sent / 1000);
	squeeze_get_stats(here, &stats);
	assert_int_equal(stats.passed_over + stats.packets, 300);
	assert_in_range(stats.packets, 22 + 30, 24 + 36);

	/* Text is noticed after a few packets. */
	on_line = 0;
	sent = 0;
	for (i = 0; i < 50; i++) {
		len = make(packet, 1460, 0);
		sent += len;
		on_line += send(packet, len);
	}
	assert_true(on_line < sent / 2);
}

/* The headers before random bytes shrink, which is worth the work. */
static void test_squeeze_random_payload(void **state)
{
	struct testing_tcp tcp = {.payload = 1448, .options = 12, .flags = 16};
	struct squeeze_stats stats;
	uint8_t packet[1500];
	size_t on_line = 0;
	size_t sent = 0;
	size_t len;
	int i;

	(void)state;
	for (i = 0; i < 300; i++) {
		tcp.seq += 1448;
		tcp.id++;
		len = testing_tcp_make(packet, &tcp);
		fill_random(packet + 52, tcp.payload);
		testing_tcp_seal(packet, 20, len);
		sent += len;
		on_line += send(packet, len);
	}
	assert_true(on_line < sent - sent / 100);
	squeeze_get_stats(here, &stats);
	assert_int_equal(stats.passed_over, 0);
}

/* Of a small packet, the header shrinks. */
static void test_squeeze_small(void **state)
{
	uint8_t packet[100];
	size_t on_line = 0;
	size_t len;
	int i;

	(void)state;
	for (i = 0; i < 300; i++) {
		len = make(packet, 60, 1);
		on_line += send(packet, len);
	}
	assert_true(on_line / 300 < 85);
	on_line = 0;
	for (i = 0; i < 300; i++) {
		len = make(packet, 0, 1);
		on_line += send(packet, len);
	}
	assert_true(on_line / 300 < 25);
}

/* Packets of all kinds, in any order, in both directions. */
static void test_squeeze_mixed(void **state)
{
	static uint8_t packet[PACKET_MAX];
	struct squeeze *other;
	size_t len;
	size_t i;

	(void)state;
	for (i = 0; i < 3000; i++) {
		len = 1 + testing_random(&seed, i % 100 ? 1500 : PACKET_MAX);
		switch (testing_random(&seed, 4)) {
		case 0:
			fill_random(packet, len);
			break;
		case 1:
			fill_text(packet, len);
			break;
		case 2:
			memset(packet, (int)testing_random(&seed, 256), len);
			break;
		default:
			len = make(packet, len % 1400, i % 3 == 0);
			break;
		}
		send(packet, len);
		other = here;
		here = there;
		there = other;
	}
}

static void test_squeeze_longest(void **state)
{
	static uint8_t packet[PACKET_MAX + SQUEEZE_EXTRA];

	(void)state;
	fill_random(packet, PACKET_MAX);
	assert_in_range(send(packet, SQUEEZE_PACKET_MAX), SQUEEZE_PACKET_MAX,
			UINT16_MAX);
	assert_int_equal(squeeze_shrink(here, packet, SQUEEZE_PACKET_MAX + 1),
			 0);
	assert_int_equal(squeeze_shrink(here, packet, 0), 0);
	send(packet, 1500);
}

/* In Ethernet frames the checksums are behind another header. */
static void test_squeeze_ethernet(void **state)
{
	uint8_t frame[14 + 40] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};
	size_t on_line = 0;
	int i;

	(void)state;
	squeeze_free(here);
	squeeze_free(there);
	here = squeeze_new(SQUEEZE_LARGE, link_layer_of(true)->find_ip);
	there = squeeze_new(SQUEEZE_LARGE, link_layer_of(true)->find_ip);
	assert_true(squeeze_begin(here) && squeeze_begin(there));
	for (i = 0; i < 300; i++) {
		make(frame + 14, 0, 0);
		on_line += send(frame, sizeof(frame));
	}
	assert_true(on_line / 300 < 25);
}

/* With the next session both histories begin anew. */
static void test_squeeze_begins_anew(void **state)
{
	uint8_t packet[1500];
	size_t first = 0;
	int i;

	(void)state;
	fill_random(packet, sizeof(packet));
	for (i = 0; i < 4; i++) {
		first = send(packet, sizeof(packet));
		assert_true(first > 1400);
		assert_true(send(packet, sizeof(packet)) < 100);
		assert_true(squeeze_begin(here));
		assert_true(squeeze_begin(there));
	}
}

static void assert_lost(const uint8_t *body, size_t len)
{
	uint8_t *copy = testing_copy(body, len);
	struct squeeze_stats before;
	struct squeeze_stats after;
	const uint8_t *out;
	size_t out_len;

	squeeze_get_stats(there, &before);
	assert_false(squeeze_is_lost(there));
	assert_false(squeeze_expand(there, copy, len, &out, &out_len));
	free(copy);
	assert_true(squeeze_is_lost(there));
	squeeze_get_stats(there, &after);
	assert_int_equal(after.bad, before.bad + 1);
	/* What comes behind it depends on it. */
	assert_false(squeeze_expand(there, (const uint8_t *)"\0x", 2, &out,
				    &out_len));
	squeeze_get_stats(there, &after);
	assert_int_equal(after.bad, before.bad + 1);
	assert_true(squeeze_begin(there));
	assert_true(squeeze_begin(here));
	assert_false(squeeze_is_lost(there));
	send((const uint8_t *)"all is well", 11);
	assert_true(squeeze_begin(there));
	assert_true(squeeze_begin(here));
}

#define LOST(bytes) assert_lost((const uint8_t *)(bytes), sizeof(bytes) - 1)

static void test_squeeze_stranger(void **state)
{
	/* Blocks that say: 65536, 65535 and 131072 times the same byte. */
	static const uint8_t bomb[] = {FORM_WHOLE, 2, 0, 8, 'x'};
	static const uint8_t longest[] = {FORM_WHOLE, 0xFA, 0xFF, 7, 'x'};
	static const uint8_t two[] = {FORM_WHOLE, 0xFA, 0xFF, 7,  'x',
				      0x0A,	  0,	0,    'x'};
	static const uint8_t huge[] = {FORM_WHOLE, 2, 0, 16, 'x'};
	const uint8_t *out;
	size_t len;

	(void)state;
	LOST("");
	LOST("\0");
	LOST("\1");
	LOST("\4");
	/* Unknown forms, one of them with the type that zstd reserves. */
	LOST("\2abc");
	LOST("\6abc");
	LOST("\xFF"
	     "abc");
	LOST("\4no block at all");
	assert_lost(bomb, sizeof(bomb));
	assert_lost(two, sizeof(two));
	assert_lost(huge, sizeof(huge));
	assert_true(
		squeeze_expand(there, longest, sizeof(longest), &out, &len));
	assert_int_equal(len, 65535);
	assert_true(squeeze_begin(there));
}

/* Behind the end of a frame another could begin: with a larger window, or of an
 * older format. */
static void test_squeeze_second_frame(void **state)
{
	static const uint8_t ends[] = {
		FORM_WHOLE, 9, 0, 0, 'x', 0x28, 0xB5, 0x2F, 0xFD, 0, 0xA8,
	};

	(void)state;
	assert_lost(ends, 5);
	assert_lost(ends, sizeof(ends));
}

/* Of a block that is cut off, no more comes out than there is. */
static void test_squeeze_cut_block(void **state)
{
	static const uint8_t cut[] = {FORM_WHOLE, 0x50, 0, 0, 'x', 'y'};
	const uint8_t *out;
	size_t len = 1;

	(void)state;
	assert_true(squeeze_expand(there, cut, sizeof(cut), &out, &len));
	assert_in_range(len, 0, 2);
	squeeze_lose(there);
	assert_true(squeeze_is_lost(there));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_squeeze_text, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_squeeze_random, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_squeeze_random_payload,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_squeeze_small, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_squeeze_mixed, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_squeeze_longest, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_squeeze_ethernet, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_squeeze_begins_anew, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_squeeze_stranger, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_squeeze_second_frame,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_squeeze_cut_block, setup,
						teardown),
	};

	if (!squeeze_is_built_in()) {
		puts("1..0 # SKIP built without libzstd");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
