/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of ethernet: good frames, and frames that a line has damaged.
 *
 * Each frame is in a buffer of exactly its length.
 */
#include "../testing.h"
#include "packet/ethernet.h"
#include "packet/siphash.h"

#define FRAME_MAX 1600

#define TYPE_IPV4 0x0800
#define TYPE_ARP  0x0806
#define TYPE_VLAN 0x8100
#define TYPE_IPV6 0x86DD
#define TYPE_QINQ 0x88A8
/* The EtherType for experiments (IEEE 802). */
#define TYPE_ELSE 0x88B5

static const struct siphash_key key = {{1, 2}};

/* Write a header in front of the payload. Return: its length. */
static size_t put_header(uint8_t *frame, unsigned int type)
{
	static const uint8_t addresses[] = {0x33, 0x33, 0, 0, 0, 1,
					    2,	  0,	0, 0, 0, 0xA};

	memcpy(frame, addresses, sizeof(addresses));
	frame[12] = (uint8_t)(type >> 8);
	frame[13] = (uint8_t)type;
	return 14;
}

/* A tag of VLAN 5 behind the last type, which it replaces. */
static size_t put_tag(uint8_t *frame, size_t at, unsigned int type)
{
	frame[at] = 0;
	frame[at + 1] = 5;
	frame[at + 2] = (uint8_t)(type >> 8);
	frame[at + 3] = (uint8_t)type;
	return at + 4;
}

static enum packet_verdict check(const uint8_t *frame, size_t len)
{
	uint8_t *copy = testing_copy(frame, len);
	enum packet_verdict verdict = ethernet_check(copy, len);

	free(copy);
	return verdict;
}

static size_t find_ip(const uint8_t *frame, size_t len)
{
	uint8_t *copy = testing_copy(frame, len);
	size_t at = ethernet_find_ip(copy, len);

	free(copy);
	return at;
}

static uint32_t flow(const uint8_t *frame, size_t len)
{
	uint8_t *copy = testing_copy(frame, len);
	uint32_t hash = ethernet_flow(copy, len, &key);

	free(copy);
	return hash;
}

static void test_ethernet_parse_mac(void **state)
{
	static const uint8_t wanted[] = {0x02, 0xAB, 0xCD, 0xEF, 0x19, 0x00};
	static const char *const bad[] = {
		"",
		"02",
		"02:",
		"02:ab:cd:ef:19",
		"02:ab:cd:ef:19:",
		"02:ab:cd:ef:19:0",
		"02:ab:cd:ef:19:000",
		"02:ab:cd:ef:19:00:",
		"02:ab:cd:ef:19:00:11",
		"2:ab:cd:ef:19:00",
		"02-ab-cd-ef-19-00",
		"02abcdef1900",
		"0g:ab:cd:ef:19:00",
		" 2:ab:cd:ef:19:00",
		"02:ab:cd:ef:19:@0",
		"02:ab:cd:ef:19:`0",
	};
	uint8_t mac[ETHERNET_MAC_LEN];
	size_t i;

	(void)state;
	assert_true(ethernet_parse_mac(mac, "02:ab:cd:ef:19:00"));
	assert_memory_equal(mac, wanted, sizeof(wanted));
	memset(mac, 0, sizeof(mac));
	assert_true(ethernet_parse_mac(mac, "02:AB:CD:EF:19:00"));
	assert_memory_equal(mac, wanted, sizeof(wanted));
	for (i = 0; i < TESTING_COUNT(bad); i++) {
		char *text = (char *)testing_copy(bad[i], strlen(bad[i]) + 1);

		if (ethernet_parse_mac(mac, text))
			fail_msg("\"%s\" was taken", text);
		assert_memory_equal(mac, wanted, sizeof(wanted));
		free(text);
	}
}

static void test_ethernet_is_station(void **state)
{
	static const struct {
		const char *mac;
		bool station;
	} rows[] = {
		{"02:00:00:00:00:01", true},  {"fe:ff:ff:ff:ff:ff", true},
		{"00:00:00:00:00:01", true},  {"00:00:01:00:00:00", true},
		{"00:00:00:00:00:00", false}, {"ff:ff:ff:ff:ff:ff", false},
		{"01:00:5e:00:00:01", false},
	};
	uint8_t mac[ETHERNET_MAC_LEN];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(rows); i++) {
		assert_true(ethernet_parse_mac(mac, rows[i].mac));
		assert_int_equal(ethernet_is_station(mac), rows[i].station);
	}
}

