/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of gso: compare the packets cut from a super-packet with packets built
 * one by one.
 */
#include "../testing.h"
#include "packet/gso.h"

#define FIN 0x01
#define PSH 0x08
#define ACK 0x10
#define ECE 0x40
#define CWR 0x80

static uint8_t packet[65535];
static uint8_t wanted[65535];

/* Leave the same work undone as the kernel. */
static struct gso leave_undone(const struct testing_tcp *tcp, size_t len,
			       uint16_t segment_len)
{
	size_t at = testing_tcp_at(tcp);
	uint16_t sum = testing_tcp_pseudo(packet, at, len);

	packet[at + 16] = (uint8_t)(sum >> 8);
	packet[at + 17] = (uint8_t)sum;
	return (struct gso){.segment_len = segment_len,
			    .needs_sum = true,
			    .sum_from = (uint16_t)at,
			    .sum_at = (uint16_t)(at + 16)};
}

static uint8_t wanted_flags(uint8_t flags, bool first, bool last)
{
	if (!first)
		flags &= (uint8_t)~CWR;
	if (!last)
		flags &= (uint8_t) ~(FIN | PSH);
	return flags;
}

static void assert_cut(const struct testing_tcp *tcp, uint16_t segment_len)
{
	struct testing_tcp segment = *tcp;
	size_t len = testing_tcp_make(packet, tcp);
	struct gso gso = leave_undone(tcp, len, segment_len);
	uint8_t *super = testing_copy(packet, len);
	struct gso_cut cut;
	uint8_t *got;
	size_t at;

	assert_true(gso_cut_begin(&cut, &gso, super, len));
	for (at = 0; at < tcp->payload; at += segment_len) {
		segment.payload = tcp->payload - at;
		if (segment.payload > segment_len)
			segment.payload = segment_len;
		segment.seq = tcp->seq + (uint32_t)at;
		segment.id = (uint16_t)(tcp->id + at / segment_len);
		segment.flags =
			wanted_flags(tcp->flags, at == 0,
				     at + segment.payload == tcp->payload);
		len = testing_tcp_make(wanted, &segment);
		assert_int_equal(gso_cut_next(&cut, &got), len);
		assert_memory_equal(got, wanted, len);
	}
	assert_int_equal(gso_cut_next(&cut, &got), 0);
	assert_int_equal(gso_cut_next(&cut, &got), 0);
	free(super);
}

static void test_gso_super_packets(void **state)
{
	static const struct {
		size_t payload;
		size_t options;
		uint16_t segment_len;
		uint8_t flags;
		uint32_t seq;
		uint16_t id;
	} supers[] = {
		{2896, 12, 1448, ACK, 1000, 7},
		{2897, 12, 1448, ACK, 1000, 7},
		{2895, 12, 1448, ACK | PSH, 1000, 7},
		{65160, 12, 1448, ACK | PSH, 1000, 7},
		/* All segments but one; one alone; as short as can be. */
		{1449, 0, 1448, ACK, 1, 1},
		{1448, 0, 1448, ACK | PSH, 1, 1},
		{100, 12, 1448, ACK, 1, 1},
		{100, 0, 1, ACK | FIN | PSH, 1, 1},
		{1000, 40, 59, ACK, 1, 1},
		{1000, 40, 61, ACK, 1, 1},
		/* Numbers that wrap. */
		{10000, 12, 1448, ACK, 0xFFFFFA00, 0xFFFE},
		/* ECN, and all other flags. */
		{10000, 12, 1448, ACK | ECE, 1, 1},
		{10000, 12, 1448, ACK | CWR | PSH, 1, 1},
		{10000, 12, 1448, 0xFF, 1, 1},
	};
	size_t i;

	(void)state;
	for (i = 0; i < 2 * TESTING_COUNT(supers); i++)
		assert_cut(
			&(struct testing_tcp){.ipv6 = i % 2 != 0,
					      .payload = supers[i / 2].payload,
					      .options = supers[i / 2].options,
					      .flags = supers[i / 2].flags,
					      .seq = supers[i / 2].seq,
					      .id = supers[i / 2].id},
			supers[i / 2].segment_len);
}

static void test_gso_random_super_packets(void **state)
{
	uint64_t seed = 9293;
	struct testing_tcp tcp;
	int i;

	(void)state;
	for (i = 0; i < 3000; i++) {
		tcp = (struct testing_tcp){
			.ipv6 = (int)testing_random(&seed, 2),
			.seq = (uint32_t)testing_random(&seed, UINT32_MAX),
			.id = (uint16_t)testing_random(&seed, 65536),
			.options = testing_random(&seed, 11) * 4,
			.flags = (uint8_t)testing_random(&seed, 256),
			.payload = 1 + testing_random(&seed, 5000),
		};
		assert_cut(&tcp, (uint16_t)(1 + testing_random(&seed, 1500)));
	}
}

/* Only the expected fields differ from packet to packet. */
static void test_gso_keeps_ecn_and_hops(void **state)
{
	const struct testing_tcp tcp = {.payload = 300, .flags = ACK};
	size_t len = testing_tcp_make(packet, &tcp);
	struct gso gso = leave_undone(&tcp, len, 100);
	struct gso_cut cut;
	uint8_t *got;
	int i;

	(void)state;
	packet[1] = 0xB9 | 3;
	packet[8] = 5;
	assert_true(gso_cut_begin(&cut, &gso, packet, len));
	for (i = 0; i < 3; i++) {
		assert_int_equal(gso_cut_next(&cut, &got), 140);
		assert_int_equal(got[1], 0xBB);
		assert_int_equal(got[8], 5);
		assert_int_equal(testing_checksum(0, got, 20), 0xFFFF);
	}
}

