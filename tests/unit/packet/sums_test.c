/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of sums: right checksums become 0, and every packet comes back.
 */
#include "../testing.h"
#include "packet/sums.h"

#define LEN_MAX 200

/* Flip a packet and put it back. Return: the flipped packet, to be freed. */
static uint8_t *flip(const uint8_t *packet, size_t len)
{
	uint8_t *flipped = testing_copy(packet, len);
	uint8_t *back;

	sums_flip(flipped, len);
	back = testing_copy(flipped, len);
	sums_flip(back, len);
	assert_memory_equal(back, packet, len);
	free(back);
	return flipped;
}

static void assert_zero(const uint8_t *packet, size_t len, size_t at)
{
	uint8_t *flipped = flip(packet, len);

	assert_int_equal(flipped[at] << 8 | flipped[at + 1], 0);
	free(flipped);
}

static void assert_same(const uint8_t *packet, size_t len)
{
	uint8_t *flipped = flip(packet, len);

	assert_memory_equal(flipped, packet, len);
	free(flipped);
}

static void test_sums_tcp(void **state)
{
	struct testing_tcp tcp = {.payload = 7, .seq = 4711, .flags = 0x10};
	uint8_t packet[LEN_MAX];
	size_t len = testing_tcp_make(packet, &tcp);

	(void)state;
	assert_zero(packet, len, 10);
	assert_zero(packet, len, 36);
	tcp.ipv6 = 1;
	len = testing_tcp_make(packet, &tcp);
	assert_zero(packet, len, 56);
}

static void test_sums_udp(void **state)
{
	static const uint8_t udp[] = {
		0x45, 0, 0,  28, 0, 0, 0, 0,   64, 17, 0, 0, 10, 0,
		0,    1, 10, 0,	 0, 2, 4, 210, 0,  53, 0, 8, 0,	 0,
	};
	uint8_t packet[sizeof(udp)];
	uint8_t *flipped;
	uint16_t sum;

	(void)state;
	memcpy(packet, udp, sizeof(udp));
	testing_ipv4_seal(packet, 20);
	/* Without a checksum, the flipped one is the right one. */
	flipped = flip(packet, sizeof(packet));
	sum = (uint16_t)(flipped[26] << 8 | flipped[27]);
	assert_int_equal(sum, (uint16_t) ~(0x0A00 + 1 + 0x0A00 + 2 + 17 + 8 +
					   1234 + 53 + 8));
	memcpy(packet + 26, flipped + 26, 2);
	free(flipped);
	assert_zero(packet, sizeof(packet), 26);
	/* If the sum is 0, the right one is all ones. */
	packet[22] = (uint8_t)((sum + 53) >> 8);
	packet[23] = (uint8_t)(sum + 53);
	packet[26] = 0xFF;
	packet[27] = 0xFF;
	assert_zero(packet, sizeof(packet), 26);
}

static void test_sums_icmp(void **state)
{
	static const uint8_t echo[] = {8, 0, 0xE5, 0x9A, 0x12, 0x34, 0, 0x31};
	uint8_t packet[20 + sizeof(echo)];

	(void)state;
	testing_ipv4(packet, sizeof(packet), 0);
	packet[9] = 1;
	testing_ipv4_seal(packet, 20);
	memcpy(packet + 20, echo, sizeof(echo));
	assert_zero(packet, sizeof(packet), 22);
}

/* A wrong checksum comes back as wrong as it was. */
static void test_sums_wrong(void **state)
{
	const struct testing_tcp tcp = {.payload = 7, .flags = 0x10};
	uint8_t packet[LEN_MAX];
	size_t len = testing_tcp_make(packet, &tcp);
	uint8_t *flipped;

	(void)state;
	packet[10] ^= 0x12;
	packet[36] ^= 0x34;
	flipped = flip(packet, len);
	assert_int_equal(flipped[10], 0x12);
	assert_int_equal(flipped[36], 0x34);
	free(flipped);
}

static void test_sums_left_alone(void **state)
{
	const struct testing_tcp tcp = {.payload = 7, .flags = 0x10};
	uint8_t packet[LEN_MAX];
	size_t len = testing_tcp_make(packet, &tcp);
	uint8_t *flipped;

	(void)state;
	assert_same(packet, len - 1);
	assert_same(packet, 0);
	assert_same(packet, 19);
	packet[0] = 0x46;
	assert_same(packet, len);
	packet[0] = 0x45;
	/* A fragment keeps its TCP checksum, or what is in its place. */
	packet[6] = 0x20;
	testing_ipv4_seal(packet, 20);
	flipped = flip(packet, len);
	assert_memory_equal(flipped + 20, packet + 20, len - 20);
	assert_int_equal(flipped[10] << 8 | flipped[11], 0);
	free(flipped);
}

static void test_sums_any_bytes(void **state)
{
	static const uint8_t protocols[] = {1, 6, 17, 58};
	uint8_t packet[LEN_MAX];
	uint64_t seed = 1624;
	size_t round;
	size_t len;
	size_t i;

	(void)state;
	for (round = 0; round < 20000; round++) {
		len = testing_random(&seed, LEN_MAX);
		for (i = 0; i < LEN_MAX; i++)
			packet[i] = (uint8_t)testing_random(&seed, 256);
		packet[0] = round % 2 ? 0x45 : 0x60;
		if (round % 2) {
			packet[2] = 0;
			packet[3] = (uint8_t)len;
			packet[6] &= 0x80;
			packet[9] = protocols[round / 2 % 4];
			packet[7] = 0;
		} else {
			packet[4] = 0;
			packet[5] = (uint8_t)(len - 40);
			packet[6] = protocols[round / 2 % 4];
		}
		free(flip(packet, len));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums_tcp),
		cmocka_unit_test(test_sums_udp),
		cmocka_unit_test(test_sums_icmp),
		cmocka_unit_test(test_sums_wrong),
		cmocka_unit_test(test_sums_left_alone),
		cmocka_unit_test(test_sums_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