/* Both versions, without a tag, with one, and with two, padded and not. */
static void test_ethernet_check_ip(void **state)
{
	static const struct {
		unsigned int type;
		enum packet_verdict verdict;
		size_t min;
	} rows[] = {
		{TYPE_IPV4, PACKET_IPV4, 20},
		{TYPE_IPV6, PACKET_IPV6, 40},
	};
	static const unsigned int outer[] = {0, TYPE_VLAN, TYPE_QINQ};
	uint8_t frame[FRAME_MAX] = {0};
	size_t i, tags, len, at, padding;

	(void)state;
	for (i = 0; i < TESTING_COUNT(rows); i++)
		for (tags = 0; tags < 3; tags++) {
			at = put_header(frame,
					tags ? outer[tags] : rows[i].type);
			if (tags == 2)
				at = put_tag(frame, at, TYPE_VLAN);
			if (tags)
				at = put_tag(frame, at, rows[i].type);
			for (len = rows[i].min; len <= 1500; len += 146) {
				if (rows[i].type == TYPE_IPV4)
					testing_ipv4(frame + at, len, 7);
				else
					testing_ipv6(frame + at, len, 17, 7);
				for (padding = 0; padding < 20; padding += 6)
					assert_int_equal(check(frame,
							       at + len +
								       padding),
							 rows[i].verdict);
				assert_int_equal(find_ip(frame, at + len), at);
				assert_int_equal(check(frame, at + len - 1),
						 len == rows[i].min
							 ? PACKET_BAD_HEADER
							 : PACKET_BAD_LENGTH);
			}
		}
}

static void test_ethernet_check_spoiled_ip(void **state)
{
	uint8_t frame[FRAME_MAX] = {0};
	size_t at = put_header(frame, TYPE_IPV4);

	(void)state;
	testing_ipv4(frame + at, 100, 7);
	frame[at + 8] ^= 1;
	assert_int_equal(check(frame, at + 100), PACKET_BAD_CHECKSUM);
	frame[at] = 0x44;
	assert_int_equal(check(frame, at + 100), PACKET_BAD_HEADER);
	frame[at] = 0x65;
	assert_int_equal(check(frame, at + 100), PACKET_BAD_VERSION);
	/* The total length is below the header's length. */
	testing_ipv4(frame + at, 100, 7);
	frame[at + 3] = 19;
	assert_int_equal(check(frame, at + 100), PACKET_BAD_HEADER);
	frame[at + 3] = 0;
	assert_int_equal(check(frame, at + 100), PACKET_BAD_HEADER);

	put_header(frame, TYPE_IPV6);
	testing_ipv6(frame + at, 100, 17, 7);
	assert_int_equal(check(frame, at + 100), PACKET_IPV6);
	frame[at] = 0x45;
	assert_int_equal(check(frame, at + 100), PACKET_BAD_VERSION);
	frame[at] = 0x60;
	frame[at + 4] = 0xFF;
	assert_int_equal(check(frame, at + 100), PACKET_BAD_LENGTH);
}

static void test_ethernet_check_others(void **state)
{
	uint8_t frame[FRAME_MAX] = {0};
	size_t at = put_header(frame, TYPE_ARP);

	(void)state;
	assert_int_equal(check(frame, at + 28), PACKET_OTHER);
	assert_int_equal(check(frame, 60), PACKET_OTHER);
	put_header(frame, TYPE_ELSE);
	assert_int_equal(check(frame, at), PACKET_OTHER);
	assert_int_equal(check(frame, 1514), PACKET_OTHER);
	put_header(frame, TYPE_VLAN);
	at = put_tag(frame, 14, TYPE_ARP);
	assert_int_equal(check(frame, at + 28), PACKET_OTHER);
	assert_int_equal(find_ip(frame, at + 28), at + 28);
}

/* A length instead of a type, as in frames of a spanning tree. */
static void test_ethernet_check_802_3(void **state)
{
	uint8_t frame[FRAME_MAX] = {0};

	(void)state;
	put_header(frame, 38);
	assert_int_equal(check(frame, 60), PACKET_OTHER);
	assert_int_equal(check(frame, 14 + 38), PACKET_OTHER);
	assert_int_equal(check(frame, 14 + 37), PACKET_BAD_LENGTH);
	put_header(frame, 2);
	assert_int_equal(check(frame, 60), PACKET_BAD_LENGTH);
	put_header(frame, 0x5FF);
	assert_int_equal(check(frame, 60), PACKET_BAD_LENGTH);
	put_header(frame, 0x600);
	assert_int_equal(check(frame, 60), PACKET_OTHER);
}