static void test_gso_nothing_left_to_do(void **state)
{
	const struct gso nothing = {0};
	struct gso_cut cut;
	uint8_t *got;

	(void)state;
	testing_ipv4(packet, 1500, 'x');
	memcpy(wanted, packet, 1500);
	assert_true(gso_cut_begin(&cut, &nothing, packet, 1500));
	assert_int_equal(gso_cut_next(&cut, &got), 1500);
	assert_memory_equal(got, wanted, 1500);
	assert_int_equal(gso_cut_next(&cut, &got), 0);
}

/* A lone packet without a checksum: TCP and UDP are the same. */
static void test_gso_completes_a_checksum(void **state)
{
	const struct testing_tcp tcp = {.payload = 333, .flags = ACK};
	size_t len = testing_tcp_make(packet, &tcp);
	struct gso gso;
	struct gso_cut cut;
	uint8_t *got;

	(void)state;
	memcpy(wanted, packet, len);
	gso = leave_undone(&tcp, len, 0);
	assert_true(gso_cut_begin(&cut, &gso, packet, len));
	assert_int_equal(gso_cut_next(&cut, &got), len);
	assert_memory_equal(got, wanted, len);
	assert_int_equal(gso_cut_next(&cut, &got), 0);
}

/* RFC 768: a sum of zero is sent as all ones. */
static void test_gso_checksum_is_never_zero(void **state)
{
	const struct gso gso = {.needs_sum = true,
				.sum_from = 20,
				.sum_at = 26};
	struct gso_cut cut;
	uint8_t *got;

	(void)state;
	testing_ipv4(packet, 30, 0);
	packet[28] = 0xFF;
	packet[29] = 0xFF;
	assert_true(gso_cut_begin(&cut, &gso, packet, 30));
	assert_int_equal(gso_cut_next(&cut, &got), 30);
	assert_int_equal(got[26] << 8 | got[27], 0xFFFF);
}

static void assert_refused(struct gso gso, size_t len)
{
	uint8_t *copy = testing_copy(packet, len);
	struct gso_cut cut;

	assert_false(gso_cut_begin(&cut, &gso, copy, len));
	free(copy);
}

static void test_gso_refuses_what_does_not_fit(void **state)
{
	const struct testing_tcp tcp = {.payload = 3000, .flags = ACK};
	size_t len = testing_tcp_make(packet, &tcp);
	const struct gso good = leave_undone(&tcp, len, 1448);
	struct gso bad;
	size_t cut;

	(void)state;
	for (cut = 1; cut <= 40; cut++)
		assert_refused(good, cut);
	bad = good;
	bad.needs_sum = false;
	assert_refused(bad, len);
	bad = good;
	bad.sum_at++;
	assert_refused(bad, len);
	bad = good;
	bad.sum_from = 24;
	bad.sum_at = 40;
	assert_refused(bad, len);
	bad = (struct gso){.needs_sum = true, .sum_from = 40, .sum_at = 26};
	assert_refused(bad, len);
	bad = (struct gso){.needs_sum = true,
			   .sum_from = 20,
			   .sum_at = (uint16_t)(len - 1)};
	assert_refused(bad, len);

	packet[32] = 0x40;
	assert_refused(good, len);
	packet[32] = 0x50;
	packet[0] = 0x46;
	assert_refused(good, len);
	packet[0] = 0x55;
	assert_refused(good, len);
	packet[0] = 0x65;
	assert_refused(good, len);
}

/* Random packets and offloads: gso stays within the packet. */
static void test_gso_random_bytes(void **state)
{
	static const uint8_t firsts[] = {0x45, 0x46, 0x4F, 0x60, 0x05};
	uint64_t seed = 791;
	struct gso_cut cut;
	struct gso gso;
	uint8_t *copy;
	uint8_t *got;
	size_t len;
	size_t n;
	int i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		len = 1 + testing_random(&seed, 200);
		for (n = 0; n < len; n++)
			packet[n] = (uint8_t)testing_random(&seed, 256);
		packet[0] = firsts[testing_random(&seed, sizeof(firsts))];
		gso = (struct gso){
			.segment_len = (uint16_t)testing_random(&seed, 100),
			.needs_sum = testing_random(&seed, 8),
			.sum_from = (uint16_t)(testing_random(&seed, 16) * 4),
		};
		gso.sum_at = (uint16_t)(gso.sum_from + 16);
		if (!testing_random(&seed, 4))
			gso.sum_at = (uint16_t)testing_random(&seed, 300);
		copy = testing_copy(packet, len);
		if (gso_cut_begin(&cut, &gso, copy, len)) {
			while ((n = gso_cut_next(&cut, &got))) {
				assert_true(got >= copy);
				assert_true(got + n <= copy + len);
			}
		}
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gso_super_packets),
		cmocka_unit_test(test_gso_random_super_packets),
		cmocka_unit_test(test_gso_keeps_ecn_and_hops),
		cmocka_unit_test(test_gso_nothing_left_to_do),
		cmocka_unit_test(test_gso_completes_a_checksum),
		cmocka_unit_test(test_gso_checksum_is_never_zero),
		cmocka_unit_test(test_gso_refuses_what_does_not_fit),
		cmocka_unit_test(test_gso_random_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
