/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of transport: which packets belong to the line's own connection.
 */
#include "../testing.h"
#include "packet/transport.h"

#include <netinet/in.h>

/* UDP from port 3005 to 198.51.100.7:3004, with eight bytes. */
static const uint8_t ipv4[] = {
	0x45, 0,  0, 36, 0,   0,  0,   0, 64,	17,   0,    0,
	192,  0,  2, 1,	 198, 51, 100, 7, 0x0B, 0xBD, 0x0B, 0xBC,
	0,    16, 0, 0,	 1,   2,  3,   4, 5,	6,    7,    8,
};

/* TCP from port 3005 to [2001:db8::7]:3004; of TCP, the ports. */
static const uint8_t ipv6[] = {
	0x60, 0, 0, 0, 0, 20, 6, 64,   0x20, 1,	   0x0D, 0xB8, 0,    0,	   0,
	0,    0, 0, 0, 0, 0,  0, 0,    1,    0x20, 1,	 0x0D, 0xB8, 0,	   0,
	0,    0, 0, 0, 0, 0,  0, 0,    0,    7,	   0x0B, 0xBD, 0x0B, 0xBC, 0,
	0,    0, 0, 0, 0, 0,  0, 0x50, 0,    0,	   0,	 0,    0,    0,	   0,
};

static const struct transport udp = {
	.version = 4,
	.protocol = IPPROTO_UDP,
	.to = {198, 51, 100, 7},
	.to_port = 3004,
	.from_port = 3005,
};

static const struct transport tcp = {
	.version = 6,
	.protocol = IPPROTO_TCP,
	.to = {0x20, 1, 0x0D, 0xB8, [15] = 7},
	.to_port = 3004,
	.from_port = 3005,
};

static void test_transport_knows_its_own(void **state)
{
	static const struct transport none;
	size_t len;

	(void)state;
	assert_true(transport_has_sent(&udp, ipv4, sizeof(ipv4)));
	assert_true(transport_has_sent(&tcp, ipv6, sizeof(ipv6)));
	assert_false(transport_has_sent(&udp, ipv6, sizeof(ipv6)));
	assert_false(transport_has_sent(&tcp, ipv4, sizeof(ipv4)));
	assert_false(transport_has_sent(&none, ipv4, sizeof(ipv4)));
	for (len = 0; len < 24; len++)
		assert_false(transport_has_sent(&udp, ipv4, len));
	for (len = 0; len < 48; len++)
		assert_false(transport_has_sent(&tcp, ipv6, len));
}

/* Another address, port or protocol is another connection. */
static void test_transport_knows_others(void **state)
{
	static const size_t of_ipv4[] = {9, 16, 19, 20, 21, 22, 23};
	static const size_t of_ipv6[] = {6, 24, 39, 40, 41, 42, 43};
	uint8_t packet[sizeof(ipv6)];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(of_ipv4); i++) {
		memcpy(packet, ipv4, sizeof(ipv4));
		packet[of_ipv4[i]] ^= 1;
		assert_false(transport_has_sent(&udp, packet, sizeof(ipv4)));
	}
	for (i = 0; i < TESTING_COUNT(of_ipv6); i++) {
		memcpy(packet, ipv6, sizeof(ipv6));
		packet[of_ipv6[i]] ^= 1;
		assert_false(transport_has_sent(&tcp, packet, sizeof(ipv6)));
	}
}

/* The first fragment has the ports; later ones match, too. */
static void test_transport_knows_pieces(void **state)
{
	uint8_t packet[sizeof(ipv6) + 8];

	(void)state;
	memcpy(packet, ipv4, sizeof(ipv4));
	packet[7] = 185;
	packet[20] = 0;
	assert_true(transport_has_sent(&udp, packet, sizeof(ipv4)));

	memcpy(packet, ipv6, 40);
	packet[6] = IPPROTO_FRAGMENT;
	memcpy(packet + 40, "\6\0\0\1\0\0\0\0", 8);
	memcpy(packet + 48, ipv6 + 40, sizeof(ipv6) - 40);
	assert_true(transport_has_sent(&tcp, packet, sizeof(packet)));
	packet[48] ^= 1;
	assert_false(transport_has_sent(&tcp, packet, sizeof(packet)));
	packet[42] = 5;
	assert_true(transport_has_sent(&tcp, packet, sizeof(packet)));
	packet[40] = IPPROTO_UDP;
	assert_false(transport_has_sent(&tcp, packet, sizeof(packet)));
}

/* A listening line answers with SYN-ACKs of its port, of any address. */
static void test_transport_knows_its_answers(void **state)
{
	uint8_t packet[sizeof(ipv4) + 4] = {0};
	uint8_t packet6[sizeof(ipv6)];
	size_t len;

	(void)state;
	memcpy(packet, ipv4, sizeof(ipv4));
	packet[9] = IPPROTO_TCP;
	packet[20 + 13] = 0x12;
	memcpy(packet6, ipv6, sizeof(ipv6));
	packet6[40 + 13] = 0x12;
	assert_true(transport_has_answered(3005, packet, sizeof(packet)));
	assert_true(transport_has_answered(3005, packet6, sizeof(packet6)));
	assert_false(transport_has_answered(0, packet, sizeof(packet)));
	assert_false(transport_has_answered(3004, packet, sizeof(packet)));
	for (len = 0; len < 40; len++)
		assert_false(transport_has_answered(3005, packet, len));
	for (len = 0; len < 60; len++)
		assert_false(transport_has_answered(3005, packet6, len));
	/* Only SYN, as to connect; only ACK, as of an old connection. */
	packet[20 + 13] = 0x02;
	assert_false(transport_has_answered(3005, packet, sizeof(packet)));
	packet[20 + 13] = 0x10;
	assert_false(transport_has_answered(3005, packet, sizeof(packet)));
	packet[20 + 13] = 0x12;
	packet[9] = IPPROTO_UDP;
	assert_false(transport_has_answered(3005, packet, sizeof(packet)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transport_knows_its_own),
		cmocka_unit_test(test_transport_knows_others),
		cmocka_unit_test(test_transport_knows_pieces),
		cmocka_unit_test(test_transport_knows_its_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