static void test_ethernet_check_every_runt(void **state)
{
	uint8_t frame[FRAME_MAX] = {0};
	size_t len;

	(void)state;
	put_header(frame, TYPE_VLAN);
	put_tag(frame, put_tag(frame, 14, TYPE_QINQ), TYPE_ELSE);
	for (len = 0; len < 22; len++) {
		assert_int_equal(check(frame, len), PACKET_BAD_HEADER);
		assert_int_equal(find_ip(frame, len), len);
		assert_int_equal(flow(frame, len), 0);
	}
	assert_int_equal(check(frame, 22), PACKET_OTHER);
}

/* The kernel's bridge also drops these. */
static void test_ethernet_check_sender(void **state)
{
	uint8_t frame[FRAME_MAX] = {0};

	(void)state;
	put_header(frame, TYPE_ELSE);
	frame[6] |= 1;
	assert_int_equal(check(frame, 60), PACKET_BAD_HEADER);
	memset(frame + 6, 0, ETHERNET_MAC_LEN);
	assert_int_equal(check(frame, 60), PACKET_BAD_HEADER);
}

/* Packets of a peer without --tap. */
static void test_ethernet_check_no_frame_at_all(void **state)
{
	uint8_t packet[100];

	(void)state;
	testing_ipv4(packet, sizeof(packet), 7);
	assert_int_equal(check(packet, sizeof(packet)), PACKET_BAD_HEADER);
	testing_ipv6(packet, sizeof(packet), 58, 7);
	assert_int_equal(check(packet, sizeof(packet)), PACKET_BAD_LENGTH);
}

/* A packet has the same flow with any Ethernet header. */
static void test_ethernet_flow_of_ip(void **state)
{
	uint8_t frame[FRAME_MAX] = {0};
	uint8_t packet[200];
	size_t at = put_header(frame, TYPE_IPV4);
	uint32_t alone;

	(void)state;
	testing_ipv4(packet, sizeof(packet), 7);
	alone = packet_flow(packet, sizeof(packet), &key);
	memcpy(frame + at, packet, sizeof(packet));
	assert_int_equal(flow(frame, at + sizeof(packet)), alone);
	frame[11] ^= 1;
	assert_int_equal(flow(frame, at + sizeof(packet)), alone);
	at = put_tag(frame, put_header(frame, TYPE_VLAN), TYPE_IPV4);
	memcpy(frame + at, packet, sizeof(packet));
	assert_int_equal(flow(frame, at + sizeof(packet)), alone);
	frame[at + 19] ^= 1;
	assert_int_not_equal(flow(frame, at + sizeof(packet)), alone);
}

/* ARP has a flow of its own, and so has each type; lengths have one. */
static void test_ethernet_flow_of_others(void **state)
{
	static const unsigned int types[] = {TYPE_ARP, TYPE_ELSE, 38};
	uint8_t frame[FRAME_MAX] = {0};
	uint32_t flows[TESTING_COUNT(types)];
	size_t i;

	(void)state;
	for (i = 0; i < TESTING_COUNT(types); i++) {
		put_header(frame, types[i]);
		flows[i] = flow(frame, 60);
		frame[0] ^= 0x10;
		frame[40] ^= 0x10;
		assert_int_equal(flow(frame, 60), flows[i]);
	}
	assert_int_not_equal(flows[0], flows[1]);
	assert_int_not_equal(flows[0], flows[2]);
	assert_int_not_equal(flows[1], flows[2]);
	put_header(frame, 50);
	assert_int_equal(flow(frame, 64), flows[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ethernet_parse_mac),
		cmocka_unit_test(test_ethernet_is_station),
		cmocka_unit_test(test_ethernet_check_ip),
		cmocka_unit_test(test_ethernet_check_spoiled_ip),
		cmocka_unit_test(test_ethernet_check_others),
		cmocka_unit_test(test_ethernet_check_802_3),
		cmocka_unit_test(test_ethernet_check_every_runt),
		cmocka_unit_test(test_ethernet_check_sender),
		cmocka_unit_test(test_ethernet_check_no_frame_at_all),
		cmocka_unit_test(test_ethernet_flow_of_ip),
		cmocka_unit_test(test_ethernet_flow_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
